import { describe, expect, it } from 'vitest';
import { annotationsOf, notesOfSteps } from '../src/api/annotations';
import type { Report } from '../src/api/catalogue';
import { transitionsOf } from '../src/api/transitions';
import { pageOfRow, transitionsSearch } from '../src/transitions/search';

describe('notes on days', () => {
  const body = {
    3: [
      { date: '2026-03-01', note: 'first', starred: 1, user: 'ada', idNote: 0, canEditOrDelete: 1 },
      {
        date: '2026-03-09',
        note: 'second',
        starred: 0,
        user: 'bob',
        idNote: 1,
        canEditOrDelete: 0,
      },
    ],
  };

  it('are those of the site, the newest first', () => {
    const found = annotationsOf(body, 3);
    expect(found.map(({ note }) => note)).toEqual(['second', 'first']);
    expect(found[1]).toMatchObject({ id: 0, isStarred: true, mayChange: true });
    expect(annotationsOf(body, 4)).toEqual([]);
  });

  it('belong to the step that holds their day', () => {
    const weeks = ['2026-03-02', '2026-03-09'];
    expect(notesOfSteps(weeks, annotationsOf(body, 3))).toEqual([[], ['second']]);
    expect(notesOfSteps([], annotationsOf(body, 3))).toEqual([]);
  });
});

describe('transitions', () => {
  it('are read by kind', () => {
    const found = transitionsOf({
      pageMetrics: { pageviews: 9, loops: 1, entries: 4, exits: 2 },
      referrers: [{ label: 'Direct entries', shortName: 'direct', visits: 4, details: [] }],
      previousPages: [
        { label: 'h/a', referrals: 3 },
        { label: 'Others', referrals: '2' },
      ],
    });
    expect(found).toMatchObject({ views: 9, loops: 1, entries: 4, exits: 2 });
    expect(found.referrers).toEqual([{ label: 'Direct entries', count: 4, isRest: false }]);
    expect(found.ways.previousPages[1]).toEqual({ label: 'Others', count: 2, isRest: true });
    expect(found.ways.outlinks).toEqual([]);
  });

  it('are of the page that the address names', () => {
    expect(transitionsSearch({ of: 404, by: 'title' })).toEqual({ of: '404', by: 'title' });
    expect(transitionsSearch({ of: '', by: 'x' })).toEqual({});
  });

  it('are of a row only when it is a page', () => {
    const row = { label: ' /a', values: {}, url: 'https://h/a' };
    const report = (action: string) => ({ action }) as Report;
    expect(pageOfRow(report('getPageUrls'), row)).toEqual({ of: 'https://h/a' });
    expect(pageOfRow(report('getPageUrls'), { ...row, subtable: '1' })).toBeUndefined();
    expect(pageOfRow(report('getPageTitles'), row)).toEqual({ of: '/a', by: 'title' });
    expect(pageOfRow(report('getBrowsers'), row)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { evolutionOf, heldAgainst, rowLike, rowName, shareOf, tableOf } from '../src/api/table';
import { reportSearch } from '../src/reports/search';
import { stepsAround, stepsCompared } from '../src/reports/steps';

const processed = {
  columns: { label: 'Page', nb_visits: 'Visits', bounce_rate: 'Bounce rate' },
  reportData: [
    { label: 'news', nb_visits: 3, bounce_rate: 0.5 },
    { label: '/a', nb_visits: '2' },
  ],
  reportMetadata: [
    { idsubdatatable: 7, segment: 'pageUrl=^https%253A%252F%252Fx' },
    { url: 'javascript:alert(1)' },
  ],
  reportTotal: { nb_visits: 5, goals: {} },
};

describe('a table', () => {
  it('has columns, rows with what is known about them, and totals', () => {
    const { columns, rows, totals, hasMore } = tableOf(processed, 5);
    expect(columns.map(({ name }) => name)).toEqual(['nb_visits', 'bounce_rate']);
    expect(rows[0]).toMatchObject({
      label: 'news',
      values: { nb_visits: 3, bounce_rate: 0.5 },
      subtable: '7',
      segment: 'pageUrl=^https%3A%2F%2Fx',
    });
    expect(rows[1]).toMatchObject({ values: { nb_visits: 2 }, url: undefined });
    expect([totals, hasMore]).toEqual([{ nb_visits: 5 }, false]);
  });

  it('says when there is more than asked for', () => {
    expect(tableOf(processed, 1)).toMatchObject({ rows: [{ label: 'news' }], hasMore: true });
  });

  it('is held against another by its labels', () => {
    const table = tableOf(processed, 5);
    expect(rowLike(table, '/a')?.values).toEqual({ nb_visits: 2 });
    expect([rowLike(table, 'x'), rowLike(undefined, '/a')]).toEqual([undefined, undefined]);
  });

  it('without a dimension is its figures', () => {
    const figures = tableOf({ columns: { nb_visits: 'Visits' }, reportData: { nb_visits: 4 } }, 1);
    expect(figures).toMatchObject({ rows: [], totals: { nb_visits: 4 } });
  });

  it('survives answers that are none', () => {
    for (const body of [null, [], 'x', { reportData: 3 }]) {
      expect(tableOf(body, 1).rows).toEqual([]);
    }
  });

  it('tells shares only where parts add up', () => {
    expect([shareOf(1, 4), shareOf(5, 4), shareOf(1, undefined)]).toEqual([
      0.25,
      undefined,
      undefined,
    ]);
  });
});

describe('an evolution', () => {
  it('is of one row', () => {
    const one = evolutionOf(
      {
        label: 'Chrome',
        reportData: { '2026-03-02': [], '2026-03-01': [{ nb_visits: 3 }] },
        metadata: { metrics: { nb_visits: { name: 'Visits' } } },
      },
      'nb_visits',
    );
    expect(one.series).toEqual([{ name: 'Chrome', values: [3, null] }]);
  });

  it('or of the first rows', () => {
    const several = evolutionOf(
      {
        reportData: { '2026-03-01': [{ nb_visits_0: 3, nb_visits_1: 1 }] },
        metadata: {
          metrics: { nb_visits_0: { name: 'a' }, nb_visits_1: { name: 'b' } },
          columns: { nb_visits: 'Visits' },
        },
      },
      'nb_visits',
    );
    expect(several.series.map(({ name, values }) => [name, values])).toEqual([
      ['a', [3]],
      ['b', [1]],
    ]);
  });

  it('may be held against another, step by step', () => {
    const now = { steps: ['a', 'b'], series: [{ name: 'n', values: [1, 2] }], metrics: [] };
    const before = { ...now, series: [{ name: 'n', values: [3, 4, 5] }] };
    expect(heldAgainst(now, before, 'Compared').series).toEqual([
      { name: 'n', values: [1, 2] },
      { name: 'Compared', values: [3, 4], isCompared: true },
    ]);
    expect(heldAgainst(now, undefined, 'Compared')).toBe(now);
  });

  it('of what is compared has as many steps, up to its own end', () => {
    const query = { idSite: 1, period: 'week', date: '2026-02-02' };
    expect(stepsCompared(query, '2026-03-10')).toEqual({
      period: 'week',
      date: '2025-11-17,2026-02-08',
    });
  });

  it('names rows by the way to them', () => {
    expect(rowName(['news', '/a > b'])).toBe('news > %2Fa%20%3E%20b');
  });

  it('leads up to the period that is shown', () => {
    const today = '2026-03-10';
    const span = { from: '2026-03-01', to: '2026-03-31' };
    expect(stepsAround({ period: 'month' }, span, today)).toEqual({
      period: 'month',
      date: '2025-04-01,2026-03-10',
    });
  });
});

describe('how a report is looked at', () => {
  it('is read from the address, and nothing else', () => {
    const search = { q: 'a', sort: 'nb_visits', order: 'asc', flat: '1', chart: 'bars', page: '2' };
    expect(reportSearch(search)).toEqual({ ...search, flat: 1, page: 2 });
    expect(reportSearch({ sort: 'a;b', chart: 'x', page: 0, hide: '<', order: 'up' })).toEqual({});
  });
});

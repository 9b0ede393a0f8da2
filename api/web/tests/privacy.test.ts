import { describe, expect, it } from 'vitest';
import { receiptOf, refusedOf, removalsOf, subjectVisitOf } from '../src/api/privacy';

describe('refused hits', () => {
  it('are summed over days, the most frequent reason first', () => {
    const days = { '2024-05-01': { bot: 2, opted_out: 1 }, '2024-05-02': { opted_out: 4 } };
    expect(refusedOf(days)).toEqual([
      { reason: 'opted_out', count: 5 },
      { reason: 'bot', count: 2 },
    ]);
    expect(refusedOf({})).toEqual([]);
  });
});

describe('the visits of a person', () => {
  it('are read as the server tells them', () => {
    const row = {
      visit: 7,
      visitor: 'ab',
      user_id: '',
      address: '1.2.0.0',
      first_at: 5,
      last_at: 9,
    };
    expect(subjectVisitOf(row)).toEqual({
      id: 7,
      visitor: 'ab',
      userId: '',
      address: '1.2.0.0',
      firstAt: 5,
      lastAt: 9,
    });
  });

  it('leave a receipt that names the tables they were in', () => {
    const body = { visits: 1, rows: { hits: 3, conversions: 0 }, receipt: 'a.b.c' };
    expect(receiptOf(body)).toEqual({
      visits: 1,
      rows: [{ table: 'hits', count: 3 }],
      receipt: 'a.b.c',
    });
  });
});

describe('removals', () => {
  it('are told by their newest record', () => {
    const removal = { what: 'visits', before: '2026-05-01', at: 7000, by: '' };
    const told = [
      { ...removal, at: 9000, rows: null },
      { ...removal, rows: { hits: 3, visits: 2 } },
      { ...removal, rows: null },
    ];
    expect(removalsOf(told).map(({ at, rows }) => [at, rows])).toEqual([
      [9000, null],
      [7000, 5],
    ]);
  });
});

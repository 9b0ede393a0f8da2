import { describe, expect, it } from 'vitest';
import { overviewSearch, RANGES, reportPeriod } from '../src/api/range';

describe('the state in the address', () => {
  it('leaves the default out', () => {
    expect(overviewSearch({})).toEqual({});
    expect(overviewSearch({ range: 'today' })).toEqual({});
  });

  it('keeps what is known and nothing else', () => {
    expect(overviewSearch({ range: 'last7', other: 1 })).toEqual({ range: 'last7' });
    expect(overviewSearch({ range: 'forever' })).toEqual({});
    expect(overviewSearch({ range: ['last7'] })).toEqual({});
  });

  it('survives the way there and back', () => {
    for (const range of RANGES) {
      expect(overviewSearch({ ...overviewSearch({ range }) })).toEqual(overviewSearch({ range }));
    }
  });

  it('becomes a period that reports know', () => {
    expect(RANGES.map(reportPeriod)).toEqual([
      { period: 'day', date: 'today' },
      { period: 'day', date: 'yesterday' },
      { period: 'range', date: 'last7' },
      { period: 'month', date: 'today' },
    ]);
  });
});

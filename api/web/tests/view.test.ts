import { describe, expect, it } from 'vitest';
import { addMonths, daysBetween, endOfMonth, isDay, today } from '../src/api/days';
import {
  grainsOf,
  presetDates,
  presetOf,
  PRESETS,
  spanOf,
  step,
  viewOf,
  viewSearch,
  yearBefore,
} from '../src/api/view';

const TODAY = '2026-03-31';

describe('days', () => {
  it('are those of the time zone', () => {
    const at = Date.parse('2026-03-31T23:30:00Z');
    expect([today('UTC', at), today('Asia/Tokyo', at), today('UTC+2', at)]).toEqual([
      '2026-03-31',
      '2026-04-01',
      '2026-03-31',
    ]);
  });

  it('keep to the end of shorter months', () => {
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
    expect(endOfMonth('2028-02-10')).toBe('2028-02-29');
    expect(daysBetween('2026-03-28', '2026-04-01')).toBe(5);
    expect([isDay('2026-02-30'), isDay('2026-02-28'), isDay('today')]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('the state in the address', () => {
  it('leaves defaults out and ignores what it does not know', () => {
    expect(viewSearch({})).toEqual({});
    expect(viewSearch({ period: 'day', date: 'today', other: 1 })).toEqual({});
    expect(viewSearch({ period: 'range', date: '2026-02-01' })).toEqual({});
    expect(viewSearch({ period: 'month', date: ['x'] })).toEqual({ period: 'month' });
    expect(viewSearch({ vs: 'nothing', segment: '' })).toEqual({});
  });

  it('survives the way there and back', () => {
    for (const preset of PRESETS) {
      const search = viewSearch({ ...presetDates(preset, TODAY) });
      expect(viewSearch({ ...search })).toEqual(search);
      expect(presetOf(viewOf(search), TODAY)).toBe(preset);
    }
  });
});

describe('the days of a view', () => {
  const span = (period: Parameters<typeof spanOf>[0]['period'], date: string) =>
    Object.values(spanOf({ period, date }, TODAY)).join(' ');

  it('follow from its period', () => {
    expect(span('day', 'yesterday')).toBe('2026-03-30 2026-03-30');
    expect(span('week', 'today')).toBe('2026-03-30 2026-04-05');
    expect(span('month', '2026-02-10')).toBe('2026-02-01 2026-02-28');
    expect(span('year', 'today')).toBe('2026-01-01 2026-12-31');
    expect(span('range', 'last7')).toBe('2026-03-25 2026-03-31');
    expect(span('range', 'previous7')).toBe('2026-03-24 2026-03-30');
    expect(span('range', '2026-01-02,2026-01-03')).toBe('2026-01-02 2026-01-03');
  });

  it('step by whole periods', () => {
    expect(step({ period: 'day', date: 'yesterday' }, TODAY, 1).date).toBe('today');
    expect(step({ period: 'month', date: 'today' }, TODAY, -1).date).toBe('2026-02-01');
    expect(step({ period: 'range', date: 'last7' }, TODAY, -1).date).toBe('2026-03-18,2026-03-24');
    expect(yearBefore({ period: 'range', date: 'last7' }, TODAY).date).toBe(
      '2025-03-25,2025-03-31',
    );
  });

  it('decide how finely time is shown', () => {
    expect(grainsOf({ from: TODAY, to: TODAY })[0]).toBe('hour');
    expect(grainsOf({ from: '2026-01-01', to: '2026-12-31' })[0]).toBe('month');
  });
});

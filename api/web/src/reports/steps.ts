import { addDays, addMonths, type Day, daysBetween } from '../api/days';
import type { Query } from '../api/reports';
import { type Span, spanOf, type View } from '../api/view';

const DAYS = 30;
const WEEKS = 12;
const MONTHS = 12;
const YEARS = 5;

/** The steps of time that lead up to a view; those within it, for a range of days. */
export function stepsAround(
  { period }: Pick<View, 'period'>,
  { from, to }: Span,
  today: Day,
): { period: string; date: string } {
  const end = to > today ? today : to;
  switch (period) {
    case 'day':
      return { period: 'day', date: `${addDays(end, 1 - DAYS)},${end}` };
    case 'week':
      return { period: 'week', date: `${addDays(from, 7 * (1 - WEEKS))},${end}` };
    case 'month':
      return { period: 'month', date: `${addMonths(from, 1 - MONTHS)},${end}` };
    case 'year':
      return { period: 'year', date: `${addMonths(from, 12 * (1 - YEARS))},${end}` };
    case 'range':
      return { period: daysBetween(from, end) > 92 ? 'week' : 'day', date: `${from},${end}` };
  }
}

/** The same of what is compared: as many steps, up to its own end. */
export function stepsCompared(
  { period, date }: Query,
  today: Day,
): { period: string; date: string } {
  const view = { period, date } as Pick<View, 'period' | 'date'>;
  return stepsAround(view, spanOf(view, today), today);
}

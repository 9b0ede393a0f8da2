/** Days as reports name them, YYYY-MM-DD, and what can be reckoned with them. */
export type Day = string;

const DAY_MS = 86_400_000;

export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  dayOf(dateOf(text)) === text;

const dateOf = (day: Day): Date => new Date(`${day}T00:00:00Z`);
const dayOf = (date: Date): Day => date.toISOString().slice(0, 10);

/** The day it is at a moment, by the clocks of a time zone. */
export function today(timeZone: string, now: number): Day {
  const clock = (zone: string): Day =>
    new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    }).format(now);
  try {
    return clock(timeZone);
  } catch {
    // Offsets as "UTC+2" are no zone that browsers know.
    return clock('UTC');
  }
}

export const addDays = (day: Day, days: number): Day =>
  dayOf(new Date(dateOf(day).getTime() + days * DAY_MS));

/** The same day of another month, or that month's last. */
export function addMonths(day: Day, months: number): Day {
  const date = dateOf(day);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0));
  first.setUTCDate(Math.min(date.getUTCDate(), last.getUTCDate()));
  return dayOf(first);
}

/** Days from the first to the second, both counted. */
export const daysBetween = (from: Day, to: Day): number =>
  Math.round((dateOf(to).getTime() - dateOf(from).getTime()) / DAY_MS) + 1;

/** Weeks begin on Monday. */
export const startOfWeek = (day: Day): Day => addDays(day, -((dateOf(day).getUTCDay() + 6) % 7));

export const startOfMonth = (day: Day): Day => `${day.slice(0, 7)}-01`;
export const endOfMonth = (day: Day): Day => addDays(addMonths(startOfMonth(day), 1), -1);

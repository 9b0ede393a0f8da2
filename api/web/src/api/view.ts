import {
  addDays,
  addMonths,
  type Day,
  daysBetween,
  endOfMonth,
  isDay,
  startOfMonth,
  startOfWeek,
} from './days';

/** What is looked at: it is the address of every page of a site, so that any view can be shared. */
export const PERIODS = ['day', 'week', 'month', 'year', 'range'] as const;
export type Period = (typeof PERIODS)[number];

export interface ViewSearch {
  period?: Period;
  date?: string;
  segment?: string;
  /** What it is compared with: `previous`, `year`, `site:3`, `segment:…`. */
  vs?: string;
}

export interface View {
  period: Period;
  date: string;
  segment?: string;
  vs?: string;
}

export interface Span {
  from: Day;
  to: Day;
}

export const DEFAULT_VIEW: View = { period: 'day', date: 'today' };
export const PRESETS = [
  'today',
  'yesterday',
  'last7',
  'last30',
  'week',
  'month',
  'lastMonth',
  'year',
] as const;
export type Preset = (typeof PRESETS)[number];

const TEXT_MAX = 4000;
const RELATIVE = /^(today|yesterday|(last|previous)[1-9]\d{0,3})$/;

const text = (value: unknown): string | undefined => {
  const given = typeof value === 'number' ? String(value) : value;
  return typeof given === 'string' && given && given.length <= TEXT_MAX ? given : undefined;
};

const isRange = (date: string): boolean => {
  const [from, to, more] = date.split(',');
  return !more && !!from && !!to && isDay(from) && isDay(to) && from <= to;
};

function knownDate(period: Period, date: string): boolean {
  if (period !== 'range') return isDay(date) || date === 'today' || date === 'yesterday';
  return isRange(date) || RELATIVE.test(date);
}

/** What the address says; anything else in it is ignored, and defaults are left out. */
export function viewSearch(search: Record<string, unknown>): ViewSearch {
  const found: ViewSearch = {};
  const period = PERIODS.find((known) => known === search.period) ?? DEFAULT_VIEW.period;
  const date = text(search.date);
  if (date && knownDate(period, date)) {
    if (period !== DEFAULT_VIEW.period) found.period = period;
    if (date !== DEFAULT_VIEW.date || found.period) found.date = date;
  } else if (period !== DEFAULT_VIEW.period && period !== 'range') {
    found.period = period;
  }
  const [segment, vs] = [text(search.segment), text(search.vs)];
  if (segment) found.segment = segment;
  if (vs && /^(previous|year|site:\d+|segment:.+)$/.test(vs)) found.vs = vs;
  return found;
}

export const viewOf = (search: ViewSearch): View => ({ ...DEFAULT_VIEW, ...search });

/** The days of a view. */
export function spanOf({ period, date }: Pick<View, 'period' | 'date'>, today: Day): Span {
  if (period === 'range') {
    const [from = today, to = today] = date.split(',');
    if (isRange(date)) return { from, to };
    if (date === 'today') return { from: today, to: today };
    const end = date.startsWith('last') ? today : addDays(today, -1);
    const days = date === 'yesterday' ? 1 : Number(date.replace(/\D/g, ''));
    return { from: addDays(end, 1 - days), to: end };
  }
  const day = date === 'today' ? today : date === 'yesterday' ? addDays(today, -1) : date;
  switch (period) {
    case 'day':
      return { from: day, to: day };
    case 'week':
      return { from: startOfWeek(day), to: addDays(startOfWeek(day), 6) };
    case 'month':
      return { from: startOfMonth(day), to: endOfMonth(day) };
    case 'year':
      return { from: `${day.slice(0, 4)}-01-01`, to: `${day.slice(0, 4)}-12-31` };
  }
}

type Dates = Pick<View, 'period' | 'date'>;

/** The period before or after. */
export function step(view: Dates, today: Day, by: 1 | -1): Dates {
  const { period } = view;
  const { from, to } = spanOf(view, today);
  switch (period) {
    case 'day':
      return named({ period, date: addDays(from, by) }, today);
    case 'week':
      return { period, date: addDays(from, 7 * by) };
    case 'month':
      return { period, date: addMonths(from, by) };
    case 'year':
      return { period, date: addMonths(from, 12 * by) };
    case 'range': {
      const days = daysBetween(from, to) * by;
      return { period, date: `${addDays(from, days)},${addDays(to, days)}` };
    }
  }
}

/** The same span of days a year before. */
export function yearBefore(view: Dates, today: Day): Dates {
  const { from, to } = spanOf(view, today);
  if (view.period !== 'range') return { period: view.period, date: addMonths(from, -12) };
  return { period: 'range', date: `${addMonths(from, -12)},${addMonths(to, -12)}` };
}

const named = ({ period, date }: Dates, today: Day): Dates => ({
  period,
  date: date === today ? 'today' : date === addDays(today, -1) ? 'yesterday' : date,
});

export function presetDates(preset: Preset, today: Day): Dates {
  switch (preset) {
    case 'today':
    case 'yesterday':
      return { period: 'day', date: preset };
    case 'last7':
    case 'last30':
      return { period: 'range', date: preset };
    case 'week':
    case 'month':
    case 'year':
      return { period: preset, date: 'today' };
    case 'lastMonth':
      return { period: 'month', date: addMonths(startOfMonth(today), -1) };
  }
}

export const presetOf = ({ period, date }: Dates, today: Day): Preset | undefined =>
  PRESETS.find((preset) => {
    const dates = presetDates(preset, today);
    return dates.period === period && dates.date === date;
  });

/** How finely time can be shown. */
export const GRAINS = ['hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

/** The grains that make sense for a span of days, the one to begin with first. */
export function grainsOf({ from, to }: Span): Grain[] {
  const days = daysBetween(from, to);
  if (days === 1) return ['hour', 'day'];
  if (days <= 31) return ['day', 'week'];
  return days <= 120 ? ['day', 'week', 'month'] : ['month', 'week', 'day'];
}

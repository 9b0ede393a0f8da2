import type { Format } from '../i18n/format';
import type { Unit } from './catalogue';
import type { Figure } from './reports';

export const FIGURE_UNITS: Record<Figure, Unit> = {
  nb_visits: 'number',
  nb_uniq_visitors: 'number',
  nb_pageviews: 'number',
  nb_actions_per_visit: 'number',
  avg_time_on_site: 'duration_s',
  bounce_rate: 'percent',
  nb_conversions: 'number',
  revenue: 'money',
};

/** Figures where less is better. */
export const FALLS_WELL = new Set(['bounce_rate', 'exit_rate', 'avg_page_load_time']);

const BYTES = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A value as people read it. */
export function written(
  value: number,
  unit: Unit | undefined,
  format: Format,
  currency: string,
): string {
  switch (unit) {
    case 'percent':
      return format.percent(value);
    case 'duration_s':
      return value > 0 && value < 10 && !Number.isInteger(value)
        ? format.span(value * 1000)
        : format.duration(value);
    case 'duration_ms':
      return format.span(value);
    case 'money':
      return format.money(value, currency);
    case 'byte': {
      const power = value > 0 ? Math.min(BYTES.length - 1, Math.floor(Math.log2(value) / 10)) : 0;
      return `${format.decimal(value / 1024 ** power)} ${BYTES[power]}`;
    }
    default:
      return Number.isInteger(value) ? format.number(value) : format.decimal(value);
  }
}

/** The same, short enough for an axis. */
export function writtenShort(
  value: number,
  unit: Unit | undefined,
  format: Format,
  currency: string,
): string {
  if (unit === 'percent' || unit === 'duration_s' || unit === 'duration_ms') {
    return written(value, unit, format, currency);
  }
  return Number.isInteger(value) ? format.compact(value) : format.decimal(value);
}

/** How much one value is above or below another, as a ratio; nothing to hold it against is none. */
export const changeOf = (
  value: number | undefined,
  before: number | undefined,
): number | undefined => (value === undefined || !before ? undefined : (value - before) / before);

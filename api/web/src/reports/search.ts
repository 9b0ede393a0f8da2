import type { TableOptions } from '../api/table';

export const CHARTS = ['none', 'bars', 'shares', 'time', 'map'] as const;
export type ChartKind = (typeof CHARTS)[number];

/** How a report is looked at, as its address says. */
export interface ReportSearch {
  q?: string;
  sort?: string;
  order?: 'asc';
  flat?: 1;
  chart?: ChartKind;
  metric?: string;
  page?: number;
  /** Columns that are not shown, comma-separated. */
  hide?: string;
  /** The row whose evolution is shown. */
  row?: string;
}

const TEXT_MAX = 400;
const PAGE_MAX = 100_000;
const NAME = /^\w{1,80}$/;

/** A page after the first. */
export function pageOf(search: Record<string, unknown>): { page?: number } {
  const page = Number(search.page);
  return Number.isInteger(page) && page > 1 && page < PAGE_MAX ? { page } : {};
}

export function reportSearch(search: Record<string, unknown>): ReportSearch {
  const found: ReportSearch = {};
  const text = (name: string): string | undefined => {
    const value = search[name];
    const given = typeof value === 'number' ? String(value) : value;
    return typeof given === 'string' && given && given.length <= TEXT_MAX ? given : undefined;
  };
  const [q, sort, metric, row, hide] = ['q', 'sort', 'metric', 'row', 'hide'].map(text);
  if (q) found.q = q;
  if (sort && NAME.test(sort)) found.sort = sort;
  if (search.order === 'asc') found.order = 'asc';
  if (Number(search.flat) === 1) found.flat = 1;
  const chart = CHARTS.find((known) => known === search.chart);
  if (chart) found.chart = chart;
  if (metric && NAME.test(metric)) found.metric = metric;
  Object.assign(found, pageOf(search));
  if (hide && /^[\w,]+$/.test(hide)) found.hide = hide;
  if (row) found.row = row;
  return found;
}

export const tableOptions = ({ q, sort, order, flat, page }: ReportSearch): TableOptions => ({
  find: q,
  sort,
  order,
  isFlat: flat === 1 || undefined,
  page,
});

import { queryOptions } from '@tanstack/react-query';
import { report, sites } from './client';
import { type Range, reportPeriod } from './range';

const REFRESH_MS = 30_000;

export interface DayVisits {
  day: string;
  visits: number;
  visitors: number;
  actions: number;
  bounces: number;
  seconds: number;
}

export interface PageRow {
  label: string;
  visits: number;
  views: number;
  seconds?: number;
  bounceRate?: number;
}

export interface ReferrerRow {
  type: ReferrerType | undefined;
  label: string;
  visits: number;
}

export const REFERRER_TYPES = {
  1: 'direct',
  2: 'search',
  3: 'website',
  6: 'campaign',
  7: 'social',
} as const;
export type ReferrerType = (typeof REFERRER_TYPES)[keyof typeof REFERRER_TYPES];

type Row = Record<string, unknown>;

/** Sums may come as strings, and rates as "50%". */
export function quantity(value: unknown): number {
  const number = typeof value === 'string' ? parseFloat(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

export function ratio(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' && value.endsWith('%') ? quantity(value) / 100 : quantity(value);
}

const rows = (body: unknown): Row[] => (Array.isArray(body) ? (body as Row[]) : []);

/** A map of days; a day without a visit is an empty array. */
export function dayVisits(body: unknown): DayVisits[] {
  if (!body || typeof body !== 'object' || Array.isArray(body)) return [];
  return Object.entries(body as Record<string, Row>)
    .map(([day, row]) => ({
      day,
      visits: quantity(row.nb_visits),
      visitors: quantity(row.nb_uniq_visitors),
      actions: quantity(row.nb_actions),
      bounces: quantity(row.bounce_count),
      seconds: quantity(row.sum_visit_length),
    }))
    .sort((a, b) => a.day.localeCompare(b.day));
}

export const pageRows = (body: unknown): PageRow[] =>
  rows(body).map((row) => ({
    label: String(row.label ?? ''),
    visits: quantity(row.nb_visits),
    views: quantity(row.nb_hits),
    seconds: row.avg_time_on_page === undefined ? undefined : quantity(row.avg_time_on_page),
    bounceRate: ratio(row.bounce_rate),
  }));

const LABELS: Record<string, ReferrerType> = {
  'Direct Entry': 'direct',
  'Search Engines': 'search',
  Websites: 'website',
  Campaigns: 'campaign',
  'Social Networks': 'social',
};

export const referrerRows = (body: unknown): ReferrerRow[] =>
  rows(body).map((row) => {
    const label = String(row.label ?? '');
    const id = quantity(row.referrer_type) as keyof typeof REFERRER_TYPES;
    return { type: REFERRER_TYPES[id] ?? LABELS[label], label, visits: quantity(row.nb_visits) };
  });

export const sitesQuery = () =>
  queryOptions({ queryKey: ['sites'], queryFn: ({ signal }) => sites(signal), staleTime: 60_000 });

export const visitsQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['visits', idSite],
    queryFn: async ({ signal }) =>
      dayVisits(
        await report('VisitsSummary.get', { idSite, period: 'day', date: 'last30' }, signal),
      ),
    refetchInterval: REFRESH_MS,
  });

export const pagesQuery = (idSite: number, range: Range) =>
  queryOptions({
    queryKey: ['pages', idSite, range],
    queryFn: async ({ signal }) =>
      pageRows(
        await report(
          'Actions.getPageUrls',
          { idSite, ...reportPeriod(range), flat: 1, filter_limit: 10 },
          signal,
        ),
      ),
    refetchInterval: REFRESH_MS,
  });

export const referrersQuery = (idSite: number, range: Range) =>
  queryOptions({
    queryKey: ['referrers', idSite, range],
    queryFn: async ({ signal }) =>
      referrerRows(
        await report('Referrers.getReferrerType', { idSite, ...reportPeriod(range) }, signal),
      ),
    refetchInterval: REFRESH_MS,
  });

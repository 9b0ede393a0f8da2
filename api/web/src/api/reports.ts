import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { report, sites } from './client';
import type { Day } from './days';
import { type Grain, type Span, spanOf, step, type View, yearBefore } from './view';

const REFRESH_MS = 30_000;

/** What every report is asked for. */
export interface Query {
  idSite: number;
  period: string;
  date: string;
  segment?: string;
}

/** A row as reports answer it: metrics beside what is known about it. */
export type Row = Record<string, unknown>;

/** Sums may come as strings, and rates as "50%". */
export function quantity(value: unknown): number {
  const number = typeof value === 'string' ? parseFloat(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

export function ratio(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' && value.endsWith('%') ? quantity(value) / 100 : quantity(value);
}

/** A number of a row, or nothing where the row has none. */
export const known = (row: Row, column: string): number | undefined => {
  const value = row[column];
  if (typeof value === 'string' && value.endsWith('%')) return ratio(value);
  return value === undefined || value === null || value === '' ? undefined : quantity(value);
};

export const rowsOf = (body: unknown): Row[] => (Array.isArray(body) ? (body as Row[]) : []);
export const recordOf = (body: unknown): Row =>
  body && typeof body === 'object' && !Array.isArray(body) ? (body as Row) : {};

export const queryOf = (idSite: number, view: View): Query => ({
  idSite,
  period: view.period,
  date: view.date,
  ...(view.segment ? { segment: view.segment } : {}),
});

/** What a view is compared with, if it is. */
export function comparedQuery(idSite: number, view: View, today: Day): Query | undefined {
  const { vs } = view;
  const query = queryOf(idSite, view);
  if (vs === 'previous') return { ...query, ...step(view, today, -1) };
  if (vs === 'year') return { ...query, ...yearBefore(view, today) };
  if (vs?.startsWith('site:')) return { ...query, idSite: Number(vs.slice(5)) };
  if (vs?.startsWith('segment:')) return { ...query, segment: vs.slice(8) };
  return undefined;
}

export const sitesQuery = () =>
  queryOptions({ queryKey: ['sites'], queryFn: ({ signal }) => sites(signal), staleTime: 60_000 });

/** The key figures of a period. */
export const FIGURES = [
  'nb_visits',
  'nb_uniq_visitors',
  'nb_pageviews',
  'nb_actions_per_visit',
  'avg_time_on_site',
  'bounce_rate',
  'nb_conversions',
  'revenue',
] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Partial<Record<Figure, number>>;

export const figuresOf = (body: unknown): Figures => {
  const record = recordOf(body);
  return Object.fromEntries(
    FIGURES.map((figure) => [figure, known(record, figure)]).filter(
      ([, value]) => value !== undefined,
    ),
  ) as Figures;
};

export const figuresQuery = (query: Query) =>
  queryOptions({
    queryKey: ['figures', query],
    queryFn: async ({ signal }) =>
      figuresOf(
        await report(
          'API.get',
          { ...query, columns: FIGURES.join(','), format_metrics: 0 },
          signal,
        ),
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

/** The figures of one step of time. */
export interface Point {
  /** A day, the first day of a longer period, or an hour. */
  at: string;
  figures: Figures;
}

/** A map of periods; one without a visit is an empty array. Weeks are named "from,to". */
export const pointsOf = (body: unknown): Point[] =>
  Object.entries(recordOf(body)).map(([key, value]) => ({
    at: key.length === 4 ? `${key}-01-01` : key.length === 7 ? `${key}-01` : key.slice(0, 10),
    figures: { nb_visits: 0, ...figuresOf(value) },
  }));

const hoursOf = (body: unknown): Point[] =>
  rowsOf(body).map((row) => {
    const visits = quantity(row.nb_visits);
    const per = (column: string): number => (visits ? quantity(row[column]) / visits : 0);
    return {
      at: String(row.label),
      figures: {
        nb_visits: visits,
        nb_uniq_visitors: quantity(row.nb_uniq_visitors),
        nb_actions_per_visit: per('nb_actions'),
        avg_time_on_site: per('sum_visit_length'),
        bounce_rate: per('bounce_count'),
      },
    };
  });

/** A span cut into steps; for one day by day, the thirty days up to it. */
export function stepsOf(
  { from, to }: Span,
  grain: Grain,
  today: Day,
): { period: string; date: string } {
  if (grain === 'day' && from === to) return { period: 'day', date: spanText({ from, to }, today) };
  return { period: grain, date: `${from},${to < today ? to : from > today ? to : today}` };
}

const spanText = ({ to }: Span, today: Day): string => {
  const { from } = spanOf({ period: 'range', date: 'last30' }, to);
  return `${from},${to > today ? today : to}`;
};

export const pointsQuery = (query: Query, span: Span, grain: Grain, today: Day) =>
  queryOptions({
    queryKey: ['points', query, grain],
    queryFn: async ({ signal }) =>
      grain === 'hour'
        ? hoursOf(
            await report(
              'VisitTime.getVisitInformationPerServerTime',
              { ...query, hideFutureHoursWhenToday: 1, filter_limit: -1 },
              signal,
            ),
          )
        : pointsOf(
            await report(
              'API.get',
              {
                ...query,
                ...stepsOf(span, grain, today),
                columns: FIGURES.join(','),
                format_metrics: 0,
              },
              signal,
            ),
          ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

/** The first rows of a report. */
export const topQuery = (
  method: string,
  query: Query,
  parameters: Record<string, string | number> = {},
) =>
  queryOptions({
    queryKey: ['top', method, query, parameters],
    queryFn: async ({ signal }) =>
      rowsOf(await report(method, { ...query, format_metrics: 0, ...parameters }, signal)),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

/** Whether a site was ever visited: nothing in a year means that the set-up is not done. */
export const everVisitedQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['everVisited', idSite],
    queryFn: async ({ signal }) => {
      const body = await report(
        'VisitsSummary.getVisits',
        { idSite, period: 'range', date: 'last365' },
        signal,
      );
      return quantity(recordOf(body).value) > 0;
    },
    refetchInterval: (query) => (query.state.data ? false : REFRESH_MS),
  });

/** The segment that selects a row, as a definition: answers carry it encoded once more. */
export function segmentOf(row: Row): string | undefined {
  if (typeof row.segment !== 'string' || !row.segment) return undefined;
  try {
    return decodeURIComponent(row.segment.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

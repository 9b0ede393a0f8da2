import { queryOptions } from '@tanstack/react-query';
import { report } from './client';
import { ApiError } from './errors';
import { quantity, type Query, recordOf, type Row, rowsOf } from './reports';

const ROWS_MAX = 12;

export const PAGE_NAMES = ['url', 'title'] as const;
export type PageName = (typeof PAGE_NAMES)[number];

/** How often a way was taken. */
export interface Way {
  label: string;
  count: number;
  /** Other ways, told as one. */
  isRest: boolean;
}

export const WAYS_BEFORE = ['previousPages', 'previousSiteSearches'] as const;
export const WAYS_AFTER = [
  'followingPages',
  'followingSiteSearches',
  'outlinks',
  'downloads',
] as const;
export type WayKind = (typeof WAYS_BEFORE)[number] | (typeof WAYS_AFTER)[number];

/** What visitors did before and after a page. */
export interface Transitions {
  views: number;
  loops: number;
  entries: number;
  exits: number;
  referrers: Way[];
  ways: Record<WayKind, Way[]>;
}

const wayOf = (row: Row, count: unknown): Way => ({
  label: String(row.label),
  count: quantity(count),
  isRest: row.label === 'Others',
});

export function transitionsOf(body: unknown): Transitions {
  const answer = recordOf(body);
  const metrics = recordOf(answer.pageMetrics);
  const ways = [...WAYS_BEFORE, ...WAYS_AFTER].map((kind) => [
    kind,
    rowsOf(answer[kind]).map((row) => wayOf(row, row.referrals)),
  ]);
  return {
    views: quantity(metrics.pageviews),
    loops: quantity(metrics.loops),
    entries: quantity(metrics.entries),
    exits: quantity(metrics.exits),
    referrers: rowsOf(answer.referrers).map((row) => wayOf(row, row.visits)),
    ways: Object.fromEntries(ways) as Transitions['ways'],
  };
}

/** Nothing when nobody saw the page. */
export const transitionsQuery = (query: Query, actionType: PageName, actionName: string) =>
  queryOptions({
    queryKey: ['transitions', query, actionType, actionName],
    queryFn: async ({ signal }): Promise<Transitions | null> => {
      try {
        return transitionsOf(
          await report(
            'Transitions.getTransitionsForAction',
            { ...query, actionType, actionName, limitBeforeGrouping: ROWS_MAX },
            signal,
          ),
        );
      } catch (error) {
        if (error instanceof ApiError && error.message.includes('NoDataForAction')) return null;
        throw error;
      }
    },
  });

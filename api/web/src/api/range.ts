/** The spans of time to look at, as they are named in the address of the page. */
export const RANGES = ['today', 'yesterday', 'last7', 'month'] as const;
export type Range = (typeof RANGES)[number];
export const DEFAULT_RANGE: Range = 'today';

export interface OverviewSearch {
  range?: Range;
}

/** What the address says; anything else in it is ignored, and the default is left out. */
export function overviewSearch(search: Record<string, unknown>): OverviewSearch {
  const range = RANGES.find((known) => known === search.range);
  return range && range !== DEFAULT_RANGE ? { range } : {};
}

export function reportPeriod(range: Range): { period: string; date: string } {
  switch (range) {
    case 'today':
    case 'yesterday':
      return { period: 'day', date: range };
    case 'last7':
      return { period: 'range', date: 'last7' };
    case 'month':
      return { period: 'month', date: 'today' };
  }
}

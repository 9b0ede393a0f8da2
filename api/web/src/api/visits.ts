import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { report } from './client';
import { quantity, type Query, recordOf, type Row, rowsOf } from './reports';

export const VISITS_A_PAGE = 20;
const TAIL_MS = 5_000;

export interface Action {
  type: string;
  title: string;
  url?: string;
  /** Seconds since 1970. */
  at: number;
  seconds?: number;
}

export interface Visit {
  id: string;
  visitorId: string;
  userId?: string;
  isReturning: boolean;
  isConverted: boolean;
  hasOrder: boolean;
  visitCount: number;
  startedAt: number;
  lastAt: number;
  seconds: number;
  actionCount: number;
  country: string;
  place?: string;
  device: string;
  system: string;
  browser: string;
  referrer?: { type: string; name: string; keyword?: string; url?: string };
  address?: string;
  actions: Action[];
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value ? value : undefined;

const webAddress = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;

const actionOf = (row: Row): Action => ({
  type: String(row.type ?? 'action'),
  title:
    text(row.pageTitle) ??
    text(row.siteSearchKeyword) ??
    [row.eventCategory, row.eventAction, row.eventName].filter(Boolean).join(' – '),
  url: webAddress(row.url),
  at: quantity(row.timestamp),
  seconds: row.timeSpent === undefined ? undefined : quantity(row.timeSpent),
});

export const visitOf = (row: Row): Visit => ({
  id: String(row.idVisit),
  visitorId: String(row.visitorId ?? ''),
  userId: text(row.userId),
  isReturning: row.visitorType !== 'new',
  isConverted: quantity(row.visitConverted) > 0,
  hasOrder: /^ordered/.test(String(row.visitEcommerceStatus ?? '')),
  visitCount: quantity(row.visitCount),
  startedAt: quantity(row.firstActionTimestamp),
  lastAt: quantity(row.lastActionTimestamp),
  seconds: quantity(row.visitDuration),
  actionCount: quantity(row.actions),
  country: String(row.countryCode ?? ''),
  place: text(row.city) ?? text(row.region),
  device: [text(row.deviceType), text(row.deviceModel)].filter(Boolean)[0] ?? '',
  system: text(row.operatingSystem) ?? '',
  browser: text(row.browser) ?? text(row.browserName) ?? '',
  referrer:
    row.referrerType && row.referrerType !== 'direct'
      ? {
          type: String(row.referrerTypeName ?? row.referrerType),
          name: String(row.referrerName ?? ''),
          keyword: text(row.referrerKeyword),
          url: webAddress(row.referrerUrl),
        }
      : undefined,
  address: text(row.visitIp),
  actions: rowsOf(row.actionDetails).map(actionOf),
});

interface VisitsAsked {
  page: number;
  /** The newest come by themselves. */
  isTail: boolean;
}

export const visitsQuery = (query: Query, { page, isTail }: VisitsAsked) =>
  queryOptions({
    queryKey: ['visitsLog', query, page],
    queryFn: async ({ signal }) => {
      const rows = rowsOf(
        await report(
          'Live.getLastVisitsDetails',
          {
            ...query,
            filter_limit: VISITS_A_PAGE + 1,
            filter_offset: (page - 1) * VISITS_A_PAGE,
            doNotFetchActions: 0,
          },
          signal,
        ),
      );
      return {
        visits: rows.slice(0, VISITS_A_PAGE).map(visitOf),
        hasMore: rows.length > VISITS_A_PAGE,
      };
    },
    refetchInterval: isTail ? TAIL_MS : false,
    placeholderData: keepPreviousData,
  });

export interface Profile {
  visits: number;
  seconds: number;
  actions: number;
  pageViews: number;
  conversions: number;
  searches: { keyword: string; count: number }[];
  first?: { date: string; referral: string };
  last?: { date: string; referral: string };
  devices: string[];
  countries: string[];
  pages: { url: string; count: number }[];
  next?: string;
  previous?: string;
}

const visitDay = (value: unknown): { date: string; referral: string } | undefined => {
  const row = recordOf(value);
  return row.prettyDate
    ? { date: String(row.prettyDate), referral: String(row.referralSummary ?? '') }
    : undefined;
};

export function profileOf(body: unknown): Profile | undefined {
  const row = recordOf(body);
  if (!row.visitorId) return undefined;
  return {
    visits: quantity(row.totalVisits),
    seconds: quantity(row.totalVisitDuration),
    actions: quantity(row.totalActions),
    pageViews: quantity(row.totalPageViews),
    conversions: quantity(row.totalGoalConversions),
    searches: rowsOf(row.searches).map(({ keyword, searches }) => ({
      keyword: String(keyword),
      count: quantity(searches),
    })),
    first: visitDay(row.firstVisit),
    last: visitDay(row.lastVisit),
    devices: rowsOf(row.devices).map(({ type }) => String(type)),
    countries: rowsOf(row.countries).map(({ prettyName, country }) =>
      String(prettyName ?? country),
    ),
    pages: rowsOf(row.visitedPages).map(({ url, count }) => ({
      url: String(url),
      count: quantity(count),
    })),
    next: text(row.nextVisitorId),
    previous: text(row.previousVisitorId),
  };
}

export const profileQuery = (idSite: number, visitorId: string) =>
  queryOptions({
    queryKey: ['profile', idSite, visitorId],
    queryFn: async ({ signal }) =>
      profileOf(await report('Live.getVisitorProfile', { idSite, visitorId }, signal)) ?? null,
  });

/** The visits of one visitor, the latest first. */
export const visitorVisitsQuery = (idSite: number, visitorId: string) =>
  queryOptions({
    queryKey: ['visitorVisits', idSite, visitorId],
    queryFn: async ({ signal }) =>
      rowsOf(
        await report(
          'Live.getLastVisitsDetails',
          { idSite, segment: `visitorId==${visitorId}`, filter_limit: VISITS_A_PAGE },
          signal,
        ),
      ).map(visitOf),
  });

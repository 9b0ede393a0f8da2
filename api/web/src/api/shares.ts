import { queryOptions } from '@tanstack/react-query';
import { type Report, reportOf } from './catalogue';
import { type Parameters, report, rest } from './client';
import { quantity, recordOf, rowsOf } from './reports';
import type { View } from './view';

/** A link by which anyone may see some reports of a site. */
export interface Share {
  id: string;
  site: number;
  methods: string[];
  description: string;
  author: string;
  expiresAt?: number;
  hasPassword: boolean;
}

export const sharesKey = ['shares'];

export const sharesQuery = (idSite: number) =>
  queryOptions({
    queryKey: [...sharesKey, idSite],
    queryFn: async ({ signal }): Promise<Share[]> =>
      rowsOf(await rest('GET', 'shares', { signal }))
        .map((row) => ({
          id: String(row.id),
          site: quantity(row.site),
          methods: Array.isArray(row.reports) ? row.reports.map(String) : [],
          description: String(row.description ?? ''),
          author: String(row.created_by ?? ''),
          expiresAt: row.expires_at ? quantity(row.expires_at) : undefined,
          hasPassword: row.has_password === true,
        }))
        .filter(({ site }) => site === idSite),
  });

export interface ShareDraft {
  methods: string[];
  description: string;
  password: string;
  /** None: it never ends. */
  days: string;
}

/** Makes a link and says its secret, which is told only now. */
export const addShare = async (idSite: number, draft: ShareDraft): Promise<string> => {
  const body = {
    site: idSite,
    reports: draft.methods,
    description: draft.description,
    password: draft.password,
    ...(draft.days ? { expires_in_days: Number(draft.days) } : {}),
  };
  return String(recordOf(await rest('POST', 'shares', { body })).secret);
};

export const revokeShare = (id: string) => rest('DELETE', `shares/${encodeURIComponent(id)}`);

/** What a link shows. */
export interface Shared {
  token: string;
  idSite: number;
  siteName: string;
  currency: string;
  reports: Report[];
}

export function sharedOf(body: unknown): Shared {
  const answer = recordOf(body);
  return {
    token: String(answer.access_token),
    idSite: quantity(answer.site),
    siteName: String(answer.site_name ?? ''),
    currency: String(answer.currency ?? ''),
    reports: rowsOf(answer.catalogue).map(reportOf),
  };
}

const MINUTE_MS = 60_000;
/** Before the hour is over that an opened link lasts. */
const RENEW_MS = 50 * MINUTE_MS;

export const openedShareQuery = (secret: string, password: string) =>
  queryOptions({
    queryKey: ['openedShare', secret, password],
    queryFn: async ({ signal }): Promise<Shared> =>
      sharedOf(await rest('POST', 'shared-session', { body: { secret, password }, signal })),
    staleTime: RENEW_MS,
    refetchInterval: RENEW_MS,
    retry: false,
  });

const ROWS_SHARED = 10;

/** A report as a link shows it: its figures, or its first rows. */
export const sharedReportQuery = (
  { token, idSite }: Shared,
  { method, dimension }: Report,
  { period, date }: View,
) =>
  queryOptions({
    queryKey: ['sharedReport', idSite, method, period, date],
    queryFn: async ({ signal }) => {
      const parameters: Parameters = { idSite, period, date, format_metrics: 0 };
      const rows: Parameters = dimension ? { flat: 1, filter_limit: ROWS_SHARED } : {};
      const body = await report(method, { ...parameters, ...rows }, signal, token);
      return dimension ? rowsOf(body) : [recordOf(body)];
    },
    refetchInterval: MINUTE_MS,
  });

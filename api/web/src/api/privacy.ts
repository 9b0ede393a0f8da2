import { queryOptions } from '@tanstack/react-query';
import { rest } from './client';
import { quantity, recordOf, type Row, rowsOf } from './reports';

export const REDUCTIONS = ['none', 'exclude_query', 'exclude_path', 'exclude_all'] as const;

/** What is kept of visitors, as the server names it. */
export interface Privacy {
  mask_bytes: number;
  locate_masked: boolean;
  do_not_track: boolean;
  cookieless: boolean;
  pseudonymous_user_ids: boolean;
  pseudonymous_order_ids: boolean;
  referrer_reduction: (typeof REDUCTIONS)[number];
}

export const privacyQuery = () =>
  queryOptions({
    queryKey: ['privacy'],
    queryFn: async ({ signal }) => (await rest('GET', 'privacy', { signal })) as Privacy,
  });
export const changePrivacy = (privacy: Privacy) => rest('PUT', 'privacy', { body: privacy });

/** How long visits and reports are kept; null: for ever. */
export interface Ages {
  visit_days: number | null;
  report_months: number | null;
  keeps_basics: boolean;
  every_days: number;
}

/** A removal, told when it begins and when it has ended. */
export interface Removal {
  what: 'visits' | 'reports';
  before: string;
  at: number;
  by: string;
  /** Rows that are gone; null: it is under way. */
  rows: number | null;
}

/** The newest word on each removal, the latest first. */
export function removalsOf(body: unknown): Removal[] {
  const told = new Map<string, Removal>();
  for (const row of rowsOf(body)) {
    const what = row.what === 'reports' ? 'reports' : 'visits';
    const at = quantity(row.at);
    const tables = Object.values(recordOf(row.rows)).map(quantity);
    const rows = row.rows ? tables.reduce((sum, count) => sum + count, 0) : null;
    const key = `${what} ${at}`;
    if (!told.has(key)) {
      told.set(key, { what, before: String(row.before), at, by: String(row.by ?? ''), rows });
    }
  }
  return [...told.values()];
}

export const retentionQuery = () =>
  queryOptions({
    queryKey: ['retention'],
    queryFn: async ({ signal }) => (await rest('GET', 'retention', { signal })) as Ages,
  });
export const changeRetention = (ages: Ages) => rest('PUT', 'retention', { body: ages });
export const removalsQuery = () =>
  queryOptions({
    queryKey: ['retention', 'removals'],
    queryFn: async ({ signal }) =>
      removalsOf(await rest('GET', 'retention/removals?limit=40', { signal })),
  });
export const removeNow = () => rest('POST', 'retention/removals');

/** Whose visits: those of a site that a segment names. */
export interface Subject {
  site: number;
  segment: string;
}

export interface SubjectVisit {
  id: number;
  visitor: string;
  userId: string;
  address: string;
  firstAt: number;
  lastAt: number;
}

/** What was erased, and the proof of it. */
export interface Receipt {
  visits: number;
  rows: { table: string; count: number }[];
  receipt: string;
}

const pathOf = ({ site, segment }: Subject, part = ''): string =>
  `sites/${site}/subjects${part}?${new URLSearchParams({ segment })}`;

export const subjectVisitOf = (row: Row): SubjectVisit => ({
  id: quantity(row.visit),
  visitor: String(row.visitor ?? ''),
  userId: String(row.user_id ?? ''),
  address: String(row.address ?? ''),
  firstAt: quantity(row.first_at),
  lastAt: quantity(row.last_at),
});

export const receiptOf = (body: unknown): Receipt => {
  const { visits, rows, receipt } = recordOf(body);
  return {
    visits: quantity(visits),
    rows: Object.entries(recordOf(rows))
      .map(([table, count]) => ({ table, count: quantity(count) }))
      .filter(({ count }) => count > 0),
    receipt: String(receipt ?? ''),
  };
};

export const findSubject = async (subject: Subject): Promise<SubjectVisit[]> =>
  rowsOf(await rest('GET', pathOf(subject))).map(subjectVisitOf);
export const exportSubject = (subject: Subject) => rest('GET', pathOf(subject, '/export'));
export const eraseSubject = async (subject: Subject): Promise<Receipt> =>
  receiptOf(await rest('DELETE', pathOf(subject)));

/** Hits that were not recorded, by reason. */
export interface Refused {
  reason: string;
  count: number;
}

/** The sum of all days, the most frequent reason first. */
export function refusedOf(body: unknown): Refused[] {
  const sums = new Map<string, number>();
  for (const day of Object.values(recordOf(body))) {
    for (const [reason, count] of Object.entries(recordOf(day))) {
      sums.set(reason, (sums.get(reason) ?? 0) + quantity(count));
    }
  }
  return [...sums]
    .map(([reason, count]) => ({ reason, count }))
    .sort((one, other) => other.count - one.count);
}

export const refusedQuery = (site: number) =>
  queryOptions({
    queryKey: ['refused', site],
    queryFn: async ({ signal }) =>
      refusedOf(await rest('GET', `sites/${site}/refused`, { signal })),
  });

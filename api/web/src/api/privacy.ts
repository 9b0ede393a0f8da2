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

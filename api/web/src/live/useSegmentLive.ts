import { useQuery } from '@tanstack/react-query';
import { report } from '../api/client';
import { quantity, recordOf, rowsOf } from '../api/reports';
import type { Counted, Snapshot } from './snapshot';
import { initialLive, type LiveState } from './state';

const EVERY_MS = 5_000;
const MINUTES = [1, 3, 5, 30] as const;
const VISITS_MAX = 100;
const NOW_S = 300;

/** Who stays this long, or views more than one page, does more than look in. */
const ENGAGED_S = 10;

/** The first folder of an address. */
export function sectionOf(url: string): string {
  const path = /^[a-z]+:\/\/[^/]*(\/[^?#]*)/i.exec(url)?.[1] ?? '/';
  return /^\/[^/]+\//.exec(path)?.[0] ?? '/';
}

/** The most frequent of some labels. */
export function counted(labels: string[]): Counted[] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .map(([label, visitors]) => ({ label, visitors }))
    .sort((one, other) => other.visitors - one.visitors || one.label.localeCompare(other.label));
}

async function ask(idSite: number, segment: string, signal: AbortSignal): Promise<Snapshot> {
  const counters = MINUTES.map(async (lastMinutes) =>
    recordOf(rowsOf(await report('Live.getCounters', { idSite, lastMinutes, segment }, signal))[0]),
  );
  const now = Math.floor(Date.now() / 1000);
  const visits = report(
    'Live.getLastVisitsDetails',
    { idSite, segment, minTimestamp: now - NOW_S, filter_limit: VISITS_MAX },
    signal,
  ).then(rowsOf);
  const [m1, m3, m5, m30] = (await Promise.all(counters)).map((row) => quantity(row.visitors));
  const last = await visits;
  const pages = last.flatMap((visit) => rowsOf(visit.actionDetails).slice(-1));
  return {
    at: Date.now(),
    visitors: { m1: m1!, m3: m3!, m5: m5!, m30: m30! },
    engaged: last.filter(
      (visit) => quantity(visit.interactions) > 1 || quantity(visit.visitDuration) >= ENGAGED_S,
    ).length,
    hitsPerSecond: 0,
    pages: counted(pages.map((page) => String(page.pageTitle ?? page.url ?? ''))),
    sections: counted(pages.map((page) => sectionOf(String(page.url ?? '')))),
    campaigns: counted(
      last
        .filter((visit) => visit.referrerType === 'campaign')
        .map((visit) => String(visit.referrerName ?? '')),
    ),
    referrers: counted(last.map((visit) => String(visit.referrerName ?? ''))),
    countries: counted(last.map((visit) => String(visit.countryCode ?? ''))),
    lagMs: 0,
  };
}

/** The live numbers of a segment, which the socket does not tell: they are asked for again and again. */
export function useSegmentLive(idSite: number, segment: string | undefined): LiveState | undefined {
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['segmentLive', idSite, segment],
    queryFn: ({ signal }) => ask(idSite, segment ?? '', signal),
    enabled: segment !== undefined,
    refetchInterval: EVERY_MS,
  });
  if (segment === undefined) return undefined;
  if (!data) return { ...initialLive, connection: error ? 'closed' : 'connecting' };
  return {
    ...initialLive,
    connection: error ? 'closed' : 'open',
    snapshot: data,
    receivedAt: dataUpdatedAt,
  };
}

import type { Counted, Refusal, Snapshot } from './snapshot';

export type Connection = 'connecting' | 'open' | 'closed';

export interface Point {
  at: number;
  visitors: number;
}

export interface LiveState {
  connection: Connection;
  snapshot?: Snapshot;
  /** When the last snapshot arrived, by our clock. */
  receivedAt?: number;
  /** The headline number over the past minutes, oldest first. */
  trend: Point[];
  /** Snapshots of the past minute, oldest first: what the lists of now are held against. */
  earlier: { at: number; snapshot: Snapshot }[];
  refusal?: Refusal;
  /** Attempts since the last snapshot: how long to wait before the next. */
  attempts: number;
}

export type LiveInput =
  | { kind: 'connecting' }
  | { kind: 'opened' }
  | { kind: 'closed' }
  | { kind: 'snapshot'; snapshot: Snapshot; now: number }
  | { kind: 'refused'; refusal: Refusal };

export const TREND_MS = 5 * 60_000;
export const MOVEMENT_MS = 60_000;
const MOVEMENT_STEP_MS = 5_000;
/** What was heard so recently tells no movement: the first snapshot may be of nobody. */
const MOVEMENT_AFTER_MS = 20_000;
const TREND_POINTS_MAX = 320;
const BACKOFF_MS_MIN = 500;
const BACKOFF_MS_MAX = 30_000;
/** The server speaks at least every five seconds. */
export const STALE_MS = 12_000;

export const initialLive: LiveState = {
  connection: 'connecting',
  trend: [],
  earlier: [],
  attempts: 0,
};

export function advance(state: LiveState, input: LiveInput): LiveState {
  switch (input.kind) {
    case 'connecting':
      return { ...state, connection: 'connecting', attempts: state.attempts + 1 };
    case 'opened':
      return { ...state, connection: 'open' };
    case 'closed':
      return { ...state, connection: 'closed' };
    case 'refused':
      return { ...state, connection: 'closed', refusal: input.refusal };
    case 'snapshot': {
      const point = { at: input.now, visitors: input.snapshot.visitors.m5 };
      const trend = [...state.trend, point]
        .filter(({ at }) => at > input.now - TREND_MS)
        .slice(-TREND_POINTS_MAX);
      return {
        connection: 'open',
        snapshot: input.snapshot,
        receivedAt: input.now,
        trend,
        earlier: sampled(state.earlier, input.snapshot, input.now),
        attempts: 0,
      };
    }
  }
}

function sampled(
  earlier: LiveState['earlier'],
  snapshot: Snapshot,
  now: number,
): LiveState['earlier'] {
  const kept = earlier.filter(({ at }) => at >= now - MOVEMENT_MS);
  const last = kept.at(-1);
  return last && now - last.at < MOVEMENT_STEP_MS ? kept : [...kept, { at: now, snapshot }];
}

export type ListName = 'pages' | 'sections' | 'referrers' | 'campaigns' | 'countries';

/** By how many visitors a row grew or shrank within the past minute; nothing while that is too short to tell. */
export function movement(
  { earlier, snapshot, receivedAt }: LiveState,
  list: ListName,
  label: string,
): number {
  const first = earlier[0];
  if (!first || !snapshot || receivedAt === undefined) return 0;
  if (receivedAt - first.at < MOVEMENT_AFTER_MS) return 0;
  const before = first.snapshot;
  const count = (rows: Counted[]): number => rows.find((row) => row.label === label)?.visitors ?? 0;
  return count(snapshot[list]) - count(before[list]);
}

/** How long to wait before connecting again: doubled each time, and spread by chance in 0..1. */
export function backoffMs(attempts: number, chance: number): number {
  const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.max(0, attempts - 1));
  return Math.round(ceiling * (0.5 + chance / 2));
}

/** Refusals that another attempt would not change. */
export const isFinal = ({ status }: Refusal): boolean =>
  status >= 400 && status < 500 && status !== 429;

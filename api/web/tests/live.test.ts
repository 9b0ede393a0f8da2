import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveFeed } from '../src/live/feed';
import { readFrame, type Snapshot } from '../src/live/snapshot';
import { advance, backoffMs, initialLive, movement, STALE_MS, TREND_MS } from '../src/live/state';
import { sparkline } from '../src/live/sparkline';

const frame = (m5: number) =>
  JSON.stringify({
    type: 'snapshot',
    site: 1,
    at: 1790000000123,
    visitors: { m1: 1, m3: 2, m5, m30: 9 },
    engaged: 2,
    hits_per_second: 1.5,
    pages: [{ label: '/pricing', visitors: 3 }],
    sections: [{ label: '/', visitors: 3 }],
    campaigns: [{ label: 'spring', visitors: 1 }],
    referrers: [{ label: '', visitors: 2 }],
    countries: [{ label: 'de', visitors: 2 }],
    lag_ms: 12,
  });

const snapshot = (m5: number): Snapshot =>
  (readFrame(frame(m5)) as { snapshot: Snapshot }).snapshot;

describe('a frame', () => {
  it('is read', () => {
    expect(snapshot(4)).toEqual({
      at: 1790000000123,
      visitors: { m1: 1, m3: 2, m5: 4, m30: 9 },
      engaged: 2,
      hitsPerSecond: 1.5,
      pages: [{ label: '/pricing', visitors: 3 }],
      sections: [{ label: '/', visitors: 3 }],
      campaigns: [{ label: 'spring', visitors: 1 }],
      referrers: [{ label: '', visitors: 2 }],
      countries: [{ label: 'de', visitors: 2 }],
      lagMs: 12,
    });
  });

  it('may refuse', () => {
    expect(readFrame('{"type":"error","status":403,"detail":"no"}')).toEqual({
      refusal: { status: 403, detail: 'no' },
    });
  });

  it.each(['', 'not json', '{}', '{"type":"later"}', 'null'])('is skipped when it is %j', (text) =>
    expect(readFrame(text)).toBeUndefined(),
  );

  it('may lack parts', () => {
    expect(readFrame('{"type":"snapshot"}')).toMatchObject({
      snapshot: { visitors: { m5: 0 }, pages: [] },
    });
  });
});

describe('the live state', () => {
  it('remembers five minutes of the headline number', () => {
    let state = initialLive;
    for (const now of [1000, 2000, TREND_MS + 1500]) {
      state = advance(state, { kind: 'snapshot', snapshot: snapshot(now), now });
    }
    expect(state.trend.map(({ at }) => at)).toEqual([2000, TREND_MS + 1500]);
    expect(state).toMatchObject({ connection: 'open', attempts: 0, receivedAt: TREND_MS + 1500 });
  });

  it('tells how rows moved within the past minute', () => {
    const at = (now: number, visitors: number) => ({
      kind: 'snapshot' as const,
      snapshot: { ...snapshot(1), pages: [{ label: '/a', visitors }] },
      now,
    });
    let state = advance(initialLive, at(0, 9));
    expect(movement(state, 'pages', '/a')).toBe(0);
    for (const [now, visitors] of [
      [30_000, 2],
      [61_000, 5],
      [62_000, 6],
    ] as const) {
      state = advance(state, at(now, visitors));
    }
    expect(state.earlier.map((entry) => entry.at)).toEqual([30_000, 61_000]);
    expect([movement(state, 'pages', '/a'), movement(state, 'pages', '/b')]).toEqual([4, 0]);
  });

  it('keeps the last numbers while it is not connected', () => {
    const open = advance(initialLive, { kind: 'snapshot', snapshot: snapshot(7), now: 5 });
    const closed = advance(open, { kind: 'closed' });
    expect(closed).toMatchObject({ connection: 'closed', snapshot: { visitors: { m5: 7 } } });
  });

  it('waits longer each time, within bounds, and not in step with others', () => {
    expect([1, 2, 3, 20].map((attempts) => backoffMs(attempts, 1))).toEqual([
      500, 1000, 2000, 30000,
    ]);
    expect(backoffMs(3, 0)).toBe(1000);
  });
});

describe('the feed', () => {
  class FakeSocket {
    onopen?: () => void;
    onmessage?: (event: { data: string }) => void;
    onclose?: () => void;
    close = vi.fn();
  }
  let sockets: FakeSocket[];
  let hidden: boolean;
  const newFeed = () =>
    new LiveFeed({
      open: () => {
        sockets.push(new FakeSocket());
        return sockets.at(-1) as unknown as WebSocket;
      },
      now: Date.now,
      chance: () => 1,
      hidden: () => hidden,
    });

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    hidden = false;
  });
  afterEach(() => vi.useRealTimers());

  it('connects again after the connection is lost', () => {
    const feed = newFeed();
    feed.start();
    sockets[0]!.onclose!();
    expect(feed.current().connection).toBe('closed');
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
    sockets[1]!.onopen!();
    expect(feed.current().connection).toBe('open');
    feed.stop();
    expect(sockets[1]!.close).toHaveBeenCalled();
  });

  it('gives up a connection that says nothing', () => {
    const feed = newFeed();
    feed.start();
    sockets[0]!.onopen!();
    sockets[0]!.onmessage!({ data: frame(1) });
    vi.advanceTimersByTime(STALE_MS);
    expect(feed.current()).toMatchObject({
      connection: 'closed',
      snapshot: { visitors: { m5: 1 } },
    });
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
  });

  it('does not insist after a refusal', () => {
    const feed = newFeed();
    feed.start();
    sockets[0]!.onmessage!({ data: '{"type":"error","status":403,"detail":"no access"}' });
    vi.advanceTimersByTime(120_000);
    expect(sockets).toHaveLength(1);
    expect(feed.current().refusal?.detail).toBe('no access');
  });

  it('shows nothing while hidden, and the newest when it is seen again', () => {
    const feed = newFeed();
    const shown = vi.fn();
    feed.subscribe(shown);
    feed.start();
    sockets[0]!.onmessage!({ data: frame(1) });
    hidden = true;
    shown.mockClear();
    sockets[0]!.onmessage!({ data: frame(2) });
    sockets[0]!.onmessage!({ data: frame(3) });
    expect(shown).not.toHaveBeenCalled();
    hidden = false;
    feed.resume();
    expect(shown).toHaveBeenCalledTimes(1);
    expect(feed.current().snapshot?.visitors.m5).toBe(3);
  });
});

describe('the trend line', () => {
  it('is empty without points and level with one', () => {
    expect(sparkline([], 100, 20)).toBe('');
    expect(sparkline([{ at: 0, visitors: 3 }], 100, 20)).toMatch(/^M100 [\d.]+H100$/);
  });

  it('goes in steps from the oldest to the right edge', () => {
    const path = sparkline(
      [
        { at: 0, visitors: 0 },
        { at: 30_000, visitors: 4 },
        { at: 60_000, visitors: 4 },
      ],
      100,
      20,
    );
    expect(path).toBe('M0 17H50V3H100');
  });
});

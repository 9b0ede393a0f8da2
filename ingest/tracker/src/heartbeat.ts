import type { Core } from './core';
import { track } from './transport';

const IDLE_SECONDS_MIN = 5;

/** Notes since when the page is looked at; one ping when it was long enough, and is left. */
export function beat(core: Core, leaving?: boolean): void {
  const now = Date.now();
  const since = core.$focusedAt;
  if (!leaving && document.hasFocus()) {
    core.$focusedAt = since || now;
    return;
  }
  core.$focusedAt = 0;
  if (core.$idleMs && since && now - Math.max(since, core.$lastAt) >= core.$idleMs) {
    track(core, { ping: 1 });
  }
}

/** One ping when a page is left that was looked at for longer than the given time. */
export const heartbeat = (core: Core) => ({
  enableHeartBeatTimer(idleSeconds = 15): void {
    core.$idleMs = Math.max(idleSeconds, IDLE_SECONDS_MIN) * 1000;
    beat(core);
  },
  disableHeartBeatTimer(): void {
    core.$idleMs = 0;
  },
});

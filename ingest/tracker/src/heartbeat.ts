import { type Core, listen } from './core';
import { pump, track } from './transport';

const IDLE_SECONDS_MIN = 5;

/** One ping when a page is left that was looked at for longer than the given time. */
export function heartbeat(core: Core) {
  let idleMs = 0;
  let focusedAt = 0;
  let listening: boolean;

  const check = (event?: Event): void => {
    const now = Date.now();
    if (document.hasFocus() && !document.hidden && !(event && event.type === 'pagehide')) {
      focusedAt = focusedAt || now;
      return;
    }
    if (idleMs && focusedAt && now - Math.max(focusedAt, core.$lastAt) >= idleMs) {
      track(core, { ping: 1 });
      pump(core, true);
    }
    focusedAt = 0;
  };

  return {
    enableHeartBeatTimer(idleSeconds = 15): void {
      idleMs = Math.max(idleSeconds, IDLE_SECONDS_MIN) * 1000;
      if (!listening) listen('focus blur pagehide visibilitychange', check);
      listening = true;
      check();
    },
    disableHeartBeatTimer(): void {
      idleMs = 0;
    },
  };
}

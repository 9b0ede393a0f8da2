import { useEffect, useState, useSyncExternalStore } from 'react';
import { renew, session } from '../api/session';
import { LiveFeed } from './feed';
import type { LiveState } from './state';

function open(site: number): WebSocket {
  const url = new URL(`/live?site=${site}`, location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(url, ['nagare.live', `bearer.${session.get()?.token ?? ''}`]);
}

/** The live numbers of a site, for as long as the component is there. */
export function useLive(site: number): LiveState {
  const [feed] = useState(
    () =>
      new LiveFeed({
        open: () => open(site),
        now: Date.now,
        chance: Math.random,
        hidden: () => document.hidden,
        prepare: () => (session.isEnding() ? renew() : undefined),
      }),
  );
  useEffect(() => {
    feed.start();
    document.addEventListener('visibilitychange', feed.resume);
    addEventListener('online', feed.resume);
    return () => {
      document.removeEventListener('visibilitychange', feed.resume);
      removeEventListener('online', feed.resume);
      feed.stop();
    };
  }, [feed]);
  return useSyncExternalStore(feed.subscribe, feed.current);
}

/** The time, again and again. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

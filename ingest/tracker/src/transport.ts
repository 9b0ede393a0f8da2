import { deleteOwn, hasConsent, refused } from './cookies';
import { type Callback, type Core, listen, type Params } from './core';
import { beat } from './heartbeat';
import { identify } from './identity';
import { build, serialize } from './request';

const QUERY_LENGTH_MAX = 2000;
const OUTBOX_MAX = 50;
const SETTLE_MS = 800;

/** Sends by beacon, or by fetch what no beacon takes; several requests in one body. */
function deliver(core: Core, queries: string[]): void {
  const [query, more] = queries as [string, string?];
  const inBody = more || core.RequestMethod === 'POST' || query.length > QUERY_LENGTH_MAX;
  const url =
    core.TrackerUrl +
    (inBody ? '' : core.TrackerUrl.includes('?') ? query.replace('?', '&') : query);
  const body = more
    ? JSON.stringify({ requests: queries, send_image: 0 })
    : // As a form, which the protocol asks for even when it is empty.
      new URLSearchParams(inBody ? query : '');
  if (!core.AlwaysUseSendBeacon || !navigator.sendBeacon?.(url, body)) {
    fetch(url, { method: 'POST', body, credentials: 'include' });
  }
}

/** Says who the visitor is, and lets the page have its say; what is empty then is not sent. */
function transmit(core: Core, waiting: Core['$outbox']): void {
  const queries: string[] = [];
  for (const [query, done] of waiting) {
    const visitor = serialize(identify(core));
    const request = core.CustomRequestProcessing(`${query}&${visitor}${core.$appended}`);
    if (!request) continue;
    queries.push(`?${request}`);
    done?.({ request, trackerUrl: core.TrackerUrl, success: true });
  }
  core.$lastAt = Date.now();
  if (queries[0]) deliver(core, queries);
}

/**
 * Sends what waits: the first request at once, then none until the server had time to open the
 * visit. Requests that are in no hurry wait for others. When the page is being left, everything.
 */
export function pump(core: Core, leaving?: boolean, delay = 0): void {
  if (
    !core.TrackerUrl ||
    !core.SiteId ||
    !hasConsent(core) ||
    (document as Document & { prerendering?: boolean }).prerendering
  ) {
    return;
  }
  clearTimeout(core.$timer);
  const wait = Math.max(core.$nextAt - Date.now(), delay);
  if (wait > 0 && !leaving && core.$outbox.length < OUTBOX_MAX) {
    core.$timer = setTimeout(pump, wait, core);
  } else if (core.$outbox[0]) {
    core.$nextAt = core.$nextAt || Date.now() + SETTLE_MS;
    transmit(core, core.$outbox.splice(0));
  }
}

/** What a page may add to an action: custom data, and whom to tell that it was sent. */
export type More = [custom?: Params, done?: Callback];

/** Notes an action of the page as it is now; it leaves when it may, later when it can wait. */
export function track(core: Core, action: Params, more: More = [], delay?: number): void {
  const [custom, done] = more;
  if (refused(core)) deleteOwn(core);
  else if (core.$outbox.length < OUTBOX_MAX) core.$outbox.push([build(core, action, custom), done]);
  pump(core, false, delay);
}

/** Lets nothing wait when the page is left. */
export const connect = (core: Core): void =>
  listen('focus blur pagehide visibilitychange prerenderingchange', ({ type }) => {
    const leaving = document.hidden || type === 'pagehide';
    beat(core, leaving);
    pump(core, leaving);
  });

import { hasConsent, refused } from './cookies';
import { attempt, type Callback, type Core, listen, type Params } from './core';
import { identify } from './identity';
import { build, serialize } from './request';

const QUERY_LENGTH_MAX = 2000;
const OUTBOX_MAX = 100;
const SETTLE_MS = 800;

/** Sends by the first means that works: beacon, fetch, image; several requests in one body. */
function deliver(core: Core, queries: string[]): void {
  const [query, more] = queries as [string, string?];
  const inBody = more || /post/i.test(core.RequestMethod) || query.length > QUERY_LENGTH_MAX;
  const prefix = core.TrackerUrl + (core.TrackerUrl.includes('?') ? '&' : '?');
  const url = inBody ? core.TrackerUrl : prefix + query;
  const body = more
    ? JSON.stringify({ requests: queries.map((one) => `?${one}`), send_image: 0 })
    : // As a form, which the protocol asks for even when it is empty.
      new URLSearchParams(inBody ? query : '');
  const images = (): void =>
    queries.forEach((one) => {
      new Image().src = prefix + one.replace('send_image=0', 'send_image=1');
    });
  if (core.$noBeacon && !inBody) {
    images();
  } else if (core.$noBeacon || !attempt(() => navigator.sendBeacon(url, body))) {
    // An opaque answer fails only when nothing arrived, so that no hit is counted twice.
    fetch(url, {
      method: 'POST',
      body,
      keepalive: true,
      mode: 'no-cors',
      credentials: 'include',
    }).catch(images);
  }
}

/** Says who the visitor is, and lets the page have its say; what is empty then is not sent. */
function transmit(core: Core, waiting: Core['$outbox']): void {
  const queries: string[] = [];
  for (const [params, done] of waiting) {
    Object.assign(params, identify(core), { consent: core.$consentRequired ? 1 : '' });
    let request: string | undefined = serialize(params) + core.$appended;
    if (core.CustomRequestProcessing) request = core.CustomRequestProcessing(request);
    if (!request) continue;
    queries.push(request);
    if (done) done({ request, trackerUrl: core.TrackerUrl, success: true });
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
    core.$timer = window.setTimeout(pump, wait, core);
  } else if (core.$outbox[0]) {
    if (!core.$sent++) core.$nextAt = Date.now() + SETTLE_MS;
    transmit(core, core.$outbox.splice(0));
  }
}

/** Notes an action of the page as it is now; it leaves when it may, later when it can wait. */
export function track(
  core: Core,
  action: Params,
  custom?: Params,
  done?: Callback,
  delay?: number,
): void {
  if (refused(core) || core.$outbox.length >= OUTBOX_MAX) return;
  core.$outbox.push([build(core, action, custom), done]);
  pump(core, false, delay);
}

/** Lets nothing wait when the page is left. */
export const connect = (core: Core): void =>
  listen('pagehide visibilitychange prerenderingchange', (event) =>
    pump(core, document.hidden || event.type === 'pagehide'),
  );

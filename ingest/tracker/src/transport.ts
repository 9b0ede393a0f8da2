import { hasConsent, refused } from './cookies';
import { attempt, type Callback, type Core, listen, type Params } from './core';
import { identify } from './identity';
import { build, serialize } from './request';

const QUERY_LENGTH_MAX = 2000;
const OUTBOX_MAX = 100;
const SETTLE_MS = 800;
const SPACING_MS = 50;

/** Sends by the first means that works: beacon, fetch, image. */
function deliver(core: Core, query: string): void {
  const inBody = /post/i.test(core.RequestMethod) || query.length > QUERY_LENGTH_MAX;
  const prefix = core.TrackerUrl + (core.TrackerUrl.includes('?') ? '&' : '?');
  const url = inBody ? core.TrackerUrl : prefix + query;
  // As a form, which the protocol asks for even when it is empty.
  const body = new URLSearchParams(inBody ? query : '');
  const image = (): void => {
    new Image().src = prefix + query.replace('send_image=0', 'send_image=1');
  };
  if (core.$noBeacon && !inBody) {
    image();
  } else if (core.$noBeacon || !attempt(() => navigator.sendBeacon(url, body), false)) {
    // An opaque answer fails only when nothing arrived, so the image never counts a hit twice.
    fetch(url, {
      method: 'POST',
      body,
      keepalive: true,
      mode: 'no-cors',
      credentials: 'include',
    }).catch(image);
  }
}

function transmit(core: Core, params: Params, done?: Callback): void {
  Object.assign(params, identify(core), { consent: core.$consentRequired ? 1 : '' });
  let request: string | undefined = serialize(params) + core.$appended;
  if (core.CustomRequestProcessing) request = core.CustomRequestProcessing(request);
  if (!request) return;
  core.$lastAt = Date.now();
  deliver(core, request);
  if (done) done({ request, trackerUrl: core.TrackerUrl, success: true });
}

/**
 * Sends what waits: the first request at once, then none until the server had time to open the
 * visit, then spaced. When the page is being left, everything.
 */
export function pump(core: Core, leaving?: boolean): void {
  if (
    !core.TrackerUrl ||
    !core.SiteId ||
    !hasConsent(core) ||
    (document as Document & { prerendering?: boolean }).prerendering
  ) {
    return;
  }
  clearTimeout(core.$timer);
  while (core.$outbox.length) {
    const wait = core.$nextAt - Date.now();
    if (wait > 0 && !leaving) {
      core.$timer = window.setTimeout(pump, wait, core);
      return;
    }
    core.$nextAt = Date.now() + (core.$sent++ ? SPACING_MS : SETTLE_MS);
    transmit(core, ...core.$outbox.shift()!);
  }
}

/** Reports an action of the page as it is now. */
export function track(core: Core, action: Params, custom?: unknown, done?: Callback): void {
  if (refused(core) || core.$outbox.length >= OUTBOX_MAX) return;
  core.$outbox.push([build(core, action, custom), done]);
  pump(core);
}

/** Lets nothing wait when the page is left. */
export const connect = (core: Core): void =>
  listen('pagehide visibilitychange prerenderingchange', (event) =>
    pump(core, document.hidden || event.type === 'pagehide'),
  );

import { pageUrl, referrerUrl } from './address';
import { type Core, type Params, random } from './core';
import { timings } from './timing';

/** Sent even when empty: they say that there is a page, and that its visitor has no id. */
const EVEN_EMPTY = /_name|^_id/;

/** The custom variables of a scope; none is no parameter. */
const variables = (core: Core, scope: string): string =>
  JSON.stringify(core.$variables[scope]).replace(/^{}$/, '');

/** All parameters of a request but those of the visitor. */
export function build(core: Core, action: Params, custom?: Params): Params {
  const now = new Date();
  const params: Params = {
    ...action,
    idsite: core.SiteId,
    rec: 1,
    r: random(6, 10),
    h: now.getHours(),
    m: now.getMinutes(),
    s: now.getSeconds(),
    url: pageUrl(core),
    urlref: referrerUrl(core),
    uid: core.UserId,
    cs: document.characterSet.replace(/^utf-8$/i, ''),
    send_image: 0,
    ...core.$extra,
    _cvar: variables(core, 'visit'),
    cvar: variables(core, 'page'),
    ...timings(core),
    pv_id: core.PageViewId || core.$viewId,
    pdf: navigator.pdfViewerEnabled ? 1 : 0,
    res: `${screen.width}x${screen.height}`,
  };
  for (const name in custom) {
    if (/^dimension\d/.test(name)) params[name] = custom[name];
  }
  return params;
}

export const serialize = (params: Params): string =>
  Object.entries(params)
    .filter(([name, value]) => value || value === 0 || EVEN_EMPTY.test(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value as string)}`)
    .join('&');

import { pageUrl, referrerUrl } from './address';
import { type Core, type Params, random } from './core';
import { timings } from './timing';

/** Sent even when empty: they say that there is a page, and that its visitor has no id. */
const EVEN_EMPTY = /_name|^_id/;

/** A query, with lists and tables as JSON. What is empty is not said. */
export const serialize = (params: Params): string =>
  `${new URLSearchParams(
    Object.entries(params)
      .map(([name, value]) => [name, value instanceof Object ? JSON.stringify(value) : value])
      .filter(
        ([name, value]) =>
          value !== '{}' && (value || value === 0 || EVEN_EMPTY.test(name as string)),
      ) as [string, string][],
  )}`;

/** All of a request but what tells of the visitor. */
export function build(core: Core, action: Params, custom?: Params): string {
  const now = new Date();
  const params: Params = {
    ...action,
    ...core.$extra,
    idsite: core.SiteId,
    rec: 1,
    r: random(6),
    h: now.getHours(),
    m: now.getMinutes(),
    s: now.getSeconds(),
    url: pageUrl(core),
    urlref: referrerUrl(core),
    uid: core.UserId,
    cs: document.characterSet.replace('UTF-8', ''),
    send_image: 0,
    _cvar: core.$variables.visit,
    cvar: core.$variables.page,
    ...timings(core),
    pv_id: core.PageViewId || core.$viewId,
    ...(core.BrowserFeatureDetection && {
      pdf: +navigator.pdfViewerEnabled,
      res: `${screen.width}x${screen.height}`,
    }),
  };
  for (const name in custom) {
    if (/^dimension\d/.test(name)) params[name] = custom[name];
  }
  return serialize(params);
}

import { decode } from './cookies';
import { attempt, type Core } from './core';

const IGNORE_REFERRER = 'ignore_referr?er';

/** The value of the first of these parameters that a URL's query or fragment carries. */
export function parameter(url: string, names: string[]): string {
  for (const name of names) {
    const found = RegExp(`[?&#]${name}=([^&#]+)`).exec(url);
    if (found) return decode(found[1]!.replace(/\+/g, ' '));
  }
  return '';
}

const absolute = (url: string): URL | '' | undefined =>
  url && attempt(() => new URL(url, location.href));

/** A URL without the parameters that are not to be reported. */
export function cleaned(core: Core, url: string): string {
  if (core.$discardHash) url = url.replace(/#.*/, '');
  for (const name of ['pk_vid', IGNORE_REFERRER, ...core.ExcludedQueryParams]) {
    url = url.replace(RegExp(`([?&#])${name}=[^&#]*(&?)`), (_, before, more) =>
      more ? before : '',
    );
  }
  return url;
}

/** The address of the page as it stands, or as the site says it is. */
export function rawUrl(core: Core): string {
  const url = absolute(core.CustomUrl);
  return url ? url.href : location.href;
}

export const pageUrl = (core: Core): string => cleaned(core, rawUrl(core));

/** Whether a host (and path) belongs to one of the domains: `a.org`, `*.a.org`, `.a.org/blog`. */
export function matches({ hostname, pathname }: URL | Location, domains: string[]): boolean {
  return domains.some((domain) => {
    const [, wild, name, folder] = /^(?:\w+:\/\/)?\*?(\.?)([^/]*)(.*?)\/?\*?$/.exec(
      domain.toLowerCase(),
    )!;
    return (
      (hostname === name || (wild && hostname.endsWith(wild + name))) &&
      `${pathname}/`.startsWith(`${folder}/`)
    );
  });
}

/** Whether this is an address of the site that is being measured. */
export const isOwn = (core: Core, url: URL): boolean =>
  matches(url, core.Domains) ||
  // Our own host counts, unless the domains name the part of it that we are in.
  (url.hostname === location.hostname && !matches(location, core.Domains));

/** The referrer, or only one from elsewhere; empty when it is not to be reported. */
export function referrerUrl(core: Core, foreign?: boolean): string {
  const url = absolute(core.ReferrerUrl);
  return !url ||
    matches(url, core.ExcludedReferrers) ||
    (foreign && isOwn(core, url)) ||
    parameter(location.href, [IGNORE_REFERRER])
    ? ''
    : cleaned(core, core.ReferrerUrl);
}

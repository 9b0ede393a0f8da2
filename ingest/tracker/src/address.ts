import { attempt, type Core } from './core';

const IGNORE_REFERRER = ['ignore_referrer', 'ignore_referer'];

/** The value of the first of these parameters that a URL's query or fragment carries. */
export function parameter(url: string, names: string[]): string {
  const given = new URLSearchParams(url.replace(/[?#]/g, '&'));
  return names.map((name) => given.get(name)).find((value) => value) || '';
}

const absolute = (url: string): URL | '' | undefined =>
  url && attempt(() => new URL(url, location.href));

/** A URL without the parameters that are not to be reported. */
export function cleaned(core: Core, url: string): string {
  if (core.$discardHash) url = url.replace(/#.*/, '');
  for (const name of [
    'pk_vid',
    ...IGNORE_REFERRER,
    ...core.ExcludedQueryParams,
    ...(core.CampaignParameters || core.$consentRequired
      ? []
      : [...core.CampaignNameKey, ...core.CampaignKeywordKey]),
  ]) {
    url = url.replace(RegExp(`([?&#])${name}=[^&#]*(&?)`), (_, before, more) =>
      more ? before : '',
    );
  }
  return url;
}

/** The address of the page as it stands, or as the site says it is. */
export const pageUrl = (core: Core): string =>
  cleaned(core, (absolute(core.CustomUrl) || location).href);

/** Whether a host (and path) belongs to one of the domains: `a.org`, `*.a.org`, `.a.org/blog`. */
export const matches = ({ hostname, pathname }: URL | Location, domains: string[]): boolean =>
  domains.some((domain) => {
    const literal = domain.replace(/.*\/\/|\/?\*|\/$/g, '').replace(/\./g, '\\.');
    const pattern = literal.replace(/^\\./, '(.+\\.)?');
    return RegExp(`^${pattern}(/|$)`, 'i').test(hostname + pathname);
  });

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
    parameter(location.href, IGNORE_REFERRER)
    ? ''
    : cleaned(core, core.ReferrerUrl);
}

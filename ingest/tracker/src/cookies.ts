import { attempt, type Core } from './core';

export const ID = 'id';
export const SESSION = 'ses';
export const REFERRAL = 'ref';

export const decode = (text: string): string => attempt(() => decodeURIComponent(text), text);

export function readCookie(name: string): string {
  const found = `; ${document.cookie}`.split(`; ${name}=`)[1];
  return found ? decode(found.split(';')[0]!) : '';
}

const domainOf = (core: Core): string => core.CookieDomain.replace('*', '');

/** Writes a cookie, or with no value deletes it. */
export function writeCookie(core: Core, name: string, value: string | number = '', age = -1): void {
  const domain = domainOf(core);
  document.cookie =
    `${name}=${encodeURIComponent(value)};max-age=${age};path=${core.CookiePath}` +
    (domain && `;domain=${domain}`) +
    (core.SecureCookie || /none/i.test(core.CookieSameSite) ? ';Secure' : '') +
    `;SameSite=${core.CookieSameSite}`;
}

/** The name of a cookie of this tracker: it tells sites, domains and paths apart. */
export const ownName = (core: Core, kind: string): string =>
  `${core.CookieNamePrefix}${kind}.${core.SiteId}.` +
  ((domainOf(core) || location.hostname) + core.CookiePath).replace(/\W/g, '');

export const readOwn = (core: Core, kind: string): string => readCookie(ownName(core, kind));

export const writeOwn = (core: Core, kind: string, value?: string | number, age?: number): void =>
  writeCookie(core, ownName(core, kind), value, age);

export const deleteOwn = (core: Core): void =>
  [ID, SESSION, REFERRAL].forEach((kind) => writeOwn(core, kind));

/** Whether the visitor does not want to be measured at all. */
export const refused = (core: Core): boolean | undefined =>
  core.$optedOut ||
  (core.DoNotTrack &&
    (navigator.doNotTrack === '1' ||
      (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl));

export const hasConsent = (core: Core): boolean =>
  !refused(core) && (core.$consented || !core.$consentRequired);

export const usesCookies = (core: Core): boolean =>
  !core.$noCookies && navigator.cookieEnabled && hasConsent(core);

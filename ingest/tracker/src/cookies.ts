import type { Core } from './core';

export const ID = 'id';
export const SESSION = 'ses';
export const REFERRAL = 'ref';

export const readCookie = (name: string): string =>
  new URLSearchParams(document.cookie.replace(/; /g, '&')).get(name) || '';

/** Writes a cookie, or with no value deletes it. */
export function writeCookie(core: Core, name: string, value: string | number = '', age = -1): void {
  document.cookie =
    `${name}=${encodeURIComponent(value)};max-age=${age};path=${core.CookiePath}` +
    `;domain=${core.CookieDomain.replace('*', '')};SameSite=${core.CookieSameSite}` +
    (core.SecureCookie || core.CookieSameSite === 'None' ? ';Secure' : '');
}

/** The name of a cookie of this tracker: it tells sites, domains and paths apart. */
const ownName = (core: Core, kind: string): string =>
  `${core.CookieNamePrefix}${kind}.${core.SiteId}.` +
  ((core.CookieDomain || location.hostname) + core.CookiePath).replace(/\W/g, '');

export const readOwn = (core: Core, kind: string): string => readCookie(ownName(core, kind));

/** Writes a cookie of this tracker, if it may use any; deletes it in any case. */
export function writeOwn(core: Core, kind: string, value?: string | number, age?: number): void {
  if (!value || usesCookies(core)) writeCookie(core, ownName(core, kind), value, age);
}

/** Forgets who the visitor is. */
export function deleteOwn(core: Core): void {
  [ID, SESSION, REFERRAL].forEach((kind) => writeOwn(core, kind));
  core.$visitorId = '';
}

/** Whether the visitor does not want to be measured at all. */
export const refused = (core: Core): boolean | undefined =>
  core.$consent === false ||
  (core.DoNotTrack &&
    (navigator.doNotTrack === '1' ||
      (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl));

export const hasConsent = (core: Core): boolean =>
  !refused(core) && (core.$consent || !core.$consentRequired);

export const usesCookies = (core: Core): boolean =>
  !core.$noCookies && navigator.cookieEnabled && hasConsent(core);

import { deleteOwn, hasConsent, readCookie, usesCookies, writeCookie } from './cookies';
import type { Core } from './core';
import { pump, track } from './transport';

const CONSENT = 'mtm_consent';
const COOKIE_CONSENT = 'mtm_cookie_consent';
const REMOVED = 'mtm_consent_removed';
const FOREVER_HOURS = 30 * 365 * 24;

const remember = (core: Core, name: string, hours = FOREVER_HOURS): void =>
  writeCookie(core, name, Date.now(), hours * 3600);

/** Whether the visitor allows to be measured at all. */
export function consent(core: Core) {
  if (readCookie(REMOVED)) core.$consent = false;

  const setConsentGiven = (): void => {
    writeCookie(core, REMOVED);
    core.$consent = true;
    pump(core);
  };
  const forgetConsentGiven = (): void => {
    writeCookie(core, CONSENT);
    remember(core, REMOVED);
    core.$consent = false;
    core.$outbox = [];
    deleteOwn(core);
  };
  return {
    requireConsent(): void {
      core.$consentRequired = true;
      if (readCookie(CONSENT)) core.$consent = true;
    },
    setConsentGiven,
    rememberConsentGiven(hours?: number): void {
      remember(core, CONSENT, hours);
      setConsentGiven();
    },
    forgetConsentGiven,
    optUserOut: forgetConsentGiven,
    forgetUserOptOut: setConsentGiven,
    isUserOptedOut: () => core.$consent === false,
    hasConsent: () => hasConsent(core),
    isConsentRequired: () => core.$consentRequired,
    getRememberedConsent: () => readCookie(CONSENT),
  };
}

/** Whether the visitor allows to be remembered by cookies. */
export function cookieConsent(core: Core) {
  const disableCookies = (): void => {
    core.$noCookies = true;
    deleteOwn(core);
  };
  const setCookieConsentGiven = (): void => {
    // Tells a running visit the id that it can be recognised by from now on.
    const late = core.$noCookies && core.$lastAt;
    core.$noCookies = false;
    if (late) track(core, { ping: 1 });
  };

  return {
    disableCookies,
    areCookiesEnabled: () => usesCookies(core),
    requireCookieConsent(): void {
      if (!readCookie(COOKIE_CONSENT)) disableCookies();
    },
    setCookieConsentGiven,
    rememberCookieConsentGiven(hours?: number): void {
      remember(core, COOKIE_CONSENT, hours);
      setCookieConsentGiven();
    },
    forgetCookieConsentGiven(): void {
      writeCookie(core, COOKIE_CONSENT);
      disableCookies();
    },
  };
}

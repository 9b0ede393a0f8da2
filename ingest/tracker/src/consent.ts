import { deleteOwn, hasConsent, readCookie, refused, usesCookies, writeCookie } from './cookies';
import type { Core } from './core';
import { pump, track } from './transport';

const CONSENT = 'mtm_consent';
const COOKIE_CONSENT = 'mtm_cookie_consent';
const REMOVED = 'mtm_consent_removed';
const FOREVER_HOURS = 30 * 365 * 24;

const remember = (core: Core, name: string, hours = FOREVER_HOURS): void =>
  writeCookie(core, name, Date.now(), hours * 3600);

const forgetVisitor = (core: Core): void => {
  deleteOwn(core);
  core.$visitorId = '';
};

/** Whether the visitor allows to be measured at all. */
export function consent(core: Core) {
  core.$optedOut = !!readCookie(REMOVED);

  const setConsentGiven = (): void => {
    writeCookie(core, REMOVED);
    core.$optedOut = false;
    core.$consented = true;
    pump(core);
  };
  const forgetConsentGiven = (): void => {
    writeCookie(core, CONSENT);
    remember(core, REMOVED);
    core.$optedOut = true;
    core.$consented = false;
    core.$outbox = [];
    forgetVisitor(core);
  };
  return {
    setDoNotTrack(respect: boolean): void {
      core.DoNotTrack = respect;
      if (refused(core)) forgetVisitor(core);
    },
    requireConsent(): void {
      core.$consentRequired = true;
      core.$consented = core.$consented || !!readCookie(CONSENT);
    },
    setConsentGiven,
    rememberConsentGiven(hours?: number): void {
      remember(core, CONSENT, hours);
      setConsentGiven();
    },
    forgetConsentGiven,
    optUserOut: forgetConsentGiven,
    forgetUserOptOut: setConsentGiven,
    isUserOptedOut: () => core.$optedOut,
    hasConsent: () => hasConsent(core),
    isConsentRequired: () => core.$consentRequired,
    getRememberedConsent: () => readCookie(CONSENT),
  };
}

/** Whether the visitor allows to be remembered by cookies. */
export function cookieConsent(core: Core) {
  const disableCookies = (): void => {
    core.$noCookies = true;
    forgetVisitor(core);
  };
  const setCookieConsentGiven = (): void => {
    // Tells a running visit the id that it can be recognised by from now on.
    const late = core.$noCookies && core.$sent;
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

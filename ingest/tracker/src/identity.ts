import { pageUrl, parameter, referrerUrl } from './address';
import { ID, readOwn, REFERRAL, SESSION, usesCookies, writeOwn } from './cookies';
import { attempt, type Attribution, type Core, named, type Params, random, seconds } from './core';

const REFERRER_LENGTH_MAX = 1024;

/** Tells the browser apart from others that the link may be handed to: six hexadecimal digits. */
const browser = (): string => (2e6 + screen.width * navigator.userAgent.length).toString(16);

/** What makes a link carry the visitor along. */
export const linkParameter = (core: Core): string =>
  `pk_vid=${visitorId(core)}${seconds()}${browser()}`;

/** The visitor's id, from the cookie or new; empty when no cookie may be used. */
export function visitorId(core: Core): string {
  if (!core.$visitorId && usesCookies(core)) {
    // Who changes over from Matomo's script keeps the visitors it knows.
    const other = document.cookie.split(`_id.${core.SiteId}.`)[1]!;
    const [, known, created] = /([\da-f]{16})\.(\d+)/.exec(readOwn(core, ID) || other) || [];
    const link = RegExp(`pk_vid=([\\da-f]{16})(\\d+)${browser()}`);
    const [, linked, at] = (core.CrossDomainLinking && link.exec(location.href)) || [];
    // A link that was followed just now, and in this browser, knows better.
    const id = seconds() - +at! > core.CrossDomainLinkingTimeout ? known : linked || known;
    core.$visitorId = id || random(16);
    core.$created = +created! || seconds();
    core.$isNew = id ? 0 : 1;
  }
  return core.$visitorId || '';
}

/** Where the visitor came from, for conversions: set once a session, kept for months. */
export function attribution(core: Core): Attribution {
  core.$attribution = attempt(() => JSON.parse(readOwn(core, REFERRAL))) || core.$attribution;
  if (!core.$inSession && !readOwn(core, SESSION)) {
    const name = parameter(pageUrl(core), core.CampaignNameKey);
    const referrer = referrerUrl(core, true).slice(0, REFERRER_LENGTH_MAX);
    if ((name || referrer) && !(core.ConversionAttributionFirstReferrer && core.$attribution[2])) {
      const keyword = parameter(pageUrl(core), core.CampaignKeywordKey);
      core.$attribution = [name, keyword, seconds(), referrer];
      writeOwn(core, REFERRAL, JSON.stringify(core.$attribution), core.ReferralCookieTimeout);
    }
  }
  return core.$attribution;
}

/** Names the visitor in a request, and keeps the cookies that remember it. */
export function identify(core: Core): Params {
  const _id = visitorId(core);
  const age = core.$created + core.VisitorCookieTimeout - seconds();
  const source = named('_rcn _rck _refts _ref', attribution(core));
  core.$inSession = true;
  writeOwn(core, ID, `${_id}.${core.$created}.`, age);
  writeOwn(core, SESSION, 1, core.SessionCookieTimeout);
  return {
    _id,
    _idn: core.$isNew,
    ...source,
    cookie: +usesCookies(core),
    consent: core.$consentRequired && 1,
  };
}

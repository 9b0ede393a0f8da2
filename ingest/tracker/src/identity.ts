import { parameter, rawUrl, referrerUrl } from './address';
import { ID, readOwn, REFERRAL, SESSION, usesCookies, writeOwn } from './cookies';
import { attempt, type Attribution, type Core, type Params, random, seconds } from './core';

const REFERRER_LENGTH_MAX = 1024;

/** The visitor's id, from the cookie or new; empty when no cookie may be used. */
export function visitorId(core: Core): string {
  if (!core.$visitorId && usesCookies(core)) {
    // Who changes over from Matomo's script keeps the visitors it knows.
    const known = RegExp(`_id\\.${core.SiteId}\\.[\\da-f]{4}=([\\da-f]{16})\\.(\\d+)`);
    const [, id, created] =
      /^([\da-f]{16})\.(\d+)/.exec(readOwn(core, ID)) || known.exec(document.cookie) || [];
    core.$visitorId = id || random(16, 16);
    core.$created = Number(created) || seconds();
    core.$isNew = id ? 0 : 1;
  }
  return core.$visitorId;
}

/** Where the visitor came from, for conversions: set once a session, kept for months. */
export function attribution(core: Core): Attribution {
  const cookies = usesCookies(core);
  if (cookies) {
    core.$attribution = attempt(() => JSON.parse(readOwn(core, REFERRAL)), core.$attribution);
  }
  if (!(cookies ? readOwn(core, SESSION) : core.$inSession)) {
    const name = parameter(rawUrl(core), core.CampaignNameKey);
    const referrer = referrerUrl(core, true).slice(0, REFERRER_LENGTH_MAX);
    if ((name || referrer) && !(core.ConversionAttributionFirstReferrer && core.$attribution[2])) {
      const keyword = parameter(rawUrl(core), core.CampaignKeywordKey);
      core.$attribution = [name, keyword, seconds(), referrer];
      if (cookies) {
        writeOwn(core, REFERRAL, JSON.stringify(core.$attribution), core.ReferralCookieTimeout);
      }
    }
  }
  return core.$attribution;
}

/** Names the visitor in a request, and keeps the cookies that remember it. */
export function identify(core: Core): Params {
  const _id = visitorId(core);
  const [_rcn, _rck, _refts, _ref] = attribution(core);
  const cookies = usesCookies(core);
  core.$inSession = true;
  if (cookies) {
    const age = core.$created + core.VisitorCookieTimeout - seconds();
    writeOwn(core, ID, `${_id}.${core.$created}.`, age);
    writeOwn(core, SESSION, 1, core.SessionCookieTimeout);
  }
  return { _id, _idn: core.$isNew, _refts, _rcn, _rck, _ref, cookie: cookies ? 1 : 0 };
}

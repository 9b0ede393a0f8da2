import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newTracker } from '../src/tracker';
import { clearCookies, record, TRACKER_URL } from './recorder';

let network: Awaited<ReturnType<typeof record>>;
let written: string[];

const own = (kind: string) => `_pk_${kind}.7.wwwexampleorg`;
const cookie = (name: string) => {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
};
const tracker = () => newTracker(TRACKER_URL, 7);
const last = () => network.queries().slice(-1)[0]!;

beforeEach(async () => {
  vi.useFakeTimers();
  clearCookies();
  history.replaceState(null, '', '/start');
  network = await record();
  written = [];
  const proto = Object.getPrototypeOf(document) as object;
  let owner: object = proto;
  while (!Object.getOwnPropertyDescriptor(owner, 'cookie')) owner = Object.getPrototypeOf(owner);
  const original = Object.getOwnPropertyDescriptor(owner, 'cookie')!;
  Object.defineProperty(document, 'cookie', {
    configurable: true,
    get: () => original.get!.call(document) as string,
    set: (value: string) => {
      written.push(value);
      original.set!.call(document, value);
    },
  });
});
afterEach(() => {
  delete (document as { cookie?: string }).cookie;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the names of cookies', () => {
  it('follow prefix, domain and path', () => {
    const t = tracker();
    t.setCookieNamePrefix('_my_');
    t.setCookieDomain('*.example.org');
    t.setCookiePath('/shop');
    t.setCookieSameSite('None');
    t.trackPageView();
    const id = written.find((text) => text.startsWith('_my_id.7.exampleorgshop='))!;
    expect(id).toContain(';path=/shop;domain=.example.org;SameSite=None;Secure');
  });
});

describe('the visitor', () => {
  it('is the one that the cookie of another script knows', () => {
    const created = Math.floor(Date.now() / 1000) - 100;
    document.cookie = `_pk_id.8.1fff=ffffffffffffffff.${created}.;path=/`;
    document.cookie = `_pk_id.7.1fff=0123456789abcdef.${created}.;path=/`;
    tracker().trackPageView();
    expect(last()._id).toBe('0123456789abcdef');
    expect(cookie(own('id'))).toBe(`0123456789abcdef.${created}.`);
  });

  it('is remembered for thirteen months from the first visit, not longer for coming back', () => {
    tracker().trackPageView();
    const [id, created] = cookie(own('id'))!.split('.');
    expect(id).toBe(last()._id);
    expect(last()._idn).toBe('1');
    expect(written.find((text) => text.startsWith(own('id')))).toContain('max-age=33955200;path=/');

    vi.advanceTimersByTime(100_000);
    tracker().trackPageView();
    expect(last()).toMatchObject({ _id: id, _idn: '0' });
    expect(cookie(own('id'))).toBe(`${id}.${created}.`);
    expect(written.slice(-2)[0]).toContain('max-age=33955100');
  });

  it('has a session of thirty minutes', () => {
    tracker().trackPageView();
    expect(cookie(own('ses'))).toBe('1');
    expect(written.find((text) => text.startsWith(own('ses')))).toContain('max-age=1800;');
  });

  it('may be named by the page', () => {
    const t = tracker();
    t.setVisitorId('0123456789abcdef');
    expect(t.getVisitorId()).toBe('0123456789abcdef');
    t.trackPageView();
    expect(last()._id).toBe('0123456789abcdef');
    t.setUserId('ada');
    expect(t.getUserId()).toBe('ada');
    t.resetUserId();
    expect(t.getUserId()).toBe('');
  });
});

describe('where the visitor came from', () => {
  it('is the campaign or the referrer of the session, for months', () => {
    history.replaceState(null, '', '/start?utm_campaign=spring+sale&utm_term=t%C3%A9a');
    const t = tracker();
    t.setReferrerUrl('https://news.example/story');
    t.trackPageView();
    expect(last()).toMatchObject({
      _rcn: 'spring sale',
      _rck: 'téa',
      _ref: 'https://news.example/story',
    });
    expect(JSON.parse(cookie(own('ref'))!)).toEqual([
      'spring sale',
      'téa',
      Number(last()._refts),
      'https://news.example/story',
    ]);
    expect(written.find((text) => text.startsWith(own('ref')))).toContain('max-age=15768000;');
  });

  it('is told to the page', () => {
    document.cookie = '_pk_ses.7.wwwexampleorg=;max-age=-1;path=/';
    history.replaceState(null, '', '/start?mtm_campaign=spring&mtm_kwd=red+shoes');
    const t = tracker();
    expect(t.getAttributionInfo().slice(0, 2)).toEqual(['spring', 'red shoes']);
  });

  it('does not change within the session', () => {
    const t = tracker();
    t.setReferrerUrl('https://one.example/');
    t.trackPageView();
    const next = tracker();
    next.setReferrerUrl('https://two.example/');
    next.trackPageView();
    expect(last()._ref).toBe('https://one.example/');
  });

  it('is the last one by default, and the first one on request', () => {
    const visit = (referrer: string, firstOnly: boolean) => {
      document.cookie = `${own('ses')}=;max-age=-1;path=/`;
      const t = tracker();
      t.setConversionAttributionFirstReferrer(firstOnly);
      t.setReferrerUrl(referrer);
      t.trackPageView();
      return last()._ref;
    };
    expect(visit('https://one.example/', false)).toBe('https://one.example/');
    expect(visit('https://two.example/', false)).toBe('https://two.example/');
    expect(visit('https://three.example/', true)).toBe('https://two.example/');
    expect(visit('https://www.example.org/own', false)).toBe('https://two.example/');
  });
});

describe('consent', () => {
  it('is waited for, and then said', () => {
    const t = tracker();
    t.requireConsent();
    t.trackPageView();
    expect(network.sent).toHaveLength(0);
    expect(document.cookie).toBe('');
    t.setConsentGiven();
    expect(last()).toMatchObject({ consent: '1', cookie: '1' });
    expect(last()._id).toMatch(/^[\da-f]{16}$/);
    expect(cookie('mtm_consent')).toBeUndefined();
  });

  it('is remembered, and forgotten', () => {
    const t = tracker();
    t.requireConsent();
    t.rememberConsentGiven(2);
    expect(written.find((text) => text.startsWith('mtm_consent='))).toContain('max-age=7200;');
    const later = tracker();
    later.requireConsent();
    expect(later.hasConsent()).toBe(true);
    later.forgetConsentGiven();
    expect(later.isUserOptedOut()).toBe(true);
    later.trackPageView();
    expect(network.sent).toHaveLength(0);
    expect(tracker().isUserOptedOut()).toBe(true);
    expect(cookie(own('id'))).toBeUndefined();
  });

  it('may be withdrawn and given again', () => {
    const t = tracker();
    t.optUserOut();
    t.trackPageView();
    t.forgetUserOptOut();
    expect(t.isUserOptedOut()).toBe(false);
    t.trackPageView('again');
    expect(network.queries().map(({ action_name }) => action_name)).toEqual(['again']);
  });

  it('for cookies alone: none until then, and a ping that brings the id', () => {
    const t = tracker();
    t.requireCookieConsent();
    t.trackPageView();
    expect(last()).toMatchObject({ _id: '', cookie: '0' });
    expect(t.getVisitorId()).toBe('');
    expect(document.cookie).toBe('');
    t.setCookieConsentGiven();
    vi.advanceTimersByTime(1000);
    expect(last()).toMatchObject({ ping: '1', cookie: '1' });
    expect(cookie(own('id'))).toContain(last()._id);
    t.disableCookies();
    expect(document.cookie).toBe('');
    expect(t.areCookiesEnabled()).toBe(false);
  });

  it('tells whether it is needed and since when it is there', () => {
    const t = tracker();
    expect(t.isConsentRequired()).toBeFalsy();
    t.requireConsent();
    expect([t.isConsentRequired(), t.getRememberedConsent()]).toEqual([true, '']);
    t.rememberConsentGiven();
    expect(Number(t.getRememberedConsent())).toBe(Date.now());
  });

  it('for cookies alone may be remembered and withdrawn', () => {
    const t = tracker();
    t.requireCookieConsent();
    t.rememberCookieConsentGiven();
    expect(t.areCookiesEnabled()).toBe(true);
    tracker().requireCookieConsent();
    expect(cookie('mtm_cookie_consent')).toBeDefined();
    t.forgetCookieConsentGiven();
    expect([t.areCookiesEnabled(), cookie('mtm_cookie_consent')]).toEqual([false, undefined]);
  });

  it('is refused by a browser that says so, when the page respects it', () => {
    Object.defineProperty(navigator, 'doNotTrack', { configurable: true, value: '1' });
    try {
      tracker().trackPageView();
      expect(network.sent).toHaveLength(1);
      const t = tracker();
      t.setDoNotTrack(true);
      t.trackPageView();
      expect(network.sent).toHaveLength(1);
      expect(document.cookie).toBe('');
    } finally {
      Object.defineProperty(navigator, 'doNotTrack', { configurable: true, value: null });
    }
  });
});

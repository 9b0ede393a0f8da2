/** Request parameters; empty ones are left out. */
export type Params = Record<string, unknown>;

/** Campaign name, campaign keyword, unix seconds, referrer URL. */
export type Attribution = [string, string, number, string];

export interface Sent {
  request: string;
  trackerUrl: string;
  success: boolean;
}
export type Callback = (sent: Sent) => void;

/** File name extensions of downloads, as patterns. */
const DOWNLOADS =
  'aac|apk|ar[cj]|as[cfx]|avi|azw3|bin|csv|deb|dmg|docx?|epub|exe|flv|gif|hqx|ibooks|jar|jpe?g|js|md5|mobi|movi?e?|mpe?[234g]|ms[ip]|od[bfgst]|og[gv]|pdf|phps|png|pptx?|qtm?|r[ampt][mrf]?|sea|sha\\d*|si[gt]|tar|torrent|txt|wav|wm[av]|wpd|xlsx?|xml|[7xgbt]*z(2|ip)?';

/** A string or several, also joined by `|`. */
export const list = (value: string | string[]): string[] =>
  ([] as string[]).concat(value).join('|').split('|');

const prefixed = (name: string): string[] =>
  ['pk', 'mtm', 'piwik', 'matomo'].map((prefix) => prefix + name);

/** The value, or something else when it cannot be had. */
export function attempt<T>(value: () => T): T | undefined;
export function attempt<T, U>(value: () => T, otherwise: U): T | U;
export function attempt<T, U>(value: () => T, otherwise?: U): T | U | undefined {
  try {
    return value();
  } catch (_) {
    return otherwise;
  }
}

/** What a site may set: each name is also the methods `set<Name>` and `get<Name>`. */
export const newSettings = () => ({
  TrackerUrl: '',
  SiteId: '' as string | number,
  RequestMethod: '',
  CustomRequestProcessing: '' as '' | ((request: string) => string | undefined),
  UserId: '',
  PageViewId: '',
  CustomUrl: '',
  DocumentTitle: '',
  ReferrerUrl: document.referrer,
  ExcludedQueryParams: [] as string[],
  ExcludedReferrers: ['.paypal.com'],
  CampaignNameKey: [...prefixed('_campaign'), 'utm_campaign', 'utm_source', 'utm_medium'],
  CampaignKeywordKey: [...prefixed('_kwd'), 'utm_term'],
  ConversionAttributionFirstReferrer: false,
  Domains: [] as string[],
  DownloadExtensions: list(DOWNLOADS),
  IgnoreClasses: [] as string[],
  LinkClasses: [] as string[],
  DownloadClasses: [] as string[],
  // Without effect: links are never held back, because a beacon outlives its page.
  LinkTrackingTimer: 0,
  CrossDomainLinkingTimeout: 180,
  RequestQueueInterval: 2500,
  CookieNamePrefix: '_pk_',
  CookieDomain: '',
  CookiePath: '/',
  CookieSameSite: 'Lax',
  SecureCookie: false,
  VisitorCookieTimeout: 33955200,
  SessionCookieTimeout: 1800,
  ReferralCookieTimeout: 15768000,
  DoNotTrack: false,
});
export type Settings = ReturnType<typeof newSettings>;

/** What one tracker knows. Names that begin with $ are shortened by the build. */
export interface Core extends Settings {
  $appended: string;
  $noBeacon?: boolean;
  $discardHash?: boolean;

  $extra: Params;
  /** Custom variables by scope and place. */
  $variables: Record<string, Record<number, string[]>>;
  $viewId?: string;
  $views: number;
  $timed?: boolean;

  $noCookies?: boolean;
  $consentRequired?: boolean;
  $consented?: boolean;
  $optedOut?: boolean;

  $visitorId: string;
  $created: number;
  $isNew: number;
  $attribution: Attribution;
  $inSession?: boolean;

  /** Whether links to other domains of the site carry the visitor along. */
  $crossing: boolean;

  $outbox: [Params, Callback?][];
  $timer: number;
  $nextAt: number;
  $sent: number;
  $lastAt: number;
}

export const newCore = (): Core => ({
  ...newSettings(),
  $appended: '',
  $extra: {},
  $variables: { visit: {}, page: {} },
  $views: 0,
  $crossing: false,
  $visitorId: '',
  $created: 0,
  $isNew: 0,
  $attribution: ['', '', 0, ''],
  $outbox: [],
  $timer: 0,
  $nextAt: 0,
  $sent: 0,
  $lastAt: 0,
});

export const seconds = (): number => Math.floor(Date.now() / 1000);

/** A random number of so many digits, in a base up to 36. */
export const random = (digits: number, base: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(digits)), (byte) =>
    (byte % base).toString(base),
  ).join('');

/** Listens on the window, ahead of the page's own handlers. */
export const listen = (names: string, handler: (event: Event) => void): void =>
  names.split(' ').forEach((name) => addEventListener(name, handler, true));

/** Request parameters; empty ones are left out. */
export type Params = Record<string, unknown>;

/** Campaign name, campaign keyword, unix seconds, referrer URL; empty when none is known. */
export type Attribution = [] | [string, string, number, string];

export interface Sent {
  request: string;
  trackerUrl: string;
  success: boolean;
}
export type Callback = (sent: Sent) => void;

/** File name extensions of downloads, as patterns. */
const DOWNLOADS =
  'a(ac|pk|r[cj]|s[cfx]|vi|zw3)|bin|csv|deb|dmg|docx?|epub|exe|flv|gif|hqx|ibooks|jar|jpe?g|js|m[dops]\\w+|o[dg]\\w|pdf|phps|png|pptx?|qtm?|r[ampt][mrf]?|sea|sha\\d*|si[gt]|tar|torrent|txt|w[amp]\\w|x[lm]\\w+|[7xgbt]*z(2|ip)?';

/** A string or several, also joined by `|`. */
export const list = (value: string | string[]): string[] =>
  ([] as string[]).concat(value).join('|').split('|');

/** The value, or nothing when it cannot be had. */
export function attempt<T>(value: () => T): T | undefined {
  try {
    return value();
  } catch {
    return undefined;
  }
}

/**
 * What a site may set: each name is also the methods `set<Name>` and `get<Name>`, and each
 * alternative `enable<Name>` and `disable<Name>`.
 */
export const newSettings = (TrackerUrl = '', SiteId: string | number = '') => ({
  TrackerUrl,
  SiteId,
  RequestMethod: '',
  CustomRequestProcessing: String as (request: string) => string | undefined,
  UserId: '',
  PageViewId: '',
  CustomUrl: '',
  DocumentTitle: '',
  ReferrerUrl: document.referrer,
  ExcludedQueryParams: [] as string[],
  ExcludedReferrers: ['.paypal.com'],
  CampaignNameKey: list(
    'pk_campaign|mtm_campaign|piwik_campaign|matomo_campaign|utm_campaign|utm_source|utm_medium',
  ),
  CampaignKeywordKey: list('pk_kwd|mtm_kwd|piwik_kwd|matomo_kwd|utm_term'),
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
  AlwaysUseSendBeacon: true,
  BrowserFeatureDetection: true,
  CampaignParameters: true,
  CrossDomainLinking: false,
  PerformanceTracking: true,
  TrackOnlyVisibleContent: false,
});
export type Settings = ReturnType<typeof newSettings>;

/** What one tracker knows. Names that begin with $ are shortened by the build. */
export interface Core extends Settings {
  $appended: string;
  $discardHash?: boolean;

  $extra: Params;
  /** Custom variables by scope and place. */
  $variables: Record<string, Record<number, string[]>>;
  $viewId?: string;
  $views: number;

  $noCookies?: boolean;
  $consentRequired?: boolean;
  /** What the visitor said; nothing yet. */
  $consent?: boolean;

  $visitorId?: string;
  $created: number;
  $isNew?: number;
  $attribution: Attribution;
  $inSession?: boolean;

  $outbox: [query: string, done?: Callback][];
  $timer?: number;
  /** When the second request may leave; 0 before the first. */
  $nextAt: number;
  $lastAt: number;

  /** After how long in view the leaving is told. */
  $idleMs?: number;
  $focusedAt?: number;
}

export const newCore = (url?: string, site?: string | number): Core => ({
  ...newSettings(url, site),
  $appended: '',
  $extra: {},
  $variables: { visit: {}, page: {} },
  $views: 0,
  $created: seconds(),
  $attribution: [],
  $outbox: [],
  $nextAt: 0,
  $lastAt: 0,
});

export const seconds = (): number => Math.round(Date.now() / 1000);

/** So many random hexadecimal digits. */
export const random = (digits: number): string =>
  'x'.repeat(digits).replace(/x/g, () => Math.floor(Math.random() * 16).toString(16));

/** Listens on the window, ahead of the page's own handlers; the same handler only once. */
export const listen = (names: string, handler: (event: Event) => void): void =>
  names.split(' ').forEach((name) => addEventListener(name, handler, true));

/** Positional values by the names of their parameters. */
export const named = (names: string, values: unknown[]): Params =>
  Object.fromEntries(names.split(' ').map((name, i) => [name, values[i]]));

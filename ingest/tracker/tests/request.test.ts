import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newTracker } from '../src/tracker';
import { clearCookies, record, TRACKER_URL } from './recorder';

let network: Awaited<ReturnType<typeof record>>;

beforeEach(async () => {
  vi.useFakeTimers();
  clearCookies();
  document.title = 'Start';
  network = await record();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const tracker = () => newTracker(TRACKER_URL, 7);
const first = () => network.queries()[0]!;

describe('a page view', () => {
  it('leaves at once, as a beacon with its parameters in the query and no body', () => {
    tracker().trackPageView();
    expect(network.sent).toHaveLength(1);
    expect(network.sent[0]).toMatchObject({
      means: 'beacon',
      body: '',
    });
    expect(network.sent[0]!.url).toMatch(
      /^https:\/\/stats\.example\.net\/matomo\.php\?action_name=Start&idsite=7&rec=1&r=[\da-f]{6}&h=/,
    );
  });

  it('carries what the server expects', () => {
    tracker().trackPageView();
    expect(first()).toMatchObject({
      action_name: 'Start',
      idsite: '7',
      rec: '1',
      url: 'https://www.example.org/start?a=1',
      send_image: '0',
      cookie: '1',
      res: `${screen.width}x${screen.height}`,
    });
    expect(first().r).toMatch(/^[\da-f]{6}$/);
    expect(first().pv_id).toMatch(/^[a-z0-9]{6}$/);
    expect(first()._id).toMatch(/^[\da-f]{16}$/);
    for (const part of ['h', 'm', 's']) expect(first()[part]).toMatch(/^\d{1,2}$/);
    for (const absent of ['uid', 'urlref', 'cs', 'consent'])
      expect(first()).not.toHaveProperty(absent);
  });

  it('takes title, address, referrer, user and dimensions that the page gives', () => {
    const t = tracker();
    t.setDocumentTitle('Ünïcode & more');
    t.setCustomUrl('/virtual?pk_vid=123&b=2#part');
    t.setReferrerUrl('https://news.example/');
    t.setUserId('ada@example.org');
    t.setCustomDimension(3, 'gold');
    t.setCustomDimension(4, 'x');
    t.deleteCustomDimension(4);
    t.trackPageView('', { dimension9: 'once', other: 'no' });
    expect(first()).toMatchObject({
      action_name: 'Ünïcode & more',
      url: 'https://www.example.org/virtual?b=2#part',
      urlref: 'https://news.example/',
      uid: 'ada@example.org',
      dimension3: 'gold',
      dimension9: 'once',
    });
    expect(first()).not.toHaveProperty('dimension4');
    expect(first()).not.toHaveProperty('other');
    expect(t.getCustomDimension(3)).toBe('gold');
  });

  it('says the custom variables of the visit and of the page', () => {
    const t = tracker();
    t.setCustomVariable(1, 'plan', 'gold {}');
    t.setCustomVariable(2, 'mood', 'good', 'page');
    t.setCustomVariable(3, 'gone', 'x', 'page');
    t.deleteCustomVariable(3, 'page');
    t.trackPageView();
    expect(JSON.parse(first()._cvar!)).toEqual({ 1: ['plan', 'gold {}'] });
    expect(JSON.parse(first().cvar!)).toEqual({ 2: ['mood', 'good'] });
    expect(t.getCustomVariable(1)).toEqual(['plan', 'gold {}']);
    t.deleteCustomVariable(1);
    t.deleteCustomVariable(2, 'page');
    expect(t.getCustomVariable(1)).toBeUndefined();
    t.trackEvent('a', 'b');
    vi.runAllTimers();
    expect(network.queries()[1]).toMatchObject({ e_c: 'a' });
    expect(network.queries()[1]).not.toHaveProperty('_cvar');
    expect(network.queries()[1]).not.toHaveProperty('cvar');
  });

  it('gets an id of its own, which what follows on the page shares', () => {
    const t = tracker();
    t.trackPageView();
    t.trackEvent('a', 'b');
    t.trackPageView();
    vi.advanceTimersByTime(2000);
    const [one, event, two] = network.queries().map(({ pv_id }) => pv_id);
    expect(event).toBe(one);
    expect(two).not.toBe(one);
    t.setPageViewId('fixed1');
    t.trackPageView();
    expect(network.queries()[3]!.pv_id).toBe('fixed1');
  });

  it('tells its address, without the fragment when the page wants so', () => {
    const t = tracker();
    history.replaceState(null, '', '/app#/inbox');
    expect(t.getCurrentUrl()).toBe('https://www.example.org/app#/inbox');
    t.setCustomUrl('/a?pk_vid=1&b=2#part');
    expect(t.getCurrentUrl()).toBe('https://www.example.org/a?b=2#part');
    t.discardHashTag();
    expect(t.getCurrentUrl()).toBe('https://www.example.org/a?b=2');
  });

  it('leaves out referrers that are excluded or to be ignored', () => {
    const t = tracker();
    t.setReferrerUrl('https://www.paypal.com/checkout');
    t.trackPageView();
    expect(first()).not.toHaveProperty('urlref');
  });
});

describe('other actions', () => {
  it.each<[string, (t: ReturnType<typeof tracker>) => void, Record<string, string>]>([
    [
      'event',
      (t) => t.trackEvent('Video', 'play', 'Intro', 0),
      { e_c: 'Video', e_a: 'play', e_n: 'Intro', e_v: '0', ca: '1' },
    ],
    [
      'search',
      (t) => t.trackSiteSearch('tea', 'shop', 0),
      { search: 'tea', search_cat: 'shop', search_count: '0' },
    ],
    ['goal', (t) => t.trackGoal(2, 9.5), { idgoal: '2', revenue: '9.5' }],
    ['outlink', (t) => t.trackLink('https://b.example/', 'link'), { link: 'https://b.example/' }],
    [
      'download',
      (t) => t.trackLink('https://b.example/a.zip', 'download'),
      { download: 'https://b.example/a.zip' },
    ],
    ['ping', (t) => t.ping(), { ping: '1' }],
  ])('%s', (_, act, expected) => {
    act(tracker());
    expect(first()).toMatchObject(expected);
    expect(first()).not.toHaveProperty('action_name');
  });

  it('wait for the first to be settled, then leave together in their order', () => {
    const t = tracker();
    for (let i = 0; i < 3; i++) t.trackEvent('c', String(i));
    expect(network.sent).toHaveLength(1);
    vi.advanceTimersByTime(800);
    expect(network.sent).toHaveLength(2);
    expect(network.sent[1]).toMatchObject({ url: TRACKER_URL, means: 'beacon' });
    t.trackEvent('c', '3');
    expect(network.queries().map(({ e_a }) => e_a)).toEqual(['0', '1', '2', '3']);
  });

  it('are hurried when the page is left', () => {
    const t = tracker();
    for (let i = 0; i < 3; i++) t.trackEvent('c', String(i));
    window.dispatchEvent(new Event('pagehide'));
    expect(network.queries().map(({ e_a }) => e_a)).toEqual(['0', '1', '2']);
  });

  it('that are in no hurry wait until nothing has been added for a while', () => {
    const t = tracker();
    t.trackPageView();
    vi.advanceTimersByTime(5000);
    t.queueRequest('e_c=scroll&e_a=50%25');
    vi.advanceTimersByTime(2000);
    t.queueRequest('e_c=scroll&e_a=100%25');
    vi.advanceTimersByTime(2000);
    expect(network.sent).toHaveLength(1);
    vi.advanceTimersByTime(500);
    expect(network.sent).toHaveLength(2);
    expect(network.queries().map(({ e_a }) => e_a)).toEqual([undefined, '50%', '100%']);
    expect(network.queries()[2]).toMatchObject({ rec: '1', e_c: 'scroll', send_image: '0' });
  });

  it('leave with what is in a hurry, or at once when the page does not want to queue', () => {
    const t = tracker();
    t.trackPageView();
    vi.advanceTimersByTime(5000);
    t.queueRequest('e_c=a&e_a=b');
    t.trackEvent('c', 'd');
    expect(network.queries().map(({ e_c }) => e_c)).toEqual([undefined, 'a', 'c']);
    t.disableQueueRequest();
    t.queueRequest('e_c=e&e_a=f');
    expect(network.sent).toHaveLength(3);
  });
});

describe('the way to the server', () => {
  it('is the body when there is much to say, or when the page wants so', () => {
    const t = tracker();
    t.setCustomDimension(1, 'x'.repeat(2500));
    t.trackPageView();
    expect(network.sent[0]!.url).toBe(TRACKER_URL);
    expect(network.sent[0]!.query.dimension1).toHaveLength(2500);

    const post = tracker();
    post.setRequestMethod('POST');
    post.trackPageView();
    expect(network.sent[1]!.body).toContain('action_name=Start');
  });

  it('is fetch where no beacon is taken, and where the page does not want beacons', async () => {
    const t = tracker();
    t.disableAlwaysUseSendBeacon();
    t.trackPageView();
    network = await record({ beacon: false });
    tracker().trackPageView();
    for (const { means, query } of network.sent) {
      expect([means, query.send_image]).toEqual(['fetch', '0']);
    }
    expect(network.sent).toHaveLength(1);
  });

  it('does not tell the features of the browser when the page does not want so', () => {
    const t = tracker();
    t.disableBrowserFeatureDetection();
    t.trackPageView();
    expect(first()).not.toHaveProperty('res');
    expect(first()).toHaveProperty('action_name');
  });

  it('leaves out campaign parameters when the page does not want them', () => {
    history.replaceState(null, '', '/start?a=1&utm_campaign=spring&mtm_kwd=red');
    const t = tracker();
    t.disableCampaignParameters();
    t.trackPageView();
    expect(first()).toMatchObject({ url: 'https://www.example.org/start?a=1' });
    expect(first()).not.toHaveProperty('_rcn');
    t.enableCampaignParameters();
    expect(t.getCurrentUrl()).toContain('utm_campaign=spring');
  });

  it('may be added to, changed or refused by the page', () => {
    const t = tracker();
    t.appendToTrackingUrl('?extra=1');
    t.setCustomRequestProcessing((request) => request.replace('Start', 'Begin'));
    const done = vi.fn();
    t.trackPageView(undefined, undefined, done);
    expect(first()).toMatchObject({ extra: '1', action_name: 'Begin' });
    expect(done).toHaveBeenCalledWith(expect.objectContaining({ trackerUrl: TRACKER_URL }));
    t.setCustomRequestProcessing(() => undefined);
    t.trackPageView();
    vi.advanceTimersByTime(1000);
    expect(network.sent).toHaveLength(1);
  });

  it('waits until it is known', () => {
    const t = newTracker();
    t.trackPageView();
    expect(network.sent).toHaveLength(0);
    t.setTrackerUrl('https://stats.example.net/matomo.php?x=1');
    t.setSiteId(3);
    t.trackEvent('a', 'b');
    expect(network.sent[0]!.url).toBe('https://stats.example.net/matomo.php?x=1');
    expect(network.queries().map(({ action_name }) => action_name)).toEqual(['Start', undefined]);
  });
});

describe('page timings', () => {
  const entry = {
    fetchStart: 1,
    connectEnd: 11,
    requestStart: 12,
    responseStart: 50,
    responseEnd: 60,
    domInteractive: 160,
    domComplete: 400,
    loadEventStart: 400,
    loadEventEnd: 0,
  };
  const loaded = { ...entry, loadEventEnd: 405 };
  const stub = (value: object) =>
    vi.spyOn(performance, 'timing', 'get').mockReturnValue(value as PerformanceTiming);

  it('do not go when the page does not want so', () => {
    stub(loaded);
    const t = tracker();
    t.disablePerformanceTracking();
    t.trackPageView();
    expect(network.queries()[0]).not.toHaveProperty('pf_net');
  });

  it('go once, with the page view when the page has loaded', () => {
    stub(loaded);
    const t = tracker();
    t.trackPageView();
    t.ping();
    vi.advanceTimersByTime(1000);
    const timings = {
      pf_net: '10',
      pf_srv: '38',
      pf_tfr: '10',
      pf_dm1: '100',
      pf_dm2: '240',
      pf_onl: '5',
    };
    expect(network.queries()[0]).toMatchObject(timings);
    expect(network.queries()[1]).not.toHaveProperty('pf_net');
  });

  it('go with the next request when it had not, but never with another page view', () => {
    stub(entry);
    const t = tracker();
    t.trackPageView();
    stub(loaded);
    t.ping();
    const other = tracker();
    stub(entry);
    other.trackPageView();
    stub(loaded);
    other.trackPageView();
    vi.advanceTimersByTime(1000);
    const withTimings = network.queries().map((query) => [query.ping, 'pf_onl' in query]);
    expect(withTimings).toContainEqual(['1', true]);
    expect(withTimings.filter(([, has]) => has)).toHaveLength(1);
  });
});

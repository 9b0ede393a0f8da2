import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Command, newQueue, ordered } from '../src/queue';
import type { Tracker } from '../src/tracker';
import { clearCookies, record, TRACKER_URL } from './recorder';

let network: Awaited<ReturnType<typeof record>>;

beforeEach(async () => {
  vi.useFakeTimers();
  clearCookies();
  history.replaceState(null, '', '/start');
  network = await record();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const settle = () => vi.advanceTimersByTime(5000);

describe('what was queued before the script', () => {
  it('runs in order, settings that others need first', () => {
    const queued: Command[] = [
      ['setCustomUrl', '/one'],
      ['trackPageView'],
      ['setCustomUrl', '/two'],
      ['trackPageView'],
      ['disableCookies'],
      ['setTrackerUrl', TRACKER_URL],
      ['setSiteId', '4'],
    ];
    newQueue('').push(...ordered(queued));
    settle();
    expect(network.queries().map(({ url, idsite, _id }) => [url, idsite, _id])).toEqual([
      ['https://www.example.org/one', '4', ''],
      ['https://www.example.org/two', '4', ''],
    ]);
  });

  it('names each page view as the page does before it', () => {
    const name = (title: string): Command => ['setDocumentTitle', title];
    const queue = newQueue(TRACKER_URL);
    queue.push(['setSiteId', 1]);
    queue.push(...ordered([name('A'), ['trackPageView'], name('B'), ['trackPageView']]));
    vi.advanceTimersByTime(2000);
    expect(network.queries().map(({ action_name }) => action_name)).toEqual(['A', 'B']);
  });

  it('does not give consent before the page does', () => {
    expect(ordered([['setConsentGiven'], ['requireConsent']])[0]).toEqual(['requireConsent']);
    expect(ordered([['trackPageView'], ['setCookieConsentGiven']])[0]).toEqual(['trackPageView']);
  });
});

describe('commands', () => {
  it('may be several, also functions with the tracker as this', () => {
    const queue = newQueue(TRACKER_URL);
    let id = '';
    queue.push(
      ['setSiteId', 1],
      [
        function (this: Tracker) {
          id = this.getVisitorId();
        },
      ],
      ['trackPageView', 'Title'],
    );
    expect(network.queries()[0]).toMatchObject({ action_name: 'Title', _id: id });
  });

  it('that are unknown are said and harm nothing', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    newQueue(TRACKER_URL).push(['setSiteId', 1], ['doMagic', 1], ['trackPageView']);
    expect(error).toHaveBeenCalledWith('doMagic', expect.any(TypeError));
    expect(network.sent).toHaveLength(1);
  });

  it('that fail do not stop the others', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    newQueue(TRACKER_URL).push(
      ['setSiteId', 1],
      [
        () => {
          throw new Error('page fault');
        },
      ],
      ['trackPageView'],
    );
    expect(error).toHaveBeenCalledTimes(1);
    expect(network.sent).toHaveLength(1);
  });
});

describe('several trackers', () => {
  it('each get every command, once they are there', () => {
    const queue = newQueue(TRACKER_URL);
    queue.push(
      ['setSiteId', 1],
      ['addTracker', 'https://two.example/matomo.php', 2],
      ['trackPageView'],
    );
    expect(network.sent.map(({ url }) => new URL(url).host)).toEqual([
      'stats.example.net',
      'two.example',
    ]);
    expect(queue.getAsyncTracker('https://two.example/matomo.php', '2').getSiteId()).toBe(2);
    expect(queue.getAsyncTracker().getSiteId()).toBe(1);
  });

  it('may be used without the queue', () => {
    const queue = newQueue(TRACKER_URL);
    queue.push(['setSiteId', 1]);
    queue.getTracker(undefined, 9).trackPageView();
    queue.push(['trackEvent', 'a', 'b']);
    expect(network.queries().map(({ idsite }) => idsite)).toEqual(['9', '1']);
  });
});

describe('the script', () => {
  it('takes over _paq and offers Matomo and Piwik', async () => {
    window._paq = [['trackPageView'], ['setTrackerUrl', TRACKER_URL], ['setSiteId', '5']];
    await import('../src/index');
    expect(network.queries()[0]).toMatchObject({
      idsite: '5',
      url: 'https://www.example.org/start',
    });
    expect(window.Matomo).toBe(window.Piwik);
    expect(window.Matomo!.getAsyncTracker().getSiteId()).toBe('5');
    (window._paq as { push(command: Command): void }).push(['trackEvent', 'a', 'b']);
    settle();
    expect(network.sent).toHaveLength(2);
  });
});

describe('the heartbeat', () => {
  it('ends when the page wants so', () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    const queue = newQueue(TRACKER_URL);
    queue.push(['setSiteId', 1], ['enableHeartBeatTimer', 5], ['disableHeartBeatTimer']);
    vi.advanceTimersByTime(6000);
    window.dispatchEvent(new Event('pagehide'));
    expect(network.sent).toHaveLength(0);
  });

  it('pings once when a page that was read is left', () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    const queue = newQueue(TRACKER_URL);
    queue.push(['setSiteId', 1], ['trackPageView'], ['enableHeartBeatTimer', 5]);
    vi.advanceTimersByTime(4000);
    window.dispatchEvent(new Event('pagehide'));
    expect(network.sent).toHaveLength(1);
    window.dispatchEvent(new Event('focus'));
    vi.advanceTimersByTime(6000);
    window.dispatchEvent(new Event('pagehide'));
    window.dispatchEvent(new Event('pagehide'));
    expect(network.queries().map(({ ping }) => ping)).toEqual([undefined, '1']);
  });
});

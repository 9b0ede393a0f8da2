import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { matches } from '../src/address';
import { newCore } from '../src/core';
import { classify } from '../src/links';
import { newTracker } from '../src/tracker';
import { clearCookies, record, TRACKER_URL } from './recorder';

function anchor(href: string, attributes: Record<string, string> = {}): HTMLAnchorElement {
  const link = document.createElement('a');
  link.href = href;
  for (const [name, value] of Object.entries(attributes)) link.setAttribute(name, value);
  return link;
}

describe('a link', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['https://www.example.org/about', {}, undefined],
    ['/relative', {}, undefined],
    ['#part', {}, undefined],
    ['https://other.example/', {}, 'link'],
    ['https://shop.example.com/a', {}, undefined],
    ['https://example.com/', {}, undefined],
    ['https://notexample.com/', {}, 'link'],
    ['https://partner.example/ours/page', {}, undefined],
    ['https://partner.example/theirs', {}, 'link'],
    ['/files/report.PDF', {}, 'download'],
    ['/files/report.pdf?v=2', {}, 'download'],
    ['/get?file=a.zip&x=1', {}, 'download'],
    ['https://other.example/a.docx', {}, 'download'],
    ['/files/report.pdfx', {}, undefined],
    ['/files/report', { download: '' }, 'download'],
    ['/files/report', { class: 'x matomo_download' }, 'download'],
    ['/inside', { class: 'piwik_link' }, 'link'],
    ['/inside', { class: 'leave' }, 'link'],
    ['https://other.example/', { class: 'matomo_ignore' }, undefined],
    ['https://other.example/a.zip', { class: 'quiet' }, undefined],
  ])('%s %o is %s', (href, attributes, kind) => {
    const core = newCore();
    core.Domains = ['*.example.com', 'partner.example/ours'];
    core.LinkClasses = ['leave'];
    core.IgnoreClasses = ['quiet'];
    expect(classify(core, anchor(href, attributes))).toBe(kind);
  });

  it('is own only within the part of the host that the domains name', () => {
    history.replaceState(null, '', '/blog/one');
    const core = newCore();
    core.Domains = ['*.example.org/blog'];
    expect(classify(core, anchor('https://www.example.org/blog/two'))).toBeUndefined();
    expect(classify(core, anchor('https://www.example.org/shop'))).toBe('link');
  });

  it.each<[string, string, boolean]>([
    ['https://a.example/x', 'a.example', true],
    ['https://b.a.example/x', 'a.example', false],
    ['https://b.a.example/x', '.a.example', true],
    ['https://a.example/x', '*.a.example', true],
    ['https://a.example/xy', 'a.example/x', false],
    ['https://a.example/x/y', 'http://A.example/x/*', true],
  ])('%s matches %s: %s', (url, domain, expected) =>
    expect(!!matches(new URL(url), [domain])).toBe(expected),
  );
});

describe('link tracking', () => {
  let network: Awaited<ReturnType<typeof record>>;

  beforeEach(async () => {
    clearCookies();
    document.body.innerHTML = '';
    vi.useFakeTimers();
    network = await record();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const settle = () => vi.advanceTimersByTime(3000);
  // Trackers of other tests still listen to the window, so each test has a site of its own.
  const links = (site: string) =>
    network
      .queries()
      .filter(({ idsite }) => idsite === site)
      .map(({ link, download }) => link ?? download);

  it('sees clicks on links that come later, and on what is inside them', () => {
    newTracker(TRACKER_URL, 7).enableLinkTracking();
    const link = document.body.appendChild(anchor('https://other.example/later'));
    const inside = link.appendChild(document.createElement('b'));
    link.addEventListener('click', (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
    });
    inside.dispatchEvent(
      new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }),
    );
    expect(links('7')).toEqual(['https://other.example/later']);
  });

  it('counts the middle button and the context menu, but no other button', () => {
    newTracker(TRACKER_URL, 8).enableLinkTracking();
    const link = document.body.appendChild(anchor('https://other.example/'));
    for (const [type, button] of [
      ['auxclick', 1],
      ['auxclick', 2],
      ['contextmenu', 2],
    ] as const) {
      link.dispatchEvent(new MouseEvent(type, { button, bubbles: true, composed: true }));
    }
    settle();
    expect(links('8')).toHaveLength(2);
  });

  it('does not count what leads nowhere', () => {
    newTracker(TRACKER_URL, 10).enableLinkTracking();
    for (const href of ['mailto:ada@example.org', 'javascript:void(0)']) {
      const link = document.body.appendChild(anchor(href, { class: 'matomo_link' }));
      link.addEventListener('click', (event) => event.preventDefault());
      link.dispatchEvent(
        new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }),
      );
    }
    settle();
    expect(links('10')).toEqual([]);
  });

  it('counts a click once, however often it was asked for', () => {
    const t = newTracker(TRACKER_URL, 9);
    t.enableLinkTracking(false);
    t.enableLinkTracking(false);
    t.addDownloadExtensions('foo|bar');
    const link = document.body.appendChild(anchor('/a.bar'));
    t.addListener(link);
    link.dispatchEvent(
      new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }),
    );
    link.dispatchEvent(new MouseEvent('auxclick', { button: 1, bubbles: true, composed: true }));
    settle();
    expect(links('9')).toEqual(['https://www.example.org/a.bar']);
  });
});

describe('links to other domains of the site', () => {
  const SHOP = 'https://shop.example/cart?a=1#top';

  beforeEach(async () => {
    clearCookies();
    document.body.innerHTML = '';
    history.replaceState(null, '', '/');
    await record();
  });
  afterEach(() => vi.unstubAllGlobals());

  const tracker = (site: number) => {
    const t = newTracker(TRACKER_URL, site);
    t.setDomains(['www.example.org', 'shop.example']);
    t.enableLinkTracking();
    return t;
  };
  const follow = (href: string): string => {
    const link = document.body.appendChild(anchor(href));
    link.addEventListener('click', (event) => event.preventDefault());
    link.dispatchEvent(
      new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }),
    );
    return link.href;
  };

  it('carry the visitor along once it is asked for', () => {
    const t = tracker(21);
    expect(follow(SHOP)).toBe(SHOP);
    t.enableCrossDomainLinking();
    expect(t.isCrossDomainLinkingEnabled()).toBe(true);
    const parameter = t.getCrossDomainLinkingUrlParameter();
    expect(parameter).toMatch(RegExp(`^pk_vid=${t.getVisitorId()}\\d{10}[\\da-f]{6}$`));
    const [before, after] = follow(SHOP).split('&pk_vid=');
    expect([before, after!.split('#')[1]]).toEqual(['https://shop.example/cart?a=1', 'top']);
    expect(after).toMatch(RegExp(`^${t.getVisitorId()}`));
    expect(follow(follow(SHOP)).match(/pk_vid/g)).toHaveLength(1);
    expect(follow('https://www.example.org/here')).toBe('https://www.example.org/here');
    t.disableCrossDomainLinking();
    expect(follow(SHOP)).toBe(SHOP);
  });

  it('make the visitor known where they lead, for a while and in this browser only', () => {
    const from = tracker(22);
    from.enableCrossDomainLinking();
    const parameter = from.getCrossDomainLinkingUrlParameter();
    const arrive = (search: string, timeout = 180): boolean => {
      clearCookies();
      history.replaceState(null, '', `/?${search}`);
      const t = tracker(23);
      t.enableCrossDomainLinking();
      t.setCrossDomainLinkingTimeout(timeout);
      return t.getVisitorId() === from.getVisitorId();
    };
    expect(arrive(`a=1&${parameter}`)).toBe(true);
    expect(arrive(parameter, -1)).toBe(false);
    expect(arrive(parameter.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toBe(false);
    history.replaceState(null, '', `/?${parameter}`);
    clearCookies();
    expect(tracker(24).getVisitorId()).not.toBe(from.getVisitorId());
  });
});

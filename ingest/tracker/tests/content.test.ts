import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newTracker } from '../src/tracker';
import { clearCookies, record, TRACKER_URL } from './recorder';

let network: Awaited<ReturnType<typeof record>>;
let seen: (block: Element) => void;

/** Stands in for the browser that knows what is in view. */
class Observer {
  observed: Element[] = [];
  constructor(notice: (entries: { isIntersecting: boolean; target: Element }[]) => void) {
    seen = (target) => this.observed.includes(target) && notice([{ isIntersecting: true, target }]);
  }
  observe(block: Element): void {
    this.observed.push(block);
  }
}

beforeEach(async () => {
  vi.useFakeTimers();
  clearCookies();
  network = await record();
  vi.stubGlobal('IntersectionObserver', Observer);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

// Trackers of other tests still listen to the window, so each test has a site of its own.
let site = 100;
const tracker = () => newTracker(TRACKER_URL, ++site);
const sent = () => {
  vi.advanceTimersByTime(5000);
  return network
    .queries()
    .filter(({ idsite }) => idsite === String(site))
    .map(({ c_i, c_n, c_p, c_t, ca }) => ({ c_i, c_n, c_p, c_t, ca }));
};
const page = (html: string) => {
  document.body.innerHTML = html;
};
const click = (selector: string) =>
  document
    .querySelector(selector)!
    .dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }));

const TEASER = `
  <div id="teaser" data-track-content data-content-name="Teaser" data-content-piece="Spring"
       data-content-target="https://www.example.org/spring"><b>Buy</b></div>`;
const teaser = {
  c_n: 'Teaser',
  c_p: 'Spring',
  c_t: 'https://www.example.org/spring',
  ca: '1',
};

describe('content that the page tells of', () => {
  it('is reported as shown and as used', () => {
    const t = tracker();
    t.trackContentImpression('Banner');
    t.trackContentInteraction('click', 'Banner', 'red.png', 'https://x.example/');
    expect(sent()).toEqual([
      { c_n: 'Banner', c_p: 'Unknown', ca: '1' },
      { c_i: 'click', c_n: 'Banner', c_p: 'red.png', c_t: 'https://x.example/', ca: '1' },
    ]);
  });
});

describe('content that is marked', () => {
  it('is what its attributes say', () => {
    page(TEASER);
    tracker().trackAllContentImpressions();
    expect(sent()).toEqual([teaser]);
  });

  it('is what is in it where no attribute says more', () => {
    page(`<div class="matomoTrackContent"><a href="/summer"><img src="/summer.png"></a></div>`);
    tracker().trackAllContentImpressions();
    const piece = 'https://www.example.org/summer.png';
    const target = 'https://www.example.org/summer';
    expect(sent()).toEqual([{ c_n: piece, c_p: piece, c_t: target, ca: '1' }]);
  });

  it('may be marked by classes, of either name', () => {
    page(`
      <div class="piwikTrackContent" data-content-name="A">
        <img src="/no.png"><img class="piwikContentPiece" src="/a.png">
        <a href="/no"></a><a class="matomoContentTarget" href="/a"></a>
      </div>
      <div class="matomoTrackContent"><p>Nothing to tell it by</p></div>`);
    tracker().trackAllContentImpressions();
    expect(sent()).toEqual([
      {
        c_n: 'A',
        c_p: 'https://www.example.org/a.png',
        c_t: 'https://www.example.org/a',
        ca: '1',
      },
      { c_n: 'Unknown', c_p: 'Unknown', ca: '1' },
    ]);
  });

  it('is reported once, also within a part of the page that came later', () => {
    page(TEASER);
    const t = tracker();
    t.trackAllContentImpressions();
    const later = document.body.appendChild(document.createElement('div'));
    later.innerHTML = '<i data-track-content data-content-name="Later"></i>';
    t.trackContentImpressionsWithinNode(later);
    t.trackAllContentImpressions();
    expect(sent().map(({ c_n }) => c_n)).toEqual(['Teaser', 'Later']);
  });

  it.each<[string, (t: ReturnType<typeof tracker>) => void]>([
    ['trackVisibleContentImpressions', (t) => t.trackVisibleContentImpressions()],
    [
      'enableTrackOnlyVisibleContent',
      (t) => {
        t.enableTrackOnlyVisibleContent();
        t.trackContentImpressionsWithinNode(document.body);
      },
    ],
  ])('is reported when it comes into view, by %s', (_, ask) => {
    page(TEASER);
    ask(tracker());
    expect(sent()).toEqual([]);
    seen(document.querySelector('#teaser')!);
    seen(document.querySelector('#teaser')!);
    expect(sent()).toEqual([teaser]);
  });
});

describe('the use of content', () => {
  it('is a click in it', () => {
    page(TEASER);
    tracker().trackAllContentImpressions();
    click('#teaser b');
    click('body');
    expect(sent()).toEqual([teaser, { ...teaser, c_i: 'click' }]);
  });

  it('is not told where the page does not want so', () => {
    page(`
      <div id="a" data-track-content data-content-ignoreinteraction></div>
      <div id="b" data-track-content><i class="matomoContentIgnoreInteraction"></i></div>`);
    tracker().trackVisibleContentImpressions();
    click('#a');
    click('#b');
    expect(sent()).toEqual([]);
  });

  it('may be told by the page', () => {
    page(TEASER);
    const t = tracker();
    t.trackContentInteractionNode(document.querySelector('#teaser b')!, 'swipe');
    t.trackContentInteractionNode(document.querySelector('#teaser')!);
    t.trackContentInteractionNode(document.body, 'swipe');
    expect(sent()).toEqual([
      { ...teaser, c_i: 'swipe' },
      { ...teaser, c_i: 'Unknown' },
    ]);
  });
});

import { type Core, listen } from './core';
import { track } from './transport';

/** Selects what is marked by attribute or class. */
const selector = (attribute: string, name: string): string =>
  `[data-${attribute}],.matomo${name},.piwik${name}`;

/** Parts of the page, marked by attribute or class. */
const BLOCK = selector('track-content', 'TrackContent');
/** What is not told of, when it is not marked. */
const UNKNOWN = 'Unknown';

/** The element, or the first in it, that fits. */
const within = (block: Element, selector: string): Element | null =>
  block.matches(selector) ? block : block.querySelector(selector);

/** The element of a block that bears a mark. */
const marked = (block: Element, mark: string): Element | null =>
  within(block, selector(`content-${mark}`, `Content${mark}`));

/** What a mark of a block says, or else the address of the marked element. */
function part(block: Element, mark: string, address: string): string {
  const node = marked(block, mark) || block;
  const owner = within(node, `[${address}]`) as Record<string, string> | null;
  return node.getAttribute(`data-content-${mark}`) || owner?.[address] || '';
}

function described(block: Element) {
  const c_p = part(block, 'Piece', 'src') || UNKNOWN;
  return {
    c_n: part(block, 'Name', 'data-content-name') || c_p,
    c_p,
    c_t: part(block, 'Target', 'href'),
    ca: 1,
  };
}

/** Banners, teasers and other parts of a page: that they were shown, and that they were used. */
export function content(core: Core) {
  const seen = new Set<Element>();
  const observer = new IntersectionObserver((entries) =>
    entries.forEach(({ isIntersecting, target }) => isIntersecting && show(target)),
  );

  const show = (block: Element): void => {
    if (!seen.has(block)) track(core, described(block));
    seen.add(block);
  };
  const use = (node: Element, c_i = UNKNOWN): void => {
    const block = node.closest(BLOCK);
    if (block && !marked(block, 'IgnoreInteraction')) track(core, { c_i, ...described(block) });
  };
  const clicked = ({ target, type }: Event): void => use(target as Element, type);
  const all = (node: ParentNode = document): void => {
    listen('click', clicked);
    node
      .querySelectorAll(BLOCK)
      .forEach((block) => (core.TrackOnlyVisibleContent ? observer.observe(block) : show(block)));
  };

  return {
    trackAllContentImpressions: all as () => void,
    trackContentImpressionsWithinNode: all,
    trackVisibleContentImpressions(): void {
      core.TrackOnlyVisibleContent = true;
      all();
    },
    trackContentImpression: (c_n: string, c_p = UNKNOWN, c_t?: string): void =>
      track(core, { c_n, c_p, c_t, ca: 1 }),
    trackContentInteraction: (c_i: string, c_n: string, c_p = UNKNOWN, c_t?: string): void =>
      track(core, { c_i, c_n, c_p, c_t, ca: 1 }),
    trackContentInteractionNode: use,
  };
}

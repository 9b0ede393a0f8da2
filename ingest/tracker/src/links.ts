import { isOwn } from './address';
import { type Core, list, listen } from './core';
import { linkParameter } from './identity';
import { track } from './transport';

type Link = HTMLAnchorElement;

const carries = (link: Link, own: string[], kind: string): boolean =>
  link.matches(`.${[...own, `matomo_${kind}`, `piwik_${kind}`].join(',.')}`);

/** What following a link means: leaving the site, fetching a file, or nothing to report. */
export function classify(core: Core, link: Link): 'link' | 'download' | undefined {
  if (carries(link, core.IgnoreClasses, 'ignore')) return undefined;
  const file = RegExp(`\\.(${core.DownloadExtensions.join('|')})([?&]|$)`, 'i');
  if (
    carries(link, core.DownloadClasses, 'download') ||
    link.matches('[download]') ||
    file.test(link.pathname + link.search)
  ) {
    return 'download';
  }
  return carries(link, core.LinkClasses, 'link') || !isOwn(core, link as never)
    ? 'link'
    : undefined;
}

/** Clicks that leave the page or fetch a file. */
export function links(core: Core) {
  let last: Event;
  const follow = (event: Event): void => {
    // The path also leads through open shadow trees.
    const link = (event.composedPath() as Link[]).find(({ hostname }) => hostname);
    if (!link || event === last || (event.type === 'auxclick' && (event as MouseEvent).button > 1))
      return;
    last = event;
    const kind = classify(core, link);
    if (kind) track(core, { [kind]: link.href });
    else if (
      core.CrossDomainLinking &&
      link.hostname !== location.hostname &&
      isOwn(core, link as never)
    ) {
      // The fragment stays last, and a link that is followed again is told anew.
      link.search = link.search.replace(/(&pk_vid.*)?$/, `&${linkParameter(core)}`);
    }
  };

  return {
    /** `secondary`: the middle button and the context menu open links as well. */
    enableLinkTracking(secondary = true): void {
      listen(secondary ? 'click auxclick contextmenu' : 'click', follow);
    },
    isCrossDomainLinkingEnabled: () => core.CrossDomainLinking,
    getCrossDomainLinkingUrlParameter: () => linkParameter(core),
    addListener(element: EventTarget): void {
      element.addEventListener('click', follow);
    },
    addDownloadExtensions(extensions: string | string[]): void {
      core.DownloadExtensions.push(...list(extensions));
    },
  };
}

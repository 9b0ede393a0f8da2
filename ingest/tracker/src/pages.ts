import { type Callback, type Core, random } from './core';
import { track } from './transport';

/** Page views, events and everything else that a site reports by a call. */
export function pages(core: Core) {
  return {
    trackPageView(title?: string, custom?: unknown, done?: Callback): void {
      core.$views++;
      core.$viewId = random(6, 36);
      track(core, { action_name: title || core.DocumentTitle || document.title }, custom, done);
    },
    trackEvent(e_c: string, e_a: string, e_n?: string, e_v?: number, custom?: unknown): void {
      track(core, { e_c, e_a, e_n, e_v, ca: 1 }, custom);
    },
    trackSiteSearch(
      search: string,
      search_cat?: string,
      search_count?: number,
      custom?: unknown,
    ): void {
      track(core, { search, search_cat, search_count }, custom);
    },
    trackGoal(idgoal: number, revenue?: number, custom?: unknown, done?: Callback): void {
      track(core, { idgoal, revenue }, custom, done);
    },
    trackLink(url: string, type: 'link' | 'download', custom?: unknown, done?: Callback): void {
      track(core, { [type]: url }, custom, done);
    },
    ping(): void {
      track(core, { ping: 1 });
    },
    getPageViewId: (): string | undefined => core.PageViewId || core.$viewId,
  };
}

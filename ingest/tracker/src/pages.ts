import { type Core, named, type Params, random } from './core';
import { type More, track } from './transport';

/** A method that reports what it is given: its parameters, custom data, and whom to tell. */
export const reporter =
  (core: Core, names: string, always: Params = {}) =>
  (...values: unknown[]): void => {
    const more = values.slice(names.split(' ').length);
    track(core, { ...always, ...named(names, values) }, more as More);
  };

/** Page views, events and everything else that a site reports by a call. */
export const pages = (core: Core) => ({
  trackPageView(title?: string, ...more: More): void {
    core.$views++;
    core.$viewId = random(6);
    track(core, { action_name: title || core.DocumentTitle || document.title }, more);
  },
  trackEvent: reporter(core, 'e_c e_a e_n e_v', { ca: 1 }),
  trackSiteSearch: reporter(core, 'search search_cat search_count'),
  trackGoal: reporter(core, 'idgoal revenue'),
  trackLink(url: string, type: 'link' | 'download', ...more: More): void {
    track(core, { [type]: url }, more);
  },
  /** Parameters as a query: with others of the page a little later, in one request. */
  queueRequest(query: string): void {
    track(core, Object.fromEntries(new URLSearchParams(query)), [], core.RequestQueueInterval);
  },
  disableQueueRequest(): void {
    core.RequestQueueInterval = 0;
  },
  ping(): void {
    track(core, { ping: 1 });
  },
  getPageViewId: (): string | undefined => core.PageViewId || core.$viewId,
});

import { type Callback, type Core, type Params, random } from './core';
import { track } from './transport';

/** Positional arguments by the names of their parameters. */
export function named(names: string, values: unknown[]): Params {
  const params: Params = {};
  names.split(' ').forEach((name, i) => {
    if (values[i] != null) params[name] = values[i];
  });
  return params;
}

/** A method that reports what it is given: its parameters, custom data, and whom to tell. */
export const reporter =
  (core: Core, names: string, always: Params = {}) =>
  (...values: unknown[]): void => {
    const [custom, done] = values.slice(names.split(' ').length) as [Params, Callback];
    track(core, { ...always, ...named(names, values) }, custom, done);
  };

/** Page views, events and everything else that a site reports by a call. */
export const pages = (core: Core) => ({
  trackPageView(title?: string, custom?: Params, done?: Callback): void {
    core.$views++;
    core.$viewId = random(6, 36);
    track(core, { action_name: title || core.DocumentTitle || document.title }, custom, done);
  },
  trackEvent: reporter(core, 'e_c e_a e_n e_v', { ca: 1 }),
  trackSiteSearch: reporter(core, 'search search_cat search_count'),
  trackGoal: reporter(core, 'idgoal revenue'),
  trackContentImpression: reporter(core, 'c_n c_p c_t', { ca: 1, c_p: 'Unknown' }),
  trackContentInteraction: reporter(core, 'c_i c_n c_p c_t', { ca: 1, c_p: 'Unknown' }),
  trackLink(url: string, type: 'link' | 'download', custom?: Params, done?: Callback): void {
    track(core, { [type]: url }, custom, done);
  },
  /** Parameters as a query: with others of the page a little later, in one request. */
  queueRequest(query: string): void {
    const action = Object.fromEntries(new URLSearchParams(query));
    track(core, action, undefined, undefined, core.RequestQueueInterval);
  },
  disableQueueRequest(): void {
    core.RequestQueueInterval = 0;
  },
  ping(): void {
    track(core, { ping: 1 });
  },
  getPageViewId: (): string | undefined => core.PageViewId || core.$viewId,
});

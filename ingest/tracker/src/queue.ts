import { newTracker, type Tracker } from './tracker';

export type Command = [string | ((this: Tracker) => void), ...unknown[]];
type Method = (...args: unknown[]) => void;

/** Calls that decide how others are sent; pages often queue them after the first page view. */
const FIRST = /^(addT|disable|enableC|require|set(?!Pa|Custom[^R]|Doc|R.*rl|.*Giv|Ec))/;

/** The trackers that commands are for: what `_paq` and `Matomo` are once the script is here. */
export function newQueue(defaultUrl?: string, defaultSite?: string) {
  const first = newTracker(defaultUrl, defaultSite);
  const trackers = [first];

  const getTracker = (url?: string, site?: string | number): Tracker =>
    newTracker(url || first.getTrackerUrl(), site || first.getSiteId());
  const addTracker = (url?: string, site?: string | number): Tracker =>
    trackers[trackers.push(getTracker(url, site)) - 1]!;

  const call = (tracker: Tracker, name: Command[0], args: unknown[]): void => {
    const methods = tracker as unknown as Record<string, Method>;
    (methods[name as string] || (name as Method)).apply(tracker, args);
  };

  return {
    getTracker,
    addTracker,
    getAsyncTracker: (url?: string, site?: string | number): Tracker =>
      trackers.find(
        // A number and its text are the same site.
        (tracker) => tracker.getTrackerUrl() === url && tracker.getSiteId() == site,
      ) || first,
    /** A page's mistake must neither stop its other commands nor its own scripts. */
    push(...commands: Command[]): void {
      commands.forEach(([name, ...args]) => {
        try {
          if (name === 'addTracker') addTracker(...(args as string[]));
          else trackers.forEach((tracker) => call(tracker, name, args));
        } catch (error) {
          console.error(name, error);
        }
      });
    },
  };
}

/** What was queued before the script arrived, in the order to run it. */
export const ordered = (queued: Command[]): Command[] =>
  queued.sort(([one], [other]) => +FIRST.test(other as string) - +FIRST.test(one as string));

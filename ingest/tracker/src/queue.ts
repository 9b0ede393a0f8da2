import { newTracker, type Tracker } from './tracker';

export type Command = [string | ((this: Tracker) => void), ...unknown[]];
type Method = (...args: unknown[]) => void;

/** Calls that decide how others are sent; pages often queue them after the first page view. */
const FIRST =
  /^(addTracker|disable|require|set(Tracker|Site|UserId|VisitorId|.*Cookie(?!C)|Do(?!c)|RequestM|CustomR|Exclu|Campaign))/;

/** The trackers that commands are for: what `_paq` and `Matomo` are once the script is here. */
export function newQueue(defaultUrl: string) {
  const first = newTracker(defaultUrl);
  const trackers = [first];

  const getTracker = (url?: string, site?: string | number): Tracker =>
    newTracker(url || first.getTrackerUrl(), site || first.getSiteId());
  const addTracker = (url?: string, site?: string | number): Tracker => {
    const added = getTracker(url, site);
    trackers.push(added);
    return added;
  };

  const call = (tracker: Tracker, name: Command[0], args: unknown[]): void => {
    const methods = tracker as unknown as Record<string, Method>;
    if (typeof name === 'string' && !methods[name]) {
      console.warn(`nagare: no method ${name}`);
      methods[name] = () => {};
    }
    (typeof name === 'string' ? methods[name]! : name).apply(tracker, args);
  };

  return {
    getTracker,
    addTracker,
    getAsyncTracker: (url?: string, site?: string | number): Tracker =>
      trackers.find(
        (tracker) =>
          (!url || tracker.getTrackerUrl() === url) &&
          (!site || `${tracker.getSiteId()}` === `${site}`),
      ) || first,
    /** A page's mistake must neither stop its other commands nor its own scripts. */
    push(...commands: Command[]): void {
      commands.forEach(([name, ...args]) => {
        try {
          if (name === 'addTracker') addTracker(...(args as string[]));
          else trackers.forEach((tracker) => call(tracker, name, args));
        } catch (error) {
          console.error(error);
        }
      });
    },
  };
}

/** What was queued before the script arrived, in the order to run it. */
export function ordered(queued: Command[]): Command[] {
  const isFirst = ([name]: Command): boolean => FIRST.test(name as string);
  return [...queued.filter(isFirst), ...queued.filter((command) => !isFirst(command))];
}

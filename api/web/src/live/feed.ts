import { readFrame } from './snapshot';
import {
  advance,
  backoffMs,
  initialLive,
  isFinal,
  type LiveInput,
  type LiveState,
  STALE_MS,
} from './state';

/** What the feed needs of the browser, so that tests can stand in for it. */
export interface Surroundings {
  open(): WebSocket;
  now(): number;
  chance(): number;
  hidden(): boolean;
  /** What must be done before a connection can be made, if anything. */
  prepare?(): Promise<unknown> | undefined;
}

/**
 * A connection to the live numbers of one site. It reconnects by itself, and while the page is
 * hidden it keeps the newest state without showing it.
 */
export class LiveFeed {
  private state: LiveState = initialLive;
  private shown: LiveState = initialLive;
  private socket: WebSocket | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private isWanted = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly around: Surroundings) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): LiveState => this.shown;

  start(): void {
    this.isWanted = true;
    this.take({ kind: 'connecting' });
    const prepared = this.around.prepare?.();
    if (!prepared) return this.connect();
    const go = (): void => {
      if (this.isWanted) this.connect();
    };
    void prepared.then(go, go);
  }

  private connect(): void {
    const socket = this.around.open();
    this.socket = socket;
    socket.onopen = () => {
      this.take({ kind: 'opened' });
      this.expectFrame();
    };
    socket.onmessage = ({ data }) => this.receive(data);
    socket.onclose = () => this.closed();
  }

  stop(): void {
    this.isWanted = false;
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** Shows what came in while the page was hidden, and tries at once if it is not connected. */
  resume = (): void => {
    if (this.around.hidden()) return;
    this.show();
    if (this.state.connection === 'closed' && !this.state.refusal) {
      this.stop();
      this.start();
    }
  };

  private receive(data: unknown): void {
    this.expectFrame();
    const frame = readFrame(data);
    if (!frame) return;
    if ('refusal' in frame) {
      // A token that was good before has only grown old: the next connection has another.
      const isOld = frame.refusal.status === 401 && this.state.snapshot !== undefined;
      if (isFinal(frame.refusal) && !isOld) {
        this.stop();
        this.take({ kind: 'refused', refusal: frame.refusal });
      }
      return;
    }
    this.take({ kind: 'snapshot', snapshot: frame.snapshot, now: this.around.now() });
  }

  private closed(): void {
    clearTimeout(this.watchdog);
    this.socket = undefined;
    this.take({ kind: 'closed' });
    const wait = backoffMs(this.state.attempts, this.around.chance());
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.start(), wait);
  }

  /** A connection that says nothing is dead, whatever the network believes. */
  private expectFrame(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      this.stop();
      this.closed();
    }, STALE_MS);
  }

  private take(input: LiveInput): void {
    this.state = advance(this.state, input);
    if (!this.around.hidden()) this.show();
  }

  private show(): void {
    if (this.shown === this.state) return;
    this.shown = this.state;
    this.listeners.forEach((listener) => listener());
  }
}

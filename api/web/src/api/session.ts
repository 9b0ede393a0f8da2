/** Who is signed in. The token lives in the tab and never in a URL; a cookie that scripts cannot read renews it. */
export interface Session {
  token: string;
  login: string;
  superuser: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

const STORAGE_KEY = 'nagare.session';
/** Says that there may be a cookie: without it nothing is asked at the start. */
const RENEWABLE_KEY = 'nagare.renewable';
/** A token that ends within this is renewed before it is used. */
const RENEW_BEFORE_MS = 30_000;

const listeners = new Set<() => void>();
let current: Session | null = restore();
let renewing: Promise<boolean> | undefined;

function restore(): Session | null {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null') as Session | null;
  } catch {
    return null;
  }
}

const isOver = (session: Session): boolean => session.expiresAt <= Date.now();

export const session = {
  get(): Session | null {
    if (current && isOver(current) && !session.isRenewable()) session.set(null);
    return current;
  },
  set(next: Session | null): void {
    current = next;
    if (next) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(next));
    else sessionStorage.removeItem(STORAGE_KEY);
    listeners.forEach((listener) => listener());
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isRenewable: (): boolean => localStorage.getItem(RENEWABLE_KEY) === '1',
  setRenewable(isRenewable: boolean): void {
    if (isRenewable) localStorage.setItem(RENEWABLE_KEY, '1');
    else localStorage.removeItem(RENEWABLE_KEY);
  },
  /** Whether the token has to be renewed before it is used. */
  isEnding: (): boolean =>
    session.isRenewable() && (!current || current.expiresAt - Date.now() < RENEW_BEFORE_MS),
};

export interface SessionAnswer {
  access_token: string;
  expires_in: number;
  user: { login: string; superuser: boolean };
}

/** The session that an answer begins or renews. */
export const sessionOf = (answer: SessionAnswer): Session => ({
  token: answer.access_token,
  login: answer.user.login,
  superuser: answer.user.superuser,
  expiresAt: Date.now() + answer.expires_in * 1000,
});

async function askForToken(): Promise<boolean> {
  let answer: Response;
  try {
    answer = await fetch('/api/v1/session/refresh', {
      method: 'POST',
      // Only a page of this origin can set it.
      headers: { 'X-Nagare-Request': '1', Accept: 'application/json' },
    });
  } catch {
    // Without a network nothing is known about the session.
    return current !== null;
  }
  if (answer.ok) {
    session.set(sessionOf((await answer.json()) as SessionAnswer));
    return true;
  }
  if (answer.status >= 500) return current !== null;
  session.setRenewable(false);
  if (current && isOver(current)) session.set(null);
  return false;
}

/** Renews the token; those who ask at the same time share the answer. */
export function renew(): Promise<boolean> {
  // One tab at a time: the cookie's secret is spent by its use, and spending it twice ends the session.
  const locks = navigator.locks as LockManager | undefined;
  const asked = async (): Promise<boolean> =>
    locks ? await locks.request(STORAGE_KEY, askForToken) : askForToken();
  renewing ??= asked().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

/** Who is signed in. It lasts as long as the tab; the token never touches a disk or a URL. */
export interface Session {
  token: string;
  login: string;
  superuser: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

const STORAGE_KEY = 'nagare.session';
const listeners = new Set<() => void>();
let current: Session | null = restore();

function restore(): Session | null {
  try {
    const session = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null') as Session | null;
    return session && session.expiresAt > Date.now() ? session : null;
  } catch {
    return null;
  }
}

export const session = {
  get(): Session | null {
    if (current && current.expiresAt <= Date.now()) session.set(null);
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
};

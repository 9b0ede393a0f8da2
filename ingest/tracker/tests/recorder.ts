import { vi } from 'vitest';

export interface Recorded {
  means: 'beacon' | 'fetch' | 'image';
  url: string;
  query: Record<string, string>;
  body: string;
  type: string;
}

export const TRACKER_URL = 'https://stats.example.net/matomo.php';

/** Stands in for the network: what was sent, in order. */
export async function record(options: { beacon?: boolean; fetch?: boolean } = {}) {
  const { beacon = true, fetch = true } = options;
  const sent: Recorded[] = [];
  const bodies: Promise<void>[] = [];
  const note = (means: Recorded['means'], address: string, blob?: Blob): void => {
    const url = new URL(address);
    const entry = { means, url: address, query: Object.fromEntries(url.searchParams) };
    const recorded = { ...entry, body: '', type: blob?.type ?? '' };
    sent.push(recorded);
    if (blob) {
      const read = blob.text().then((text) => {
        recorded.body = text;
        if (text) recorded.query = Object.fromEntries(new URLSearchParams(text));
      });
      bodies.push(read);
    }
  };
  Object.defineProperty(navigator, 'sendBeacon', {
    configurable: true,
    value: vi.fn((url: string, body: Blob) => {
      if (beacon) note('beacon', url, body);
      return beacon;
    }),
  });
  vi.stubGlobal(
    'fetch',
    vi.fn((url: string, init: RequestInit) => {
      if (!fetch) return Promise.reject(new TypeError('blocked'));
      note('fetch', url, init.body as Blob);
      return Promise.resolve(new Response(null, { status: 204 }));
    }),
  );
  vi.stubGlobal(
    'Image',
    class {
      set src(url: string) {
        note('image', url);
      }
    },
  );
  return {
    sent,
    settled: () => Promise.all(bodies),
    queries: () => sent.map(({ query }) => query),
  };
}

export function clearCookies(): void {
  for (const cookie of document.cookie.split('; ')) {
    document.cookie = `${cookie.split('=')[0]}=;max-age=-1;path=/`;
  }
}

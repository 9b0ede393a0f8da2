import { vi } from 'vitest';

export interface Recorded {
  means: 'beacon' | 'fetch';
  url: string;
  query: Record<string, string>;
  body: string;
}

export const TRACKER_URL = 'https://stats.example.net/matomo.php';

/** Stands in for the network: what was sent, in order. */
export async function record({ beacon = true } = {}) {
  const sent: Recorded[] = [];
  const note = (means: Recorded['means'], address: string, form?: BodyInit): void => {
    const url = new URL(address);
    const entry = { means, url: address, query: Object.fromEntries(url.searchParams) };
    const recorded = { ...entry, body: String(form ?? '') };
    if (form instanceof URLSearchParams && recorded.body) recorded.query = Object.fromEntries(form);
    sent.push(recorded);
  };
  Object.defineProperty(navigator, 'sendBeacon', {
    configurable: true,
    value: vi.fn((url: string, body: BodyInit) => {
      if (beacon) note('beacon', url, body);
      return beacon;
    }),
  });
  vi.stubGlobal(
    'fetch',
    vi.fn((url: string, init: RequestInit) => {
      note('fetch', url, init.body!);
      return Promise.resolve(new Response(null, { status: 204 }));
    }),
  );
  return {
    sent,
    /** What the requests say, those that left together one by one. */
    queries: () => sent.flatMap(requestsOf),
  };
}

function requestsOf({ query, body }: Recorded): Record<string, string>[] {
  if (!body.startsWith('{')) return [query];
  const { requests } = JSON.parse(body) as { requests: string[] };
  return requests.map((request) => Object.fromEntries(new URLSearchParams(request)));
}

export function clearCookies(): void {
  for (const cookie of document.cookie.split('; ')) {
    document.cookie = `${cookie.split('=')[0]}=;max-age=-1;path=/`;
  }
}

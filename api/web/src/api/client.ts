import { ApiError, faultOf } from './errors';
import { session } from './session';

export interface Site {
  id: number;
  name: string;
  main_url: string;
  timezone: string;
  currency: string;
}

interface SessionAnswer {
  access_token: string;
  expires_in: number;
  user: { login: string; superuser: boolean };
}

async function request(path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json');
  const token = session.get()?.token;
  if (token) headers.set('Authorization', `Bearer ${token}`);

  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers });
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError('network', String(error));
  }
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new ApiError(faultOf(answer.status), messageOf(body), answer.status);
  if (body === undefined) throw new ApiError('server', 'the answer is not JSON', answer.status);
  return body;
}

/** The message of a problem document or of a report's error. */
function messageOf(body: unknown): string {
  const { detail, message, title } = (body ?? {}) as Record<string, unknown>;
  return String(detail ?? message ?? title ?? '');
}

export async function signIn(login: string, password: string): Promise<void> {
  const answer = (await request('/api/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login, password }),
  })) as SessionAnswer;
  session.set({
    token: answer.access_token,
    login: answer.user.login,
    superuser: answer.user.superuser,
    expiresAt: Date.now() + answer.expires_in * 1000,
  });
}

export async function sites(signal?: AbortSignal): Promise<Site[]> {
  try {
    return (await request('/api/v1/sites', { signal })) as Site[];
  } catch (error) {
    // Everyone who is signed in may ask for their sites: a refusal means the session has ended.
    if (error instanceof ApiError && error.fault === 'unauthenticated') session.set(null);
    throw error;
  }
}

/** Asks for a report as Matomo's Reporting API names it. */
export async function report(
  method: string,
  parameters: Record<string, string | number>,
  signal?: AbortSignal,
): Promise<unknown> {
  const query = new URLSearchParams({ module: 'API', method, format: 'json' });
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  const body = await request(`/index.php?${query}`, { signal });
  if ((body as { result?: unknown } | null)?.result === 'error') {
    throw new ApiError('invalid', messageOf(body), 200);
  }
  return body;
}

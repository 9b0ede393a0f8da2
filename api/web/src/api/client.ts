import { queryOptions } from '@tanstack/react-query';
import { ApiError, faultOf, type Problem } from './errors';
import { renew, session, type SessionAnswer, sessionOf } from './session';

export interface Site {
  id: number;
  name: string;
  main_url: string;
  timezone: string;
  currency: string;
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json');
  if (!headers.has('Authorization')) {
    if (session.isEnding()) await renew();
    const token = session.get()?.token;
    if (token) headers.set('Authorization', `Bearer ${token}`);
  }
  try {
    return await fetch(path, { ...init, headers });
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError('network', String(error));
  }
}

/** Done, or begun: there is nothing more to say. */
const WITHOUT_BODY = new Set([202, 204]);

async function request(path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await send(path, init);
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) {
    const fault = faultOf(answer.status, messageOf(body));
    throw new ApiError(fault, messageOf(body), answer.status, body as Problem);
  }
  if (WITHOUT_BODY.has(answer.status)) return null;
  if (body === undefined) throw new ApiError('server', 'the answer is not JSON', answer.status);
  return body;
}

/** The message of a problem document or of a report's error. */
function messageOf(body: unknown): string {
  const { detail, message, title } = (body ?? {}) as Record<string, unknown>;
  return String(detail ?? message ?? title ?? '');
}

/** Signs in; the code is that of the second factor. */
export async function signIn(login: string, password: string, code?: string): Promise<void> {
  const answer = await request('/api/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Nagare-Request': '1' },
    body: JSON.stringify({ login, password, ...(code ? { code } : {}) }),
  });
  session.setRenewable(true);
  session.set(sessionOf(answer as SessionAnswer));
}

/** What the OpenID provider is called that people may sign in with; null: there is none. */
export const openIdQuery = () =>
  queryOptions({
    queryKey: ['openid'],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const { name } = (await request('/api/v1/session/openid', { signal })) as { name?: unknown };
      return typeof name === 'string' ? name : null;
    },
  });

/** Takes up the session that a provider's word began. */
export async function takeUpSession(): Promise<boolean> {
  session.setRenewable(true);
  return renew();
}

/** Signs out here, and ends the session on the server. */
export async function signOut(): Promise<void> {
  const ended = rest('DELETE', 'session').catch(() => undefined);
  await ended;
  session.setRenewable(false);
  session.set(null);
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

export type Parameters = Record<string, string | number | readonly string[] | undefined>;

/** Parameters as Matomo's protocol writes them; a list becomes `name[0]`, `name[1]`. */
function encoded(method: string, parameters: Parameters): URLSearchParams {
  const query = new URLSearchParams({
    module: 'API',
    method,
    format: 'json',
    lift_row_limits: '1',
  });
  for (const [name, value] of Object.entries(parameters)) {
    if (Array.isArray(value)) value.forEach((item, i) => query.set(`${name}[${i}]`, item));
    else if (value !== undefined) query.set(name, String(value));
  }
  return query;
}

/** The answer of a method, unless it is an error. */
function succeeded(body: unknown): unknown {
  if ((body as { result?: unknown } | null)?.result !== 'error') return body;
  throw new ApiError(faultOf(200, messageOf(body)), messageOf(body), 200);
}

/** Another token than that of the session. */
const bearer = (token: string | undefined): HeadersInit =>
  token ? { Authorization: `Bearer ${token}` } : {};

/** Asks for a report as Matomo's Reporting API names it. */
export const report = async (
  method: string,
  parameters: Parameters,
  signal?: AbortSignal,
  token?: string,
): Promise<unknown> =>
  succeeded(
    await request(`/index.php?${encoded(method, parameters)}`, { signal, headers: bearer(token) }),
  );

/** Calls a method that changes something: what it says stays out of the address. */
export const change = async (method: string, parameters: Parameters): Promise<unknown> =>
  succeeded(await request('/index.php', { method: 'POST', body: encoded(method, parameters) }));

/** A report as a file. */
export async function exported(
  method: string,
  parameters: Parameters,
  format: 'csv' | 'json',
): Promise<Blob> {
  const query = encoded(method, parameters);
  query.set('format', format);
  query.set('convertToUnicode', '0');
  const answer = await send(`/index.php?${query}`);
  if (!answer.ok) throw new ApiError(faultOf(answer.status), answer.statusText, answer.status);
  return answer.blob();
}

/** A request to `/api/v1`. */
export const rest = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  { body, signal, token }: { body?: unknown; signal?: AbortSignal; token?: string } = {},
): Promise<unknown> => {
  // What may be done before a session can begin is allowed by a token of its own.
  const headers = new Headers(bearer(token));
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  return request(`/api/v1/${path}`, {
    method,
    signal,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
};

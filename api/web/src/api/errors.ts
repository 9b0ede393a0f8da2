/**
 * Why a request failed, by what the page does about it: sign in again, say that it is not
 * allowed, offer to try again.
 */
export type Fault =
  | 'network'
  | 'unauthenticated'
  | 'forbidden'
  | 'slow_down'
  | 'invalid'
  /** The server has no such method. */
  | 'unavailable'
  | 'server';

/** What an answer says beside its message. */
export interface Problem {
  type?: string;
  [name: string]: unknown;
}

export class ApiError extends Error {
  constructor(
    readonly fault: Fault,
    message: string,
    readonly status = 0,
    readonly problem: Problem = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The kind of problem that the server named. */
export const isProblem = (error: unknown, kind: string): error is ApiError =>
  error instanceof ApiError && error.problem?.type === `urn:nagare:${kind}`;

/** How the protocol says that it knows no such method. */
const MISSING = /^The (method|module|plugin) .* (does not exist|is not (available|enabled))/i;

export function faultOf(status: number, message = ''): Fault {
  if (MISSING.test(message)) return 'unavailable';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 405) return 'unavailable';
  if (status === 429) return 'slow_down';
  return status >= 500 ? 'server' : 'invalid';
}

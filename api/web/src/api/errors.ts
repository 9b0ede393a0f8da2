/**
 * Why a request failed, by what the page does about it: sign in again, say that it is not
 * allowed, offer to try again.
 */
export type Fault =
  'network' | 'unauthenticated' | 'forbidden' | 'slow_down' | 'invalid' | 'server';

export class ApiError extends Error {
  constructor(
    readonly fault: Fault,
    message: string,
    readonly status = 0,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export function faultOf(status: number): Fault {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'slow_down';
  return status >= 500 ? 'server' : 'invalid';
}

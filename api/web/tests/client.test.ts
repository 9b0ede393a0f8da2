import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { change, report, signIn, sites } from '../src/api/client';
import { ApiError } from '../src/api/errors';
import { pointsOf, quantity, ratio, segmentOf } from '../src/api/reports';
import { session } from '../src/api/session';

const answer = (status: number, body: unknown) =>
  vi
    .mocked(fetch)
    .mockResolvedValueOnce(
      new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }),
    );
const fault = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no fault',
    (error: ApiError) => [error.fault, error.message],
  );
const signedIn = { token: 'a.b.c', login: 'ada', superuser: false, expiresAt: Date.now() + 60_000 };

beforeEach(() => {
  vi.stubGlobal('fetch', vi.fn());
  session.setRenewable(false);
  session.set(signedIn);
});
afterEach(() => vi.unstubAllGlobals());

describe('the client', () => {
  it('signs in and keeps the session for this tab', async () => {
    session.set(null);
    answer(200, {
      access_token: 'x.y.z',
      expires_in: 28800,
      user: { login: 'admin', superuser: true },
    });
    await signIn('admin', 'secret');
    expect(session.get()).toMatchObject({ token: 'x.y.z', login: 'admin', superuser: true });
    expect(sessionStorage.getItem('nagare.session')).toContain('x.y.z');
  });

  it('sends the token in a header, never in the address', async () => {
    answer(200, []);
    await report('Actions.getPageUrls', { idSite: 1, period: 'day', date: 'today', flat: 1 });
    const [url, init] = vi.mocked(fetch).mock.calls[0]!;
    expect(url).toBe(
      '/index.php?module=API&method=Actions.getPageUrls&format=json&lift_row_limits=1&idSite=1&period=day&date=today&flat=1',
    );
    expect(new Headers(init!.headers).get('Authorization')).toBe('Bearer a.b.c');
  });

  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [429, 'slow_down'],
    [400, 'invalid'],
    [503, 'server'],
  ])('tells status %d apart as %s', async (status, kind) => {
    answer(status, { type: 'about:blank', title: 'T', status, detail: 'because' });
    expect(await fault(report('X.get', {}))).toEqual([kind, 'because']);
  });

  it('finds the error of a report whatever its status', async () => {
    answer(200, { result: 'error', message: 'Date format must be …' });
    expect(await fault(report('X.get', {}))).toEqual(['invalid', 'Date format must be …']);
    answer(401, { result: 'error', message: "You can't access this resource" });
    expect(await fault(report('X.get', {}))).toEqual([
      'unauthenticated',
      "You can't access this resource",
    ]);
  });

  it('does not take a page for an answer', async () => {
    answer(200, '<!doctype html>');
    expect(await fault(report('X.get', {}))).toEqual(['server', 'the answer is not JSON']);
    answer(502, '<h1>Bad gateway</h1>');
    expect(await fault(report('X.get', {}))).toEqual(['server', '']);
  });

  it('says that the network is down', async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError('failed'));
    expect((await fault(report('X.get', {})))[0]).toBe('network');
  });

  it('ends the session when the server no longer knows it', async () => {
    const changed = vi.fn();
    const unsubscribe = session.subscribe(changed);
    answer(401, { status: 401 });
    await fault(sites());
    unsubscribe();
    expect(session.get()).toBeNull();
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('lets a session expire', () => {
    session.set({ ...signedIn, expiresAt: Date.now() - 1 });
    expect(session.get()).toBeNull();
    expect(sessionStorage.getItem('nagare.session')).toBeNull();
  });
});

describe('a session that can be renewed', () => {
  const renewed = {
    access_token: 'new.b.c',
    expires_in: 600,
    user: { login: 'ada', superuser: false },
  };
  beforeEach(() => {
    session.setRenewable(true);
    session.set({ ...signedIn, expiresAt: Date.now() - 1 });
  });

  it('gets a new token before the old one is used, once for all who wait', async () => {
    answer(200, renewed);
    answer(200, []);
    answer(200, []);
    await Promise.all([sites(), sites()]);
    const calls = vi.mocked(fetch).mock.calls;
    expect(calls.map(([path]) => path)).toEqual([
      '/api/v1/session/refresh',
      '/api/v1/sites',
      '/api/v1/sites',
    ]);
    expect(new Headers(calls[2]![1]?.headers).get('Authorization')).toBe('Bearer new.b.c');
  });

  it('ends when the server says so', async () => {
    answer(401, { status: 401 });
    answer(401, { status: 401 });
    await fault(sites());
    expect([session.get(), session.isRenewable()]).toEqual([null, false]);
  });

  it('outlives a network that is gone', async () => {
    vi.mocked(fetch).mockRejectedValue(new TypeError('gone'));
    expect(await fault(sites())).toEqual(['network', 'TypeError: gone']);
    expect(session.get()).not.toBeNull();
  });
});

describe('changes', () => {
  it('keep what they say out of the address, and write lists with their index', async () => {
    answer(200, { result: 'success' });
    await change('SitesManager.addSite', { siteName: 'A & B', urls: ['https://a', 'https://b'] });
    const [path, init] = vi.mocked(fetch).mock.calls[0]!;
    expect(path).toBe('/index.php');
    expect(String(init?.body)).toContain('siteName=A+%26+B&urls%5B0%5D=https%3A%2F%2Fa');
  });

  it('tell a method that is missing from one that refuses', async () => {
    const missing = "The method 'x' does not exist or is not available in the module 'Y'.";
    answer(200, { result: 'error', message: missing });
    expect(await fault(change('Y.x', {}))).toEqual(['unavailable', missing]);
    answer(200, { result: 'error', message: 'No.' });
    expect(await fault(change('Y.x', {}))).toEqual(['invalid', 'No.']);
  });
});

describe('reports', () => {
  it('take numbers as numbers or as text', () => {
    expect([quantity('12'), quantity(3), quantity(undefined), quantity('x')]).toEqual([
      12, 3, 0, 0,
    ]);
    expect([ratio('44%'), ratio(0.5), ratio(undefined)]).toEqual([0.44, 0.5, undefined]);
  });

  it('read steps of time, also empty ones', () => {
    const points = pointsOf({
      '2026-03-01': { nb_visits: '3', bounce_rate: '50%' },
      '2026-03-02': [],
      '2026-03-09,2026-03-15': { nb_visits: 1 },
      '2026-04': { nb_visits: 2 },
    });
    expect(points.map(({ at, figures }) => [at, figures.nb_visits, figures.bounce_rate])).toEqual([
      ['2026-03-01', 3, 0.5],
      ['2026-03-02', 0, undefined],
      ['2026-03-09', 1, undefined],
      ['2026-04-01', 2, undefined],
    ]);
    expect(pointsOf([])).toEqual([]);
  });

  it('give the segment of a row as a definition', () => {
    expect(segmentOf({ segment: 'pageUrl==https%253A%252F%252Fa.example%252F' })).toBe(
      'pageUrl==https%3A%2F%2Fa.example%2F',
    );
    expect(segmentOf({ segment: 'deviceType==car+browser' })).toBe('deviceType==car browser');
    expect([segmentOf({}), segmentOf({ segment: '%' })]).toEqual([undefined, undefined]);
  });
});

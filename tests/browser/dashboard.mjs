// What the browser tests share: a browser that watches for anything a page must not do.
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

const STEP_TIMEOUT_MS = 60_000;
const LOOK_AGAIN_MS = 200;
const HEIGHTS = { 390: 844, 1280: 800, 2560: 1440 };
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const TOTP_STEP_S = 30;
/** The site that is looked at, and the days. */
export const SITE = env.NAGARE_SITE;
export const AT = `/sites/${SITE}`;
export const YESTERDAY = 'period=day&date=yesterday';
export const WEEK = 'period=range&date=last7';
/** How long a session must last to go on with it. */
const ENOUGH_MS = 300_000;

export async function launch() {
  const { chromium } = createRequire(join(env.NAGARE_BROWSER_MODULES, 'x.js'))('playwright-core');
  const found = env.PATH.split(delimiter)
    .flatMap((folder) => BROWSERS.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (!found) throw new Error('no Chromium on PATH: run `make setup`');
  return chromium.launch({ executablePath: found, args: ['--no-sandbox'] });
}

/** A page that notes errors, requests to other hosts, and answers that should not be. */
export async function openPage(browser, { width = 1280, scheme = 'light', locale = 'en-US' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: HEIGHTS[width] ?? 900 },
    colorScheme: scheme,
    locale,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_TIMEOUT_MS);
  const faults = [];
  const missing = new Set();
  const own = new URL(env.NAGARE_URL).host;
  page.on('pageerror', (error) => faults.push(`error: ${error}`));
  page.on('console', (message) => {
    // What a failed answer means is decided where the answer is seen.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    // A publisher's page is made up by the test itself.
    const isOwn = url.host === own || url.pathname === '/publisher' || url.protocol === 'data:' || url.protocol === 'blob:';
    if (!isOwn) faults.push(`another host: ${request.url()}`);
  });
  page.on('response', async (response) => {
    if (response.status() < 400) return;
    const url = new URL(response.url());
    // The body is gone when the page has moved on: then the server is asked again.
    const body = await response.text().catch(() => answerOf(response.url()));
    if (/does not exist or is not available/.test(body)) missing.add(url.searchParams.get('method'));
    else if (response.status() === 404 && url.pathname.startsWith('/api/v1/')) missing.add(url.pathname);
    else if (response.status() !== 401) faults.push(`${response.status()}: ${url.pathname}${url.search} ${body.slice(0, 200)}`);
  });
  return { page, context, faults, missing };
}

/** Goes on with a session that was begun before, so that a tour does not sign in for each of its parts. */
let begun;
export async function enter(page) {
  if (!begun || begun.expiresAt - Date.now() < ENOUGH_MS) {
    await signIn(page);
    begun = JSON.parse(await page.evaluate(() => sessionStorage.getItem('nagare.session')));
    return;
  }
  await page.addInitScript((session) => sessionStorage.setItem('nagare.session', session), JSON.stringify(begun));
}

/** Signs in; with the secret of a second factor, by a code of it, too. */
export async function signIn(page, { login = env.NAGARE_LOGIN, password = env.NAGARE_PASSWORD, secret } = {}) {
  await page.goto(`${env.NAGARE_URL}/sign-in`);
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', password);
  await page.click('[data-testid="sign-in"]');
  if (secret) {
    await page.waitForSelector('[data-testid="sign-in-code"]');
    await page.fill('[data-testid="sign-in-code"]', totp(secret));
    await page.click('[data-testid="sign-in"]');
  }
  await page.waitForSelector('[data-testid="site-link"], main[data-live]');
}

/** Goes to a page and waits until nothing is loading any more. */
export async function visit(page, path) {
  await page.goto(`${env.NAGARE_URL}${path}`);
  await settled(page);
}

export async function settled(page) {
  await page.waitForSelector('main h1');
  await page.waitForFunction(() => !document.querySelector('.skeleton, .loaded[data-refreshing], .data-wait'));
}

/** What axe finds serious, and whether the page is wider than the screen. */
export async function audit(page) {
  await page.evaluate(readFileSync(join(env.NAGARE_WEB, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    const found = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    const over = document.documentElement.scrollWidth - innerWidth;
    return over > 0 ? [...found, `the page is ${over} px too wide`] : found;
  });
}

/** Asks the API as the dashboard does. */
export async function api(method, parameters) {
  const query = new URLSearchParams({ module: 'API', format: 'json', method, ...parameters });
  return JSON.parse(await answerOf(`${env.NAGARE_URL}/index.php?${query}`));
}

/** Asks `/api/v1` as the dashboard does. */
export async function rest(path) {
  return JSON.parse(await answerOf(`${env.NAGARE_URL}/api/v1/${path}`));
}

async function answerOf(url) {
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${env.NAGARE_TOKEN}` } });
  return answer.text();
}

/** The code of this half minute (RFC 6238). */
export function totp(secret, at = Date.now() / 1000) {
  const bits = [...secret.replace(/=+$/, '').toUpperCase()]
    .map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / TOTP_STEP_S)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

export function check(isTrue, what) {
  if (!isTrue) throw new Error(what);
}

/** Looks again until something is so. */
export async function eventually(what, isSo) {
  const deadline = Date.now() + STEP_TIMEOUT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Fails when an audit found something. */
export function problem(found, where) {
  check(found.length === 0, found.map((text) => `${where}: ${text}`).join('\n'));
}

// Starts the product with made-up traffic and takes the pictures of the README: `make screenshots`.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { env } from 'node:process';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'ops/docs/screens');
const READY_WITHIN_MS = 60_000;
const LAST30 = 'period=range&date=last30';
const SHOTS = [
  { name: 'overview', path: `/sites/1?${LAST30}&vs=previous` },
  { name: 'overview-dark', path: `/sites/1?${LAST30}`, scheme: 'dark' },
  { name: 'overview-phone', path: `/sites/1?${LAST30}`, width: 390 },
  { name: 'live', path: '/sites/1/live', scheme: 'dark', until: '[data-testid="live-page"]' },
  { name: 'report', path: `/sites/1/reports/Actions_getPageUrls?${LAST30}&chart=time` },
  { name: 'browsers', path: `/sites/1/reports/DevicesDetection_getBrowsers?${LAST30}&chart=shares` },
  { name: 'visits', path: '/sites/1/visits?period=day&date=yesterday' },
  { name: 'map', path: `/sites/1/map?${LAST30}` },
  { name: 'ecommerce', path: `/sites/1/ecommerce?${LAST30}` },
  { name: 'system', path: '/admin/system' },
  { name: 'setup', path: '/sites/1/setup' },
];

const data = await mkdtemp(join(tmpdir(), 'nagare-screenshots-'));
const port = await freePort();
Object.assign(env, {
  NAGARE_URL: `http://127.0.0.1:${port}`,
  NAGARE_LOGIN: 'admin',
  NAGARE_PASSWORD: 'a picture of a quiet river',
  NAGARE_TOKEN: '0123456789abcdef0123456789abcdef',
  NAGARE_BROWSER_MODULES: join(ROOT, '.deps/browser/node_modules'),
});
const { launch, openPage, settled, signIn, visit } = await import('./dashboard.mjs');
const { sendTraffic } = await import('./traffic.mjs');

const product = spawn(join(ROOT, 'target/release/nagare'), ['up'], {
  cwd: ROOT,
  stdio: 'ignore',
  env: {
    ...env,
    NAGARE_DATA: data,
    NAGARE_LISTEN: `127.0.0.1:${port}`,
    NAGARE_ADMIN_PASSWORD: env.NAGARE_PASSWORD,
    NAGARE_ADMIN_TOKEN: env.NAGARE_TOKEN,
    NAGARE_INITIAL_SITE: 'https://www.example.com',
    NAGARE_GEOIP_DIR: join(ROOT, '.deps/places'),
  },
});
try {
  await ready();
  await sendTraffic({ url: env.NAGARE_URL, token: env.NAGARE_TOKEN, site: 1 });
  await fetch(`${env.NAGARE_URL}/health/caughtup?timeout=120`);
  await takeAll();
} finally {
  product.kill('SIGTERM');
  await new Promise((done) => product.once('exit', done));
  await rm(data, { recursive: true, force: true });
}

async function takeAll() {
  await mkdir(FOLDER, { recursive: true });
  const browser = await launch();
  for (const { name, path, until, ...screen } of SHOTS) {
    const { page, context } = await openPage(browser, screen);
    await signIn(page);
    await visit(page, path);
    // Charts come after the page, and draw within a frame.
    await page.waitForFunction(() => [...document.querySelectorAll('.chart')].every((box) => box.querySelector('canvas')));
    if (until) await page.waitForSelector(until);
    await settled(page);
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
    await context.close();
    console.log(name);
  }
  await browser.close();
}

async function ready() {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    const answer = await fetch(`${env.NAGARE_URL}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resume) => setTimeout(resume, 200));
  }
  throw new Error('the product does not get ready');
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port: found } = server.address();
  await new Promise((done) => server.close(done));
  return found;
}

// What pages on two domains of a site report with our own tracker, in Chromium: a page, a queued event,
// and the page that a link leads to.
import { createServer } from 'node:http';
import { env } from 'node:process';

import { launch } from './chromium.mjs';

const STEP_TIMEOUT_MS = 30_000;

// Pages of this machine may ask it, and its two names are two domains with cookies of their own.
const server = createServer((request, answer) => {
  const isFirst = request.url === '/a';
  answer.setHeader('content-type', 'text/html');
  answer.end(isFirst ? html('A', `http://localhost:${port()}/b?x=1#y`) : html('B', '/'));
});
const port = () => server.address().port;
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

const html = (title, next) => `<!doctype html><title>${title}</title><a href="${next}">on</a><script>
  const _paq = (window._paq = [
    ['setTrackerUrl', '${env.NAGARE_URL}/matomo.php'], ['setSiteId', ${env.NAGARE_SITE}],
    ['setDomains', ['127.0.0.1', 'localhost']], ['enableCrossDomainLinking'],
    ['setCustomUrl', 'https://site.example/${title.toLowerCase()}'], ['setRequestQueueInterval', 1000],
    ['trackPageView'], ['enableLinkTracking'],
  ]);
</script><script src="${env.NAGARE_URL}/matomo.js"></script>`;

const browser = await launch();
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(STEP_TIMEOUT_MS);
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  const sent = [];
  page.on('request', (request) => {
    if (request.url().includes('/matomo.php')) sent.push(...requestsOf(request));
  });
  const script = page.waitForResponse((answer) => answer.url().endsWith('/matomo.js'));
  await page.goto(`http://127.0.0.1:${port()}/a`);
  const encoding = (await script).headers()['content-encoding'];
  if (encoding !== 'gzip') throw new Error(`the script is served ${encoding}`);
  await until(() => sent.length === 1, 'the first page');
  await page.evaluate(() => window._paq.push(['queueRequest', 'e_c=shop&e_a=open&e_v=3&ca=1']));
  await until(() => sent.length === 2, 'the queued event');
  await page.click('a');
  await page.waitForURL(/\/b\?x=1&pk_vid=\w{32}#y$/);
  await until(() => sent.length === 3, 'the second page');
  const ids = new Set(sent.map((query) => query.get('_id')));
  if (ids.size !== 1 || ids.has('')) throw new Error(`the visitor is ${[...ids].join(' and ')}`);
  // Until the server has answered.
  await page.waitForLoadState('networkidle');
  if (faults.length) throw new Error(faults.join('\n'));
} finally {
  await browser.close();
  server.close();
}

/** What a request says, or each of those that it holds. */
function requestsOf(request) {
  const body = request.postData() ?? '';
  if (!body.startsWith('{')) return [new URL(request.url()).searchParams];
  return JSON.parse(body).requests.map((query) => new URLSearchParams(query));
}

async function until(isSo, what) {
  const deadline = Date.now() + STEP_TIMEOUT_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// What a page reports with npm's `@jonkoops/matomo-tracker`, in Chromium: two pages and an event.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';

import { launch } from './chromium.mjs';

const STEP_TIMEOUT_MS = 30_000;

const source = (name) =>
  readFileSync(join(env.NAGARE_CLIENT_MODULES, '@jonkoops/matomo-tracker/lib', `${name}.js`), 'utf8');
// The package is made for bundlers: this is the smallest that will do.
const script = `(() => {
  const sources = { './constants': (exports, require) => {${source('constants')}
},
    './MatomoTracker': (exports, require) => {${source('MatomoTracker')}
} };
  const loaded = {};
  const require = (name) => {
    if (!loaded[name]) { loaded[name] = {}; sources[name](loaded[name], require); }
    return loaded[name];
  };
  window.MatomoTracker = require('./MatomoTracker').default;
})()`;

const browser = await launch();
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(STEP_TIMEOUT_MS);
  const hits = [];
  page.on('requestfinished', (request) => {
    if (!request.url().includes('/matomo.php')) return;
    // What waits for the first hit leaves in one body.
    const body = request.postData();
    hits.push(...(body ? JSON.parse(body).requests : [request.url()]));
  });
  // On the origin of the server: browsers hold pages from elsewhere off this machine.
  await page.route(`${env.NAGARE_URL}/page`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<title>A</title><script>${script}</script>` }),
  );
  await page.goto(`${env.NAGARE_URL}/page`);
  await page.evaluate(
    ({ urlBase, siteId }) => {
      const tracker = new window.MatomoTracker({ urlBase, siteId });
      tracker.trackPageView({ documentTitle: 'A', href: 'https://site.example/a' });
      tracker.trackEvent({ category: 'shop', action: 'open', value: 3 });
      tracker.trackPageView({ documentTitle: 'B', href: 'https://site.example/b' });
    },
    { urlBase: env.NAGARE_URL, siteId: Number(env.NAGARE_SITE) },
  );
  const deadline = Date.now() + STEP_TIMEOUT_MS;
  while (hits.length < 3) {
    if (Date.now() > deadline) throw new Error(`only these hits left the page: ${hits.join(', ')}`);
    await page.waitForTimeout(50);
  }
} finally {
  await browser.close();
}

// What a Node.js server reports with npm's `matomo-tracker`: two pages and an event, one by one and in bulk.
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { env } from 'node:process';

const MatomoTracker = createRequire(join(env.NAGARE_CLIENT_MODULES, 'x.js'))('matomo-tracker');
const tracker = new MatomoTracker(Number(env.NAGARE_SITE), `${env.NAGARE_URL}/matomo.php`);
tracker.on('error', (error) => {
  throw new Error(String(error));
});

const visitor = { _id: '0123456789abcdef', ua: 'Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0' };
// `track` tells nobody when it was answered.
const answered = new Promise((resolve) => {
  const get = (url, done) => http.get(url, (response) => (done(response), response.resume().on('end', resolve)));
  tracker.agent = { ...http, get };
});
tracker.track({ ...visitor, url: 'https://site.example/a', action_name: 'A' });
await answered;
const told = await new Promise((resolve) => {
  const events = [
    { ...visitor, url: 'https://site.example/a', e_c: 'shop', e_a: 'open', e_v: 3 },
    { ...visitor, url: 'https://site.example/b', action_name: 'B' },
  ];
  tracker.trackBulk(events, resolve);
});
if (!String(told).includes('"tracked":2')) throw new Error(`the answer was ${told}`);

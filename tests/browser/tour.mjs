// Goes through every page of the dashboard as people do, on phone, desk and wall, in light and dark.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { env } from 'node:process';
import {
  auditing, erasing, newSite, newToken, newUser, notAllowed, owning, privacy, retention, secondFactor,
} from './administration.mjs';
import {
  api, AT, audit, check, enter, launch, openPage, problem, settled, SITE, visit, WEEK, YESTERDAY,
} from './dashboard.mjs';
import { figures, reports } from './figures.mjs';
import { newTour } from './scenario.mjs';
import { sendTraffic } from './traffic.mjs';

const PAGES = [
  '/',
  `${AT}?${WEEK}&vs=previous`,
  `${AT}/live`,
  `${AT}/visits?${YESTERDAY}`,
  `${AT}/map?${WEEK}`,
  `${AT}/map?${WEEK}&cities=1`,
  `${AT}/transitions?${WEEK}&of=example.com/`,
  `${AT}/annotations`,
  `${AT}/goals?${WEEK}`,
  `${AT}/ecommerce?${WEEK}`,
  `${AT}/segments?edit=new`,
  `${AT}/sharing?share=VisitsSummary_get`,
  `${AT}/scheduled`,
  `${AT}/setup`,
  `${AT}/settings`,
  `${AT}/reports/Actions_getPageUrls?${YESTERDAY}&chart=bars&vs=previous`,
  `${AT}/reports/DevicesDetection_getBrowsers?${YESTERDAY}&chart=shares`,
  `${AT}/reports/UserCountry_getCountry?${YESTERDAY}&chart=map`,
  `${AT}/reports/VisitsSummary_get?${YESTERDAY}&vs=previous`,
  `${AT}/reports/NoSuch_report`,
  '/admin/sites',
  '/admin/users',
  '/admin/privacy',
  '/admin/audit',
  '/admin/system',
  '/account',
  '/nowhere',
];
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
/** Phone, desk and wall, each in light and dark; the phones speak German. */
const SCREENS = [390, 1280, 2560].flatMap((width) =>
  ['light', 'dark'].map((scheme) => ({ width, scheme, ...(width === 390 && { locale: 'de-DE' }) })),
);

await sendTraffic({ url: env.NAGARE_URL, token: env.NAGARE_TOKEN, site: SITE, days: 14, perDay: 12 });
const caughtUp = await fetch(`${env.NAGARE_URL}/health/caughtup?timeout=120`);
check(caughtUp.ok, 'the hits are not in the tables');

const browser = await launch();
const { withPage, scenario, missing } = newTour(browser);
try {
  await scenario('every page on every screen', everyPage);
  await scenario('numbers of every page are those of the API', figures);
  await scenario('numbers of every report are those of the API', reports);
  await scenario('a row becomes the segment', narrowing);
  await scenario('a hierarchy is searched and opened', drilling);
  await scenario('periods, segments and sites are compared', comparing);
  await scenario('a report is exported', exporting);
  await scenario('the wall tells what happens now', wall);
  await scenario('a page leads to those around it', transitions);
  await scenario('a day is noted', annotating);
  await scenario('reports are shared and embedded', sharing);
  await scenario('a report is scheduled', scheduling);
  await scenario('a goal is made', newGoal);
  await scenario('a segment is made', newSegment);
  await scenario('a site is made, has its first visit, and goes', newSite);
  await scenario('ages are kept, and what is old is removed when asked', retention);
  await scenario('a user is added and given a role', newUser);
  await scenario('who may not is told so', notAllowed);
  await scenario('a token is made and revoked', newToken);
  await scenario('partitions have owners', owning);
  await scenario('the security log tells who did what', auditing);
  await scenario('what is kept of visitors is changed', privacy);
  await scenario('a visitor is erased', erasing);
  await scenario('a second factor is set up and used', secondFactor);
  console.log(JSON.stringify({ missing: [...missing].sort() }));
} finally {
  await browser.close();
}

async function everyPage() {
  const problems = [];
  const [{ visitorId }] = await api('Live.getLastVisitsDetails', { idSite: SITE, period: 'day', date: 'yesterday' });
  for (const screen of SCREENS) {
    await withPage(screen, async (page) => {
      for (const path of [...PAGES, `${AT}/visitors/${visitorId}`, '/reset-password', '/shared']) {
        await visit(page, path);
        const found = await audit(page);
        problems.push(...found.map((text) => `${path} at ${screen.width} ${screen.scheme}: ${text}`));
      }
    });
  }
  check(problems.length === 0, problems.join('\n'));
}

async function narrowing() {
  await withPage({}, async (page) => {
    await visit(page, `${AT}/reports/DevicesDetection_getType?${WEEK}`);
    const row = page.locator('[data-testid="report-row"]', { hasText: 'Smartphone' });
    const visits = await row.locator('td[data-column="nb_visits"]').getAttribute('data-value');
    await row.locator('[data-testid="row-segment"]').click();
    await page.waitForURL(/segment=/);
    await page.goto(`${env.NAGARE_URL}${AT}${new URL(page.url()).search}`);
    await settled(page);
    const shown = await page.getAttribute('[data-testid="figure-nb_visits"]', 'data-value');
    check(shown === visits, `the segment has ${shown} visits, its row ${visits}`);
    await page.click('[data-testid="segment-clear"]');
    await page.waitForURL((url) => !url.search.includes('segment='));
  });
}

async function drilling() {
  await withPage({}, async (page) => {
    await visit(page, `${AT}/reports/Actions_getPageUrls?${WEEK}`);
    await page.fill('[data-testid="report-search"]', 'harbour');
    await page.waitForURL(/q=harbour/);
    await settled(page);
    await page.click('button[aria-expanded="false"].data-toggle');
    const leaf = page.locator('[data-testid="report-row"][data-level="2"]');
    await leaf.first().waitFor();
    check((await leaf.count()) === 1, 'the search shows other rows below the folder');
    await leaf.locator('[data-testid="row-evolution"]').click();
    await page.waitForSelector('[data-testid="evolution"] canvas');
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('row='));
    await page.click('[data-testid="report-flat"]');
    await page.waitForURL(/flat=1/);
    await settled(page);
    await page.locator('[data-testid="report-row"]', { hasText: 'harbour-reopens' }).waitFor();
  });
}

/** Rows, those below them, and lines over time are held against another period, segment or site. */
async function comparing() {
  await withPage({}, async (page) => {
    for (const vs of ['previous', 'segment:countryCode==de', `site:${SITE}`]) {
      await visit(page, `${AT}/reports/Actions_getPageUrls?${WEEK}&chart=bars&vs=${encodeURIComponent(vs)}`);
      await page.click('button[aria-expanded="false"].data-toggle');
      const below = page.locator('[data-testid="report-row"][data-level="2"]').first();
      await below.locator('.change').first().waitFor();
      await below.locator('[data-testid="row-evolution"]').click();
      await page.waitForSelector('[data-testid="evolution"] .legend [data-compared]', { state: 'attached' });
    }
    await visit(page, `${AT}/reports/VisitsSummary_get?${WEEK}&vs=previous`);
    await page.waitForSelector('[data-testid="chart-time"] .legend [data-compared]', { state: 'attached' });
  });
}

async function exporting() {
  await withPage({}, async (page) => {
    await visit(page, `${AT}/reports/UserCountry_getCountry?${YESTERDAY}&chart=bars`);
    for (const kind of ['csv', 'json', 'png']) {
      await page.click('[data-testid="export"]');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`[data-testid="export-${kind}"]`),
      ]);
      const content = await readFile(await download.path());
      check(download.suggestedFilename().endsWith(`.${kind}`), download.suggestedFilename());
      check(content.length > 100, `the ${kind} is empty`);
    }
  });
}

/** A visitor of a campaign reads two pages: the wall shows it without being asked again. */
async function wall() {
  await withPage({ width: 2560, scheme: 'dark' }, async (page) => {
    await visit(page, `${AT}/live`);
    const visitor = Date.now().toString(16).padStart(16, '0');
    for (const path of ['/news/ferry?utm_campaign=tour', '/news/lock']) {
      const url = `https://www.example.com${path}`;
      const hit = new URLSearchParams({ idsite: SITE, rec: '1', _id: visitor, action_name: 'Now', url });
      const answer = await fetch(`${env.NAGARE_URL}/matomo.php?${hit}`, { headers: { 'user-agent': AGENT } });
      check(answer.ok, `the hit is answered ${answer.status}`);
    }
    for (const [list, text] of [['live-section', '/news/'], ['live-campaign', 'tour'], ['live-page', '/news/lock']]) {
      await page.locator(`[data-testid="${list}"]`, { hasText: text }).waitFor();
    }
    for (const figure of ['live-m1', 'live-m3', 'live-visitors', 'live-m30', 'live-engaged']) {
      await page.waitForFunction((id) => Number(document.querySelector(`[data-testid="${id}"]`)?.textContent) > 0, figure);
    }
  });
}

async function transitions() {
  await withPage({}, async (page) => {
    await visit(page, `${AT}/reports/Actions_getPageTitles?${WEEK}`);
    const row = page.locator('[data-testid="report-row"]', { hasText: 'Night trains return' });
    await row.locator('[data-testid="row-transitions"]').click();
    await page.waitForSelector('[data-testid="flow"]');
    const query = { idSite: SITE, period: 'range', date: 'last7', actionType: 'title', actionName: 'Night trains return' };
    const { pageMetrics } = await api('Transitions.getTransitionsForAction', query);
    for (const name of ['pageviews', 'entries', 'exits', 'loops']) {
      const shown = await page.getAttribute(`[data-testid="flow-${name}"]`, 'data-value');
      check(Number(shown) === pageMetrics[name], `${name} is ${shown} on the page, ${pageMetrics[name]} in the API`);
    }
    const other = page.locator('[data-testid="flow"] a').first();
    const label = await other.textContent();
    await other.click();
    await page.waitForURL((url) => url.searchParams.get('of') === label);
  });
}

async function annotating() {
  await withPage({}, async (page) => {
    await visit(page, `${AT}/annotations`);
    await page.click('[data-testid="annotation-new"]');
    await page.fill('[data-testid="annotation-note"]', 'The new front page');
    await page.click('[data-testid="annotation-save"]');
    const note = page.locator('[data-testid="annotation"]', { hasText: 'The new front page' });
    await note.waitFor();
    await visit(page, `${AT}?${WEEK}`);
    await note.waitFor();
    await note.getByRole('button', { name: /^Delete/ }).click();
    await page.click('[data-testid="confirm"]');
    await note.waitFor({ state: 'detached' });
  });
}

async function sharing() {
  const { page, context, faults } = await openPage(browser);
  await enter(page);
  await visit(page, `${AT}/reports/VisitsSummary_get?${WEEK}`);
  await page.click('[data-testid="export"]');
  await page.click('[data-testid="export-share"]');
  await page.fill('[data-testid="share-description"]', 'For the printers');
  await page.fill('[data-testid="choice-find"]', 'browsers');
  await page.check('[data-testid="choice-DevicesDetection_getBrowsers"]');
  await page.fill('[data-testid="share-password"]', 'paper and ink');
  await page.click('[data-testid="share-save"]');
  const link = await page.textContent('[data-testid="share-link"]');
  const widget = await page.textContent('[data-testid="share-embed"]');
  await page.click('[data-testid="share-done"]');
  const entry = page.locator('[data-testid="share"]', { hasText: 'For the printers' });
  await entry.waitFor();

  const reader = await openPage(browser, { width: 390, scheme: 'dark' });
  await reader.page.goto(link);
  await reader.page.fill('[data-testid="shared-password"]', 'paper and ink');
  await reader.page.click('[data-testid="shared-open"]');
  await reader.page.waitForSelector('[data-testid="shared"]');
  await settled(reader.page);
  const { nb_visits } = await api('VisitsSummary.get', { idSite: SITE, period: 'range', date: 'last7' });
  const shown = await reader.page.getAttribute('[data-testid="shared-nb_visits"]', 'data-value');
  check(Number(shown) === nb_visits, `the link shows ${shown} visits, the API ${nb_visits}`);
  problem(await audit(reader.page), 'the link');

  const address = /src="([^"]+)"/.exec(widget)[1].replaceAll('&amp;', '&');
  const frame = await embedded(reader.page, address);
  await frame.fill('[data-testid="shared-password"]', 'paper and ink');
  await frame.click('[data-testid="shared-open"]');
  await frame.waitForSelector('[data-testid="embed"] [data-testid="shared-nb_visits"]');

  await entry.getByRole('button', { name: /^Delete/ }).click();
  await page.click('[data-testid="confirm"]');
  await entry.waitFor({ state: 'detached' });
  check([...faults, ...reader.faults].length === 0, [...faults, ...reader.faults].join('\n'));
  await reader.context.close();
  await context.close();
}

/** Opens an address inside a page of another origin. */
async function embedded(page, address) {
  const html = `<!doctype html><title>A page</title><iframe src="${address}" title="Widget"></iframe>`;
  const publisher = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(html));
  await new Promise((listening) => publisher.listen(0, '127.0.0.1', listening));
  await page.goto(`http://127.0.0.1:${publisher.address().port}/publisher`);
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  publisher.close();
  return frame;
}

async function scheduling() {
  await withPage({}, async (page) => {
    await visit(page, `${AT}/scheduled`);
    await page.click('[data-testid="scheduled-new"]');
    await page.fill('[data-testid="scheduled-description"]', 'Every Monday');
    await page.check('[data-testid="choice-VisitsSummary_get"]');
    await page.fill('[data-testid="scheduled-recipients"]', 'editors@example.org');
    problem(await audit(page), 'the form of a scheduled report');
    await page.click('[data-testid="scheduled-save"]');
    const entry = page.locator('[data-testid="scheduled"]', { hasText: 'Every Monday' });
    const preview = entry.locator('[data-testid="scheduled-preview"]');
    const [download] = await Promise.all([page.waitForEvent('download'), preview.click()]);
    const content = await readFile(await download.path(), 'utf8');
    check(content.includes('Visits Summary'), 'the preview does not hold the report');
    await entry.getByRole('button', { name: /^Delete/ }).click();
    await page.click('[data-testid="confirm"]');
    await entry.waitFor({ state: 'detached' });
  });
}

async function newGoal() {
  await withPage({}, async (page) => {
    await visit(page, `${AT}/goals`);
    await page.click('[data-testid="goal-new"]');
    await page.fill('[data-testid="goal-name"]', 'Reads about trains');
    await page.fill('[data-testid="goal-pattern"]', 'night-trains');
    await page.waitForFunction(() => Number(document.querySelector('[data-testid="goal-preview"]')?.dataset.value) > 0);
    await page.click('[data-testid="goal-save"]');
    await page.getByRole('heading', { name: 'Reads about trains' }).waitFor();
  });
}

async function newSegment() {
  await withPage({}, async (page) => {
    await visit(page, `${AT}/segments?edit=new&${WEEK}`);
    if (await page.isVisible('[data-fault="unavailable"]')) return;
    await page.click('[data-testid="add-condition"]');
    await page.selectOption('[data-testid="condition-field"]', 'countryCode');
    await page.fill('[data-testid="condition-value"]', 'de');
    await page.waitForFunction(() => Number(document.querySelector('[data-testid="segment-count"]')?.dataset.value) > 0);
    await page.fill('[data-testid="segment-name"]', 'From Germany');
    await page.click('[data-testid="segment-save"]');
    await page.locator('[data-testid="segment-entry"]', { hasText: 'From Germany' }).waitFor();
  });
}


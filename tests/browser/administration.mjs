// What administrators do in the dashboard: sites, users, tokens, privacy, and who may not.
import { readFile } from 'node:fs/promises';
import { env } from 'node:process';
import {
  api, AT, audit, check, eventually, openPage, problem, rest, settled, signIn, SITE, totp, visit,
} from './dashboard.mjs';

const GRACE = { login: 'grace', password: 'six boats upon a still lake' };
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
/** A visit that may still go on is not erased. */
const OPEN_SECONDS = 3 * 3600;
const isOpen = ({ lastActionTimestamp }) => lastActionTimestamp > Date.now() / 1000 - OPEN_SECONDS;

/** From an empty form to the first visitor, to a dimension, to nothing again. */
export async function newSite({ withPage }) {
  await withPage({ width: 390 }, async (page) => {
    await visit(page, '/admin/sites');
    await page.click('[data-testid="site-new"]');
    await page.fill('[data-testid="site-name"]', 'Canal weekly');
    await page.fill('[data-testid="site-urls"]', 'https://canal.example');
    problem(await audit(page), 'the form of a site');
    await page.click('[data-testid="site-save"]');
    await page.waitForURL(/\/setup/);
    const site = /sites\/(\d+)/.exec(page.url())[1];
    await page.waitForSelector('[data-testid="data-check"][data-done="false"]');
    const code = await page.locator('[data-testid="tracking-code"]').first().textContent();
    check(code.includes(site), 'the code does not name the site');
    const hit = new URLSearchParams({ idsite: site, rec: '1', url: 'https://canal.example/', action_name: 'Locks' });
    const bot = { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' };
    for (const headers of [{ 'user-agent': AGENT }, bot]) await fetch(`${env.NAGARE_URL}/matomo.php?${hit}`, { headers });
    await page.waitForSelector('[data-testid="data-check"][data-done="true"]');
    await visit(page, `/sites/${site}/settings`);
    await page.fill('[data-testid="dimension-name"]', 'Membership');
    await page.click('[data-testid="dimension-save"]');
    await page.locator('[data-testid="dimension"]', { hasText: 'Membership' }).waitFor();
    await refused(page, site);
    problem(await audit(page), 'the settings of a site');
    await page.click('[data-testid="site-remove"]');
    await page.fill('[data-testid="removal-password"]', env.NAGARE_PASSWORD);
    await page.click('[data-testid="removal-save"]');
    await page.waitForURL(/\/admin\/sites/);
    await page.locator('[data-testid="site-entry"]', { hasText: 'Canal weekly' }).waitFor({ state: 'detached' });
  });
}

/** The robot's hit is counted by its reason, on the page as in the API. */
async function refused(page, site) {
  const bots = async () => {
    const days = Object.values(await rest(`sites/${site}/refused`));
    return days.reduce((sum, day) => sum + (day.bot ?? 0), 0);
  };
  await eventually('the robot is counted', async () => (await bots()) === 1);
  await page.reload();
  await settled(page);
  const shown = await page.getAttribute('[data-testid="refused"] [data-reason="bot"]', 'data-value');
  check(shown === '1', `${shown} robots on the page, 1 in the API`);
}

/** A user who may only view meets pages that say so. */
export async function notAllowed({ browser }) {
  const { page, context, faults } = await openPage(browser, { scheme: 'dark' });
  await signIn(page, GRACE);
  for (const path of [`${AT}/settings`, '/admin/sites', '/admin/users', '/admin/privacy', '/admin/audit', '/admin/system']) {
    await visit(page, path);
    await page.locator('.empty, [data-fault="forbidden"], [data-fault="unauthenticated"]').first().waitFor();
    problem(await audit(page), `${path} without rights`);
  }
  const others = faults.filter((text) => !/^(401|403)/.test(text));
  check(others.length === 0, others.join('\n'));
  await context.close();
}

export async function newToken({ withPage }) {
  await withPage({}, async (page) => {
    await visit(page, '/account');
    await page.fill('[data-testid="token-description"]', 'For the printers');
    await page.click('[data-testid="token-save"]');
    const token = await page.textContent('[data-testid="token"]');
    const answer = await fetch(`${env.NAGARE_URL}/api/v1/sites`, { headers: { Authorization: `Bearer ${token}` } });
    check(answer.ok, `the token is answered ${answer.status}`);
    const entry = page.locator('[data-testid="token-entry"]', { hasText: 'For the printers' });
    await entry.getByRole('button', { name: /^Delete/ }).click();
    await page.click('[data-testid="confirm"]');
    await entry.waitFor({ state: 'detached' });
  });
}

/** What is chosen is what the server keeps, and what the page shows when it comes again. */
export async function privacy({ withPage }) {
  await withPage({}, async (page) => {
    await visit(page, '/admin/privacy');
    await page.selectOption('[data-testid="privacy-mask"]', '3');
    await page.check('[data-testid="privacy-do_not_track"]');
    await page.click('[data-testid="privacy-save"]');
    await page.locator('[data-testid="privacy-form"] [role="status"]').waitFor();
    const kept = await rest('privacy');
    check(kept.mask_bytes === 3 && kept.do_not_track && !kept.cookieless, JSON.stringify(kept));
    await page.reload();
    await settled(page);
    check((await page.inputValue('[data-testid="privacy-mask"]')) === '3', 'the page shows another mask');
    await page.selectOption('[data-testid="privacy-mask"]', '2');
    await page.uncheck('[data-testid="privacy-do_not_track"]');
    await page.click('[data-testid="privacy-save"]');
    await page.locator('[data-testid="privacy-form"] [role="status"]').waitFor();
  });
}

/** Ages are kept as chosen; a removal is asked for once more before it begins. */
export async function retention({ withPage }) {
  await withPage({}, async (page) => {
    const stored = async () => {
      await page.click('[data-testid="retention-save"]');
      await page.locator('[data-testid="retention-form"] [role="status"]').waitFor();
    };
    await visit(page, '/admin/privacy');
    await page.check('[data-testid="retention-visits"]');
    await page.fill('[data-testid="retention-visit-days"]', '400');
    await stored();
    const kept = await rest('retention');
    check(kept.visit_days === 400 && kept.report_months === null, JSON.stringify(kept));
    await page.reload();
    await settled(page);
    check((await page.inputValue('[data-testid="retention-visit-days"]')) === '400', 'the page shows another age');
    await page.click('[data-testid="removals-now"]');
    await page.click('[data-testid="removal-save"]');
    await page.locator('[data-testid="removal-form"]').waitFor({ state: 'detached' });
    await page.uncheck('[data-testid="retention-visits"]');
    await stored();
  });
}

/** Whoever is new may view the site; the role is changed where all roles are. */
export async function newUser({ withPage }) {
  await withPage({}, async (page) => {
    await visit(page, '/admin/users');
    await page.click('[data-testid="user-new"]');
    await page.fill('[data-testid="user-login"]', GRACE.login);
    await page.fill('[data-testid="user-email"]', 'grace@example.org');
    for (const field of await page.locator('[data-testid="user-form"] input[type="password"]').all()) {
      await field.fill(GRACE.password);
    }
    await page.click('[data-testid="user-save"]');
    const row = page.locator('[data-testid="user-row"]', { hasText: 'grace' });
    await row.waitFor();
    await row.locator('select').selectOption('write');
    await page.waitForFunction(() => !document.querySelector('[data-testid="user-row"] [role="alert"]'));
    await page.reload();
    await settled(page);
    await page.waitForFunction(
      () => [...document.querySelectorAll('[data-testid="user-row"] select')].some(({ value }) => value === 'write'),
    );
  });
}

export async function owning({ withPage }) {
  await withPage({}, async (page) => {
    await visit(page, '/admin/system');
    await page.waitForFunction(() => {
      const owners = [...document.querySelectorAll('[data-testid="partition-owner"]')];
      return owners.length > 0 && owners.every(({ textContent }) => textContent.length > 1);
    });
  });
}

export async function auditing({ withPage }) {
  await withPage({}, async (page) => {
    await visit(page, '/admin/audit');
    const entries = page.locator('[data-testid="audit-entry"]');
    await entries.filter({ hasText: 'session.begin' }).first().waitFor();
    await page.getByRole('searchbox').fill('no such thing');
    await entries.first().waitFor({ state: 'detached' });
  });
}

export async function erasing({ withPage }) {
  await withPage({}, async (page) => {
    const visits = await api('Live.getLastVisitsDetails', { idSite: SITE, period: 'range', date: 'last20', filter_limit: '-1' });
    const open = new Set(visits.filter(isOpen).map(({ visitorId }) => visitorId));
    const { visitorId } = visits.find((one) => !open.has(one.visitorId));
    await visit(page, '/admin/privacy');
    await page.fill('[data-testid="subject-value"]', visitorId);
    await page.click('[data-testid="subject-save"]');
    const own = visits.filter((one) => one.visitorId === visitorId);
    await page.waitForSelector('[data-testid="subjects"]');
    const shown = await page.locator('[data-testid="subjects"] li').count();
    check(shown === own.length, `${shown} visits are shown, ${own.length} are in the API`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('[data-testid="subject-export"]'),
    ]);
    const content = await readFile(await download.path(), 'utf8');
    check(content.includes(visitorId), 'the export does not hold the visitor');
    await page.click('[data-testid="subject-erase"]');
    await page.click('[data-testid="erasure-save"]');
    await page.waitForSelector('[data-testid="erased"]');
    const receipt = await page.textContent('[data-testid="receipt"]');
    check(receipt.split('.').length === 3, `the receipt is ${receipt}`);
    problem(await audit(page), 'the receipt');
    const left = await api('Live.getLastVisitsDetails', {
      idSite: SITE, period: 'range', date: 'last20', segment: `visitorId==${visitorId}`,
    });
    if (left.length) throw new Error(`${left.length} visits of ${visitorId} are still there`);
  });
}

/** Comes last: afterwards the account signs in with a code. */
export async function secondFactor({ browser, missing }) {
  const { page, context, faults } = await openPage(browser);
  await signIn(page);
  await visit(page, '/account');
  await page.click('[data-testid="factor-open"]');
  await page.waitForSelector('[data-testid="factor-secret"], .sheet [data-fault="unavailable"]');
  if (await page.isVisible('.sheet [data-fault="unavailable"]')) {
    missing.add('/api/v1/account/second-factor');
    return context.close();
  }
  const secret = await page.textContent('[data-testid="factor-secret"]');
  await page.fill('[data-testid="factor-code"]', totp(secret));
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-testid="recovery-codes"]');
  await page.click('[data-testid="factor-done"]');
  await context.close();
  const again = await openPage(browser);
  // A code counts once: the next half minute has the next one.
  const next = Math.ceil(Date.now() / 30_000) * 30_000 + 500;
  await again.page.waitForFunction((at) => Date.now() >= at, next, { timeout: 40_000 });
  await signIn(again.page, { secret });
  check([...faults, ...again.faults].length === 0, [...faults, ...again.faults].join('\n'));
  await again.context.close();
}

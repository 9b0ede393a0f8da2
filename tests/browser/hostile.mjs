// Looks at the pages of a site whose name, pages, visitors and events have markup for names.
import { env } from 'node:process';
import { AT, check, enter, launch, openPage, visit } from './dashboard.mjs';

const TODAY = 'period=day&date=today';
const PAGES = [
  '/',
  `${AT}?${TODAY}`,
  `${AT}/live`,
  `${AT}/visits?${TODAY}`,
  `${AT}/visitors/00000000000000aa`,
  `${AT}/reports/Actions_getPageTitles?${TODAY}&chart=bars`,
  `${AT}/reports/Actions_getPageUrls?${TODAY}`,
  `${AT}/reports/Events_getCategory?${TODAY}`,
  `${AT}/reports/UserId_getUsers?${TODAY}`,
  `${AT}/settings`,
  '/admin/sites',
];

const browser = await launch();
try {
  const { page, faults } = await openPage(browser);
  page.on('dialog', (dialog) => faults.push(`dialog: ${dialog.message()}`));
  // The policy would stop a script that got into a page: here it must not even get there.
  await page.addInitScript(() => {
    globalThis.stopped = [];
    document.addEventListener('securitypolicyviolation', ({ blockedURI }) => globalThis.stopped.push(blockedURI));
  });
  await enter(page);
  let shown = 0;
  for (const path of PAGES) {
    await visit(page, path);
    const found = await page.evaluate((hostile) => ({
      elements: document.querySelectorAll('img[src="x"], [onerror], main script').length,
      stopped: globalThis.stopped,
      isShown: document.body.textContent.includes(hostile),
    }), env.NAGARE_HOSTILE);
    check(found.elements === 0, `${path}: a name became ${found.elements} elements`);
    check(found.stopped.length === 0, `${path}: the policy stopped ${found.stopped}`);
    shown += found.isShown ? 1 : 0;
  }
  check(shown > 3, `names are shown on ${shown} pages`);
  check(faults.length === 0, faults.join('\n'));
} finally {
  await browser.close();
}

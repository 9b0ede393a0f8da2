// Numbers on screen are those of the API for the same question, page by page and report by report.
import { api, AT, check, rest, SITE, visit, WEEK, YESTERDAY } from './dashboard.mjs';

const DAY = { idSite: SITE, period: 'day', date: 'yesterday', format_metrics: '0' };
const DAYS = { ...DAY, period: 'range', date: 'last7' };
const ROWS_A_PAGE = 50;

/** Compares what a page shows with what the API says, by name. */
function same(where, shown, told) {
  for (const [name, value] of Object.entries(told)) {
    check(shown[name] === value, `${where}: ${name} is ${shown[name]} on the page, ${value} in the API`);
  }
}

/** The values of elements by the name that an attribute has. */
const valuesOf = (page, selector, name) =>
  page.locator(`${selector} [data-value]`).evaluateAll(
    (found, attribute) =>
      Object.fromEntries(found.map((one) => [one.getAttribute(attribute), Number(one.dataset.value)])),
    name,
  );
const pick = (row, names) => Object.fromEntries(names.map((name) => [name, Number(row[name] ?? 0)]));

export async function figures({ withPage }) {
  await withPage({}, async (page) => {
    for (const compare of [overview, lists, map, live, visits, visitor, goals, shop, system]) await compare(page);
  });
}

async function overview(page) {
  const names = ['nb_visits', 'nb_uniq_visitors', 'nb_pageviews', 'bounce_rate', 'avg_time_on_site'];
  await visit(page, `${AT}?${YESTERDAY}`);
  same('overview', await valuesOf(page, '.page', 'data-metric'), pick(await api('API.get', DAY), names));
}

/** The lists of the overview, and that below the map. */
async function lists(page) {
  const rows = (testId) =>
    page.locator(`[data-testid="${testId}"] [data-value]`).evaluateAll((found) => found.map((one) => Number(one.dataset.value)));
  const told = async (method, metric) => (await api(method, DAYS)).map((row) => row[metric]).filter((value) => value > 0);
  await visit(page, `${AT}?${WEEK}`);
  const pages = await rows('list-pages');
  check(pages.length > 0, 'no page is listed');
  const countries = (await told('UserCountry.getCountry', 'nb_visits')).slice(0, 8).join();
  for (const path of [`${AT}?${WEEK}`, `${AT}/map?${WEEK}`]) {
    await visit(page, path);
    const shown = (await rows('list-countries')).join();
    check(shown === countries, `${path}: countries have ${shown} on the page, ${countries} in the API`);
  }
}

/** Each city that has a place is drawn. */
async function map(page) {
  await visit(page, `${AT}/map?${WEEK}&cities=1`);
  const shown = Number(await page.getAttribute('[data-testid="world-map"]', 'data-spots'));
  const told = (await api('UserCountry.getCity', DAYS)).filter(({ lat, nb_visits }) => lat && nb_visits > 0).length;
  check(shown > 1 && shown === told, `${shown} cities are on the map, ${told} in the API`);
}

/** Nobody comes or goes at this moment, so that two looks see the same. */
async function live(page) {
  await visit(page, `${AT}/live`);
  await page.waitForFunction(() => Number(document.querySelector('[data-testid="live-m30"]')?.textContent) > 0);
  const { visitors } = await rest(`sites/${SITE}/live?minutes=30`);
  const shown = await page.locator('[data-testid="live-m30"]').textContent();
  check(Number(shown) === visitors, `the wall shows ${shown} visitors, the API ${visitors}`);
}

async function visits(page) {
  await visit(page, `${AT}/visits?${YESTERDAY}`);
  const shown = await page.locator('[data-testid="visit"]').evaluateAll((found) => found.map(({ dataset }) => dataset.visit));
  const told = (await api('Live.getLastVisitsDetails', { ...DAY, filter_limit: '20' })).map(({ idVisit }) => String(idVisit));
  check(shown.length > 0 && shown.join() === told.slice(0, shown.length).join(), `visits ${shown} on the page, ${told} in the API`);
}

async function visitor(page) {
  await page.locator('[data-testid="visitor-link"]').first().click();
  await page.waitForSelector('[data-metric="visits"]');
  const visitorId = decodeURIComponent(/visitors\/([^?]+)/.exec(page.url())[1]);
  const profile = await api('Live.getVisitorProfile', { idSite: SITE, visitorId });
  same('profile', await valuesOf(page, '.visitor', 'data-metric'), {
    visits: profile.totalVisits,
    actions: profile.totalActions,
    pageViews: profile.totalPageViews,
    conversions: profile.totalGoalConversions ?? 0,
  });
}

async function goals(page) {
  const names = ['nb_conversions', 'nb_visits_converted', 'conversion_rate', 'revenue'];
  await visit(page, `${AT}/goals?${WEEK}`);
  same('goals', await valuesOf(page, '[data-testid="goals-all"]', 'data-metric'), pick(await api('Goals.get', DAYS), names));
}

async function shop(page) {
  await visit(page, `${AT}/ecommerce?${WEEK}`);
  for (const [testId, idGoal, names] of [
    ['shop-orders', 'ecommerceOrder', ['nb_conversions', 'revenue', 'avg_order_revenue', 'items']],
    ['shop-carts', 'ecommerceAbandonedCart', ['nb_conversions', 'revenue', 'items']],
  ]) {
    const told = pick(await api('Goals.get', { ...DAYS, idGoal }), names);
    same(testId, await valuesOf(page, `[data-testid="${testId}"]`, 'data-metric'), told);
  }
  const products = (await api('Goals.getItemsName', DAYS)).map(({ revenue }) => Number(revenue));
  const shown = await page.locator('[data-testid="products"] [data-value]').evaluateAll((found) => found.map(({ dataset }) => Number(dataset.value)));
  check(shown.length > 0 && shown.join() === products.slice(0, shown.length).join(), `products ${shown}, in the API ${products}`);
}

async function system(page) {
  await visit(page, '/admin/system');
  const rows = await page.locator('[data-testid="partition"]').evaluateAll((found) => found.map(({ dataset }) => Number(dataset.value)));
  const told = (await rest('lag')).map(({ hits }) => hits);
  check(rows.join() === told.join(), `partitions hold ${rows} on the page, ${told} in the API`);
}

/** Samples by which clients are tried: the dashboard does not show them. */
const SAMPLES = 'ExampleUI';

/** Every report of the catalogue: each cell of its first page, or each of its figures. */
export async function reports({ withPage }) {
  await withPage({}, async (page) => {
    const catalogue = await api('API.getReportMetadata', { idSite: SITE, period: 'range', date: 'last7' });
    check(catalogue.length > 60, `the catalogue has ${catalogue.length} reports`);
    for (const report of catalogue) {
      if (report.module === SAMPLES) continue;
      await visit(page, `${AT}/reports/${report.uniqueId}?${WEEK}`);
      const { module: apiModule, action: apiAction, parameters = {} } = report;
      const asked = { ...DAYS, apiModule, apiAction, ...parameters, filter_limit: String(ROWS_A_PAGE) };
      const { reportData } = await api('API.getProcessedReport', asked);
      if (Array.isArray(reportData)) await sameRows(page, report.uniqueId, reportData);
      else same(report.uniqueId, await valuesOf(page, '.page', 'data-column'), numbersOf(reportData, await columns(page)));
    }
  });
}

const columns = (page) =>
  page.locator('.page dd[data-column]').evaluateAll((found) => found.map(({ dataset }) => dataset.column));
const numbersOf = (row, names) =>
  pick(row, names.filter((name) => row[name] !== undefined && row[name] !== false));

async function sameRows(page, report, told) {
  const rows = await page.locator('[data-testid="report-row"]').evaluateAll((found) =>
    found.map((row) => [...row.querySelectorAll('td[data-value]')].map(({ dataset }) => [dataset.column, Number(dataset.value)])),
  );
  check(rows.length === told.length, `${report}: ${rows.length} rows on the page, ${told.length} in the API`);
  rows.forEach((cells, i) => same(`${report}, row ${i}`, told[i], Object.fromEntries(cells)));
}

// Content by its markup, in a page that is measured: what is in view is told once, what is used, too.
const SECTIONS = `
  <div id="shown" data-track-content data-content-name="Teaser" data-content-piece="Spring">
    <a data-content-target href="#spring">Read on</a>
  </div>
  <div id="quiet" class="matomoTrackContent" data-content-name="Quiet" data-content-ignoreinteraction>Quiet</div>
  <div style="height: 5000px"></div>
  <div id="part"><div class="piwikTrackContent" data-content-name="Part">Part</div></div>
  <div style="height: 5000px"></div>
  <div id="below" data-track-content data-content-name="Below">Below</div>`;

/** The requests in what was sent, each as its parameters. */
function requestsOf(sent) {
  const body = sent.postData() ?? '';
  const queries = body.startsWith('{') ? JSON.parse(body).requests : [new URL(sent.url()).search];
  return queries.map((query) => Object.fromEntries(new URLSearchParams(query)));
}

/** Uses a measured page as a reader does; fails when other content is told than was seen and used. */
export async function usesContent(browser, address, timeoutMs) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(timeoutMs);
  const told = [];
  page.on('request', (sent) => {
    if (!sent.url().includes('/matomo.php')) return;
    for (const { c_i: use = 'seen', c_n: name, c_t: target = '' } of requestsOf(sent)) {
      if (name) told.push(`${name} ${use} ${target.replace(/.*#/, '#')}`.trim());
    }
  });
  const isTold = async (...expected) => {
    const deadline = Date.now() + timeoutMs;
    while (told.length < expected.length && Date.now() < deadline) {
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    if (told.join() !== expected.join()) throw new Error(`told of ${told.join()} instead of ${expected.join()}`);
  };
  await page.goto(address);
  await page.waitForFunction(() => window.Matomo);
  await page.evaluate((html) => {
    document.body.innerHTML = html;
    window._paq.push(['trackContentImpressionsWithinNode', document.querySelector('#part')]);
    window._paq.push(['trackVisibleContentImpressions']);
  }, SECTIONS);
  const first = ['Part seen', 'Teaser seen #spring', 'Quiet seen'];
  await isTold(...first);
  await page.click('#quiet');
  await page.click('#shown a');
  const used = [...first, 'Teaser click #spring'];
  await isTold(...used);
  await page.locator('#below').scrollIntoViewIfNeeded();
  await isTold(...used, 'Below seen');
  await context.close();
}

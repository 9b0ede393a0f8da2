// Made-up visits over the past days, told over the tracking API in bulk: what the pages are looked at with.
const VISITS_PER_REQUEST = 40;
const DAY_S = 86_400;

const PAGES = [
  ['/', 'Home'],
  ['/news/harbour-reopens', 'The harbour reopens'],
  ['/news/river-festival', 'River festival: the programme'],
  ['/news/night-trains', 'Night trains return'],
  ['/sport/cup-final', 'Cup final: how it went'],
  ['/culture/new-museum', 'A museum of water'],
  ['/shop/', 'Shop'],
  ['/shop/map-of-rivers', 'Map of rivers'],
  ['/about/imprint', 'Imprint'],
];
const SOURCES = [
  '',
  '',
  'https://www.google.com/search?q=river+festival',
  'https://duckduckgo.com/?q=night+trains',
  'https://news.example.org/today',
  'https://www.reddit.com/r/trains',
  'https://www.facebook.com/',
  'https://blog.example.net/links/water',
];
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
];
const COUNTRIES = ['de', 'fr', 'us', 'jp', 'gb', 'it', 'br', 'de', 'us', 'at', 'nl', 'in'];
const CITIES = {
  de: { city: 'Berlin', region: 'BE', lat: 52.52, long: 13.4 },
  fr: { city: 'Paris', region: 'IDF', lat: 48.86, long: 2.35 },
  us: { city: 'Chicago', region: 'IL', lat: 41.88, long: -87.63 },
  jp: { city: 'Osaka', region: '27', lat: 34.69, long: 135.5 },
};
const LANGUAGES = ['de-DE', 'fr-FR', 'en-US', 'ja-JP', 'en-GB', 'it-IT', 'pt-BR'];
const RESOLUTIONS = ['1920x1080', '390x844', '2560x1440', '1440x900'];

/** The same numbers each time. */
function newChance(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The hits of one visit that began at `at`, seconds since 1970. */
function visitHits(site, number, at, chance) {
  const of = (list) => list[chance(list.length)];
  const visitor = Math.imul(number + 1, 2_654_435_761).toString(16).replace('-', 'c').padStart(8, '0').repeat(2).slice(0, 16);
  const country = of(COUNTRIES);
  const common = {
    idsite: site,
    rec: 1,
    _id: visitor,
    cid: visitor,
    cip: `${20 + chance(180)}.${chance(250)}.${chance(250)}.${1 + chance(250)}`,
    ua: of(AGENTS),
    lang: of(LANGUAGES),
    country,
    ...CITIES[country],
    res: of(RESOLUTIONS),
    h: chance(24),
    m: chance(60),
    s: chance(60),
  };
  const hits = [];
  const views = 1 + chance(5);
  for (let view = 0; view < views; view += 1) {
    const [path, title] = of(PAGES);
    const campaign = view === 0 && chance(6) === 0 ? '?mtm_campaign=summer&mtm_kwd=river' : '';
    hits.push({
      ...common,
      cdt: at + view * (20 + chance(90)),
      url: `https://www.example.com${path}${campaign}`,
      action_name: title,
      urlref: view === 0 ? of(SOURCES) : `https://www.example.com/`,
      pf_net: 20 + chance(80),
      pf_srv: 50 + chance(300),
      pf_tfr: 10 + chance(60),
      pf_dm1: 60 + chance(300),
      pf_dm2: 80 + chance(400),
      pf_onl: 5 + chance(30),
    });
  }
  const end = at + views * 110;
  if (chance(5) === 0) {
    hits.push({ ...common, cdt: end, url: 'https://www.example.com/', search: of(['tides', 'boats', 'tickets']), search_count: chance(9) });
  }
  if (chance(6) === 0) {
    hits.push({ ...common, cdt: end + 5, url: 'https://www.example.com/', e_c: 'Video', e_a: of(['play', 'pause']), e_n: of(['Harbour', 'Trains']), e_v: chance(60) });
  }
  if (chance(10) === 0) {
    const price = 12 + chance(40);
    const items = JSON.stringify([[`map-${chance(4)}`, `Map no. ${chance(4)}`, 'Maps', price, 1]]);
    hits.push({ ...common, cdt: end + 9, url: 'https://www.example.com/shop/', idgoal: 0, ec_id: `o${number}-${at}`, revenue: price + 4, ec_st: price, ec_tx: 2, ec_sh: 2, ec_items: items });
  }
  return hits;
}

/** Sends `perDay` visits for each of the past `days` days, and those of the last minutes. */
export async function sendTraffic({ url, token, site, days = 30, perDay = 40, now = Date.now() / 1000 }) {
  const chance = newChance(7);
  const hits = [];
  let number = 0;
  const add = (at) => hits.push(...visitHits(site, chance(3) ? (number += 1) : chance(number + 1), Math.floor(at), chance));
  for (let day = days; day >= 1; day -= 1) {
    const visits = Math.round(perDay * (0.7 + 0.5 * Math.abs(Math.sin(day / 2.3))));
    for (let visit = 0; visit < visits; visit += 1) add(now - day * DAY_S + chance(DAY_S - 3600));
  }
  for (let visit = 0; visit < 12; visit += 1) add(now - 20 - chance(1500));
  hits.sort((one, other) => one.cdt - other.cdt);
  for (let from = 0; from < hits.length; from += VISITS_PER_REQUEST) {
    const requests = hits.slice(from, from + VISITS_PER_REQUEST);
    const body = JSON.stringify({ requests: requests.map((hit) => `?${new URLSearchParams(hit)}`), token_auth: token });
    const answer = await fetch(`${url}/matomo.php`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`the hits were refused: ${answer.status} ${await answer.text()}`);
  }
  return hits.length;
}

//! Rollups and base tables answer alike, for every report of the catalogue, on random traffic.

use anyhow::{Context as _, ensure};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use libtest_mimic::Trial;
use nagare_api::compare_sources;
use nagare_schema::SiteId;
use nagare_tests::{ADMIN_TOKEN, Stack, Tracker, unix_now};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::world::{SiteUnderTest, World, shared};

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![shared(world, "consistency::rollups_and_base_tables_answer_alike", rollups_and_base_tables_answer_alike)]
}

/// Hits of the traffic, and the days over which they are spread.
const HITS: usize = 1500;
const DAYS: i64 = 4;
const DAY_S: i64 = 86_400;
/// Hits of one request.
const BATCH: usize = 250;
const VISITORS: u64 = 60;
const DIFFERENCES_SHOWN: usize = 20;

type Hit = Vec<(&'static str, String)>;

async fn rollups_and_base_tables_answer_alike(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[("ecommerce", "1")]).await?;
    let goal = [("name", "shop"), ("matchAttribute", "url"), ("pattern", "/shop"), ("patternType", "contains")];
    site.matomo().add_goal(site.id, &goal).await?;
    let seed = send_traffic(&site.tracker(), unix_now()).await?;
    site.stack.caught_up().await?;
    alike(site.stack, site.id).await.with_context(|| format!("seed {seed}"))
}

/// Every report says the same from the rollups and from the base tables.
pub(crate) async fn alike(stack: &Stack, site: u32) -> anyhow::Result<()> {
    let clickhouse = clickhouse::Client::default().with_url(stack.clickhouse()?.url()).with_database("nagare");
    let days = (day(unix_now() - (DAYS + 2) * DAY_S)?, day(unix_now())?);
    let differences = compare_sources(&clickhouse, &[SiteId(site)], days).await?;
    let shown: Vec<String> = differences.iter().take(DIFFERENCES_SHOWN).map(ToString::to_string).collect();
    ensure!(shown.is_empty(), "{} differences\n{}", differences.len(), shown.join("\n"));
    Ok(())
}

/// Sends random traffic of some days until `to`; returns its seed.
pub(crate) async fn send_traffic(tracker: &Tracker, to: i64) -> anyhow::Result<u64> {
    let seed: u64 = rand::random();
    let mut random = StdRng::seed_from_u64(seed);
    let from = to - DAYS * DAY_S;
    let mut moments: Vec<i64> = (0..HITS).map(|_| random.random_range(from..to)).collect();
    moments.sort_unstable();
    let hits: Vec<Hit> = moments.into_iter().map(|at| hit(&mut random, at)).collect();
    let tracker = tracker.clone().with_token(ADMIN_TOKEN);
    for batch in hits.chunks(BATCH) {
        tracker.bulk(batch).await?;
    }
    Ok(seed)
}

fn day(at: i64) -> anyhow::Result<Date> {
    Ok(Timestamp::from_second(at)?.to_zoned(TimeZone::UTC).date())
}

/// A hit of any kind, of one of a few visitors, devices and origins.
fn hit(random: &mut StdRng, at: i64) -> Hit {
    const REFERRERS: [&str; 5] = [
        "",
        "https://www.google.com/search?q=shoes",
        "https://www.facebook.com/groups/1",
        "https://news.example/story",
        "https://news.example/other",
    ];
    const AGENTS: [&str; 3] = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 \
         Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
    ];
    const COUNTRIES: [&str; 3] = ["fr", "de", "us"];
    let visitor = random.random_range(0..VISITORS);
    let of_visitor = |count: usize| usize::try_from(visitor).unwrap_or_default() % count;
    let page = random.random_range(0..8);
    let campaign = if random.random_ratio(1, 10) { "?mtm_campaign=spring&mtm_kwd=shoes" } else { "" };
    let url = if page == 0 {
        format!("https://x.example/shop/{page}")
    } else {
        format!("https://x.example/a/{page}{campaign}")
    };
    let mut hit: Hit = vec![
        ("_id", format!("{:016x}", visitor + 1)),
        ("cdt", at.to_string()),
        ("ua", AGENTS[of_visitor(AGENTS.len())].to_owned()),
        ("country", COUNTRIES[of_visitor(COUNTRIES.len())].to_owned()),
        ("res", format!("{}x800", 1000 + of_visitor(4))),
        ("urlref", REFERRERS[random.random_range(0..REFERRERS.len())].to_owned()),
        ("url", url),
    ];
    if visitor % 3 == 0 {
        hit.push(("uid", format!("user-{}", visitor % 9)));
    }
    if visitor % 4 == 0 {
        hit.push(("_cvar", format!("{{\"1\":[\"plan\",\"{}\"]}}", visitor % 2)));
    }
    match random.random_range(0..10) {
        0 => hit.push(("download", format!("https://x.example/{page}.zip"))),
        1 => hit.push(("link", format!("https://out.example/{page}"))),
        2 => hit.extend([
            ("e_c", "video".to_owned()),
            ("e_a", "play".to_owned()),
            ("e_v", page.to_string()),
            // Of a page seen before, if there was one in the visit.
            ("pv_id", format!("page-{page}")),
            ("pf_onl", (page * 7).to_string()),
        ]),
        3 => hit.extend([("search", format!("word {page}")), ("search_count", page.to_string())]),
        4 => hit.extend([
            ("idgoal", "0".to_owned()),
            ("ec_id", format!("{at}-{visitor}-{page}")),
            ("revenue", format!("{page}.5")),
            ("ec_items", format!("[[\"sku{page}\",\"Thing {page}\",\"shoes\",{page}.5,1]]")),
        ]),
        5 => hit.extend([("c_n", format!("ad {page}")), ("c_p", "banner".to_owned())]),
        _ => hit.extend([
            ("action_name", format!("Page {page}")),
            ("pv_id", format!("page-{page}")),
            ("pf_srv", (page * 10).to_string()),
        ]),
    }
    hit
}

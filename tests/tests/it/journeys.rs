//! Hits in, reports out.

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Tracker, VisitRow, unix_now};
use serde_json::{Value, json};

use crate::world::{SiteUnderTest, World, shared};

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![
        shared(world, "journeys::a_page_view_is_in_the_reports", a_page_view_is_in_the_reports),
        shared(world, "journeys::a_bulk_request_is_counted_hit_by_hit", a_bulk_request_is_counted_hit_by_hit),
        shared(world, "journeys::every_kind_of_action_is_stored", every_kind_of_action_is_stored),
        shared(world, "journeys::half_an_hour_splits_a_visit", half_an_hour_splits_a_visit),
        shared(world, "journeys::a_ping_does_not_prolong_a_visit", a_ping_does_not_prolong_a_visit),
        shared(world, "journeys::a_campaign_splits_a_visit_unless_direct", a_campaign_splits_a_visit_unless_direct),
        shared(world, "journeys::local_midnight_splits_a_visit", local_midnight_splits_a_visit),
        shared(world, "journeys::a_url_goal_converts_once_per_visit", a_url_goal_converts_once_per_visit),
        shared(world, "journeys::time_spent_is_credited_to_the_page_before", time_spent_is_credited_to_the_page_before),
        shared(world, "journeys::a_late_hit_joins_its_visit", a_late_hit_joins_its_visit),
        shared(world, "journeys::late_timings_are_those_of_the_page", late_timings_are_those_of_the_page),
        shared(world, "journeys::a_new_cookie_on_the_same_device_joins_the_visit", a_new_cookie_joins_the_visit),
    ]
}

const VISITOR: &str = "00c0ffee00c0ffee";
const PAGE: &str = "https://site.example/a";

/// A hit at a time of its own: offset from the base, then the other parameters.
type Timed<'a> = (i64, &'a [(&'a str, &'a str)]);

/// Two hours ago; or, when that is so near to midnight (UTC) that a journey of an hour would cross
/// it, further back.
fn base() -> i64 {
    let base = unix_now() - 7200;
    let into_day = base.rem_euclid(86_400);
    if into_day > 86_400 - 3900 { base - 3900 } else { base }
}

async fn send_timed(tracker: Tracker, base: i64, hits: &[Timed<'_>]) -> anyhow::Result<()> {
    let tracker = tracker.with_token(ADMIN_TOKEN);
    for (offset, parameters) in hits {
        let at = (base + offset).to_string();
        let mut all = vec![("_id", VISITOR), ("url", PAGE), ("cdt", at.as_str())];
        for (name, value) in *parameters {
            all.retain(|(known, _)| known != name);
            all.push((name, value));
        }
        tracker.hit(&all).await?;
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "so that an expected value is written as it is")]
fn expect<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> anyhow::Result<()> {
    ensure!(found == expected, "{what}: expected {expected:?}, found {found:?}");
    Ok(())
}

async fn a_page_view_is_in_the_reports(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let referrer = "https://blog.example.net/post";
    site.tracker().hit(&[("_id", VISITOR), ("url", PAGE), ("action_name", "Page A"), ("urlref", referrer)]).await?;
    site.stack.caught_up().await?;
    let (matomo, id) = (site.matomo(), site.id.to_string());
    let summary = matomo.today("VisitsSummary.get", site.id).await?;
    expect("visits", &summary["nb_visits"], &json!(1))?;
    expect("actions", &summary["nb_actions"], &json!(1))?;
    let pages = matomo
        .call("Actions.getPageUrls", &[("idSite", &id), ("period", "day"), ("date", "today"), ("flat", "1")])
        .await?;
    expect("page", &pages[0]["label"], &json!("/a"))?;
    expect("page hits", &pages[0]["nb_hits"], &json!(1))?;
    let referrers = matomo.today("Referrers.getReferrerType", site.id).await?;
    expect("referrer type", &referrers[0]["label"], &json!("Websites"))?;
    let counters = matomo.call("Live.getCounters", &[("idSite", &id), ("lastMinutes", "30")]).await?;
    expect("live visits", number(&counters[0]["visits"]), Some(1))?;
    let visits = matomo.today("Live.getLastVisitsDetails", site.id).await?;
    expect("visitor", &visits[0]["visitorId"], &json!(VISITOR))?;
    expect("title", &visits[0]["actionDetails"][0]["pageTitle"], &json!("Page A"))?;
    for period in ["week", "month"] {
        let parameters = [("idSite", id.as_str()), ("period", period), ("date", "today")];
        let summary = matomo.call("VisitsSummary.get", &parameters).await?;
        expect(period, number(&summary["nb_visits"]), Some(1))?;
    }
    let parameters = [("idSite", id.as_str()), ("period", "range"), ("date", "last3")];
    let summary = matomo.call("VisitsSummary.get", &parameters).await?;
    expect("range", number(&summary["nb_visits"]), Some(1))
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

async fn a_bulk_request_is_counted_hit_by_hit(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let hit = |visitor: u64, page: &str| {
        vec![
            ("_id", format!("{visitor:016x}")),
            ("url", format!("https://site.example/{page}")),
            ("lang", lang(visitor)),
        ]
    };
    site.tracker().bulk(&[hit(1, "x"), hit(2, "x"), hit(1, "y")]).await?;
    let visits = site.visits().await?;
    let mut actions: Vec<_> = visits.iter().map(|visit| (visit.visitor_id, visit.actions)).collect();
    actions.sort_unstable();
    expect("visits", actions, vec![(1, 2), (2, 1)])
}

/// A language of the visitor's own, or their fingerprints would be the same.
fn lang(visitor: u64) -> String {
    ["de-de", "fr-fr", "it-it", "es-es"][visitor as usize % 4].to_owned()
}

async fn every_kind_of_action_is_stored(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let goal = [("name", "Manual"), ("matchAttribute", "manually"), ("pattern", ""), ("patternType", "")];
    let goal = site.matomo().add_goal(site.id, &goal).await?.to_string();
    let hits: [Timed<'_>; 8] = [
        (0, &[("action_name", "A")]),
        (10, &[("search", "boots"), ("search_cat", "shoes"), ("search_count", "7")]),
        (20, &[("e_c", "video"), ("e_a", "play"), ("e_n", "intro"), ("e_v", "2.5")]),
        (30, &[("link", "https://elsewhere.example/")]),
        (40, &[("download", "https://site.example/a.pdf")]),
        (50, &[("c_n", "banner"), ("c_p", "image.png"), ("c_t", "https://shop.example/")]),
        (60, &[("idgoal", &goal), ("revenue", "5")]),
        (70, &[("ping", "1")]),
    ];
    send_timed(site.tracker(), base(), &hits).await?;
    let kinds: Vec<u8> = site.actions().await?.iter().map(|action| action.kind).collect();
    expect("kinds", kinds, vec![1, 8, 10, 2, 3, 13])?;
    let visits = site.visits().await?;
    ensure!(visits.len() == 1, "{visits:?}");
    let VisitRow { actions, interactions, searches, events, converted, total_time, .. } = visits[0];
    expect("counters", (actions, interactions, searches, events, converted), (5, 2, 1, 1, 1))?;
    expect("total time", total_time, 71)?;
    let hits = site.clickhouse()?.number(&format!("SELECT count() FROM hits WHERE site_id = {}", site.id)).await?;
    expect("hits", hits, 8)
}

async fn half_an_hour_splits_a_visit(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    send_timed(site.tracker(), base(), &[(0, &[]), (1799, &[]), (3599, &[])]).await?;
    let visits = site.visits().await?;
    let found: Vec<_> = visits.iter().map(|visit| (visit.actions, visit.total_time, visit.visit_count)).collect();
    expect("visits", found, vec![(2, 1800, 1), (1, 0, 2)])?;
    expect("returning", visits[1].returning, 1)
}

async fn a_ping_does_not_prolong_a_visit(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let ping: &[(&str, &str)] = &[("ping", "1")];
    send_timed(site.tracker(), base(), &[(0, &[]), (1200, ping), (1801, &[])]).await?;
    let visits = site.visits().await?;
    let found: Vec<_> = visits.iter().map(|visit| (visit.actions, visit.total_time)).collect();
    expect("visits", found, vec![(1, 1201), (1, 0)])
}

async fn a_campaign_splits_a_visit_unless_direct(world: World) -> anyhow::Result<()> {
    let campaign: &[(&str, &str)] = &[("url", "https://site.example/a?mtm_campaign=X")];
    let direct = SiteUnderTest::new(&world, &[]).await?;
    send_timed(direct.tracker(), base(), &[(0, &[]), (10, campaign)]).await?;
    let visits = direct.visits().await?;
    let found: Vec<_> = visits.iter().map(|visit| (visit.referrer_type, visit.referrer_name.to_lowercase())).collect();
    expect("a direct visit takes the campaign", found, vec![(6, "x".to_owned())])?;
    let referred = SiteUnderTest::new(&world, &[]).await?;
    let website: &[(&str, &str)] = &[("urlref", "https://blog.example.net/")];
    send_timed(referred.tracker(), base(), &[(0, website), (10, campaign)]).await?;
    let types: Vec<_> = referred.visits().await?.iter().map(|visit| visit.referrer_type).collect();
    expect("a referred visit is split", types, vec![3, 6])
}

async fn local_midnight_splits_a_visit(world: World) -> anyhow::Result<()> {
    // The zone where it was midnight between one and two hours ago.
    let now = unix_now();
    let hour = (now - 3600).rem_euclid(86_400) / 3600;
    let offset = if hour <= 12 { -hour } else { 24 - hour };
    let zone = if offset < 0 { format!("UTC{offset}") } else { format!("UTC+{offset}") };
    let midnight = (now - 3600).div_euclid(3600) * 3600;
    let site = SiteUnderTest::new(&world, &[("timezone", &zone)]).await?;
    send_timed(site.tracker(), midnight, &[(-10, &[]), (5, &[])]).await?;
    let visits = site.visits().await?;
    let found: Vec<_> = visits.iter().map(|visit| (visit.actions, visit.visit_count, visit.returning)).collect();
    expect(&format!("visits in {zone}"), found, vec![(1, 1, 0), (1, 2, 1)])?;
    ensure!(visits[0].day < visits[1].day, "{visits:?}");
    Ok(())
}

async fn a_url_goal_converts_once_per_visit(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let goal = [("matchAttribute", "url"), ("pattern", "/a"), ("patternType", "contains")];
    let once: Vec<_> = [("name", "Once")].into_iter().chain(goal).collect();
    let often: Vec<_> =
        [("name", "Often"), ("allowMultipleConversionsPerVisit", "1")].into_iter().chain(goal).collect();
    let once = site.matomo().add_goal(site.id, &once).await?;
    let often = site.matomo().add_goal(site.id, &often).await?;
    let other: &[(&str, &str)] = &[("url", "https://site.example/b")];
    send_timed(site.tracker(), base(), &[(0, &[]), (10, &[]), (20, other)]).await?;
    let visits = site.visits().await?;
    expect("converted", visits.iter().map(|visit| visit.converted).collect::<Vec<_>>(), vec![1])?;
    for (goal, count) in [(once, 1), (often, 2)] {
        let sql = format!("SELECT sum(sign) FROM conversions WHERE site_id = {} AND goal = {goal}", site.id);
        expect("conversions", site.clickhouse()?.number(&sql).await?, count)?;
    }
    Ok(())
}

async fn time_spent_is_credited_to_the_page_before(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let event: &[(&str, &str)] = &[("e_c", "video"), ("e_a", "play")];
    let page_b: &[(&str, &str)] = &[("url", "https://site.example/b")];
    send_timed(site.tracker(), base(), &[(0, &[]), (60, event), (100, page_b)]).await?;
    let actions = site.actions().await?;
    let found: Vec<_> = actions.iter().map(|a| (a.time_spent_before, a.previous_url.as_deref(), a.position)).collect();
    let page_a = Some("site.example/a");
    expect("actions", found, vec![(0, None, Some(1)), (60, page_a, Some(1)), (40, page_a, Some(2))])?;
    let visits = site.visits().await?;
    expect("entry", visits[0].entry_url.as_deref(), page_a)?;
    expect("exit", visits[0].exit_url.as_deref(), Some("site.example/b"))?;
    expect("total time", visits[0].total_time, 101)
}

async fn a_late_hit_joins_its_visit(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let base = base();
    send_timed(site.tracker(), base, &[(600, &[]), (0, &[])]).await?;
    let visits = site.visits().await?;
    ensure!(visits.len() == 1, "{visits:?}");
    expect("actions and last action", (visits[0].actions, visits[0].last - base), (2, 600))
}

async fn a_new_cookie_joins_the_visit(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let other: &[(&str, &str)] = &[("_id", "bbbbbbbbbbbbbbbb")];
    send_timed(site.tracker(), base(), &[(0, &[]), (60, other)]).await?;
    let visits = site.visits().await?;
    ensure!(visits.len() == 1, "{visits:?}");
    expect("visitor and actions", (visits[0].visitor_id, visits[0].actions), (0xbbbb_bbbb_bbbb_bbbb, 2))
}

/// `tracking.md` §5.7, C24.
async fn late_timings_are_those_of_the_page(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let page = [("_id", VISITOR), ("url", PAGE), ("pv_id", "abcdef")];
    let later =
        |told: &[(&'static str, &'static str)]| [&page[..], &[("e_c", "video"), ("e_a", "play")], told].concat();
    let tracker = site.tracker();
    let told = [("pf_net", "10"), ("pf_srv", "200"), ("pf_tfr", "20"), ("pf_dm1", "30"), ("pf_dm2", "40")];
    tracker.hit(&[&page[..], &told].concat()).await?;
    tracker.hit(&later(&[("pf_onl", "30"), ("pf_srv", "400")])).await?;
    site.stack.caught_up().await?;
    // A timing that is told again replaces the one before, in whatever table it is by then.
    tracker.hit(&later(&[("pf_onl", "50")])).await?;
    site.stack.caught_up().await?;
    let matomo = site.matomo();
    let id = site.id.to_string();
    for segment in ["", "actions>0"] {
        let day = [("idSite", id.as_str()), ("period", "day"), ("date", "today"), ("segment", segment)];
        let performance = matomo.call("PagePerformance.get", &day).await?;
        expect("on load", performance["avg_time_on_load"].as_f64(), Some(0.05))?;
        expect("server", performance["avg_time_server"].as_f64(), Some(0.4))?;
        let pages = matomo.call("Actions.getPageUrls", &[&day[..], &[("flat", "1")]].concat()).await?;
        expect("hits of the page", &pages[0]["nb_hits"], &json!(1))?;
        expect("on load of the page", pages[0]["avg_time_on_load"].as_f64(), Some(0.05))?;
    }
    let visits = matomo.today("Live.getLastVisitsDetails", site.id).await?;
    expect("load time", &visits[0]["actionDetails"][0]["pageLoadTimeMilliseconds"], &json!(550))
}

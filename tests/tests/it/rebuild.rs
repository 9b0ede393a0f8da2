//! `nagare rebuild --from-hits`: the same hits, decided anew.

use std::collections::BTreeMap;

use anyhow::{bail, ensure};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Matomo, Rest, Stack, Tracker, unix_now, visits_of};
use serde_json::Value;

use crate::{consistency, world::alone};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("rebuild::reports_after_are_those_before", reports_after_are_those_before),
        alone("rebuild::robots_are_kept_apart_and_restored", robots_are_kept_apart_and_restored),
        alone("rebuild::a_goal_reaches_back_and_hits_keep_coming", a_goal_reaches_back_and_hits_keep_coming),
    ]
}

const VISITOR: &str = "00c0ffee00c0ffee";
const VISITOR_ID: u64 = 0x00c0_ffee_00c0_ffee;

/// Reports of every table and rollup.
const REPORTS: [&str; 16] = [
    "API.get",
    "VisitsSummary.get",
    "VisitFrequency.get",
    "Actions.get",
    "Actions.getPageUrls",
    "Actions.getPageTitles",
    "Actions.getSiteSearchKeywords",
    "PagePerformance.get",
    "Events.getCategory",
    "Contents.getContentNames",
    "Referrers.getAll",
    "UserCountry.getCountry",
    "UserId.getUsers",
    "Goals.get",
    "Goals.getItemsSku",
    "Live.getLastVisitsDetails",
];

async fn reports(matomo: &Matomo, site: u32) -> anyhow::Result<Vec<(&'static str, Value)>> {
    let site = site.to_string();
    let mut answers = Vec::new();
    for method in REPORTS {
        let of = [("idSite", site.as_str()), ("period", "range"), ("date", "last6"), ("filter_limit", "-1")];
        answers.push((method, matomo.call(method, &of).await?));
    }
    Ok(answers)
}

/// A site with the random traffic of some days, and a visit that goes on.
async fn site_with_traffic(stack: &Stack) -> anyhow::Result<u32> {
    let matomo = stack.matomo();
    let site = matomo.add_site("Rebuilt", &[("ecommerce", "1")]).await?;
    let goal = [("name", "shop"), ("matchAttribute", "url"), ("pattern", "/shop"), ("patternType", "contains")];
    matomo.add_goal(site, &goal).await?;
    consistency::send_traffic(&stack.tracker(site), unix_now()).await?;
    view(&stack.tracker(site), "first").await?;
    stack.caught_up().await?;
    Ok(site)
}

async fn view(tracker: &Tracker, page: &str) -> anyhow::Result<()> {
    let url = format!("https://site.example/{page}");
    tracker.hit(&[("_id", VISITOR), ("url", url.as_str())]).await
}

async fn reports_after_are_those_before() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let site = site_with_traffic(&stack).await?;
    let before = reports(&stack.matomo(), site).await?;
    stack.command(&["rebuild", "--from-hits"]).await?;
    let after = reports(&stack.matomo(), site).await?;
    for ((method, before), (_, after)) in before.iter().zip(&after) {
        ensure!(before == after, "{method} differs:\n{before}\n{after}");
    }
    // A visit of before goes on, and its row is changed, not doubled.
    view(&stack.tracker(site), "second").await?;
    stack.caught_up().await?;
    let visits = visits_of(&stack.clickhouse()?, site).await?;
    let found: Vec<u32> = visits.iter().filter(|v| v.visitor_id == VISITOR_ID).map(|visit| visit.actions).collect();
    ensure!(found == [2], "the visit that goes on: {found:?}");
    stack.finish().await
}

async fn a_goal_reaches_back_and_hits_keep_coming() -> anyhow::Result<()> {
    const LATER: usize = 40;
    let stack = Stack::up().await?;
    let site = site_with_traffic(&stack).await?;
    let goal = [("name", "late"), ("matchAttribute", "url"), ("pattern", "first"), ("patternType", "contains")];
    let goal = stack.matomo().add_goal(site, &goal).await?.to_string();
    let tracker = stack.tracker(site).with_token(ADMIN_TOKEN);
    let later = async {
        for number in 0..LATER {
            view(&tracker, &format!("later-{number}")).await?;
        }
        anyhow::Ok(())
    };
    let (rebuilt, sent) = tokio::join!(stack.command(&["rebuild", "--from-hits"]), later);
    rebuilt?;
    sent?;
    stack.caught_up().await?;
    let id = site.to_string();
    let of = [("idSite", id.as_str()), ("period", "range"), ("date", "last2"), ("idGoal", goal.as_str())];
    let conversions = &stack.matomo().call("Goals.get", &of).await?["nb_conversions"];
    ensure!(*conversions == 1, "the goal that came later was met {conversions} times");
    let visits = visits_of(&stack.clickhouse()?, site).await?;
    let actions: u32 = visits.iter().filter(|v| v.visitor_id == VISITOR_ID).map(|visit| visit.actions).sum();
    ensure!(actions as usize == 1 + LATER, "{actions} actions of the visitor");
    stack.finish().await
}

/// Hits that are judged to be robots' are in no report, told by rule and version, and people's again when a rebuild
/// takes the verdict back (`tracking.md` §4.1).
async fn robots_are_kept_apart_and_restored() -> anyhow::Result<()> {
    const ROBOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    const GOOGLE: &str = "66.249.81.1";
    let stack = Stack::up().await?;
    let site = stack.matomo().add_site("Crawled", &[]).await?;
    let (tracker, url) = (stack.tracker(site).with_token(ADMIN_TOKEN), ("url", "https://site.example/"));
    for seconds in ["50", "60"] {
        let cdt = (unix_now() - seconds.parse::<i64>()?).to_string();
        tracker.hit(&[url, ("_id", VISITOR), ("ua", ROBOT), ("cdt", &cdt)]).await?;
    }
    tracker.hit(&[url, ("_id", "00c0ffee00c0ffef"), ("cip", GOOGLE)]).await?;
    stack.caught_up().await?;
    ensure!(visits_of(&stack.clickhouse()?, site).await?.is_empty(), "robots make visits");
    let told = robots(&stack, site).await?;
    let [agents, network] = told.as_slice() else { bail!("{told:?}") };
    ensure!(network.0.starts_with("network@") && (agents.1, network.1) == (2, 1), "{told:?}");

    stack.command(&["rebuild", "--from-hits", "--restore-bots", "network@1"]).await?;
    ensure!(robots(&stack, site).await? == told, "another version of the rule is restored");
    stack.command(&["rebuild", "--from-hits", "--restore-bots", &agents.0]).await?;
    let visits = visits_of(&stack.clickhouse()?, site).await?;
    let [visit] = visits.as_slice() else { bail!("{} visits", visits.len()) };
    ensure!((visit.visitor_id, visit.actions) == (VISITOR_ID, 2), "{visit:?}");
    ensure!(robots(&stack, site).await? == [network.clone()], "what was restored is still a robot's");
    stack.finish().await
}

/// Verdicts on a site's hits with how many there are.
async fn robots(stack: &Stack, site: u32) -> anyhow::Result<Vec<(String, u64)>> {
    let path = format!("/api/v1/sites/{site}/bots");
    let answer = Rest::new(stack.url()).send("GET", &path, ADMIN_TOKEN, &Value::Null).await?;
    ensure!(answer.status == 200, "{answer:?}");
    let text = |hits: &Value, name: &str| hits[name].as_str().unwrap_or_default().to_owned();
    let days = answer.body.as_array().cloned().unwrap_or_default();
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for hits in &days {
        let verdict = format!("{}@{}", text(hits, "rule"), text(hits, "version"));
        *told.entry(verdict).or_default() += hits["hits"].as_u64().unwrap_or(0);
    }
    // By name: of the agent first, `name` where no patterns are installed.
    let (network, agents): (Vec<_>, Vec<_>) = told.into_iter().partition(|(verdict, _)| verdict.starts_with("network"));
    Ok([agents, network].concat())
}

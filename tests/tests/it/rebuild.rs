//! `nagare rebuild --from-hits`: the same hits, decided anew.

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Matomo, Stack, Tracker, unix_now, visits_of};
use serde_json::Value;

use crate::{consistency, world::alone};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("rebuild::reports_after_are_those_before", reports_after_are_those_before),
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

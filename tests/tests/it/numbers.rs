//! The numbers by which clients of Matomo know visits, pages and texts (tracking.md §0.2).

use anyhow::ensure;
use futures_util::future::try_join_all;
use libtest_mimic::Trial;
use nagare_tests::Stack;
use rustix::process::Signal;
use serde_json::Value;

use crate::world::alone;

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("numbers::they_follow_the_order_of_arrival_and_are_given_once", numbers)]
}

/// Clients that ask at the same time for visits without a number.
const CLIENTS: usize = 8;
const PAGES: [&str; 2] = ["http://x.org/a", "http://x.org/b"];

async fn numbers() -> anyhow::Result<()> {
    let mut stack = Stack::up().await?;
    let site = stack.matomo().add_site("Numbered", &[]).await?;
    for visitor in 1..=3 {
        visit(&stack, site, visitor).await?;
    }
    stack.caught_up().await?;
    let answers = try_join_all((0..CLIENTS).map(|_| log(&stack, site, ""))).await?;
    ensure!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    ensure!(column(&answers[0], "idVisit") == [3, 2, 1], "{}", answers[0]);
    // Title and address of the first page come first, then those of the second.
    for (visit, first) in answers[0].as_array().into_iter().flatten().zip([5, 3, 1]) {
        ensure!(column(&visit["actionDetails"], "pageId") == [first, first + 1], "{visit}");
        ensure!(column(&visit["actionDetails"], "pageIdAction") == [2, 4], "{visit}");
    }

    stack.restart(Signal::KILL).await?;
    visit(&stack, site, 4).await?;
    stack.caught_up().await?;
    ensure!(column(&log(&stack, site, "").await?, "idVisit") == [4, 3, 2, 1], "after a restart");
    ensure!(column(&log(&stack, site, "visitId==2").await?, "idVisit") == [2], "a visit is found by its number");
    let twice = "SELECT toInt64(count() - uniqExact(kind, number)) + toInt64(count() - uniqExact(kind, key)) FROM nagare.numbers";
    ensure!(stack.clickhouse()?.number(twice).await? == 0, "something was numbered twice");
    stack.finish().await
}

async fn visit(stack: &Stack, site: u32, visitor: u64) -> anyhow::Result<()> {
    let (tracker, id) = (stack.tracker(site), format!("{visitor:016x}"));
    for (page, begins) in PAGES.into_iter().zip(["1", "0"]) {
        tracker.hit(&[("url", page), ("action_name", page), ("_id", &id), ("new_visit", begins)]).await?;
    }
    Ok(())
}

/// The visits of today, the newest first.
async fn log(stack: &Stack, site: u32, segment: &str) -> anyhow::Result<Value> {
    let site = site.to_string();
    let asked = [("idSite", site.as_str()), ("period", "range"), ("date", "last2"), ("segment", segment)];
    stack.matomo().call("Live.getLastVisitsDetails", &asked).await
}

fn column(rows: &Value, name: &str) -> Vec<i64> {
    rows.as_array().into_iter().flatten().filter_map(|row| row[name].as_i64()).collect()
}

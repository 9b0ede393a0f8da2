//! Starting, stopping, and being killed as one process.

use std::time::Duration;

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, LoadPlan, Stack, unix_now, visits_of};
use rustix::process::Signal;

use crate::world::alone;

const GONE_WITHIN: Duration = Duration::from_secs(15);

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("lifecycle::a_restart_continues_with_the_data", a_restart_continues_with_the_data),
        alone("lifecycle::an_interrupt_drains_what_was_accepted", an_interrupt_drains),
        alone("lifecycle::children_never_outlive_a_killed_parent", children_never_outlive_a_killed_parent),
    ]
}

/// A visitor who returns after the restart is known: first from the log, and after a second restart
/// and half an hour's silence from the tables.
async fn a_restart_continues_with_the_data() -> anyhow::Result<()> {
    let mut stack = Stack::up().await?;
    let site = stack.matomo().add_site("Restart", &[]).await?;
    let visit = async |stack: &Stack, ago: i64| {
        let at = (unix_now() - ago).to_string();
        let hit = [("_id", "00c0ffee00c0ffee"), ("url", "https://site.example/a"), ("cdt", at.as_str())];
        stack.tracker(site).with_token(ADMIN_TOKEN).hit(&hit).await
    };
    visit(&stack, 3 * 86_400).await?;
    visit(&stack, 600).await?;
    stack.restart(Signal::TERM).await?;
    visit(&stack, 300).await?;
    stack.restart(Signal::KILL).await?;
    visit(&stack, 0).await?;
    stack.caught_up().await?;
    let visits = visits_of(&stack.clickhouse()?, site).await?;
    let found: Vec<_> = visits.iter().map(|visit| (visit.actions, visit.visit_count, visit.returning)).collect();
    // Near midnight (UTC) the last ten minutes lie on two days, and so in two visits.
    let one_day = unix_now().rem_euclid(86_400) > 900;
    ensure!(!one_day || found == [(1, 1, 0), (3, 2, 1)], "{found:?}");
    stack.finish().await
}

async fn an_interrupt_drains() -> anyhow::Result<()> {
    let mut stack = Stack::up().await?;
    let site = stack.matomo().add_site("Drain", &[]).await?;
    let load = LoadPlan { rate: 500.0, ..LoadPlan::thousand(stack.url(), &[site], 60.0) }.start()?;
    let sql = format!("SELECT count() FROM hits WHERE site_id = {site}");
    let clickhouse = stack.clickhouse()?;
    nagare_tests::until("hits to flow", GONE_WITHIN, || async {
        Ok((clickhouse.number(&sql).await? > 500).then_some(()))
    })
    .await?;
    stack.restart(Signal::INT).await?;
    let report = load.stop().await?;
    ensure!(report.expectation.certain() > 50, "{:?}", report.summary);
    stack.caught_up().await?;
    report.expectation.check(&stack.clickhouse()?).await?;
    stack.finish().await
}

async fn children_never_outlive_a_killed_parent() -> anyhow::Result<()> {
    let mut stack = Stack::up().await?;
    let children = stack.children();
    ensure!(children.len() == 2, "{children:?}");
    stack.process().kill()?;
    Stack::gone(&children, GONE_WITHIN).await
}

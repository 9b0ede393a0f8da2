//! The faults of the design's table, each against real processes under load: afterwards every hit that
//! was answered with 2xx is counted once, and visits are what the generator's own model says.

mod broker;
mod killed;
mod log;
mod owner;

use std::time::Duration;

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{Cluster, LoadReport, until};

use crate::world::alone;

/// Time within which a fault must be overcome.
pub(crate) const SOON: Duration = Duration::from_secs(30);
/// Sites, so that several partitions have traffic.
pub(crate) const SITES: usize = 8;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("faults::every_process_is_killed_under_load", killed::every_process_is_killed_under_load),
        alone("faults::a_projector_is_killed_again_and_again", killed::a_projector_is_killed_again_and_again),
        alone("faults::paused_owners_return_and_do_no_harm", owner::paused_owners_return_and_do_no_harm),
        alone("faults::an_append_whose_answer_is_lost_counts_once", log::an_append_whose_answer_is_lost_counts_once),
        alone("faults::a_full_log_is_spooled_then_refused_then_drained", log::a_full_log_is_spooled_then_refused),
        alone("faults::a_message_nobody_can_read_is_set_aside", log::a_message_nobody_can_read_is_set_aside),
        alone("faults::hits_wait_while_clickhouse_is_away", broker::hits_wait_while_clickhouse_is_away),
        alone("faults::hits_are_spooled_while_nats_is_away", broker::hits_are_spooled_while_nats_is_away),
    ]
}

/// Waits until ingest has accepted this many more hits.
pub(crate) async fn until_accepted(cluster: &Cluster, more: f64) -> anyhow::Result<()> {
    let accepted = async || {
        let metrics = cluster.metrics("ingest").await?;
        anyhow::Ok(metrics.sum("nagare_ingest_hits_accepted_total", ""))
    };
    let before = accepted().await?;
    until("hits to be accepted", SOON, || async { Ok((accepted().await? >= before + more).then_some(())) }).await
}

/// Waits until the tables have caught up with what is acknowledged now: the flow works again.
pub(crate) async fn until_flowing(cluster: &Cluster) -> anyhow::Result<()> {
    let matomo = cluster.matomo()?;
    until("hits to reach the tables again", SOON, || async { matomo.caught_up(SOON / 3).await.map(Some) }).await
}

/// The end of every fault test.
pub(crate) async fn settle(cluster: Cluster, report: LoadReport, dead_letters: u64) -> anyhow::Result<()> {
    ensure!(report.summary.accepted > 0 && report.expectation.certain() > 0, "{:?}", report.summary);
    cluster.caught_up().await?;
    report.expectation.check(&cluster.clickhouse()).await?;
    cluster.finish(dead_letters).await
}

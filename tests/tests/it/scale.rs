//! More processes of a role, and fewer again, under load.

use std::time::Duration;

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{Cluster, Layout, LoadPlan, RoleKind, until};

use crate::world::alone;

const SOON: Duration = Duration::from_secs(30);
/// Enough that both members own some that have traffic.
const SITES: usize = 12;

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("scale::a_second_processor_takes_its_share_and_gives_it_back", a_second_processor_takes_its_share)]
}

async fn a_second_processor_takes_its_share() -> anyhow::Result<()> {
    let mut cluster = Cluster::up(Layout::default()).await?;
    let sites = cluster.add_sites(SITES).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 60.0).start()?;
    until_works(&cluster, "processor").await?;
    cluster.add_role("second", RoleKind::Processor, &[])?;
    cluster.ready("second").await?;
    until_works(&cluster, "second").await?;
    until_works(&cluster, "processor").await?;
    cluster.stop("second").await?;
    let alone = decided(&cluster, "processor").await?;
    until("the first processor to go on", SOON, || async {
        Ok((decided(&cluster, "processor").await? > alone + 1000.0).then_some(()))
    })
    .await?;
    let report = load.stop().await?;
    ensure!(report.summary.unknown == 0, "{:?}", report.summary);
    cluster.caught_up().await?;
    report.expectation.check(&cluster.clickhouse()).await?;
    cluster.start("second", &[])?;
    cluster.ready("second").await?;
    cluster.finish(0).await
}

/// Hits that a processor has decided.
async fn decided(cluster: &Cluster, name: &str) -> anyhow::Result<f64> {
    Ok(cluster.metrics(name).await?.sum("nagare_processor_hits_decided_total", ""))
}

async fn until_works(cluster: &Cluster, name: &str) -> anyhow::Result<()> {
    let before = decided(cluster, name).await.unwrap_or_default();
    until(&format!("{name} to decide hits"), SOON, || async {
        Ok((decided(cluster, name).await? > before + 200.0).then_some(()))
    })
    .await
}

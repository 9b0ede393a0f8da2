use std::time::{Duration, Instant};

use anyhow::ensure;
use nagare_tests::{BrokerKind, Cluster, Layout, LoadPlan};

use super::{SITES, settle, until_accepted, until_flowing};

/// How often the projector is killed; each time at another place between intent, insert and progress.
const PROJECTOR_KILLS: u32 = 14;
/// Time until a killed role has resumed: the promise is ten seconds, the rest is for slow machines.
const RESUMED_WITHIN: Duration = Duration::from_secs(25);

pub(crate) async fn every_process_is_killed_under_load() -> anyhow::Result<()> {
    let mut cluster = Cluster::up(Layout::default()).await?;
    let sites = cluster.add_sites(SITES).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 240.0).start()?;
    until_accepted(&cluster, 1500.0).await?;
    for name in ["processor", "projector", "ingest", "api"] {
        let killed = Instant::now();
        cluster.kill(name)?;
        cluster.start(name, &[])?;
        cluster.ready(name).await?;
        until_flowing(&cluster).await?;
        ensure!(killed.elapsed() < RESUMED_WITHIN, "{name} resumed after {:?}", killed.elapsed());
        until_accepted(&cluster, 500.0).await?;
    }
    for kind in [BrokerKind::Nats, BrokerKind::ClickHouse] {
        cluster.kill_broker(kind)?;
        until_accepted(&cluster, 1000.0).await?;
        until_flowing(&cluster).await?;
    }
    let report = load.stop().await?;
    settle(cluster, report, 0).await
}

pub(crate) async fn a_projector_is_killed_again_and_again() -> anyhow::Result<()> {
    let mut cluster = Cluster::up(Layout::default()).await?;
    let sites = cluster.add_sites(SITES).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 240.0).start()?;
    for round in 0..PROJECTOR_KILLS {
        until_accepted(&cluster, f64::from(120 + 37 * (round % 5))).await?;
        cluster.kill("projector")?;
        cluster.start("projector", &[])?;
        cluster.ready("projector").await?;
    }
    until_flowing(&cluster).await?;
    let report = load.stop().await?;
    settle(cluster, report, 0).await
}

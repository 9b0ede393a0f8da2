use anyhow::ensure;
use nagare_tests::{BrokerKind, Cluster, Layout, LoadPlan, until};

use super::{SITES, SOON, settle, until_accepted};

pub(crate) async fn hits_wait_while_clickhouse_is_away() -> anyhow::Result<()> {
    let mut cluster = Cluster::up(Layout::default()).await?;
    let sites = cluster.add_sites(SITES).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 240.0).start()?;
    until_accepted(&cluster, 1000.0).await?;
    cluster.take_broker_away(BrokerKind::ClickHouse).await?;
    until_accepted(&cluster, 8000.0).await?;
    let lag = async || {
        let metrics = cluster.metrics("projector").await?;
        anyhow::Ok(metrics.sum("nagare_projector_lag_messages", ""))
    };
    until("the lag to be visible", SOON, || async { Ok((lag().await? > 0.0).then_some(())) }).await?;
    cluster.bring_broker_back(BrokerKind::ClickHouse)?;
    cluster.caught_up().await?;
    let report = load.stop().await?;
    // The way in never noticed.
    ensure!(report.summary.unknown == 0 && report.summary.refused.is_empty(), "{:?}", report.summary);
    settle(cluster, report, 0).await
}

pub(crate) async fn hits_are_spooled_while_nats_is_away() -> anyhow::Result<()> {
    let mut cluster = Cluster::up(Layout::default()).await?;
    let sites = cluster.add_sites(SITES).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 240.0).start()?;
    until_accepted(&cluster, 1000.0).await?;
    cluster.take_broker_away(BrokerKind::Nats).await?;
    let spooled = async || {
        let metrics = cluster.metrics("ingest").await?;
        anyhow::Ok(metrics.sum("nagare_ingest_spooled_batches_total", ""))
    };
    until("hits to be spooled", SOON, || async { Ok((spooled().await? >= 20.0).then_some(())) }).await?;
    // Accepted with the log away: by the spool alone.
    until_accepted(&cluster, 2000.0).await?;
    // What is spooled outlives the process.
    cluster.kill("ingest")?;
    cluster.bring_broker_back(BrokerKind::Nats)?;
    cluster.start("ingest", &[])?;
    cluster.ready("ingest").await?;
    until_accepted(&cluster, 2000.0).await?;
    let bytes = async || {
        let metrics = cluster.metrics("ingest").await?;
        anyhow::Ok(metrics.sum("nagare_ingest_spool_bytes", ""))
    };
    until("the spool to be empty", SOON, || async { Ok((bytes().await? == 0.0).then_some(())) }).await?;
    let report = load.stop().await?;
    settle(cluster, report, 0).await
}

use anyhow::ensure;
use nagare_schema::{STREAM_EVENTS, STREAM_HITS, events_subject, hits_subject};
use nagare_tests::{Cluster, Layout, LoadPlan, Proxy, RoleKind, until};

use super::{SITES, SOON, settle, until_accepted, until_flowing};

/// How often answers are lost.
const LOSSES: usize = 4;
/// A log that a few seconds of load fill.
const SMALL_LOG_BYTES: u64 = 2 * 1024 * 1024;
const SMALL_SPOOL_BYTES: u64 = 512 * 1024;

/// A proxy before NATS lets appends through and swallows the answers, then cuts the connection.
pub(crate) async fn an_append_whose_answer_is_lost_counts_once() -> anyhow::Result<()> {
    let others = vec![("processor", RoleKind::Processor), ("projector", RoleKind::Projector), ("api", RoleKind::Api)];
    let mut cluster = Cluster::up(Layout { roles: others, settings: Vec::new() }).await?;
    let proxy = Proxy::start(cluster.nats_port()).await?;
    let through = [("NAGARE_NATS_URL", format!("nats://127.0.0.1:{}", proxy.port()))];
    cluster.add_role("ingest", RoleKind::Ingest, &through)?;
    cluster.ready("ingest").await?;
    let sites = cluster.add_sites(SITES).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 240.0).start()?;
    until_accepted(&cluster, 1000.0).await?;
    let broker = cluster.broker().await?;
    for _ in 0..LOSSES {
        let stored = broker.messages(STREAM_HITS).await?;
        proxy.swallow_answers();
        until("appends to go through unanswered", SOON, || async {
            Ok((broker.messages(STREAM_HITS).await? > stored + 2).then_some(()))
        })
        .await?;
        proxy.cut();
        until_accepted(&cluster, 1500.0).await?;
    }
    until_flowing(&cluster).await?;
    let report = load.stop().await?;
    let retried = cluster.metrics("ingest").await?.sum("nagare_ingest_append_retries_total", "");
    ensure!(retried > 0.0, "no append was repeated, so nothing was tested");
    settle(cluster, report, 0).await
}

/// The log refuses for want of space: hits go to the spool; the spool is full: they are refused with
/// 503. With more space everything that was accepted drains.
pub(crate) async fn a_full_log_is_spooled_then_refused() -> anyhow::Result<()> {
    let settings = vec![
        ("NAGARE_LOG_BYTES_MAX", SMALL_LOG_BYTES.to_string()),
        ("NAGARE_SPOOL_BYTES_MAX", SMALL_SPOOL_BYTES.to_string()),
    ];
    let mut cluster = Cluster::up(Layout { settings, ..Layout::default() }).await?;
    let sites = cluster.add_sites(1).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 240.0).start()?;
    let dropped = async |reason: &str| {
        let metrics = cluster.metrics("ingest").await?;
        anyhow::Ok(metrics.sum("nagare_ingest_hits_dropped_total", &format!("reason=\"{reason}\"")))
    };
    until("hits to be refused", SOON * 3, || async { Ok((dropped("spool_full").await? > 100.0).then_some(())) })
        .await?;
    let report = load.stop().await?;
    ensure!(report.summary.refused.contains_key("503"), "{:?}", report.summary);
    let more = [("NAGARE_LOG_BYTES_MAX", (1_u64 << 30).to_string())];
    for name in ["ingest", "processor", "projector", "api"] {
        cluster.stop(name).await?;
    }
    for name in ["processor", "projector", "api", "ingest"] {
        cluster.start(name, &more)?;
    }
    cluster.ready("ingest").await?;
    cluster.ready("api").await?;
    let bytes = async || {
        let metrics = cluster.metrics("ingest").await?;
        anyhow::Ok(metrics.sum("nagare_ingest_spool_bytes", ""))
    };
    until("the spool to be empty", SOON, || async { Ok((bytes().await? == 0.0).then_some(())) }).await?;
    cluster.tracker(sites[0])?.hit(&[("url", "https://site.example/after"), ("ping", "1")]).await?;
    settle(cluster, report, 0).await
}

pub(crate) async fn a_message_nobody_can_read_is_set_aside() -> anyhow::Result<()> {
    let cluster = Cluster::up(Layout::default()).await?;
    let sites = cluster.add_sites(SITES).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 240.0).start()?;
    until_accepted(&cluster, 1000.0).await?;
    let broker = cluster.broker().await?;
    let partition = broker.partition_of(sites[0]).await?;
    broker.poison(hits_subject(partition)).await?;
    until_accepted(&cluster, 500.0).await?;
    broker.poison(events_subject(partition)).await?;
    until("both messages to be set aside", SOON, || async { Ok((broker.dead_letters().await? == 2).then_some(())) })
        .await?;
    until_accepted(&cluster, 1000.0).await?;
    until_flowing(&cluster).await?;
    ensure!(broker.messages(STREAM_EVENTS).await? > 0, "no events");
    let report = load.stop().await?;
    settle(cluster, report, 2).await
}

use std::{process::Command, time::Duration};

use axum::{Router, http::StatusCode, routing::any};
use nagare_runtime::{Health, ServeOptions, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::summary::{Bound, Summary, median};
use crate::{Cluster, LoadPlan, Process, RoleKind, Stack, cluster::Layout, free_port, matomo::Matomo, until};

const ROUNDS: usize = 5;
const SECONDS: f64 = 5.0;
const CONNECTIONS: usize = 256;
const SITES: usize = 8;
const RATIO_MIN: f64 = 0.35;
/// A real Matomo on a machine of this size, measured beside it.
const MATOMO: f64 = 94.0;

/// Single hits over HTTP, each answered once it is on disk, against a handler that does nothing, by turns.
pub(super) async fn measure(summary: &mut Summary) -> anyhow::Result<()> {
    let roles = vec![("api", RoleKind::Api), ("ingest", RoleKind::Ingest)];
    let mut cluster = Cluster::up(Layout { roles, settings: Vec::new() }).await?;
    let sites = cluster.add_sites(SITES).await?;
    cluster.stop("api").await?;
    let folder = tempfile::tempdir()?;
    let noop_address = format!("127.0.0.1:{}", free_port()?);
    let mut command = Command::new(std::env::current_exe()?);
    let _noop = Process::start("noop", command.args(["noop", &noop_address]), folder.path())?;
    let noop_url = format!("http://{noop_address}");
    ready(&noop_url).await?;
    let (mut durable, mut noop, mut latency) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let report = plan(&cluster.url("ingest")?, &sites).run().await?;
        durable.push(report.summary.rate);
        latency.push(report.summary.latency_ms.p99);
        noop.push(plan(&noop_url, &sites).run().await?.summary.rate);
    }
    drop(cluster);
    let (durable, noop) = (median(durable), median(noop));
    let note = "ingest and NATS, fsync before the answer; the other roles stopped";
    summary.add("durable_single_hits_per_second", (durable, "hits/s"), Bound::AtLeast(MATOMO), note);
    let note = "the same listener and load; the handler answers 204 and does nothing";
    summary.add("noop_handler_requests_per_second", (noop, "req/s"), Bound::None, note);
    let note = "ingest and NATS by noop, medians of turns in one run";
    summary.add("durable_to_noop_ratio", (durable / noop, ""), Bound::AtLeast(RATIO_MIN), note);
    let note = format!("{CONNECTIONS} connections as fast as they are answered");
    summary.add("durable_single_hit_latency_p99", (median(latency), "ms"), Bound::None, &note);

    let stack = Stack::up().await?;
    let mut sites = Vec::new();
    for number in 0..SITES {
        sites.push(stack.matomo().add_site(&format!("Site {number}"), &[]).await?);
    }
    let mut whole = Vec::new();
    for _ in 0..ROUNDS {
        whole.push(plan(stack.url(), &sites).run().await?.summary.rate);
    }
    let whole = median(whole);
    let note = "all roles and ClickHouse at work on the same cores";
    summary.add("durable_single_hits_per_second_full_stack", (whole, "hits/s"), Bound::AtLeast(MATOMO), note);
    summary.add("full_stack_to_noop_ratio", (whole / noop, ""), Bound::None, "for comparison");
    Ok(())
}

fn plan(url: &str, sites: &[u32]) -> LoadPlan {
    LoadPlan {
        url: url.to_owned(),
        sites: sites.to_vec(),
        rate: 0.0,
        seconds: SECONDS,
        visitors: 2000,
        connections: CONNECTIONS,
        bulk: 0,
    }
}

async fn ready(url: &str) -> anyhow::Result<()> {
    let matomo = Matomo::new(url, "");
    until("the noop handler", Duration::from_secs(10), || async { matomo.get("/health/ready").await.map(Some) })
        .await
        .map(drop)
}

/// Serves a handler that does nothing, with the listener of the product.
pub(super) async fn serve_noop(address: &str) -> anyhow::Result<()> {
    let router = Router::new().route("/matomo.php", any(|| async { StatusCode::NO_CONTENT }));
    let listener = TcpListener::bind(address).await?;
    let observed = (Vec::new(), Health::default());
    serve(listener, router, observed, &ServeOptions::default(), CancellationToken::new()).await?;
    Ok(())
}

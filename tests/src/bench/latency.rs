use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::Value;

use super::summary::{Bound, Summary, p99};
use crate::{ADMIN_LOGIN, ADMIN_PASSWORD, LiveSocket, LoadPlan, Matomo, Stack, sign_in, until};

const BACKGROUND_RATE: f64 = 2000.0;
const PROBES: u64 = 100;
/// Probes come at random within this time, so that they do not fall in step with frames.
const PAUSE_MAX: Duration = Duration::from_millis(700);
const PROBE_WITHIN: Duration = Duration::from_secs(20);
const SITES: usize = 7;
const SOCKET_MS_MAX: f64 = 1000.0;
const REPORT_MS_MAX: f64 = 2000.0;

/// From a hit to the open socket and to a report, while the product takes 2,000 hits a second.
pub(super) async fn measure(summary: &mut Summary) -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let probed = stack.matomo().add_site("Probed", &[]).await?;
    let mut sites = Vec::new();
    for number in 0..SITES {
        sites.push(stack.matomo().add_site(&format!("Busy {number}"), &[]).await?);
    }
    let background = LoadPlan {
        rate: BACKGROUND_RATE,
        visitors: 4000,
        connections: 64,
        ..LoadPlan::thousand(stack.url(), &sites, 600.0)
    };
    let background = background.start()?;
    let (mut socket_ms, mut report_ms) = (Vec::new(), Vec::new());
    let token = sign_in(stack.url(), ADMIN_LOGIN, ADMIN_PASSWORD).await?;
    let mut socket = LiveSocket::open(stack.url(), probed, &token).await?;
    for visitor in 1..=PROBES {
        pause().await?;
        let begun = Instant::now();
        send(&stack, probed, visitor).await?;
        let on_socket = async {
            socket.until_visitors(visitor, PROBE_WITHIN).await?;
            anyhow::Ok(begun.elapsed())
        };
        let matomo = stack.matomo();
        let in_report = async {
            until("the report", PROBE_WITHIN, || reported(&matomo, probed, visitor)).await?;
            anyhow::Ok(begun.elapsed())
        };
        let (on_socket, in_report) = tokio::try_join!(on_socket, in_report)?;
        socket_ms.push(on_socket.as_secs_f64() * 1000.0);
        report_ms.push(in_report.as_secs_f64() * 1000.0);
    }
    let report = background.stop().await?;
    let note = format!("{PROBES} probes at {:.0} hits/s", report.summary.rate);
    summary.add("hit_to_socket_p99", (p99(socket_ms), "ms"), Bound::Below(SOCKET_MS_MAX), &note);
    summary.add("hit_to_report_p99", (p99(report_ms), "ms"), Bound::Below(REPORT_MS_MAX), &note);
    let note = "single hits at that rate, from when they were due";
    summary.add("hit_answer_p99", (report.summary.latency_ms.p99, "ms"), Bound::None, note);
    let rate = report.summary.rate;
    summary.add("background_hits_per_second", (rate, "hits/s"), Bound::AtLeast(BACKGROUND_RATE * 0.98), "");
    stack.caught_up().await?;
    report.expectation.check(&stack.clickhouse()?).await?;
    stack.finish().await
}

async fn pause() -> anyhow::Result<()> {
    let over = Instant::now() + PAUSE_MAX.mul_f64(rand::random::<f64>());
    until("a pause", PAUSE_MAX * 2, || async { Ok((Instant::now() >= over).then_some(())) }).await
}

async fn send(stack: &Stack, site: u32, visitor: u64) -> anyhow::Result<()> {
    let (id, language) = (format!("{visitor:016x}"), format!("de-de,x-{visitor}"));
    let flags = (visitor % 2).to_string();
    let hit = [("_id", id.as_str()), ("url", "https://site.example/"), ("lang", language.as_str()), ("pdf", &flags)];
    // A new visitor id on a known device would join the visit there is.
    let version =
        format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{visitor}.0) Gecko/20100101 Firefox/{visitor}.0");
    let hit: Vec<_> = hit.into_iter().chain([("ua", version.as_str())]).collect();
    stack.tracker(site).hit(&hit).await
}

async fn reported(matomo: &Matomo, site: u32, visits: u64) -> anyhow::Result<Option<()>> {
    let report = matomo.today("VisitsSummary.get", site).await?;
    let found = report.get("nb_visits").and_then(Value::as_u64).context("no nb_visits");
    Ok((found.unwrap_or(0) >= visits).then_some(()))
}

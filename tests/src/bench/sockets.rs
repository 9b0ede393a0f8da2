use std::{ops::Range, time::Duration};

use anyhow::{Context as _, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use nagare_runtime::Clock;
use nagare_schema::LiveFrame;
use tokio::{
    task::JoinSet,
    time::{Instant, interval},
};

use super::{
    memory::resident,
    summary::{Bound, Summary, median, p99},
};
use crate::{ADMIN_LOGIN, ADMIN_PASSWORD, Cluster, LiveSocket, LoadPlan, cluster::Layout, sign_in};

const SOCKETS: usize = 1000;
const OPENED_AT_ONCE: usize = 32;
const SITES: usize = 8;
const RATE: f64 = 2000.0;
/// Sockets are open and hits come for this long before anything is measured: caches and buffers fill.
const WARM: Duration = Duration::from_secs(20);
const MEASURED: Duration = Duration::from_secs(60);
/// A frame comes every 5 s even when nothing happens.
const SILENT_MAX: Duration = Duration::from_secs(20);
const BEHIND_MS_MAX: f64 = 2000.0;
/// Between the first and the last quarter of the time. A leak of a frame a socket would be far more.
const GROWTH_MEGABYTES_MAX: f64 = 16.0;

/// What the api may take for each: buffers of a socket and of its connection.
const KILOBYTES_MAX: f64 = 150.0;

/// A thousand sockets on one api process while the product takes 2,000 hits a second: how old the numbers
/// are that each shows, at the worst, and what the process keeps.
pub(super) async fn measure(summary: &mut Summary) -> anyhow::Result<()> {
    let cluster = Cluster::up(Layout::default()).await?;
    let sites = cluster.add_sites(SITES).await?;
    let (url, api) = (cluster.url("api")?, cluster.process_id("api")?);
    let token = sign_in(&url, ADMIN_LOGIN, ADMIN_PASSWORD).await?;
    let load = LoadPlan {
        rate: RATE,
        visitors: 4000,
        connections: 64,
        ..LoadPlan::thousand(&cluster.url("ingest")?, &sites, 600.0)
    };
    let load = load.start()?;
    let before = resident(api)?;
    let sockets: Vec<LiveSocket> = stream::iter(sites.iter().cycle().take(SOCKETS))
        .map(|site| LiveSocket::open(&url, *site, &token))
        .buffer_unordered(OPENED_AT_ONCE)
        .try_collect()
        .await?;
    let from = Instant::now() + WARM;
    let watched = watch(sockets, from..from + MEASURED);
    let (watched, memory) = tokio::try_join!(watched, memory_of(api, from..from + MEASURED))?;
    let report = load.stop().await?;
    let worst = watched.iter().map(|seen| seen.behind_ms).fold(0.0, f64::max);
    let frames: usize = watched.iter().map(|seen| seen.frames).sum();
    let note =
        format!("{SOCKETS} sockets at {:.0} hits/s: the oldest number that any of them showed", report.summary.rate);
    summary.add("socket_behind_max", (worst, "ms"), Bound::Below(BEHIND_MS_MAX), &note);
    let note = "of the oldest number that each showed";
    summary.add(
        "socket_behind_p99",
        (p99(watched.iter().map(|seen| seen.behind_ms).collect()), "ms"),
        Bound::None,
        note,
    );
    let rate = frames as f64 / MEASURED.as_secs_f64() / SOCKETS as f64;
    summary.add("socket_frames_per_second", (rate, "frames/s"), Bound::None, "to each socket");
    let rate = report.summary.rate;
    summary.add("socket_background_hits_per_second", (rate, "hits/s"), Bound::AtLeast(RATE * 0.98), "");
    let (first, last) = (memory.first, memory.last);
    let note = format!("resident memory of the api, from {first:.1} to {last:.1} MB in {} s", MEASURED.as_secs());
    summary.add("socket_memory_growth_megabytes", (last - first, "MB"), Bound::Below(GROWTH_MEGABYTES_MAX), &note);
    let kilobytes = (last - before as f64 / 1e6) * 1e3 / SOCKETS as f64;
    summary.add("socket_kilobytes", (kilobytes, "kB"), Bound::Below(KILOBYTES_MAX), "what the api took for each");
    cluster.caught_up().await?;
    report.expectation.check(&cluster.clickhouse()).await?;
    cluster.finish(0).await
}

/// What a socket showed.
struct Seen {
    frames: usize,
    /// The age of the oldest number that it showed: of a frame, just before the next replaced it.
    behind_ms: f64,
}

/// Reads all sockets until the end of `during`; judges what they show from its begin on.
async fn watch(sockets: Vec<LiveSocket>, during: Range<Instant>) -> anyhow::Result<Vec<Seen>> {
    let mut reading = JoinSet::new();
    for socket in sockets {
        reading.spawn(read(socket, during.clone()));
    }
    let mut watched = Vec::with_capacity(SOCKETS);
    while let Some(seen) = reading.join_next().await {
        watched.push(seen??);
    }
    ensure!(watched.len() == SOCKETS, "{} sockets were read", watched.len());
    Ok(watched)
}

async fn read(mut socket: LiveSocket, during: Range<Instant>) -> anyhow::Result<Seen> {
    let mut seen = Seen { frames: 0, behind_ms: 0.0 };
    let mut shown = None;
    loop {
        let frame = socket.next(Instant::now() + SILENT_MAX).await?;
        let now = Instant::now();
        if let Some(at) = shown.filter(|_| during.contains(&now)) {
            seen.frames += 1;
            seen.behind_ms = seen.behind_ms.max((Clock::system().now().0 - at) as f64);
        }
        if now >= during.end {
            return Ok(seen);
        }
        if let LiveFrame::Snapshot { at, .. } = frame {
            shown = Some(at.0);
        }
    }
}

/// Resident megabytes of a process in the first and the last quarter of a time.
struct Memory {
    first: f64,
    last: f64,
}

async fn memory_of(process: u32, during: Range<Instant>) -> anyhow::Result<Memory> {
    let mut samples = Vec::new();
    let mut ticks = interval(Duration::from_secs(1));
    loop {
        let now = ticks.tick().await;
        if now >= during.end {
            break;
        }
        if now >= during.start {
            samples.push(resident(process)? as f64 / 1e6);
        }
    }
    let quarter = samples.len() / 4;
    let first = samples.get(..quarter).context("too few samples")?.to_vec();
    let last = samples.split_off(samples.len() - quarter);
    Ok(Memory { first: median(first), last: median(last) })
}

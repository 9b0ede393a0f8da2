//! `nagare load`: made-up visitors at a given rate, and what the tables must show afterwards.

mod client;
mod model;
mod pace;
mod phrase;
mod record;
mod summary;
mod visitor;
mod worker;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use client::Target;
use pace::Pace;
use visitor::Population;
use worker::{Tally, Worker};

pub use summary::LoadSummary;

/// Hits that a bulk request may carry.
const BULK_MAX: usize = 5000;
/// Connections, and so requests under way, at most.
const CONNECTIONS_MAX: usize = 1024;

/// What to send, where and how fast.
#[derive(Debug, Clone, clap::Args)]
pub struct LoadOptions {
    /// Where Nagare is; http only.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// Sites to send to, comma-separated.
    #[arg(long = "site", alias = "sites", value_delimiter = ',', default_value = "1")]
    pub sites: Vec<u32>,
    /// Hits per second; 0: as fast as they are answered.
    #[arg(long, default_value_t = 100.0)]
    pub rate: f64,
    /// Seconds.
    #[arg(long, default_value_t = 10.0)]
    pub duration: f64,
    /// Visitors who are on the sites at the same time.
    #[arg(long, default_value_t = 200)]
    pub visitors: usize,
    /// Connections; each has one request under way at most.
    #[arg(long, default_value_t = 32)]
    pub connections: usize,
    /// Hits per request, as one bulk request; 0 or 1: each hit by itself.
    #[arg(long, default_value_t = 0)]
    pub bulk: usize,
    /// Sent along with bulk requests, and with single hits as a parameter.
    #[arg(long, env = "NAGARE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// The same seed makes the same visitors; random if not given.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Writes one JSON line per visitor: markers of the accepted hits, and the visits they make.
    #[arg(long)]
    pub record: Option<PathBuf>,
    /// Hours by which the sites' local time is ahead of UTC: visits end at local midnight.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub utc_offset: f64,
    /// Prints the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Sends, and prints the summary.
///
/// # Errors
/// As [`load`].
#[expect(clippy::print_stdout, reason = "the summary is what this command is for")]
pub async fn run(options: LoadOptions) -> anyhow::Result<()> {
    let json = options.json;
    let summary = load(options).await?;
    if json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        println!("{summary}");
    }
    Ok(())
}

/// Sends until the duration is over or the process is interrupted.
///
/// # Errors
/// When the options make no sense or the record cannot be written; not when hits are refused.
pub async fn load(options: LoadOptions) -> anyhow::Result<LoadSummary> {
    ensure!(options.duration > 0.0 && options.rate >= 0.0, "rate and duration must not be negative");
    ensure!(options.bulk <= BULK_MAX, "a bulk request carries at most {BULK_MAX} hits");
    ensure!((1..=CONNECTIONS_MAX).contains(&options.connections), "connections must be 1 to {CONNECTIONS_MAX}");
    ensure!(!options.sites.is_empty(), "no site is given");
    let seed = options.seed.unwrap_or_else(rand::random);
    let target = Arc::new(Target::new(&options.url, options.token.clone())?);
    let stop = stop_when_interrupted();
    let begun = Instant::now();
    let bulk = options.bulk.max(1);
    let pace =
        Arc::new(Pace::new(options.rate / bulk as f64, begun, Duration::from_secs_f64(options.duration), stop.clone()));
    let mut workers = JoinSet::new();
    let connections = options.connections.min(options.visitors.max(1));
    for number in 0..connections {
        let population = Population {
            seed,
            sites: options.sites.clone(),
            first: number as u64,
            step: connections as u64,
            at_once: options.visitors.div_ceil(connections),
            utc_offset_seconds: (options.utc_offset * 3600.0) as i64,
        };
        workers.spawn(Worker::new(target.clone(), pace.clone(), population, bulk).run());
    }
    let mut tally = Tally::default();
    while let Some(worked) = workers.join_next().await {
        tally.add(worked.context("a connection's task failed")?);
    }
    stop.cancel();
    let seconds = begun.elapsed().as_secs_f64();
    if let Some(file) = &options.record {
        record::write(file, &tally.visitors).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(LoadSummary::new(seed, seconds, tally))
}

/// Ctrl-C ends a run early, with its summary.
fn stop_when_interrupted() -> CancellationToken {
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => interrupted.cancel(),
            () = interrupted.cancelled() => {}
        }
    });
    stop
}

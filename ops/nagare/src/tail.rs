//! `nagare tail`: what the log holds, as JSON.

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use nagare_runtime::{ConnectionOptions, Context, LogMessage, LogOptions};
use nagare_schema::{EventBatch, HitBatch, Partition, decode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::first_start::tell;

/// What to print.
#[derive(Debug, Clone, Args)]
pub struct TailOptions {
    /// Which log.
    log_kind: LogKind,
    /// Which partition.
    #[arg(long, default_value_t = 0)]
    partition: u16,
    /// From which sequence.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Wait for more at the end.
    #[arg(long, short)]
    follow: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogKind {
    Hits,
    Events,
}

/// Prints the messages of a partition.
///
/// # Errors
/// When the log cannot be reached.
pub async fn run(connection: &ConnectionOptions, log: &LogOptions, options: &TailOptions) -> Result<()> {
    let context = Context::connect(connection, log, CancellationToken::new()).await?;
    let partitions = context.directory.snapshot().partitions();
    ensure!(options.partition < partitions, "there are {partitions} partitions, from 0");
    let (partition, after) = (Partition(options.partition), options.from.saturating_sub(1));
    let mut reader = match options.log_kind {
        LogKind::Hits => context.log.read_hits(partition, after).await?,
        LogKind::Events => context.log.read_events(partition, after).await?,
    };
    loop {
        let message = match reader.try_next().await? {
            Some(message) => message,
            None if options.follow => reader.next().await?,
            None => return Ok(()),
        };
        tell(&line(options.log_kind, &message).to_string());
    }
}

fn line(kind: LogKind, message: &LogMessage) -> Value {
    let fact = match kind {
        LogKind::Hits => decode::<HitBatch>(message.version, &message.payload).map(|batch| json!(batch)),
        LogKind::Events => decode::<EventBatch>(message.version, &message.payload).map(|batch| json!(batch)),
    };
    let fact = fact.unwrap_or_else(|error| json!({ "unreadable": error.to_string() }));
    json!({ "sequence": message.sequence, "stored_at_ms": message.stored_at_ms, "fact": fact })
}

//! `nagare verify`: recounts the log and the tables and prints where they differ.
//!
//! Three steps, each against the one before: the hits of HITS against those that EVENTS accepted, the
//! facts of EVENTS against the rows of the base tables, and the base tables against the rollups. Facts
//! are compared by number and by a sum of hashes of their ids, so that a lost and a doubled one do not
//! balance, and memory does not grow with the log. Where the log is trimmed, what it still holds is
//! compared.

mod fold;
mod tables;
mod tally;

use std::{process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use nagare_runtime::{ConnectionOptions, Context, LogOptions, Progress};
use nagare_schema::{BUCKET_PROGRESS, Partition};
use tokio_util::sync::CancellationToken;

use crate::first_start::tell;

use fold::{EventsFold, fold_hits};
use tally::{Difference, differences};

/// Tables are compared again when they differ: rows may arrive between two looks.
const LOOKS_MAX: usize = 5;
/// Pause between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(700);

/// What is compared.
#[derive(Debug, Clone, clap::Args)]
pub struct VerifyOptions {
    /// Compares the tables with each other only: a large log takes a while to read.
    #[arg(long)]
    tables_only: bool,
}

/// What was found.
#[derive(Debug)]
pub struct Verification {
    /// Facts that were recounted from the log.
    pub recounted: i64,
    /// Where log and tables differ.
    pub differences: Vec<Difference>,
}

/// `nagare verify`
///
/// # Errors
/// When a broker cannot be reached.
pub async fn run(connection: &ConnectionOptions, log: &LogOptions, options: &VerifyOptions) -> Result<ExitCode> {
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    let context = Context::connect(connection, log, stop).await?;
    let verification = verify(&context, options).await?;
    for difference in &verification.differences {
        tell(&difference.to_string());
    }
    let count = verification.differences.len();
    tell(&format!("{count} differences, {} facts recounted from the log", verification.recounted));
    Ok(if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Compares log, base tables and rollups.
///
/// # Errors
/// When a broker cannot be reached.
pub async fn verify(context: &Context, options: &VerifyOptions) -> Result<Verification> {
    let mut found = Vec::new();
    let mut folds = Vec::new();
    if !options.tables_only {
        for partition in 0..context.directory.snapshot().partitions() {
            let mut fold = EventsFold::begin(&context.log, Partition(partition)).await?;
            fold.go_on(done(context, Partition(partition)).await?).await?;
            found.extend(compare_hits(context, &fold).await?);
            folds.push(fold);
        }
    }
    found.extend(compare_tables(context, &mut folds).await?);
    found.extend(folds.iter_mut().flat_map(EventsFold::take_gaps));
    let recounted = folds.iter().map(|fold| fold.tallies().facts()).sum();
    Ok(Verification { recounted, differences: found })
}

/// HITS against EVENTS, where both are kept.
async fn compare_hits(context: &Context, fold: &EventsFold) -> Result<Vec<Difference>> {
    let Some(heard) = fold.heard() else { return Ok(Vec::new()) };
    let told = fold_hits(&context.log, fold.partition(), heard).await?;
    let what = |fact| format!("{fact} of partition {}, HITS against EVENTS", fold.partition());
    Ok(differences(&told, &heard.accepted, what))
}

/// EVENTS against the base tables, and these against the rollups.
async fn compare_tables(context: &Context, folds: &mut [EventsFold]) -> Result<Vec<Difference>> {
    let client = tables::client(&context.clickhouse);
    let mut looks = 0;
    loop {
        let mut found = tables::compare(&client).await?;
        if !folds.is_empty() {
            let stored = tables::tallies(&client, folds).await?;
            for (fold, stored) in folds.iter().zip(&stored) {
                let what = |fact| format!("{fact} of {}, EVENTS against the tables", fold.range());
                found.extend(differences(fold.tallies(), stored, what));
            }
        }
        looks += 1;
        if found.is_empty() || looks == LOOKS_MAX {
            return Ok(found);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        for fold in folds.iter_mut() {
            let done = done(context, fold.partition()).await?;
            fold.go_on(done).await?;
        }
    }
}

/// Last sequence of EVENTS that is in the tables.
async fn done(context: &Context, partition: Partition) -> Result<u64> {
    let Ok(bucket) = context.jetstream.get_key_value(BUCKET_PROGRESS).await else { return Ok(0) };
    let progress = Progress::load(&bucket, partition).await.context("cannot read the progress")?;
    if let Some((from, to)) = progress.intent {
        tell(&format!("partition {partition}: events {from} to {to} are being inserted"));
    }
    Ok(progress.done)
}

//! `nagare verify`: recounts the log and the tables and prints where they differ.
//!
//! Three steps, each against the one before: the hits of HITS against those that EVENTS accepted, the
//! facts of EVENTS against the rows of the base tables, and the base tables against the rollups. Facts
//! are compared by number and by a sum of hashes of their ids, so that a lost and a doubled one do not
//! balance, and memory does not grow with the log. Where the log is trimmed, what it still holds is
//! compared. Traffic may go on meanwhile.

mod fold;
mod scan;
mod tables;
mod tally;

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use clickhouse::Client;
use nagare_runtime::{
    ConnectionOptions, Context, ErasedVisits, LogOptions, Progress, Removals, WatermarkError, caught_up,
};
use nagare_schema::{BUCKET_PROGRESS, Day, Partition, Removable};
use tokio_util::sync::CancellationToken;

use crate::first_start::tell;

use fold::{EventsFold, Gone, fold_hits};
use tally::{Difference, differences};

/// A table is fed a moment after the other: what differs in every one of so many looks, differs.
const LOOKS_MAX: usize = 5;
/// Pause between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(700);

/// What is compared.
#[derive(Debug, Clone, clap::Args)]
pub struct VerifyOptions {
    /// Compares the tables with each other only: a large log takes a while to read.
    #[arg(long)]
    tables_only: bool,
    /// Seconds until every hit that was acknowledged before must be in the tables.
    #[arg(long, default_value_t = 60)]
    timeout: u64,
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

/// Compares log, base tables and rollups. Traffic may go on meanwhile.
///
/// # Errors
/// When a broker cannot be reached.
pub async fn verify(context: &Context, options: &VerifyOptions) -> Result<Verification> {
    let mut found = late_hits(context, options).await?;
    let mut recounted = 0;
    let client = tables::client(&context.clickhouse);
    let removals = Removals::open(context).await?;
    let kept_from = removals.kept_from(Removable::Visits).await?;
    if !options.tables_only {
        let erased = ErasedVisits::open(&context.jetstream, context.log.replicas()).await?.all().await?;
        let gone = Arc::new(Gone { erased, kept_from });
        let mut folds = Vec::new();
        for partition in 0..context.directory.snapshot().partitions() {
            let done = done(context, Partition(partition)).await?;
            let fold = EventsFold::of(&context.log, Partition(partition), done, gone.clone()).await?;
            found.extend(compare_hits(context, &fold).await?);
            folds.push(fold);
        }
        found.extend(compare_facts(context, &client, (&folds, &gone)).await?);
        found.extend(folds.iter_mut().flat_map(EventsFold::take_gaps));
        recounted = folds.iter().map(|fold| fold.tallies().facts()).sum();
    }
    // Where either side was removed, they differ.
    let whole_from = kept_from.max(removals.kept_from(Removable::Reports).await?);
    found.extend(compare_tables(&client, whole_from).await?);
    Ok(Verification { recounted, differences: found })
}

/// Hits that were acknowledged and do not come into the tables.
async fn late_hits(context: &Context, options: &VerifyOptions) -> Result<Vec<Difference>> {
    let late = match caught_up(context, Duration::from_secs(options.timeout)).await {
        Ok(()) => return Ok(Vec::new()),
        Err(WatermarkError::Behind(late)) => late,
        Err(error) => return Err(error.into()),
    };
    Ok(late.into_iter().flat_map(tally::late).collect())
}

/// HITS against EVENTS, where both are kept.
async fn compare_hits(context: &Context, fold: &EventsFold) -> Result<Vec<Difference>> {
    let Some(heard) = fold.heard() else { return Ok(Vec::new()) };
    let told = fold_hits(&context.log, fold.partition(), heard).await?;
    let what = |fact| format!("{fact} of partition {}, HITS against EVENTS", fold.partition());
    Ok(differences(&told, &heard.accepted, what))
}

/// EVENTS against the base tables.
async fn compare_facts(
    context: &Context,
    client: &Client,
    (folds, gone): (&[EventsFold], &Gone),
) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    for (fold, stored) in folds.iter().zip(tables::stored(client, folds, gone).await?) {
        let expected = fold.up_to(&context.log, &stored.reach).await?;
        let what = |fact| format!("{fact} of {}, EVENTS against the tables", fold.range());
        found.extend(differences(&expected, &stored.tallies, what));
    }
    Ok(found)
}

/// The base tables against the rollups.
async fn compare_tables(client: &Client, whole_from: Day) -> Result<Vec<Difference>> {
    let mut found = tables::compare(client, whole_from).await?;
    for _ in 1..LOOKS_MAX {
        if found.is_empty() {
            break;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        let again = tables::compare(client, whole_from).await?;
        found = again.into_iter().filter(|difference| found.iter().any(|before| before.is_of(difference))).collect();
    }
    Ok(found)
}

/// Last sequence of EVENTS that is in the tables.
async fn done(context: &Context, partition: Partition) -> Result<u64> {
    let Ok(bucket) = context.jetstream.get_key_value(BUCKET_PROGRESS).await else { return Ok(0) };
    let progress = Progress::load(&bucket, partition).await.context("cannot read the progress")?;
    Ok(progress.done)
}

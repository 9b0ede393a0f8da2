//! `nagare rebuild --from-hits`: makes all visits anew of the archived hits, by the rules, lists and
//! goals of today.
//!
//! The archive is decided into tables beside the live ones while everything goes on. Then the partitions
//! are held: processors decide nothing, ingest goes on to store hits. What was decided meanwhile is
//! decided anew as well, the tables change places, and each partition goes on with the visits that the
//! rebuild made. A rebuild that was interrupted is run again: it begins from the archive.

mod archive;
mod hold;
mod swap;

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use nagare_processor::{Replay, Replays};
use nagare_projector::Filler;
use nagare_runtime::{ConnectionOptions, Context, LogOptions, Removals, connect_clickhouse};
use nagare_schema::{BotVerdicts, EventBatch, Partition, Removable};
use tokio_util::sync::CancellationToken;

use crate::{embedded::device_patterns, first_start::tell, migrate::migrate};

use archive::Archive;
use hold::Held;
use swap::Databases;

/// Hits that are decided together.
const HITS_AT_ONCE: usize = 4000;
/// Events that are inserted together.
const EVENTS_AT_ONCE: usize = 200_000;

/// What is rebuilt.
#[derive(Debug, Clone, clap::Args)]
pub struct RebuildOptions {
    /// From the archive of hits: every visit is decided anew.
    #[arg(long, required = true)]
    from_hits: bool,
    /// Takes what these verdicts judged to be robots' for people's: a rule (pattern, name, network), or a rule
    /// and its version as /api/v1/sites/{site}/bots tells them. May be given more than once.
    #[arg(long, value_name = "RULE[@VERSION]")]
    restore_bots: Vec<BotVerdicts>,
    /// Folder of the patterns that devices are detected by.
    #[arg(long, env = "NAGARE_DEVICE_DIR")]
    device_dir: Option<PathBuf>,
}

/// `nagare rebuild`
///
/// # Errors
/// When a broker cannot be reached, or another process takes a partition over meanwhile.
pub async fn run(connection: &ConnectionOptions, log: &LogOptions, options: &RebuildOptions) -> Result<()> {
    ensure!(connection.clickhouse_cluster.is_empty(), "a cluster of ClickHouse cannot be rebuilt yet");
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    let context = Context::connect(connection, log, stop).await?;
    let databases = Databases::of(connection);
    databases.drop_beside(&context.clickhouse).await?;
    let beside = ConnectionOptions { clickhouse_database: databases.beside().to_owned(), ..connection.clone() };
    migrate(&beside).await?;
    let device_dir = options.device_dir.clone().or_else(device_patterns);
    let tables = connect_clickhouse(&beside);
    let replays = Replays::new(tables.clone(), context.directory.snapshot(), device_dir.as_deref())?;
    let partitions = (0..context.directory.snapshot().partitions()).map(Partition);
    let mut rebuilds: Vec<Rebuilding> =
        partitions.map(|partition| Rebuilding { partition, replay: replays.begin(), hits: 0 }).collect();
    let shared = Shared {
        archive: Archive::new(context.clickhouse.clone(), options.restore_bots.clone()),
        filler: Filler::new(tables)?,
        context,
    };
    for rebuilding in &mut rebuilds {
        rebuilding.catch_up(&shared).await?;
    }
    switch(&shared, rebuilds, &databases).await
}

/// Holds the partitions, rebuilds what came meanwhile, exchanges the tables and lets them go on.
async fn switch(shared: &Shared, mut rebuilds: Vec<Rebuilding>, databases: &Databases) -> Result<()> {
    let context = &shared.context;
    let mut holds = Vec::new();
    for rebuilding in &rebuilds {
        holds.push(Held::take(context, rebuilding.partition).await?);
    }
    for (rebuilding, held) in rebuilds.iter_mut().zip(&mut holds) {
        held.projected(context).await?;
        rebuilding.catch_up(shared).await?;
        held.renew(context).await?;
    }
    let removals = Removals::open(context).await?;
    let (visits_from, reports_from) =
        (removals.kept_from(Removable::Visits).await?, removals.kept_from(Removable::Reports).await?);
    databases.keep_removed(&context.clickhouse, (visits_from, reports_from)).await?;
    databases.exchange(&context.clickhouse).await?;
    let hits: u64 = rebuilds.iter().map(|rebuilding| rebuilding.hits).sum();
    for (rebuilding, held) in rebuilds.into_iter().zip(&mut holds) {
        held.restate(context, &rebuilding.replay.into_recent()).await?;
    }
    for held in &mut holds {
        held.release(context).await?;
    }
    databases.drop_beside(&context.clickhouse).await?;
    tell(&format!("rebuilt from {hits} hits"));
    Ok(())
}

struct Shared {
    context: Context,
    archive: Archive,
    filler: Filler,
}

/// A partition on its way.
struct Rebuilding {
    partition: Partition,
    replay: Replay,
    hits: u64,
}

impl Rebuilding {
    /// Decides the hits of the archive that follow, and brings what they cause into the tables.
    async fn catch_up(&mut self, shared: &Shared) -> Result<()> {
        let mut hits = shared.archive.after(self.partition, self.replay.position())?;
        let mut decided: Vec<EventBatch> = Vec::new();
        loop {
            let chunk = hits.next(HITS_AT_ONCE).await?;
            let (count, is_last) = (chunk.len() as u64, chunk.len() < HITS_AT_ONCE);
            if !chunk.is_empty() {
                let batch = self.replay.decide(chunk, &shared.context.stop).await.context("stopped")?;
                decided.push(batch);
                self.hits += count;
            }
            let events: usize = decided.iter().map(|batch| batch.events.len()).sum();
            if is_last || events >= EVENTS_AT_ONCE {
                shared.filler.fill(self.partition, &decided).await.context("the new tables cannot be filled")?;
                self.replay.forget();
                decided.clear();
            }
            if is_last {
                return Ok(());
            }
        }
    }
}

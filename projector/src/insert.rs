//! Inserts a batch into every table, each once however often it is tried.
//!
//! Each insert carries a token made of the table, the partition and the range. ClickHouse skips a token
//! that it has seen, in the table and in every view fed by it, as long as it is among the last 10,000
//! of the table (`non_replicated_deduplication_window`), which all partitions share. An attempt begins
//! within `CONFIRMED_MAX` of a confirmed ledger and ends within [`CLIENT_TIMEOUT`], on the server a
//! little earlier; and all partitions together insert 250 times a second at most ([`crate::pace`]). So
//! a token is still known when its last repeat arrives:
//!
//! ```text
//! 10,000 > 250 inserts a second × (CONFIRMED_MAX 5 s + CLIENT_TIMEOUT 30 s) = 8,750
//! ```
//!
//! A process that was paused longer than that confirms its ledger before it tries again, finds that
//! another has gone on, and stops.

use std::time::{Duration, Instant};

use clickhouse::{Client, Row, RowWrite};
use nagare_runtime::Backoff;
use nagare_schema::{EventBatch, Partition};
use tokio_util::sync::CancellationToken;

use crate::{
    batch::Batch,
    error::TaskError,
    ledger::Ledger,
    metrics::{Metrics, Table},
    projection::Projection,
    row::{ActionRow, ConversionItemRow, ConversionRow, HitRow, PageTimingRow, VisitRow},
};

/// The server gives an insert up after this long, views included …
const SERVER_TIMEOUT_S: &str = "25";
/// … and the client a little later, when it hears nothing.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);

/// What every insert is told. One thread and one block, so that a repeat meets the views with the very
/// same blocks, and two large inserts do not take all cores from the queries.
const SETTINGS: &[(&str, &str)] = &[
    ("async_insert", "0"),
    ("insert_deduplicate", "1"),
    ("deduplicate_blocks_in_dependent_materialized_views", "1"),
    ("distributed_foreground_insert", "1"),
    ("max_partitions_per_insert_block", "0"),
    ("max_insert_threads", "1"),
    ("max_threads", "1"),
    ("max_insert_block_size", "1000000"),
    ("min_insert_block_size_rows", "0"),
    ("min_insert_block_size_bytes", "0"),
    ("max_execution_time", SERVER_TIMEOUT_S),
];

/// Inserts batches.
#[derive(Clone)]
pub(crate) struct Writer {
    client: Client,
    metrics: Metrics,
}

/// Brings what a rebuild decided into tables beside the live ones.
#[derive(Clone)]
pub struct Filler(Writer);

impl Filler {
    /// On a client with the database set.
    ///
    /// # Errors
    /// When its counters cannot be made.
    pub fn new(client: Client) -> Result<Self, prometheus::Error> {
        Ok(Self(Writer::new(client, Metrics::register(&prometheus::Registry::new())?)))
    }

    /// Inserts what the hits of a partition caused; returns the number of rows.
    ///
    /// # Errors
    /// When ClickHouse refuses, or does not answer.
    pub async fn fill(&self, partition: Partition, batches: &[EventBatch]) -> clickhouse::error::Result<u64> {
        let (Some(first), Some(last)) = (batches.first(), batches.last()) else { return Ok(0) };
        let range = (first.to.sequence, last.to.sequence);
        let job = Job { partition, range, projection: Projection::of(batches) };
        let mut rows = 0;
        for table in Table::ALL.into_iter().filter(|table| job.projection.has(*table)) {
            rows += self.0.send_table(table, &job).await?;
        }
        Ok(rows)
    }
}

/// Which batch of which partition is inserted.
struct Job<'a> {
    partition: Partition,
    range: (u64, u64),
    projection: Projection<'a>,
}

impl Writer {
    pub(crate) fn new(client: Client, metrics: Metrics) -> Self {
        // Validation asks the server for its columns; the rows are tested against the migrations instead.
        let client = SETTINGS
            .iter()
            .fold(client.with_validation(false), |client, (name, value)| client.with_setting(*name, *value));
        Self { client, metrics }
    }

    /// Inserts a batch, trying again until it is in every table.
    pub(crate) async fn insert(
        &self,
        partition: Partition,
        batch: &Batch,
        ledger: &mut Ledger,
        stop: &CancellationToken,
    ) -> Result<(), TaskError> {
        let job = Job { partition, range: batch.range(), projection: Projection::of(batch.events()) };
        let mut pending: Vec<Table> = Table::ALL.into_iter().filter(|table| job.projection.has(*table)).collect();
        let mut backoff = Backoff::default();
        loop {
            ledger.confirm().await?;
            let attempts = pending.iter().map(|table| self.attempt(*table, &job));
            let done = futures_util::future::join_all(attempts).await;
            pending = pending.into_iter().zip(done).filter_map(|(table, done)| (!done).then_some(table)).collect();
            if pending.is_empty() {
                return Ok(());
            }
            if !backoff.wait(stop).await {
                return Err(TaskError::Stopped);
            }
        }
    }

    /// Tries once; false when it must be tried again.
    async fn attempt(&self, table: Table, job: &Job<'_>) -> bool {
        let began = Instant::now();
        let sent = tokio::time::timeout(CLIENT_TIMEOUT, self.send_table(table, job)).await;
        let error = match sent {
            Ok(Ok(rows)) => {
                self.metrics.inserted(table, rows, began.elapsed());
                return true;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {CLIENT_TIMEOUT:?}"),
        };
        self.metrics.retried(table);
        tracing::warn!(table = table.name(), partition = %job.partition, error, "an insert failed; it is tried again");
        false
    }

    async fn send_table(&self, table: Table, job: &Job<'_>) -> clickhouse::error::Result<u64> {
        let token = format!("{}:{}:{}-{}", table.name(), job.partition, job.range.0, job.range.1);
        let rows = &job.projection;
        match table {
            Table::Hits => self.send::<HitRow>(table, token, rows.hits()).await,
            Table::Visits => self.send::<VisitRow<'_>>(table, token, rows.visits()).await,
            Table::Actions => self.send::<ActionRow<'_>>(table, token, rows.actions()).await,
            Table::PageTimings => self.send::<PageTimingRow<'_>>(table, token, rows.timings()).await,
            Table::Conversions => self.send::<ConversionRow<'_>>(table, token, rows.conversions()).await,
            Table::ConversionItems => self.send::<ConversionItemRow<'_>>(table, token, rows.items()).await,
        }
    }

    async fn send<'a, R: Row + RowWrite + 'a>(
        &self,
        table: Table,
        token: String,
        rows: impl Iterator<Item = R::Value<'a>>,
    ) -> clickhouse::error::Result<u64> {
        let insert = self.client.insert::<R>(table.name()).await?;
        let mut insert = insert.with_setting("insert_deduplication_token", token);
        let mut sent = 0;
        for row in rows {
            insert.write(&row).await?;
            sent += 1;
        }
        insert.end().await?;
        Ok(sent)
    }
}

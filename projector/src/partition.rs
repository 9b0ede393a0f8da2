//! One partition, from its events to its rows: the intent protocol of design §7.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::kv;
use nagare_runtime::Log;
use nagare_schema::Partition;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    batch::Batch,
    collect::Collector,
    erase::Eraser,
    error::TaskError,
    insert::Writer,
    ledger::Ledger,
    metrics::{Behind, Metrics},
    pace::Pace,
    removal::Remover,
    retention::Retention,
};

/// An insert that is under way gets this long to finish when the partition is given up.
const FINISH_MAX: Duration = Duration::from_secs(5);
/// A batch that is behind the log grows for this long at most before it is inserted though not full.
const GROW_MAX: Duration = Duration::from_secs(1);
/// Pause between looks at the lag while an insert takes its time.
const LAG_EVERY: Duration = Duration::from_secs(1);
/// Such a look takes this long at most: the insert waits for it.
const LOOK_MAX: Duration = Duration::from_millis(500);

/// What the tasks of all partitions share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) log: Log,
    pub(crate) progress: kv::Store,
    pub(crate) writer: Writer,
    pub(crate) eraser: Eraser,
    pub(crate) remover: Remover,
    pub(crate) metrics: Metrics,
    pub(crate) partitions: u16,
    /// Turns to insert: as many partitions insert at a time as there are cores. More would not be
    /// faster together, and their batches would be smaller.
    pub(crate) turns: Arc<Semaphore>,
    pub(crate) cores: usize,
    pub(crate) log_age: Duration,
}

/// Projects a partition, and trims its logs, until `stop`.
pub(crate) async fn project(shared: Shared, partition: Partition, stop: CancellationToken) -> Result<(), TaskError> {
    let _owning = shared.metrics.owning(partition);
    let retention = Retention {
        log: shared.log.clone(),
        progress: shared.progress.clone(),
        partition,
        age: shared.log_age,
        metrics: shared.metrics.clone(),
    };
    let ended = tokio::select! {
        ended = project_until(&shared, partition, &stop) => ended,
        () = retention.run() => Ok(()),
        // The tables are those of all partitions: one owner is enough.
        () = shared.remover.run(), if partition == Partition(0) => Ok(()),
    };
    match ended {
        Err(TaskError::Stopped) => Ok(()),
        ended => ended,
    }
}

async fn project_until(shared: &Shared, partition: Partition, stop: &CancellationToken) -> Result<(), TaskError> {
    open(shared, partition, stop).await?.run().await
}

async fn open<'a>(
    shared: &'a Shared,
    partition: Partition,
    stop: &'a CancellationToken,
) -> Result<Task<'a>, TaskError> {
    let ledger = Ledger::open(shared.progress.clone(), partition).await?;
    let done = ledger.progress().done;
    let collector = Collector::open(&shared.log, partition, done, shared.metrics.clone()).await?;
    let pace = Pace::new(shared.partitions, shared.cores);
    Ok(Task { shared, partition, stop, ledger, collector, pace })
}

struct Task<'a> {
    shared: &'a Shared,
    partition: Partition,
    stop: &'a CancellationToken,
    ledger: Ledger,
    collector: Collector,
    pace: Pace,
}

impl Task<'_> {
    async fn run(&mut self) -> Result<(), TaskError> {
        let mut erasures = self.shared.eraser.requests(self.partition).await?;
        self.repeat_unfinished().await?;
        loop {
            let stop = self.stop;
            let ripe = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                request = erasures.next() => {
                    // Nobody else may be inserting into the site's tables.
                    self.ledger.confirm().await?;
                    let done = self.ledger.progress().done;
                    self.shared.eraser.answer((self.partition, done), &request).await;
                    continue;
                }
                ripe = self.ripen() => ripe?,
            };
            let Some((batch, _turn)) = ripe else { continue };
            self.ledger.intend(batch.range()).await?;
            self.pace.begin();
            self.note_lag(Some(&batch));
            self.insert(&batch).await?;
            self.pace.end();
            self.ledger.complete(batch.range().1).await?;
            self.shared.metrics.projected(batch.counts());
            self.note_lag(None);
        }
    }

    /// Whoever wrote the intent may have inserted all of it, some, or nothing.
    async fn repeat_unfinished(&mut self) -> Result<(), TaskError> {
        let Some(range) = self.ledger.progress().intent else { return Ok(()) };
        tracing::info!(partition = %self.partition, from = range.0, to = range.1, "an unfinished insert is repeated");
        if let Some(batch) = self.collector.repeat(range).await? {
            self.insert(&batch).await?;
            self.shared.metrics.projected(batch.counts());
        }
        self.ledger.complete(range.1).await
    }

    /// Collects until it is time for an insert and its turn. Cancelling loses nothing.
    async fn ripen(&mut self) -> Result<Option<(Batch, OwnedSemaphorePermit)>, TaskError> {
        self.collector.wait().await?;
        if let Ok(filled) = tokio::time::timeout_at(self.pace.due(), self.collector.fill_worthwhile()).await {
            filled?;
        }
        tokio::time::sleep_until(self.pace.earliest()).await;
        let turn = self.turn().await?;
        // Behind the log there is no reason to wait for anything but a full batch.
        if let Ok(drained) = tokio::time::timeout(GROW_MAX, self.collector.drain()).await {
            drained?;
        }
        Ok(self.collector.take_batch().map(|batch| (batch, turn)))
    }

    /// Waits for a turn to insert; the batch grows meanwhile.
    async fn turn(&mut self) -> Result<OwnedSemaphorePermit, TaskError> {
        let acquiring = self.shared.turns.clone().acquire_owned();
        tokio::pin!(acquiring);
        tokio::select! {
            biased;
            turn = &mut acquiring => return turn.map_err(|_| TaskError::Stopped),
            filled = self.collector.fill() => filled?,
        }
        acquiring.await.map_err(|_| TaskError::Stopped)
    }

    /// Inserts a batch, while the next one is collected.
    async fn insert(&mut self, batch: &Batch) -> Result<(), TaskError> {
        let (shared, partition, stop, done) = (self.shared, self.partition, self.stop, self.ledger.progress().done);
        let Self { ledger, collector, .. } = self;
        let inserting = shared.writer.insert(partition, batch, ledger, stop);
        tokio::pin!(inserting);
        let mut given_up = std::pin::pin!(async {
            stop.cancelled().await;
            tokio::time::sleep(FINISH_MAX).await;
        });
        let mut look = tokio::time::interval_at(Instant::now() + LAG_EVERY, LAG_EVERY);
        let mut reading = true;
        loop {
            tokio::select! {
                inserted = &mut inserting => return inserted,
                () = &mut given_up => return Err(TaskError::Stopped),
                filled = collector.fill(), if reading => {
                    // An error is met again, and ends the task, when it is the turn of what follows.
                    reading = false;
                    drop(filled);
                }
                _ = look.tick() => note_newest(shared, partition, done, batch).await,
            }
        }
    }

    fn note_lag(&self, in_flight: Option<&Batch>) {
        let first = in_flight.or(self.collector.batch());
        let newest = self.collector.batch().or(in_flight).map_or(0, |batch| batch.range().1);
        let behind = Behind {
            messages: newest.saturating_sub(self.ledger.progress().done),
            oldest_ms: first.map(Batch::oldest_ms),
        };
        self.shared.metrics.behind(self.partition, behind);
    }
}

/// Notes the lag of a partition whose insert takes its time.
async fn note_newest(shared: &Shared, partition: Partition, done: u64, batch: &Batch) {
    let newest = tokio::time::timeout(LOOK_MAX, shared.log.last_events(partition)).await;
    // Without an answer the last lag stands; its age grows by itself.
    if let Ok(Ok(Some(newest))) = newest {
        let messages = newest.sequence.saturating_sub(done);
        shared.metrics.behind(partition, Behind { messages, oldest_ms: Some(batch.oldest_ms()) });
    }
}

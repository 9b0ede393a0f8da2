//! A partition that stands still, and what it goes on with.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use bytes::Bytes;
use nagare_processor::{HOLD_MAX, rebuild_message, restart_messages};
use nagare_runtime::{AppendError, Context, ErasedVisits, Progress};
use nagare_schema::{BUCKET_PROGRESS, Cursor, EventBatch, Partition, Rebuild, UnixMillis, VisitEvent, decode};

/// Tries to append a hold while a processor appends, too.
const TRIES_MAX: usize = 100;
/// The tables must hold what was decided before the hold within this time, which the hold outlasts.
const PROJECTED_WITHIN: Duration = Duration::from_secs(300);
/// Pause between looks at the progress.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

const _: () = assert!(PROJECTED_WITHIN.as_secs() < HOLD_MAX.as_secs());

/// A held partition: the last message of its events is ours.
pub(super) struct Held {
    partition: Partition,
    /// Its sequence.
    sequence: u64,
    /// Where the partition stands; each further message says the same.
    at: EventBatch,
}

impl Held {
    /// Holds a partition: a processor that appends now is refused, begins anew, and waits.
    pub(super) async fn take(context: &Context, partition: Partition) -> Result<Self> {
        for _ in 0..TRIES_MAX {
            let last = context.log.last_events(partition).await?;
            let at = match &last {
                Some(last) => decode(last.version, &last.payload).context("the last events cannot be read")?,
                None => nothing(),
            };
            let mut held = Self { partition, sequence: last.map_or(0, |last| last.sequence), at };
            match held.append(context, rebuild_message(&held.at, Rebuild::Hold, &[])?).await {
                Ok(()) => return Ok(held),
                Err(AppendError::Fenced) => {}
                Err(error) => return Err(error.into()),
            }
        }
        bail!("partition {partition} cannot be held")
    }

    /// Waits until everything that was decided before is in the tables.
    pub(super) async fn projected(&self, context: &Context) -> Result<()> {
        let bucket = context.jetstream.get_key_value(BUCKET_PROGRESS).await.context("no progress is kept")?;
        let began = Instant::now();
        while Progress::load(&bucket, self.partition).await?.done < self.sequence {
            ensure!(began.elapsed() < PROJECTED_WITHIN, "partition {} does not come into the tables", self.partition);
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Says again that the partition is held; an error when another process took it over.
    pub(super) async fn renew(&mut self, context: &Context) -> Result<()> {
        self.say(context, Rebuild::Hold).await
    }

    /// Begins the state of the partition anew with these events.
    pub(super) async fn restate(&mut self, context: &Context, events: &[VisitEvent]) -> Result<()> {
        let erased = ErasedVisits::open(&context.jetstream, context.log.replicas()).await?;
        erased.note_restatement(self.partition, self.sequence + 1).await?;
        for message in restart_messages(&self.at, events)? {
            self.append(context, message).await?;
        }
        Ok(())
    }

    /// Lets the partition go on.
    pub(super) async fn release(&mut self, context: &Context) -> Result<()> {
        self.say(context, Rebuild::Release).await
    }

    async fn say(&mut self, context: &Context, rebuild: Rebuild) -> Result<()> {
        let message = rebuild_message(&self.at, rebuild, &[])?;
        Ok(self.append(context, message).await?)
    }

    async fn append(&mut self, context: &Context, message: Bytes) -> Result<(), AppendError> {
        self.sequence = context.log.append_events(self.partition, message, self.at.to, self.sequence).await?;
        Ok(())
    }
}

/// Where a partition stands that nothing happened in.
fn nothing() -> EventBatch {
    EventBatch {
        from: Cursor::default(),
        to: Cursor::default(),
        clock: UnixMillis(0),
        producers: Vec::new(),
        events: Vec::new(),
        rebuild: None,
    }
}

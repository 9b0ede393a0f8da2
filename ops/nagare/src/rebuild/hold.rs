//! A partition that stands still, and what it goes on with.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nagare_processor::HOLD_MAX;
use nagare_runtime::{AppendError, Context, Progress};
use nagare_schema::{
    BUCKET_PROGRESS, Cursor, EventBatch, MESSAGE_BYTES_MAX, Partition, Rebuild, UnixMillis, VisitEvent, decode, encode,
};

/// Tries to append a hold while a processor appends, too.
const TRIES_MAX: usize = 100;
/// The tables must hold what was decided before the hold within this time, which the hold outlasts.
const PROJECTED_WITHIN: Duration = Duration::from_secs(300);
/// Pause between looks at the progress.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Events of a message at first; halved until they fit.
const EVENTS_AT_ONCE: usize = 500;

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
            match held.append(context, Rebuild::Hold, &[]).await {
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
        Ok(self.append(context, Rebuild::Hold, &[]).await?)
    }

    /// Begins the state of the partition anew with these events.
    pub(super) async fn restate(&mut self, context: &Context, events: &[VisitEvent]) -> Result<()> {
        self.append(context, Rebuild::Restart, &[]).await?;
        let mut rest = events;
        while !rest.is_empty() {
            let mut count = rest.len().min(EVENTS_AT_ONCE);
            while count > 1 && self.message(Rebuild::Restated, &rest[..count])?.len() > MESSAGE_BYTES_MAX {
                count /= 2;
            }
            self.append(context, Rebuild::Restated, &rest[..count]).await?;
            rest = &rest[count..];
        }
        Ok(())
    }

    /// Lets the partition go on.
    pub(super) async fn release(&mut self, context: &Context) -> Result<()> {
        Ok(self.append(context, Rebuild::Release, &[]).await?)
    }

    async fn append(&mut self, context: &Context, rebuild: Rebuild, events: &[VisitEvent]) -> Result<(), AppendError> {
        let payload = self.message(rebuild, events)?;
        self.sequence = context.log.append_events(self.partition, payload.into(), self.at.to, self.sequence).await?;
        Ok(())
    }

    fn message(&self, rebuild: Rebuild, events: &[VisitEvent]) -> Result<Vec<u8>, AppendError> {
        let (to, clock, producers) = (self.at.to, self.at.clock, self.at.producers.clone());
        let batch = EventBatch { from: to, to, clock, producers, events: events.to_vec(), rebuild: Some(rebuild) };
        encode(&batch).map_err(|error| AppendError::Refused(error.to_string()))
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

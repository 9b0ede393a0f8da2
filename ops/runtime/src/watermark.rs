use std::time::{Duration, Instant};

use async_nats::jetstream::kv;
use nagare_schema::{BUCKET_PROGRESS, Cursor, Partition};
use serde::{Deserialize, Serialize};

use crate::{Context, Log, LogError, is_spooling};

/// Pause between looks at the watermarks.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What the projector says about a partition, in the PROGRESS bucket under `events.<partition>`.
///
/// `intent` is a range of EVENTS that is being inserted; whoever owns the partition next repeats
/// exactly that range (design §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Last sequence of EVENTS that is in the tables.
    pub done: u64,
    /// First and last sequence being inserted.
    pub intent: Option<(u64, u64)>,
}

impl Progress {
    /// Key of a partition in the PROGRESS bucket.
    pub fn key(partition: Partition) -> String {
        format!("events.{partition}")
    }

    /// The progress of a partition; nothing done when none is stored.
    ///
    /// # Errors
    /// [`WatermarkError::Unavailable`].
    pub async fn load(bucket: &kv::Store, partition: Partition) -> Result<Self, WatermarkError> {
        let stored = bucket.get(Self::key(partition)).await.map_err(unavailable)?;
        Ok(stored.and_then(|value| serde_json::from_slice(&value).ok()).unwrap_or_default())
    }
}

/// How far a partition is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Lag {
    /// The partition.
    pub partition: u16,
    /// Sequence of the last hits.
    pub hits: u64,
    /// Sequence of the last hits that are decided.
    pub decided: u64,
    /// Sequence of the last events.
    pub events: u64,
    /// Sequence of the last events in the tables.
    pub projected: u64,
}

impl Lag {
    /// True when every hit is in the tables.
    pub fn is_none(&self) -> bool {
        self.decided >= self.hits && self.projected >= self.events
    }
}

/// Why watermarks cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum WatermarkError {
    /// A broker cannot be reached.
    #[error("watermarks cannot be read: {0}")]
    Unavailable(String),
    /// Not within the time given: hits are on the disk of an ingest process.
    #[error("hits are still in the spool of an ingest process")]
    Spooled,
    /// Not within the time given; the lag that was left.
    #[error("hits are still on their way into the tables")]
    Behind(Vec<Lag>),
}

impl From<LogError> for WatermarkError {
    fn from(error: LogError) -> Self {
        unavailable(error)
    }
}

/// The lag of every partition.
///
/// # Errors
/// [`WatermarkError::Unavailable`].
pub async fn partition_lags(context: &Context) -> Result<Vec<Lag>, WatermarkError> {
    let progress = progress_bucket(context).await?;
    let partitions = context.directory.snapshot().partitions();
    let lags = (0..partitions).map(|partition| lag(&context.log, progress.as_ref(), Partition(partition)));
    futures_util::future::try_join_all(lags).await
}

/// Returns once every hit that was acknowledged before the call is in the tables.
///
/// # Errors
/// [`WatermarkError::Behind`] when `timeout` passes first.
pub async fn caught_up(context: &Context, timeout: Duration) -> Result<(), WatermarkError> {
    let deadline = Instant::now() + timeout;
    while is_spooling(context).await? {
        if Instant::now() >= deadline {
            return Err(WatermarkError::Spooled);
        }
        tokio::time::sleep(LOOK_AGAIN * 5).await;
    }
    let lags = partition_lags(context).await?;
    let mut waiting: Vec<Wait> = lags.into_iter().map(Wait::new).collect();
    loop {
        waiting.retain_mut(|wait| !wait.is_over());
        if waiting.is_empty() {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(WatermarkError::Behind(waiting.into_iter().map(|wait| wait.lag).collect()));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        let progress = progress_bucket(context).await?;
        for wait in &mut waiting {
            wait.lag = lag(&context.log, progress.as_ref(), Partition(wait.lag.partition)).await?;
        }
    }
}

/// A partition whose hits up to `asked` are waited for.
struct Wait {
    lag: Lag,
    asked: u64,
    /// Events that hold the decisions about those hits, once all are decided. Later ones do not count,
    /// or a busy partition would never be waited out.
    events: Option<u64>,
}

impl Wait {
    fn new(lag: Lag) -> Self {
        Self { lag, asked: lag.hits, events: None }
    }

    fn is_over(&mut self) -> bool {
        if self.lag.decided < self.asked {
            return false;
        }
        let events = *self.events.get_or_insert(self.lag.events);
        self.lag.projected >= events
    }
}

async fn lag(log: &Log, progress: Option<&kv::Store>, partition: Partition) -> Result<Lag, WatermarkError> {
    let hits = log.last_hits(partition).await?.map_or(0, |message| message.sequence);
    let events = log.last_events(partition).await?;
    let to = events.as_ref().and_then(|message| message.hits_to).unwrap_or_default();
    let projected = match progress {
        Some(bucket) => Progress::load(bucket, partition).await?.done,
        None => 0,
    };
    Ok(Lag {
        partition: partition.0,
        hits,
        decided: decided(to),
        events: events.map_or(0, |message| message.sequence),
        projected,
    })
}

fn decided(to: Cursor) -> u64 {
    if to.complete { to.sequence } else { to.sequence.saturating_sub(1) }
}

/// The bucket, unless no projector ever ran.
async fn progress_bucket(context: &Context) -> Result<Option<kv::Store>, WatermarkError> {
    match context.jetstream.get_key_value(BUCKET_PROGRESS).await {
        Ok(bucket) => Ok(Some(bucket)),
        Err(error) if error.kind() == async_nats::jetstream::context::KeyValueErrorKind::GetBucket => Ok(None),
        Err(error) => Err(unavailable(error)),
    }
}

fn unavailable(error: impl std::fmt::Display) -> WatermarkError {
    WatermarkError::Unavailable(error.to_string())
}

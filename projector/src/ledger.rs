//! Intent and progress of one partition, changed by compare-and-set (design §7).

use std::time::{Duration, Instant};

use async_nats::jetstream::kv;
use nagare_runtime::Progress;
use nagare_schema::Partition;

use crate::error::TaskError;

/// An insert begins only if the ledger was seen unchanged within this time. The process may have been
/// paused in between, and its share of the partitions given away.
const CONFIRMED_MAX: Duration = Duration::from_secs(5);

/// What this process knows of a partition's progress. Whoever changes the stored progress otherwise
/// takes the partition: the next change from here is refused as [`TaskError::Fenced`].
#[derive(Debug)]
pub(crate) struct Ledger {
    bucket: kv::Store,
    key: String,
    progress: Progress,
    /// 0: nothing is stored yet.
    revision: u64,
    confirmed: Instant,
}

impl Ledger {
    /// Reads the progress of a partition.
    pub(crate) async fn open(bucket: kv::Store, partition: Partition) -> Result<Self, TaskError> {
        let key = Progress::key(partition);
        let confirmed = Instant::now();
        let (progress, revision) = load(&bucket, &key).await?;
        Ok(Self { bucket, key, progress, revision, confirmed })
    }

    /// The progress as last seen.
    pub(crate) fn progress(&self) -> Progress {
        self.progress
    }

    /// Announces that a range is being inserted.
    pub(crate) async fn intend(&mut self, range: (u64, u64)) -> Result<(), TaskError> {
        self.write(Progress { intent: Some(range), ..self.progress }).await
    }

    /// Notes that everything up to `to` is in the tables.
    pub(crate) async fn complete(&mut self, to: u64) -> Result<(), TaskError> {
        self.write(Progress { done: to, intent: None }).await
    }

    /// Makes sure, unless that was seen just now, that nobody else changed the ledger.
    pub(crate) async fn confirm(&mut self) -> Result<(), TaskError> {
        if self.confirmed.elapsed() < CONFIRMED_MAX {
            return Ok(());
        }
        let asked = Instant::now();
        let (_, revision) = load(&self.bucket, &self.key).await?;
        if revision != self.revision {
            return Err(TaskError::Fenced);
        }
        self.confirmed = asked;
        Ok(())
    }

    async fn write(&mut self, progress: Progress) -> Result<(), TaskError> {
        let asked = Instant::now();
        let value = serde_json::to_vec(&progress).map_err(unavailable)?;
        let written = match self.revision {
            0 => self.bucket.create(&self.key, value.into()).await.map_err(|error| error.to_string()),
            revision => self.bucket.update(&self.key, value.into(), revision).await.map_err(|error| error.to_string()),
        };
        self.revision = match written {
            Ok(revision) => revision,
            Err(error) => self.written_after_all(progress, &error).await?,
        };
        self.progress = progress;
        self.confirmed = asked;
        Ok(())
    }

    /// An answer may be lost, or refuse a repeat of what is stored. If the stored progress says what was
    /// to be written, it does not matter who wrote it: its revision is taken over, and of two who both
    /// do so, the next change of one is refused.
    async fn written_after_all(&self, progress: Progress, error: &str) -> Result<u64, TaskError> {
        let (stored, revision) = load(&self.bucket, &self.key).await?;
        if stored == progress && revision > self.revision {
            return Ok(revision);
        }
        if revision > self.revision {
            return Err(TaskError::Fenced);
        }
        Err(TaskError::Progress(error.to_owned()))
    }
}

async fn load(bucket: &kv::Store, key: &str) -> Result<(Progress, u64), TaskError> {
    let Some(entry) = bucket.entry(key).await.map_err(unavailable)? else { return Ok((Progress::default(), 0)) };
    if entry.operation != kv::Operation::Put {
        return Ok((Progress::default(), entry.revision));
    }
    // Taking an unreadable progress for none would insert everything again.
    let progress = serde_json::from_slice(&entry.value).map_err(unavailable)?;
    Ok((progress, entry.revision))
}

fn unavailable(error: impl std::fmt::Display) -> TaskError {
    TaskError::Progress(error.to_string())
}

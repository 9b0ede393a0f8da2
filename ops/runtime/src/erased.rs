//! Visits that were erased: what recounts the log leaves them out, and nothing brings them back. Their ids
//! tell nothing of whose they were. Beside them, where the states of partitions begin anew in the log:
//! each such place repeats visits, and is erased when there is a newer one.

use std::collections::BTreeSet;

use async_nats::jetstream::{self, kv};
use futures_util::TryStreamExt as _;
use nagare_schema::{BUCKET_ERASED, ErasureRequest, Partition, VisitId};

/// Before the partition and the place, in keys of places where states begin anew.
const RESTATED: &str = "restated";

/// The ERASED bucket.
#[derive(Clone)]
pub struct ErasedVisits(kv::Store);

/// The bucket cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("the ERASED bucket cannot be reached: {0}")]
pub struct ErasedError(String);

fn unavailable(error: impl std::fmt::Display) -> ErasedError {
    ErasedError(error.to_string())
}

impl ErasedVisits {
    /// Opens the bucket, or makes it.
    ///
    /// # Errors
    /// [`ErasedError`].
    pub async fn open(jetstream: &jetstream::Context, replicas: usize) -> Result<Self, ErasedError> {
        let config = kv::Config {
            bucket: BUCKET_ERASED.to_owned(),
            description: "Visits that were erased from the tables".to_owned(),
            history: 1,
            num_replicas: replicas,
            ..Default::default()
        };
        jetstream.create_or_update_key_value(config).await.map(Self).map_err(unavailable)
    }

    /// Notes visits that are about to be erased; the same ones again change nothing.
    ///
    /// # Errors
    /// [`ErasedError`].
    pub async fn add(&self, request: &ErasureRequest) -> Result<(), ErasedError> {
        let Some(first) = request.visits.iter().min() else { return Ok(()) };
        let key = format!("{}.{first}.{}", request.site, request.visits.len());
        let value = serde_json::to_vec(&request.visits).map_err(unavailable)?;
        self.0.put(key, value.into()).await.map(drop).map_err(unavailable)
    }

    /// All of them.
    ///
    /// # Errors
    /// [`ErasedError`].
    pub async fn all(&self) -> Result<BTreeSet<VisitId>, ErasedError> {
        let mut keys = self.0.keys().await.map_err(unavailable)?;
        let mut all = BTreeSet::new();
        while let Some(key) = keys.try_next().await.map_err(unavailable)? {
            if key.starts_with(RESTATED) {
                continue;
            }
            let Some(value) = self.0.get(key).await.map_err(unavailable)? else { continue };
            all.extend(serde_json::from_slice::<Vec<VisitId>>(&value).map_err(unavailable)?);
        }
        Ok(all)
    }

    /// Notes that a state is about to begin anew: with the next message of the partition's events, whose
    /// sequence is `from` at least.
    ///
    /// # Errors
    /// [`ErasedError`].
    pub async fn note_restatement(&self, partition: Partition, from: u64) -> Result<(), ErasedError> {
        self.0.put(restatement(partition, from), "".into()).await.map(drop).map_err(unavailable)
    }

    /// Where the state of a partition begins anew, as noted, the oldest first.
    ///
    /// # Errors
    /// [`ErasedError`].
    pub async fn restatements(&self, partition: Partition) -> Result<BTreeSet<u64>, ErasedError> {
        let before = format!("{RESTATED}.{partition}.");
        let mut keys = self.0.keys().await.map_err(unavailable)?;
        let mut found = BTreeSet::new();
        while let Some(key) = keys.try_next().await.map_err(unavailable)? {
            found.extend(key.strip_prefix(&before).and_then(|from| from.parse::<u64>().ok()));
        }
        Ok(found)
    }

    /// Forgets such a place.
    ///
    /// # Errors
    /// [`ErasedError`].
    pub async fn forget_restatement(&self, partition: Partition, from: u64) -> Result<(), ErasedError> {
        self.0.purge(restatement(partition, from)).await.map(drop).map_err(unavailable)
    }
}

fn restatement(partition: Partition, from: u64) -> String {
    format!("{RESTATED}.{partition}.{from}")
}

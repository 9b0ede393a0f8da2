//! Visits that were erased from the tables: what recounts the log leaves them out, and nothing brings them
//! back. Their ids tell nothing of whose they were.

use std::collections::BTreeSet;

use async_nats::jetstream::{self, kv};
use futures_util::TryStreamExt as _;
use nagare_schema::{BUCKET_ERASED, ErasureRequest, VisitId};

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
            let Some(value) = self.0.get(key).await.map_err(unavailable)? else { continue };
            all.extend(serde_json::from_slice::<Vec<VisitId>>(&value).map_err(unavailable)?);
        }
        Ok(all)
    }
}

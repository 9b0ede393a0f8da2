//! Hits that were refused, by site, local day and reason. Every ingest process keeps rows of its own
//! in a bucket and adds to them now and then; who asks sums them up.

use std::{collections::BTreeMap, time::Duration};

use async_nats::jetstream::{self, kv};
use futures_util::TryStreamExt;
use nagare_schema::{BUCKET_REFUSALS, Day, DropReason, SiteId};

/// Days that are kept.
const AGE_MAX: Duration = Duration::from_secs(92 * 24 * 3600);
/// Rows of a site that are summed up: its days, by ingest process.
const ROWS_MAX: usize = 4096;

/// Hits by reason.
pub type Refused = BTreeMap<DropReason, u64>;

/// The REFUSALS bucket.
#[derive(Clone)]
pub struct RefusalStore(kv::Store);

/// The bucket cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("the REFUSALS bucket cannot be reached: {0}")]
pub struct RefusalError(String);

fn unavailable(error: impl std::fmt::Display) -> RefusalError {
    RefusalError(error.to_string())
}

impl RefusalStore {
    /// Opens the bucket, or makes it.
    ///
    /// # Errors
    /// [`RefusalError`].
    pub async fn open(jetstream: &jetstream::Context, replicas: usize) -> Result<Self, RefusalError> {
        let config = kv::Config {
            bucket: BUCKET_REFUSALS.to_owned(),
            description: "Refused hits by site, day and ingest process".to_owned(),
            history: 1,
            max_age: AGE_MAX,
            num_replicas: replicas,
            ..Default::default()
        };
        jetstream.create_or_update_key_value(config).await.map(Self).map_err(unavailable)
    }

    /// Adds to the row of an ingest process, which no other writes.
    ///
    /// # Errors
    /// [`RefusalError`].
    pub async fn add(&self, member: &str, (site, day): (SiteId, Day), refused: &Refused) -> Result<(), RefusalError> {
        let key = format!("{site}.{day}.{member}");
        let mut sum = self.row(&key).await?;
        add(&mut sum, refused);
        let row = serde_json::to_vec(&sum).map_err(unavailable)?;
        self.0.put(key, row.into()).await.map(drop).map_err(unavailable)
    }

    /// The refused hits of a site by local date (`2024-05-01`).
    ///
    /// # Errors
    /// [`RefusalError`].
    pub async fn of_site(&self, site: SiteId) -> Result<BTreeMap<String, Refused>, RefusalError> {
        let prefix = format!("{}{site}.", self.0.prefix);
        let subjects = self.0.stream.info_with_subjects(format!("{prefix}>")).await.map_err(unavailable)?;
        let subjects: Vec<(String, usize)> = subjects.try_collect().await.map_err(unavailable)?;
        let mut days: BTreeMap<String, Refused> = BTreeMap::new();
        for (subject, _) in subjects.iter().take(ROWS_MAX) {
            let Some(key) = subject.strip_prefix(&self.0.prefix) else { continue };
            let Some(day) = key.split('.').nth(1) else { continue };
            add(days.entry(day.to_owned()).or_default(), &self.row(key).await?);
        }
        Ok(days)
    }

    async fn row(&self, key: &str) -> Result<Refused, RefusalError> {
        let stored = self.0.get(key).await.map_err(unavailable)?;
        Ok(stored.and_then(|row| serde_json::from_slice(&row).ok()).unwrap_or_default())
    }
}

fn add(sum: &mut Refused, refused: &Refused) {
    for (reason, hits) in refused {
        *sum.entry(*reason).or_default() += hits;
    }
}

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_nats::jetstream::{self, kv};
use bytes::Bytes;
use futures_util::StreamExt;
use nagare_schema::{BUCKET_CONFIG, Config, ConfigKey, Entity};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::Backoff;

/// Changes of one key that are kept: the audit trail.
const HISTORY: i64 = 64;
/// Bytes of one entity at most.
const VALUE_BYTES_MAX: i32 = 256 * 1024;
/// Time a change may take to come back through the watch.
const VISIBLE_TIMEOUT: Duration = Duration::from_secs(10);
/// Earlier states of the directory that are kept, for hits that were judged by them.
const RECENT_MAX: usize = 32;

/// Why the directory cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Somebody else changed the entity first; read again and decide again.
    #[error("{0} was changed by somebody else")]
    Conflict(String),
    /// The bucket cannot be reached.
    #[error("the CONFIG bucket cannot be reached: {0}")]
    Unavailable(String),
    /// The entity is too large or cannot be written.
    #[error("{0} cannot be stored: {1}")]
    Unstorable(String, String),
}

/// What a change expects to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// No entity of that key.
    Absent,
    /// The entity at this revision.
    Revision(u64),
    /// Whatever is there.
    Any,
}

/// The CONFIG directory: all sites, goals, users, … in memory, kept current by a watch, changed by
/// compare-and-set. Cheap to clone.
#[derive(Clone)]
pub struct Directory {
    bucket: kv::Store,
    current: watch::Receiver<Arc<Config>>,
    recent: Recent,
}

/// The last states of the directory, oldest first, without the current one.
type Recent = Arc<Mutex<VecDeque<Arc<Config>>>>;

impl Directory {
    /// Opens the bucket, loads it, and follows it until `stop`.
    ///
    /// # Errors
    /// [`DirectoryError::Unavailable`].
    pub async fn open(
        jetstream: &jetstream::Context,
        replicas: usize,
        stop: CancellationToken,
    ) -> Result<Self, DirectoryError> {
        let bucket = jetstream
            .create_or_update_key_value(kv::Config {
                bucket: BUCKET_CONFIG.to_owned(),
                description: "Sites, goals, users and settings, with history".to_owned(),
                history: HISTORY,
                max_value_size: VALUE_BYTES_MAX,
                num_replicas: replicas,
                ..Default::default()
            })
            .await
            .map_err(unavailable)?;
        let (sender, current) = watch::channel(Arc::new(Config::default()));
        let recent = Recent::default();
        let follower = Follower { bucket: bucket.clone(), sender, recent: recent.clone() };
        let loaded = follower.load().await?;
        tokio::spawn(follower.follow(loaded, stop));
        Ok(Self { bucket, current, recent })
    }

    /// The directory as it is now.
    pub fn snapshot(&self) -> Arc<Config> {
        self.current.borrow().clone()
    }

    /// The directory as it was at `revision`, once this process has seen that; the nearest state
    /// known when it is too long ago, or takes too long.
    pub async fn at(&self, revision: u64) -> Arc<Config> {
        if !self.wait_for(revision).await {
            tracing::warn!(revision, "the configuration that was asked for has not come; an older one is used");
        }
        let current = self.snapshot();
        if current.revision <= revision {
            return current;
        }
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        state_at(&recent, revision).unwrap_or(current)
    }

    /// Reports every change.
    pub fn changes(&self) -> watch::Receiver<Arc<Config>> {
        self.current.clone()
    }

    /// Waits until this process has seen `revision`; false when that takes too long.
    pub async fn wait_for(&self, revision: u64) -> bool {
        if self.current.borrow().revision >= revision {
            return true;
        }
        let mut changes = self.current.clone();
        let seen = changes.wait_for(|config| config.revision >= revision);
        matches!(tokio::time::timeout(VISIBLE_TIMEOUT, seen).await, Ok(Ok(_)))
    }

    /// The entity of a key as stored, with its revision for compare-and-set.
    ///
    /// # Errors
    /// [`DirectoryError::Unavailable`].
    pub async fn get(&self, key: &ConfigKey) -> Result<Option<(Entity, u64)>, DirectoryError> {
        let entry = self.bucket.entry(key.to_string()).await.map_err(unavailable)?;
        let stored = entry.filter(|entry| entry.operation == kv::Operation::Put);
        Ok(stored.and_then(|entry| Some((decode_entity(key, &entry.value)?, entry.revision))))
    }

    /// Stores an entity and returns once this process sees it.
    ///
    /// # Errors
    /// [`DirectoryError::Conflict`] when `expected` does not hold; the others when it cannot be stored.
    pub async fn put(&self, entity: &Entity, expected: Expected) -> Result<u64, DirectoryError> {
        let key = entity.key().to_string();
        let value =
            encode_entity(entity).map_err(|error| DirectoryError::Unstorable(key.clone(), error.to_string()))?;
        let revision = match expected {
            Expected::Absent => self.bucket.create(&key, value).await.map_err(|error| match error.kind() {
                kv::CreateErrorKind::AlreadyExists => DirectoryError::Conflict(key.clone()),
                _ => unavailable(error),
            })?,
            Expected::Revision(revision) => {
                self.bucket.update(&key, value, revision).await.map_err(|error| match error.kind() {
                    kv::UpdateErrorKind::WrongLastRevision => DirectoryError::Conflict(key.clone()),
                    _ => unavailable(error),
                })?
            }
            Expected::Any => self.bucket.put(&key, value).await.map_err(unavailable)?,
        };
        self.settle(revision).await
    }

    /// Deletes an entity and returns once this process sees it gone.
    ///
    /// # Errors
    /// [`DirectoryError::Unavailable`].
    pub async fn delete(&self, key: &ConfigKey) -> Result<(), DirectoryError> {
        self.bucket.delete(key.to_string()).await.map_err(unavailable)?;
        let entry = self.bucket.entry(key.to_string()).await.map_err(unavailable)?;
        self.settle(entry.map_or(0, |entry| entry.revision)).await.map(|_| ())
    }

    async fn settle(&self, revision: u64) -> Result<u64, DirectoryError> {
        if self.wait_for(revision).await {
            return Ok(revision);
        }
        Err(DirectoryError::Unavailable("the change is stored but not yet visible".to_owned()))
    }
}

/// The task that keeps a directory current.
struct Follower {
    bucket: kv::Store,
    sender: watch::Sender<Arc<Config>>,
    recent: Recent,
}

impl Follower {
    /// Reads the whole bucket; the watch that it returns continues where the reading ended.
    async fn load(&self) -> Result<kv::Watch, DirectoryError> {
        let mut watch = self.bucket.watch_all_from_revision(1).await.map_err(unavailable)?;
        let last = self.bucket.status().await.map_err(unavailable)?.info.state.last_sequence;
        let mut config = Config::default();
        while config.revision < last {
            let Some(entry) = watch.next().await else { break };
            apply(&mut config, &entry.map_err(unavailable)?);
        }
        self.sender.send_replace(Arc::new(config));
        Ok(watch)
    }

    /// Keeps the state as it is and applies a change to a copy.
    fn advance(&self, entry: &kv::Entry) {
        {
            let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            if recent.len() == RECENT_MAX {
                recent.pop_front();
            }
            recent.push_back(self.sender.borrow().clone());
        }
        self.sender.send_modify(|config| apply(Arc::make_mut(config), entry));
    }

    /// Applies changes until `stop`, opening the watch anew when it breaks.
    async fn follow(self, mut watch: kv::Watch, stop: CancellationToken) {
        let mut backoff = Backoff::default();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                entry = watch.next() => {
                    if let Some(Ok(entry)) = entry {
                        self.advance(&entry);
                        backoff.reset();
                        continue;
                    }
                }
            }
            tracing::warn!("the watch on CONFIG broke; opening it anew");
            watch = loop {
                if !backoff.wait(&stop).await {
                    return;
                }
                let next = self.sender.borrow().revision + 1;
                if let Ok(watch) = self.bucket.watch_all_from_revision(next).await {
                    break watch;
                }
            };
        }
    }
}

/// The newest of `recent` that is not newer than `revision`, else the oldest.
fn state_at(recent: &VecDeque<Arc<Config>>, revision: u64) -> Option<Arc<Config>> {
    recent.iter().rev().find(|config| config.revision <= revision).or(recent.front()).cloned()
}

fn apply(config: &mut Config, entry: &kv::Entry) {
    config.revision = config.revision.max(entry.revision);
    let Ok(key) = entry.key.parse::<ConfigKey>() else {
        tracing::warn!(key = entry.key, "CONFIG holds a key of no known kind; it is ignored");
        return;
    };
    let entity = match entry.operation {
        kv::Operation::Put => match decode_entity(&key, &entry.value) {
            Some(entity) => Some(entity),
            None => {
                tracing::error!(key = entry.key, "CONFIG holds an entity that cannot be read; it is ignored");
                return;
            }
        },
        kv::Operation::Delete | kv::Operation::Purge => None,
    };
    config.apply(entry.revision, &key, entity);
}

/// The stored form of an entity: the JSON of its type.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn encode_entity(entity: &Entity) -> Result<Bytes, serde_json::Error> {
    let json = match entity {
        Entity::Deployment(value) => serde_json::to_vec(value),
        Entity::Settings(value) => serde_json::to_vec(value),
        Entity::Site(value) => serde_json::to_vec(value),
        Entity::Goal(_, value) => serde_json::to_vec(value),
        Entity::Dimension(_, value) => serde_json::to_vec(value),
        Entity::User(value) => serde_json::to_vec(value),
        Entity::Grant(value) => serde_json::to_vec(value),
        Entity::Token(value) => serde_json::to_vec(value),
        Entity::Annotation(value) => serde_json::to_vec(value),
        Entity::Report(value) => serde_json::to_vec(value),
        Entity::Segment(value) => serde_json::to_vec(value),
        Entity::Dashboard(value) => serde_json::to_vec(value),
        Entity::Failure(value) => serde_json::to_vec(value),
        Entity::Share(value) => serde_json::to_vec(value),
    };
    json.map(Bytes::from)
}

fn decode_entity(key: &ConfigKey, value: &[u8]) -> Option<Entity> {
    fn read<T: serde::de::DeserializeOwned>(value: &[u8]) -> Option<T> {
        serde_json::from_slice(value).ok()
    }
    Some(match key {
        ConfigKey::Deployment => Entity::Deployment(read(value)?),
        ConfigKey::Settings => Entity::Settings(read(value)?),
        ConfigKey::Site(_) => Entity::Site(read(value)?),
        ConfigKey::Goal(site, _) => Entity::Goal(*site, read(value)?),
        ConfigKey::Dimension(site, _) => Entity::Dimension(*site, read(value)?),
        ConfigKey::User(_) => Entity::User(read(value)?),
        ConfigKey::Grant(..) => Entity::Grant(read(value)?),
        ConfigKey::Token(_) => Entity::Token(read(value)?),
        ConfigKey::Annotation(..) => Entity::Annotation(read(value)?),
        ConfigKey::Report(_) => Entity::Report(read(value)?),
        ConfigKey::Segment(_) => Entity::Segment(read(value)?),
        ConfigKey::Dashboard(..) => Entity::Dashboard(read(value)?),
        ConfigKey::Failure(..) => Entity::Failure(read(value)?),
        ConfigKey::Share(_) => Entity::Share(read(value)?),
    })
}

fn unavailable(error: impl std::fmt::Display) -> DirectoryError {
    DirectoryError::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_of_the_past_is_the_newest_that_is_not_newer() {
        let state = |revision| Arc::new(Config { revision, ..Config::default() });
        let recent = VecDeque::from([state(3), state(5), state(9)]);
        let found = |revision| state_at(&recent, revision).map(|config| config.revision);
        assert_eq!((found(5), found(8), found(20)), (Some(5), Some(5), Some(9)));
        assert_eq!(found(1), Some(3), "too long ago: the oldest that is kept");
        assert!(state_at(&VecDeque::new(), 1).is_none());
    }
}

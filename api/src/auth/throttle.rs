//! Growing waits after failed sign-ins, by account and by address, shared by all processes.

use std::{net::IpAddr, time::Duration};

use async_nats::jetstream::{kv, stream};
use nagare_runtime::{Clock, Context};
use nagare_schema::{BUCKET_THROTTLE, UnixMillis};
use serde::{Deserialize, Serialize};

use super::token_hash;
use crate::error::ApiError;

/// First wait; it doubles with every further failure.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// Longest wait.
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);
/// Failures are forgotten after this time without another.
const FORGET_AFTER: Duration = Duration::from_secs(60 * 60);
/// Bytes of the bucket; a failure takes less than 200.
const BUCKET_BYTES_MAX: i64 = 64 << 20;
/// Tries to count a failure while other processes count theirs.
const TRIES_MAX: u32 = 5;

/// Whose failures are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Those for an account, existing or not.
    Account(String),
    /// Those from an address.
    Address(IpAddr),
}

impl Subject {
    /// The account and, where it is known, the address of a request.
    pub(crate) fn both(login: &str, address: Option<IpAddr>) -> Vec<Self> {
        [Self::Account(login.to_owned())].into_iter().chain(address.map(Self::Address)).collect()
    }

    /// Failures before waiting begins; many accounts may share an address.
    fn free_failures(&self) -> u32 {
        match self {
            Self::Account(_) => 5,
            Self::Address(_) => 30,
        }
    }

    /// Its key, which tells neither account nor address.
    fn key(&self) -> String {
        match self {
            Self::Account(login) => format!("account.{}", token_hash(login)),
            Self::Address(address) => format!("address.{}", token_hash(&address.to_canonical().to_string())),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Failures {
    count: u32,
    last: UnixMillis,
}

impl Failures {
    fn wait(self, free: u32, now: UnixMillis) -> Option<Duration> {
        let over = self.count.checked_sub(free)?;
        let wait = FIRST_WAIT.saturating_mul(1_u32 << over.min(16)).min(WAIT_MAX);
        let since = Duration::from_millis(u64::try_from(now.0 - self.last.0).unwrap_or(0));
        wait.checked_sub(since).filter(|left| !left.is_zero())
    }
}

/// The failures of all processes.
#[derive(Clone)]
pub(crate) struct Throttle {
    bucket: kv::Store,
    clock: Clock,
}

/// A throttle that cannot be asked lets nobody try.
const UNKNOWN_WAIT: Duration = Duration::from_secs(5);

impl Throttle {
    /// Opens the bucket.
    pub(crate) async fn open(context: &Context) -> Result<Self, ApiError> {
        let bucket = context
            .jetstream
            .create_or_update_key_value(kv::Config {
                bucket: BUCKET_THROTTLE.to_owned(),
                description: "Failed sign-ins by account and address".to_owned(),
                history: 1,
                max_age: FORGET_AFTER,
                max_bytes: BUCKET_BYTES_MAX,
                num_replicas: context.log.replicas(),
                ..Default::default()
            })
            .await
            .map_err(|error| ApiError::Bucket(error.to_string()))?;
        Ok(Self { bucket, clock: context.clock.clone() })
    }

    /// How long one has to wait; `None` when one may try now.
    pub(crate) async fn wait(&self, subjects: &[Subject]) -> Option<Duration> {
        let mut longest = None;
        for subject in subjects {
            let wait = match self.stored(subject).await {
                Ok(stored) => stored.and_then(|(failures, _)| failures.wait(subject.free_failures(), self.clock.now())),
                Err(error) => {
                    tracing::error!(%error, "failed sign-ins cannot be looked up");
                    Some(UNKNOWN_WAIT)
                }
            };
            longest = longest.max(wait);
        }
        longest
    }

    async fn stored(&self, subject: &Subject) -> Result<Option<(Failures, u64)>, kv::EntryError> {
        let entry = self.bucket.entry(subject.key()).await?;
        let entry = entry.filter(|entry| entry.operation == kv::Operation::Put);
        Ok(entry.and_then(|entry| Some((serde_json::from_slice(&entry.value).ok()?, entry.revision))))
    }

    /// Counts a failure of each.
    pub(crate) async fn failed(&self, subjects: &[Subject]) {
        for subject in subjects {
            if let Err(error) = self.count(subject).await {
                tracing::error!(%error, "a failed sign-in cannot be counted");
            }
        }
    }

    async fn count(&self, subject: &Subject) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        for _ in 0..TRIES_MAX {
            let last = self.clock.now();
            let counted = match self.stored(subject).await? {
                Some((known, revision)) => {
                    let failures = Failures { count: known.count.saturating_add(1), last };
                    self.bucket.update(subject.key(), encoded(failures), revision).await.is_ok()
                }
                None => self.bucket.create(subject.key(), encoded(Failures { count: 1, last })).await.is_ok(),
            };
            if counted {
                return Ok(());
            }
        }
        Err("others keep counting".into())
    }

    /// Forgets the failures of all addresses.
    pub(crate) async fn forget_addresses(&self) -> Result<(), stream::PurgeError> {
        let addresses = format!("{}address.>", self.bucket.prefix);
        self.bucket.stream.purge().filter(addresses).await.map(drop)
    }

    /// Forgets the failures of an account whose owner came. Those of an address stay: one known
    /// account must not buy guesses at others.
    pub(crate) async fn succeeded(&self, login: &str) {
        let subject = Subject::Account(login.to_owned());
        if matches!(self.stored(&subject).await, Ok(Some(_)))
            && let Err(error) = self.bucket.delete(subject.key()).await
        {
            tracing::error!(%error, "failed sign-ins cannot be forgotten");
        }
    }
}

fn encoded(failures: Failures) -> bytes::Bytes {
    serde_json::to_vec(&failures).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: u32, seconds_later: i64, expected: Option<u64>) {
        let failures = Failures { count, last: UnixMillis(0) };
        let wait = failures.wait(5, UnixMillis(seconds_later * 1000));
        assert_eq!(wait, expected.map(Duration::from_secs), "{count} failures, {seconds_later} s later");
    }

    #[test]
    fn waits_grow_and_end() {
        check(4, 0, None);
        check(5, 0, Some(2));
        check(6, 0, Some(4));
        check(6, 3, Some(1));
        check(6, 4, None);
        check(200, 0, Some(WAIT_MAX.as_secs()));
    }

    #[test]
    fn keys_tell_neither_account_nor_address() {
        let subjects = Subject::both("jane@example.org", Some(IpAddr::from([192, 0, 2, 7])));
        assert_eq!(subjects.len(), 2);
        for key in subjects.iter().map(Subject::key) {
            assert!(!key.contains("jane") && !key.contains("192"), "{key}");
        }
    }
}

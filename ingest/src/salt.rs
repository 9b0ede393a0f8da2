//! Day salts: what makes a fingerprint of one day useless on the next (`tracking.md` §2.2).

use std::{future::Future, sync::Arc, time::Duration};

use async_nats::jetstream::{self, kv};
use bytes::Bytes;
use nagare_schema::{BUCKET_SALTS, Day, SiteId, UnixMillis};
use quick_cache::sync::Cache;
use rand::RngCore;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

/// Bytes of a salt.
const SALT_BYTES: usize = 32;
/// A salt is forgotten this long after it was made.
const SALT_AGE_MAX: Duration = Duration::from_secs(5 * 24 * 3600);
/// Salts in memory.
const SALTS_CACHED_MAX: usize = 16_384;
/// Time the bucket gets to answer.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);
/// A salt that only this process knows is offered to the bucket again after this long.
const OFFER_AGAIN_MS: i64 = 5000;

/// Key of the fingerprints of one site and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DayKey(pub(crate) [u8; 16]);

/// A stored salt and when it was made.
pub(crate) type Salt = ([u8; SALT_BYTES], UnixMillis);

/// Where salts are kept: the edge that tests replace.
pub(crate) trait SaltStore: Send + Sync + 'static {
    /// The salt of a name: the stored one, else `offered`, which is stored then.
    fn get_or_create(&self, name: String, offered: Salt) -> impl Future<Output = Result<Salt, String>> + Send;
}

/// The SALTS bucket.
pub(crate) struct SaltBucket(kv::Store);

impl SaltBucket {
    /// Opens the bucket, or makes it.
    pub(crate) async fn open(jetstream: &jetstream::Context, replicas: usize) -> Result<Self, String> {
        let config = kv::Config {
            bucket: BUCKET_SALTS.to_owned(),
            description: "Secrets of the fingerprint by site and day".to_owned(),
            history: 1,
            max_age: SALT_AGE_MAX,
            num_replicas: replicas,
            ..Default::default()
        };
        jetstream.create_or_update_key_value(config).await.map(Self).map_err(|error| error.to_string())
    }
}

impl SaltStore for SaltBucket {
    async fn get_or_create(&self, name: String, offered: Salt) -> Result<Salt, String> {
        let answer = tokio::time::timeout(STORE_TIMEOUT, async {
            if let Some(stored) = read(&self.0, &name).await? {
                return Ok(stored);
            }
            match self.0.create(&name, Bytes::copy_from_slice(&offered.0)).await {
                Ok(_) => Ok(offered),
                // Another process was first.
                Err(error) if error.kind() == kv::CreateErrorKind::AlreadyExists => {
                    read(&self.0, &name).await?.ok_or_else(|| "the salt vanished".to_owned())
                }
                Err(error) => Err(error.to_string()),
            }
        });
        answer.await.unwrap_or_else(|_| Err("the bucket does not answer".to_owned()))
    }
}

async fn read(bucket: &kv::Store, name: &str) -> Result<Option<Salt>, String> {
    let entry = bucket.entry(name).await.map_err(|error| error.to_string())?;
    let Some(entry) = entry.filter(|entry| entry.operation == kv::Operation::Put) else { return Ok(None) };
    let salt = entry.value[..].try_into().map_err(|_| "a salt has the wrong length".to_owned())?;
    Ok(Some((salt, UnixMillis((entry.created.unix_timestamp_nanos() / 1_000_000) as i64))))
}

#[derive(Clone, Copy)]
struct Known {
    key: DayKey,
    salt: Salt,
    /// Not in the bucket yet; when it was offered last.
    offered_at: Option<UnixMillis>,
}

/// The salts that are in use, remembered while they are valid.
pub(crate) struct Salts<S> {
    store: S,
    known: Cache<(SiteId, Day), Known>,
    /// One question to the bucket at a time: those who wait find the answer in memory.
    asking: Mutex<()>,
}

impl<S: SaltStore> Salts<S> {
    pub(crate) fn new(store: S) -> Arc<Self> {
        Arc::new(Self { store, known: Cache::new(SALTS_CACHED_MAX), asking: Mutex::new(()) })
    }

    /// The key of a site's day, when it is in memory.
    pub(crate) fn known(&self, site: SiteId, day: Day, now: UnixMillis) -> Option<DayKey> {
        let known = self.known.get(&(site, day))?;
        let due = known.offered_at.is_some_and(|at| now.0 - at.0 > OFFER_AGAIN_MS);
        (!due && is_valid(known.salt, now)).then_some(known.key)
    }

    /// The key of a site's day. While the bucket cannot be reached it is one that only this process
    /// knows, offered to the bucket again later: hits are not refused for it.
    pub(crate) async fn key(&self, site: SiteId, day: Day, secret: &str, now: UnixMillis) -> DayKey {
        if let Some(key) = self.known(site, day, now) {
            return key;
        }
        let _turn = self.asking.lock().await;
        if let Some(key) = self.known(site, day, now) {
            return key;
        }
        let own = self.known.get(&(site, day)).filter(|known| is_valid(known.salt, now)).map(|known| known.salt);
        let offered = own.unwrap_or_else(|| (fresh_salt(), now));
        let (salt, offered_at) = match self.store.get_or_create(format!("{site}.{day}"), offered).await {
            Ok(salt) => (salt, None),
            Err(error) => {
                tracing::warn!(%site, %error, "a day salt cannot be stored; this process uses its own for now");
                (offered, Some(now))
            }
        };
        let key = derive(&salt.0, secret, site, day);
        self.known.insert((site, day), Known { key, salt, offered_at });
        key
    }
}

fn is_valid(salt: Salt, now: UnixMillis) -> bool {
    now.0 - salt.1.0 < SALT_AGE_MAX.as_millis() as i64
}

fn fresh_salt() -> [u8; SALT_BYTES] {
    let mut salt = [0; SALT_BYTES];
    rand::rng().fill_bytes(&mut salt);
    salt
}

fn derive(salt: &[u8], secret: &str, site: SiteId, day: Day) -> DayKey {
    let hash = Sha256::new().chain_update(salt).chain_update(site.0.to_le_bytes()).chain_update(day.0.to_le_bytes());
    let hash = hash.chain_update(secret).finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&hash[..16]);
    DayKey(key)
}

/// A bucket in memory.
#[cfg(test)]
pub(crate) mod fake {
    use std::{
        collections::HashMap,
        sync::{
            Mutex,
            atomic::{AtomicBool, Ordering},
        },
    };

    use super::*;

    #[derive(Default)]
    pub(crate) struct SaltMap {
        pub(crate) salts: Mutex<HashMap<String, Salt>>,
        pub(crate) down: AtomicBool,
    }

    impl SaltStore for Arc<SaltMap> {
        async fn get_or_create(&self, name: String, offered: Salt) -> Result<Salt, String> {
            if self.down.load(Ordering::Relaxed) {
                return Err("down".to_owned());
            }
            Ok(*self.salts.lock().unwrap().entry(name).or_insert(offered))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::{fake::SaltMap, *};

    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

    #[tokio::test]
    async fn section_2_2_processes_share_the_salt_of_a_day_and_no_other() {
        let map = Arc::new(SaltMap::default());
        let (one, other) = (Salts::new(map.clone()), Salts::new(map.clone()));
        let key = one.key(SiteId(1), Day(19_000), "secret", NOW).await;
        assert_eq!(other.key(SiteId(1), Day(19_000), "secret", NOW).await, key);
        assert_eq!(one.known(SiteId(1), Day(19_000), NOW), Some(key));
        assert_ne!(one.key(SiteId(1), Day(19_001), "secret", NOW).await, key);
        assert_ne!(one.key(SiteId(2), Day(19_000), "secret", NOW).await, key);
        assert_eq!(map.salts.lock().unwrap().len(), 3);
    }

    #[tokio::test]
    async fn section_2_2_a_salt_is_forgotten_after_five_days() {
        let salts = Salts::new(Arc::new(SaltMap::default()));
        salts.key(SiteId(1), Day(19_000), "secret", NOW).await;
        let later = UnixMillis(NOW.0 + 5 * 86_400_000);
        assert_eq!(salts.known(SiteId(1), Day(19_000), later), None);
    }

    #[tokio::test]
    async fn an_own_salt_is_offered_again_when_the_bucket_returns() {
        let map = Arc::new(SaltMap::default());
        map.down.store(true, Ordering::Relaxed);
        let salts = Salts::new(map.clone());
        let key = salts.key(SiteId(1), Day(1), "", NOW).await;
        assert_eq!(salts.key(SiteId(1), Day(1), "", NOW).await, key);
        map.down.store(false, Ordering::Relaxed);
        let later = UnixMillis(NOW.0 + OFFER_AGAIN_MS + 1);
        assert_eq!(salts.key(SiteId(1), Day(1), "", later).await, key);
        assert_eq!(map.salts.lock().unwrap().len(), 1);
    }
}

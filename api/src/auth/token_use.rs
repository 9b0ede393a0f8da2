//! When each token was used last.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_nats::jetstream::kv;
use nagare_runtime::{Audit, AuditEntry, Context};
use nagare_schema::{BUCKET_TOKEN_USE, Token, UnixMillis};

use crate::error::ApiError;

/// Within this time a token's use is written down once.
const EVERY_MS: i64 = 3_600_000;
/// Bytes of the bucket; a token takes about 150.
const BUCKET_BYTES_MAX: i64 = 64 << 20;
/// Digits of a token's hash by which the security log names it.
const ID_DIGITS: usize = 16;

/// The last uses. Cheap to clone.
#[derive(Clone)]
pub(crate) struct TokenUse {
    bucket: kv::Store,
    audit: Audit,
    /// By hash of tokens that exist: no more than there are.
    written: Arc<Mutex<HashMap<String, UnixMillis>>>,
}

impl TokenUse {
    /// Opens the bucket.
    pub(crate) async fn open(context: &Context, audit: Audit) -> Result<Self, ApiError> {
        let bucket = context
            .jetstream
            .create_or_update_key_value(kv::Config {
                bucket: BUCKET_TOKEN_USE.to_owned(),
                description: "When each token was used last".to_owned(),
                history: 1,
                max_bytes: BUCKET_BYTES_MAX,
                num_replicas: context.log.replicas(),
                ..Default::default()
            })
            .await
            .map_err(|error| ApiError::Bucket(error.to_string()))?;
        Ok(Self { bucket, audit, written: Arc::default() })
    }

    /// Notes that a token was used; written down at most once an hour.
    pub(crate) fn note(&self, token: &Token, now: UnixMillis) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(&token.hash).is_some_and(|last| now.0 - last.0 < EVERY_MS) {
            return;
        }
        written.insert(token.hash.clone(), now);
        drop(written);
        let (store, hash, login) = (self.clone(), token.hash.clone(), token.login.clone());
        tokio::spawn(async move { store.write(&hash, &login, now).await });
    }

    async fn write(&self, hash: &str, login: &str, now: UnixMillis) {
        if let Err(error) = self.bucket.put(hash, now.0.to_string().into()).await {
            tracing::error!(%error, "the use of a token cannot be written down");
        }
        let entry = AuditEntry {
            at: now,
            actor: login.to_owned(),
            action: "token.used".to_owned(),
            target: hash.get(..ID_DIGITS).unwrap_or_default().to_owned(),
            outcome: "done".to_owned(),
            address: String::new(),
        };
        self.audit.record(entry).await;
    }

    /// When a token was used last, to the hour.
    pub(crate) async fn last(&self, hash: &str) -> Option<UnixMillis> {
        let stored = self.bucket.get(hash).await.ok()??;
        std::str::from_utf8(&stored).ok()?.parse().ok().map(UnixMillis)
    }
}

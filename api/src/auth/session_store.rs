//! Sessions: a bucket whose entries expire, held in memory by a watch so that each request can ask.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_nats::jetstream::kv;
use futures_util::StreamExt;
use nagare_runtime::{Backoff, Context};
use nagare_schema::{BUCKET_SESSIONS, UnixMillis};
use serde::{Deserialize, Serialize};

use super::{generate_token, token_hash};
use crate::error::ApiError;

/// A session that is not renewed for this long has ended.
pub(crate) const IDLE_MAX: Duration = Duration::from_secs(24 * 3600);
/// A session ends after this time however often it is renewed.
pub(crate) const SESSION_MAX: Duration = Duration::from_secs(14 * 24 * 3600);
/// Sessions of one account; a further one ends the oldest.
const SESSIONS_PER_LOGIN_MAX: usize = 50;
/// Secrets of a session that were used before; the newest are remembered.
const USED_MAX: usize = 20;
/// Bytes of the bucket.
const BUCKET_BYTES_MAX: i64 = 256 << 20;
/// Time until a session that one process began is known to the others.
const KNOWN_WITHIN_MS: i64 = 10_000;
/// Characters that are kept of what a client calls itself.
const AGENT_CHARS_MAX: usize = 200;

/// One session of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) login: String,
    /// SHA-256 of the secret that renews it next.
    secret_hash: String,
    /// SHA-256 of secrets that did: whoever shows one of these again has stolen it, or was stolen from.
    used: Vec<String>,
    pub(crate) created_at: UnixMillis,
    pub(crate) renewed_at: UnixMillis,
    /// What the client called itself when it signed in.
    pub(crate) agent: String,
}

impl Session {
    fn is_alive(&self, now: UnixMillis) -> bool {
        let within = |since: UnixMillis, most: Duration| now.0 - since.0 < most.as_millis() as i64;
        within(self.renewed_at, IDLE_MAX) && within(self.created_at, SESSION_MAX)
    }
}

/// What comes of renewing a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// The session goes on with a new secret.
    Renewed { session: Session, secret: String },
    /// The secret was used before: the session has been ended.
    Reused { login: String },
    /// There is no such session.
    Unknown,
}

/// The sessions as this process knows them: by id; `None`: ended.
#[derive(Clone, Default)]
pub(crate) struct KnownSessions(Arc<Mutex<HashMap<String, Option<Session>>>>);

/// All sessions.
#[derive(Clone)]
pub(crate) struct SessionStore {
    bucket: kv::Store,
    pub(crate) known: KnownSessions,
}

impl KnownSessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Option<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, id: &str, session: Option<Session>) {
        self.lock().insert(id.to_owned(), session);
    }

    fn apply(&self, entry: &kv::Entry, now: UnixMillis) {
        let session = match entry.operation {
            kv::Operation::Put => serde_json::from_slice(&entry.value).ok(),
            kv::Operation::Delete | kv::Operation::Purge => None,
        };
        let mut known = self.lock();
        // What expired by age is not announced.
        known.retain(|_, session| session.as_ref().is_none_or(|session| session.is_alive(now)));
        known.insert(entry.key.clone(), session);
    }

    /// True when an access token of this session, issued at `issued_at`, may still be used.
    pub(crate) fn allows(&self, id: &str, login: &str, issued_at: UnixMillis, now: UnixMillis) -> bool {
        match self.lock().get(id) {
            Some(Some(session)) => session.login == login && session.is_alive(now),
            Some(None) => false,
            // Another process began it just now.
            None => now.0 - issued_at.0 < KNOWN_WITHIN_MS,
        }
    }

    /// True while the session goes on.
    pub(crate) fn has(&self, id: &str, now: UnixMillis) -> bool {
        matches!(self.lock().get(id), Some(Some(session)) if session.is_alive(now))
    }

    /// Sessions of a login with their ids, the oldest first.
    pub(crate) fn of(&self, login: &str, now: UnixMillis) -> Vec<(String, Session)> {
        let known = self.lock();
        let alive = known.iter().filter_map(|(id, session)| Some((id, session.as_ref()?)));
        let own = alive.filter(|(_, session)| session.login == login && session.is_alive(now));
        let mut own: Vec<_> = own.map(|(id, session)| (id.clone(), session.clone())).collect();
        own.sort_by_key(|(_, session)| session.created_at);
        own
    }
}

impl SessionStore {
    /// Opens the bucket and follows it until the process stops.
    pub(crate) async fn open(context: &Context) -> Result<Self, ApiError> {
        let bucket = context
            .jetstream
            .create_or_update_key_value(kv::Config {
                bucket: BUCKET_SESSIONS.to_owned(),
                description: "Sessions of signed-in users".to_owned(),
                history: 1,
                max_age: IDLE_MAX,
                max_bytes: BUCKET_BYTES_MAX,
                num_replicas: context.log.replicas(),
                ..Default::default()
            })
            .await
            .map_err(|error| ApiError::Bucket(error.to_string()))?;
        let watch = bucket.watch_all_from_revision(1).await.map_err(|error| ApiError::Bucket(error.to_string()))?;
        let store = Self { bucket, known: KnownSessions::default() };
        tokio::spawn(store.clone().follow(watch, context.clone()));
        Ok(store)
    }

    async fn follow(self, mut watch: kv::Watch, context: Context) {
        let mut backoff = Backoff::default();
        loop {
            tokio::select! {
                () = context.stop.cancelled() => return,
                entry = watch.next() => {
                    if let Some(Ok(entry)) = entry {
                        self.known.apply(&entry, context.clock.now());
                        backoff.reset();
                        continue;
                    }
                }
            }
            tracing::warn!("the watch on sessions broke; opening it anew");
            watch = loop {
                if !backoff.wait(&context.stop).await {
                    return;
                }
                if let Ok(watch) = self.bucket.watch_all_from_revision(1).await {
                    break watch;
                }
            };
        }
    }

    /// Begins a session: its id and the secret that renews it.
    pub(crate) async fn begin(
        &self,
        login: &str,
        agent: &str,
        now: UnixMillis,
    ) -> Result<(String, String), SessionsUnavailable> {
        let own = self.known.of(login, now);
        let surplus = (own.len() + 1).saturating_sub(SESSIONS_PER_LOGIN_MAX);
        for (id, _) in own.iter().take(surplus) {
            self.end(id).await?;
        }
        let (id, secret) = (generate_token(), generate_token());
        let session = Session {
            login: login.to_owned(),
            secret_hash: token_hash(&secret),
            used: Vec::new(),
            created_at: now,
            renewed_at: now,
            agent: agent.chars().take(AGENT_CHARS_MAX).collect(),
        };
        self.bucket.create(&id, encoded(&session)).await.map_err(|error| unavailable(&error))?;
        self.known.set(&id, Some(session));
        Ok((id, secret))
    }

    /// Renews a session: its secret is spent and replaced. A spent secret ends the session.
    pub(crate) async fn renew(&self, id: &str, secret: &str, now: UnixMillis) -> Result<Renewal, SessionsUnavailable> {
        if !is_id(id) {
            return Ok(Renewal::Unknown);
        }
        let entry = self.bucket.entry(id).await.map_err(|error| unavailable(&error))?;
        let entry = entry.filter(|entry| entry.operation == kv::Operation::Put);
        let stored =
            entry.and_then(|entry| Some((serde_json::from_slice::<Session>(&entry.value).ok()?, entry.revision)));
        let Some((mut session, revision)) = stored.filter(|(session, _)| session.is_alive(now)) else {
            return Ok(Renewal::Unknown);
        };
        let hash = token_hash(secret);
        if session.used.contains(&hash) {
            self.end(id).await?;
            return Ok(Renewal::Reused { login: session.login });
        }
        if session.secret_hash != hash {
            return Ok(Renewal::Unknown);
        }
        let secret = generate_token();
        session.used.push(std::mem::replace(&mut session.secret_hash, token_hash(&secret)));
        let surplus = session.used.len().saturating_sub(USED_MAX);
        session.used.drain(..surplus);
        session.renewed_at = now;
        // Two at once with one secret: the second is a reuse.
        match self.bucket.update(id, encoded(&session), revision).await {
            Ok(_) => {}
            Err(error) if error.kind() == kv::UpdateErrorKind::WrongLastRevision => {
                self.end(id).await?;
                return Ok(Renewal::Reused { login: session.login });
            }
            Err(error) => return Err(unavailable(&error)),
        }
        self.known.set(id, Some(session.clone()));
        Ok(Renewal::Renewed { session, secret })
    }

    /// Ends a session everywhere.
    pub(crate) async fn end(&self, id: &str) -> Result<(), SessionsUnavailable> {
        self.bucket.delete(id).await.map_err(|error| unavailable(&error))?;
        self.known.set(id, None);
        Ok(())
    }

    /// Ends the sessions of a login, but `kept`.
    pub(crate) async fn end_all(
        &self,
        login: &str,
        kept: Option<&str>,
        now: UnixMillis,
    ) -> Result<(), SessionsUnavailable> {
        for (id, _) in self.known.of(login, now) {
            if kept != Some(id.as_str()) {
                self.end(&id).await?;
            }
        }
        Ok(())
    }
}

/// Sessions cannot be read or changed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionsUnavailable;

fn unavailable(error: &dyn std::error::Error) -> SessionsUnavailable {
    tracing::error!(%error, "sessions cannot be reached");
    SessionsUnavailable
}

fn encoded(session: &Session) -> bytes::Bytes {
    serde_json::to_vec(session).unwrap_or_default().into()
}

/// Ids are hexadecimal: anything else is no key of the bucket.
fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_and_in_any_case() {
        let ms = |time: Duration| time.as_millis() as i64;
        let session = |created: i64, renewed: i64| Session {
            login: "root".to_owned(),
            secret_hash: String::new(),
            used: Vec::new(),
            created_at: UnixMillis(created),
            renewed_at: UnixMillis(renewed),
            agent: String::new(),
        };
        assert!(session(0, 0).is_alive(UnixMillis(ms(IDLE_MAX) - 1)));
        assert!(!session(0, 0).is_alive(UnixMillis(ms(IDLE_MAX))));
        let end = ms(SESSION_MAX);
        assert!(session(0, end - 2).is_alive(UnixMillis(end - 1)));
        assert!(!session(0, end - 1).is_alive(UnixMillis(end)));
    }

    #[test]
    fn only_hexadecimal_ids_are_keys() {
        assert!(is_id(&generate_token()));
        for bad in ["", "../x", "*", ">", "0123456789abcdef0123456789abcde."] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}

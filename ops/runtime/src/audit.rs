//! The security log: an append-only stream whose entries are chained by hashes.

use std::time::Duration;

use async_nats::jetstream::{
    self,
    stream::{self, DiscardPolicy, StorageType},
};
use nagare_schema::{STREAM_AUDIT, UnixMillis};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{AppendError, LogError};

/// Subject of all entries.
const SUBJECT: &str = "audit";
/// Bytes that are kept; then the oldest entries go.
const BYTES_MAX: i64 = 4 << 30;
/// Tries to append while other processes append.
const TRIES_MAX: u32 = 20;
/// Characters of a text in an entry.
const TEXT_CHARS_MAX: usize = 300;
/// Time that reading one entry may take.
const READ_MAX: Duration = Duration::from_secs(10);

/// Who did what, to whom or what, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: UnixMillis,
    /// The login; empty: nobody known.
    pub actor: String,
    /// What, as `session.begun` or the name of a method.
    pub action: String,
    /// To whom or what.
    pub target: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// From which address, where it matters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
}

/// An entry as stored: its place and its link to the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainedEntry {
    /// Hash of the entry before; empty: the first.
    pub previous: String,
    /// SHA-256 of `previous` and the entry.
    pub hash: String,
    /// The entry.
    pub entry: AuditEntry,
}

impl ChainedEntry {
    fn new(previous: &str, entry: AuditEntry) -> Self {
        Self { previous: previous.to_owned(), hash: link(previous, &entry), entry }
    }
}

fn link(previous: &str, entry: &AuditEntry) -> String {
    let text = serde_json::to_vec(entry).unwrap_or_default();
    let digest = Sha256::new().chain_update(previous.as_bytes()).chain_update(b"\n").chain_update(text).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// An entry was changed.
    #[error("entry {0} is not what was recorded")]
    Changed(u64),
    /// Entries before it were removed, or it was put in.
    #[error("entry {0} does not follow the one before it")]
    Broken(u64),
    /// Entries are missing.
    #[error("entries before {0} are missing")]
    Missing(u64),
    /// An entry cannot be read.
    #[error("entry {0} cannot be read")]
    Unreadable(u64),
}

/// Follows a chain, entry by entry.
#[derive(Debug, Default)]
pub struct ChainCheck {
    last: Option<(u64, String)>,
}

impl ChainCheck {
    /// Checks the next entry. What was dropped for age before the first one is not missed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn next(&mut self, sequence: u64, stored: &ChainedEntry) -> Result<(), ChainFault> {
        if stored.hash != link(&stored.previous, &stored.entry) {
            return Err(ChainFault::Changed(sequence));
        }
        match &self.last {
            Some((before, _)) if before + 1 != sequence => return Err(ChainFault::Missing(sequence)),
            Some((_, hash)) if *hash != stored.previous => return Err(ChainFault::Broken(sequence)),
            None if sequence == 1 && !stored.previous.is_empty() => return Err(ChainFault::Broken(sequence)),
            _ => {}
        }
        self.last = Some((sequence, stored.hash.clone()));
        Ok(())
    }

    /// Hash of the last entry: written down elsewhere, it proves that nothing was cut off.
    pub fn head(&self) -> Option<&str> {
        self.last.as_ref().map(|(_, hash)| hash.as_str())
    }
}

/// The security log. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    jetstream: jetstream::Context,
    stream: stream::Stream,
}

impl Audit {
    /// Opens the stream; the broker refuses to delete or purge its messages.
    ///
    /// # Errors
    /// [`LogError`] when the broker refuses.
    pub async fn open(jetstream: &jetstream::Context, replicas: usize) -> Result<Self, LogError> {
        let unavailable = |error: &dyn std::error::Error| LogError::Unavailable(error.to_string());
        let config = stream::Config {
            name: STREAM_AUDIT.to_owned(),
            subjects: vec![SUBJECT.to_owned()],
            storage: StorageType::File,
            num_replicas: replicas,
            max_bytes: BYTES_MAX,
            discard: DiscardPolicy::Old,
            deny_delete: true,
            deny_purge: true,
            ..Default::default()
        };
        jetstream.create_or_update_stream(config).await.map_err(|error| unavailable(&error))?;
        let stream = jetstream.get_stream(STREAM_AUDIT).await.map_err(|error| unavailable(&error))?;
        Ok(Self { jetstream: jetstream.clone(), stream })
    }

    /// Records an entry. What cannot be recorded is an error in the log of the process, not of the request.
    pub async fn record(&self, entry: AuditEntry) {
        let entry = AuditEntry { actor: bounded(entry.actor), target: bounded(entry.target), ..entry };
        let action = entry.action.clone();
        if let Err(error) = self.append(entry).await {
            tracing::error!(%error, action, "an entry of the security log is lost");
        }
    }

    async fn append(&self, entry: AuditEntry) -> Result<(), AppendError> {
        for _ in 0..TRIES_MAX {
            let (last, previous) = match self.stream.get_last_raw_message_by_subject(SUBJECT).await {
                Ok(message) => (message.sequence, hash_of(&message.payload)),
                Err(error) if error.kind() == stream::LastRawMessageErrorKind::NoMessageFound => (0, String::new()),
                Err(error) => return Err(AppendError::Unanswered(error.to_string())),
            };
            let chained = ChainedEntry::new(&previous, entry.clone());
            let payload = serde_json::to_vec(&chained).unwrap_or_default();
            let message = jetstream::message::PublishMessage::build()
                .payload(payload.into())
                .expected_last_subject_sequence(last);
            let sent = self.jetstream.send_publish(SUBJECT, message).await;
            let acknowledged = match sent {
                Ok(ack) => ack.await,
                Err(error) => Err(error),
            };
            match acknowledged {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == jetstream::context::PublishErrorKind::WrongLastSequence => {}
                Err(error) => return Err(AppendError::Unanswered(error.to_string())),
            }
        }
        Err(AppendError::Fenced)
    }

    /// The newest entries, the newest first: at most `limit`, older than `before`.
    ///
    /// # Errors
    /// [`LogError`] when the broker cannot be asked.
    pub async fn newest(&self, before: Option<u64>, limit: usize) -> Result<Vec<(u64, ChainedEntry)>, LogError> {
        let state = self.state().await?;
        let end = before.unwrap_or(u64::MAX).min(state.last_sequence + 1);
        let mut entries = Vec::new();
        let mut sequence = end.saturating_sub(1);
        while sequence >= state.first_sequence && sequence > 0 && entries.len() < limit {
            if let Ok(entry) = self.read(sequence).await? {
                entries.push((sequence, entry));
            }
            sequence -= 1;
        }
        Ok(entries)
    }

    /// Checks the whole chain: how many entries there are, and the hash of the last.
    ///
    /// # Errors
    /// [`LogError`] when the broker cannot be asked.
    pub async fn verify(&self) -> Result<Result<(u64, String), ChainFault>, LogError> {
        let state = self.state().await?;
        let (mut check, mut count) = (ChainCheck::default(), 0);
        if state.messages == 0 {
            return Ok(Ok((0, String::new())));
        }
        for sequence in state.first_sequence..=state.last_sequence {
            let checked = self.read(sequence).await?.and_then(|entry| check.next(sequence, &entry));
            if let Err(fault) = checked {
                return Ok(Err(fault));
            }
            count += 1;
        }
        Ok(Ok((count, check.head().unwrap_or_default().to_owned())))
    }

    async fn state(&self) -> Result<stream::State, LogError> {
        let info = self.stream.get_info().await.map_err(|error| LogError::Unavailable(error.to_string()))?;
        Ok(info.state)
    }

    async fn read(&self, sequence: u64) -> Result<Result<ChainedEntry, ChainFault>, LogError> {
        let message = tokio::time::timeout(READ_MAX, self.stream.get_raw_message(sequence)).await;
        match message.map_err(|_| LogError::Unavailable("no answer in time".to_owned()))? {
            Ok(message) => Ok(serde_json::from_slice(&message.payload).map_err(|_| ChainFault::Unreadable(sequence))),
            Err(error) if error.kind() == stream::RawMessageErrorKind::NoMessageFound => {
                Ok(Err(ChainFault::Missing(sequence)))
            }
            Err(error) => Err(LogError::Unavailable(error.to_string())),
        }
    }
}

fn hash_of(payload: &[u8]) -> String {
    serde_json::from_slice::<ChainedEntry>(payload).map(|entry| entry.hash).unwrap_or_default()
}

fn bounded(text: String) -> String {
    if text.len() <= TEXT_CHARS_MAX { text } else { text.chars().take(TEXT_CHARS_MAX).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(actions: &[&str]) -> Vec<ChainedEntry> {
        let mut previous = String::new();
        let mut entries = Vec::new();
        for action in actions {
            let entry = AuditEntry { action: (*action).to_owned(), ..AuditEntry::default() };
            entries.push(ChainedEntry::new(&previous, entry));
            previous.clone_from(&entries[entries.len() - 1].hash);
        }
        entries
    }

    fn check(entries: &[(u64, ChainedEntry)]) -> Result<(), ChainFault> {
        let mut check = ChainCheck::default();
        entries.iter().try_for_each(|(sequence, entry)| check.next(*sequence, entry))
    }

    #[test]
    fn a_chain_shows_what_was_done_to_it() {
        let whole: Vec<_> = (1..).zip(chain(&["a", "b", "c"])).collect();
        assert_eq!(check(&whole), Ok(()));
        // Dropped for age.
        assert_eq!(check(&whole[1..]), Ok(()));
        let without = vec![whole[0].clone(), whole[2].clone()];
        assert_eq!(check(&without), Err(ChainFault::Missing(3)));
        let renumbered = vec![whole[0].clone(), (2, whole[2].1.clone())];
        assert_eq!(check(&renumbered), Err(ChainFault::Broken(2)));
        let mut changed = whole.clone();
        changed[1].1.entry.actor = "somebody else".to_owned();
        assert_eq!(check(&changed), Err(ChainFault::Changed(2)));
        let mut rehashed = whole;
        rehashed[1].1 = ChainedEntry::new(&rehashed[1].1.previous.clone(), AuditEntry::default());
        assert_eq!(check(&rehashed), Err(ChainFault::Broken(3)));
    }
}

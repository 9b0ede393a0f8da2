//! Names of streams, subjects and buckets: the addresses every process agrees on.

use crate::{Partition, Removable, SiteId};

/// The log of hits: what trackers told us.
pub const STREAM_HITS: &str = "HITS";
/// The log of events: what the processors decided.
pub const STREAM_EVENTS: &str = "EVENTS";
/// Messages that could not be read, kept for an operator.
pub const STREAM_DEAD: &str = "DEAD";
/// Who did what that matters to security, chained by hashes.
pub const STREAM_AUDIT: &str = "AUDIT";
/// Which days were removed from the tables for their age.
pub const STREAM_REMOVALS: &str = "REMOVALS";

/// Sites, goals, users, tokens, settings; with history.
pub const BUCKET_CONFIG: &str = "CONFIG";
/// Secrets of the fingerprint by site and day; they expire by age.
pub const BUCKET_SALTS: &str = "SALTS";
/// Refused hits by site, day and ingest process; they expire by age.
pub const BUCKET_REFUSALS: &str = "REFUSALS";
/// Live members of each role; entries expire when a member stops its heartbeat.
pub const BUCKET_MEMBERS: &str = "MEMBERS";
/// Intent and progress of each projected partition.
pub const BUCKET_PROGRESS: &str = "PROGRESS";
/// Visits that were erased.
pub const BUCKET_ERASED: &str = "ERASED";
/// Sessions of signed-in users; they expire by age.
pub const BUCKET_SESSIONS: &str = "SESSIONS";
/// When each token was used last.
pub const BUCKET_TOKEN_USE: &str = "TOKEN_USE";
/// Failed sign-ins by account and address; they are forgotten by age.
pub const BUCKET_THROTTLE: &str = "THROTTLE";

/// Subject of the hits of a partition.
pub fn hits_subject(partition: Partition) -> String {
    format!("hits.{partition}")
}

/// Subject of the events of a partition.
pub fn events_subject(partition: Partition) -> String {
    format!("events.{partition}")
}

/// Core subject on which the broker announces, headers only, that a message was stored on `subject`.
pub fn committed_subject(subject: &str) -> String {
    format!("committed.{subject}")
}

/// Subject of unreadable messages, by the stream they came from.
pub fn dead_subject(stream: &str, partition: Partition) -> String {
    format!("dead.{}.{partition}", stream.to_ascii_lowercase())
}

/// Core subject of a site's live pulses.
pub fn live_subject(site: SiteId) -> String {
    format!("live.{site}")
}

/// Core subject on which one of the projectors is asked to number what has no number yet.
pub const SUBJECT_NUMBERS: &str = "numbers";

/// Core subject on which a projector is asked to remove what is old.
pub const SUBJECT_REMOVE: &str = "remove";

/// Subject of the records of what was removed.
pub fn removals_subject(what: Removable) -> String {
    format!("removals.{}", what.name())
}

/// Core subject on which the processor of a partition is asked to begin its state anew without visits.
pub fn restate_subject(partition: Partition) -> String {
    format!("restate.{partition}")
}

/// Core subject on which the owner of a partition is asked to erase visits.
pub fn erase_subject(partition: Partition) -> String {
    format!("erase.{partition}")
}

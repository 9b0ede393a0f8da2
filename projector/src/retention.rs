//! Trims the logs of a partition by age, and never past what still matters.
//!
//! The broker's own retention would forget messages that nobody has read. So it has none, and the owner
//! of a partition trims: HITS up to what is decided and in the tables, EVENTS up to what is in the
//! tables and older than what a processor folds to recover, and of both the newest message stays,
//! because positions are read from it. Two owners trimming at once do no harm.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_nats::jetstream::{
    kv,
    stream::{DirectGetErrorKind, Stream},
};
use nagare_runtime::{Log, LogError, LogMessage, Progress};
use nagare_schema::{EventBatch, Partition, decode, events_subject, hits_subject};

use crate::{
    error::TaskError,
    metrics::{Metrics, Trimmed},
};

/// Pause between two trims.
const TRIM_EVERY: Duration = Duration::from_secs(300);
/// The broker lets nobody append while it purges, which takes it a tenth of a millisecond a message or
/// more: it purges this many sequences at a time …
const STEP_MAX: u64 = 1000;
/// … and appends go on for this long before the next.
const STEP_PAUSE: Duration = Duration::from_millis(100);
/// What a processor folds when it takes a partition, before the last event's clock: two hours, and an
/// hour for clocks that differ.
const LOOK_BACK_MS: i64 = 3 * 3600 * 1000;

/// Trims the logs of one partition.
pub(crate) struct Retention {
    pub(crate) log: Log,
    pub(crate) progress: kv::Store,
    pub(crate) partition: Partition,
    pub(crate) age: Duration,
    pub(crate) metrics: Metrics,
}

/// What of a log may go, as sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    /// The first message that is young enough to stay.
    young: u64,
    /// The first message that somebody still needs.
    needed: u64,
    /// The last message.
    last: u64,
}

impl Bounds {
    /// The first message that stays.
    fn keep_from(self) -> u64 {
        self.young.min(self.needed).min(self.last)
    }

    /// True when messages stay although they are old, because they are not read.
    fn is_blocked(self) -> bool {
        self.needed < self.young && self.needed < self.last
    }
}

impl Retention {
    /// Trims now and then, until it is dropped.
    pub(crate) async fn run(&self) {
        let mut tick = tokio::time::interval(TRIM_EVERY);
        let (mut hits, mut events) = (Blocked::new(self, Trimmed::Hits), Blocked::new(self, Trimmed::Events));
        loop {
            tick.tick().await;
            for (trimmed, blocked) in [(self.trim_hits().await, &mut hits), (self.trim_events().await, &mut events)] {
                match trimmed {
                    Ok(is_blocked) => blocked.set(is_blocked),
                    // The logs only grow a little longer.
                    Err(error) => tracing::warn!(partition = %self.partition, %error, "a log was not trimmed"),
                }
            }
        }
    }

    async fn trim_hits(&self) -> Result<bool, TaskError> {
        let (stream, subject) = (self.log.hits(), hits_subject(self.partition));
        let cut = self.cut_ms();
        let Some(first) = old_message(stream, &subject, cut).await? else { return Ok(false) };
        let Some(last) = self.log.last_hits(self.partition).await? else { return Ok(false) };
        let young = first_since(stream, &subject, (first.sequence, last.sequence), cut).await?;
        let needed = self.first_unprojected_hits().await?;
        self.trim(stream, subject, first.sequence, Bounds { young, needed, last: last.sequence }).await
    }

    async fn trim_events(&self) -> Result<bool, TaskError> {
        let (stream, subject) = (self.log.events(), events_subject(self.partition));
        let cut = self.cut_ms();
        let Some(first) = old_message(stream, &subject, cut).await? else { return Ok(false) };
        let Some(last) = self.log.last_events(self.partition).await? else { return Ok(false) };
        // Without its clock the look-back window is unknown.
        let Ok(newest) = decode::<EventBatch>(last.version, &last.payload) else { return Ok(false) };
        // An event is stored after the receipt of its hits: what the window holds was stored in it, or later.
        let cut = cut.min(newest.clock.0 - LOOK_BACK_MS);
        let young = first_since(stream, &subject, (first.sequence, last.sequence), cut).await?;
        // The last projected message stays: it tells how far the hits of the tables reach.
        let needed = self.done().await?;
        self.trim(stream, subject, first.sequence, Bounds { young, needed, last: last.sequence }).await
    }

    async fn trim(&self, stream: &Stream, subject: String, first: u64, bounds: Bounds) -> Result<bool, TaskError> {
        let keep_from = bounds.keep_from();
        if keep_from > first {
            let messages = purge(stream, &subject, (first, keep_from)).await?;
            tracing::info!(subject, keep_from, messages, "a log was trimmed");
        }
        if bounds.is_blocked() {
            tracing::warn!(subject, ?bounds, "messages are older than the log's age and still unread: they stay");
        }
        Ok(bounds.is_blocked())
    }

    /// The message of HITS from which on not every hit is in the tables; 0 when none is known to be.
    async fn first_unprojected_hits(&self) -> Result<u64, TaskError> {
        match self.log.events().direct_get(self.done().await?).await {
            Ok(message) => Ok(LogMessage::from(message).hits_to.map_or(0, |to| to.sequence)),
            Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(0),
            Err(error) => Err(unavailable(error).into()),
        }
    }

    async fn done(&self) -> Result<u64, TaskError> {
        let progress = Progress::load(&self.progress, self.partition).await;
        progress.map(|progress| progress.done).map_err(|error| TaskError::Progress(error.to_string()))
    }

    fn cut_ms(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let cut = now.saturating_sub(self.age).as_millis();
        i64::try_from(cut).unwrap_or(i64::MAX)
    }
}

/// Whether a log is kept for unread messages, as the metric says.
struct Blocked {
    metrics: Metrics,
    log: Trimmed,
    is_blocked: bool,
}

impl Blocked {
    fn new(retention: &Retention, log: Trimmed) -> Self {
        Self { metrics: retention.metrics.clone(), log, is_blocked: false }
    }

    fn set(&mut self, is_blocked: bool) {
        self.metrics.retention_blocked(self.log, i64::from(is_blocked) - i64::from(self.is_blocked));
        self.is_blocked = is_blocked;
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        self.set(false);
    }
}

/// Purges a subject from its message `first` to before `keep_from`; returns the number of messages.
async fn purge(stream: &Stream, subject: &str, (mut first, keep_from): (u64, u64)) -> Result<u64, LogError> {
    let mut messages = 0;
    loop {
        let step = keep_from.min(first + STEP_MAX);
        messages += stream.purge().sequence(step).filter(subject).await.map_err(unavailable)?.purged;
        match next_message(stream, subject, step).await? {
            Some(next) if next.sequence < keep_from => first = next.sequence,
            _ => return Ok(messages),
        }
        tokio::time::sleep(STEP_PAUSE).await;
    }
}

/// The first message of a subject, if it was stored before `cut_ms`.
async fn old_message(stream: &Stream, subject: &str, cut_ms: i64) -> Result<Option<LogMessage>, LogError> {
    let first = next_message(stream, subject, 1).await?;
    Ok(first.filter(|message| message.stored_at_ms < cut_ms))
}

/// A sequence of the range before which all messages of the subject were stored before `since_ms`, and
/// after which none was. Messages of one stream are stored in order of time.
async fn first_since(
    stream: &Stream,
    subject: &str,
    (mut low, mut high): (u64, u64),
    since_ms: i64,
) -> Result<u64, LogError> {
    while low < high {
        let middle = low + (high - low) / 2;
        match next_message(stream, subject, middle).await? {
            Some(message) if message.stored_at_ms < since_ms => low = message.sequence + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

async fn next_message(stream: &Stream, subject: &str, from: u64) -> Result<Option<LogMessage>, LogError> {
    match stream.direct_get_next_for_subject(subject, Some(from)).await {
        Ok(message) => Ok(Some(message.into())),
        Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(None),
        Err(error) => Err(unavailable(error)),
    }
}

fn unavailable(error: impl std::fmt::Display) -> LogError {
    LogError::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bounds: (u64, u64, u64), keep_from: u64, is_blocked: bool) {
        let (young, needed, last) = bounds;
        let bounds = Bounds { young, needed, last };
        assert_eq!((bounds.keep_from(), bounds.is_blocked()), (keep_from, is_blocked), "{bounds:?}");
    }

    #[test]
    fn age_decides_where_everything_is_read() {
        check((50, 100, 100), 50, false);
    }

    #[test]
    fn unread_messages_and_the_newest_stay() {
        check((50, 20, 100), 20, true);
        check((101, 100, 100), 100, false);
        check((101, 0, 100), 0, true);
    }
}

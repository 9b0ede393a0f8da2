//! Erases from the logs of a partition what they told of visits that are erased from the tables.
//!
//! Before, the processor began its state anew in the log without those visits: nobody needs the messages
//! before that any more, so that the ones which hold the visits go as a whole, with what they told of
//! others, which is in the tables. The broker overwrites them on disk.

use async_nats::jetstream::stream::{DirectGetErrorKind, Stream};
use nagare_runtime::{ErasedVisits, Log, LogError, LogMessage};
use nagare_schema::{Cursor, EventBatch, HitId, Partition, Rebuild, decode, events_subject};

use crate::error::TaskError;

/// The logs of a partition.
pub(crate) struct LogEraser<'a> {
    pub(crate) log: &'a Log,
    pub(crate) erased: &'a ErasedVisits,
    pub(crate) partition: Partition,
    /// Last message of events that is in the tables.
    pub(crate) done: u64,
}

/// Where the state of the partition begins anew.
struct Anew {
    /// As noted.
    noted: u64,
    /// The message.
    sequence: u64,
    /// The hits that were decided before.
    decided: Cursor,
}

impl LogEraser<'_> {
    /// Erases the messages that told these hits, and all that they caused; returns how many.
    pub(crate) async fn erase(&self, hits: &[HitId]) -> Result<u64, TaskError> {
        let mut begun = self.begun_anew().await?;
        let newest = begun.pop().filter(|newest| newest.sequence <= self.done);
        let newest = newest.ok_or_else(|| refused("the state did not begin anew, or that is not in the tables"))?;
        let mut told: Vec<u64> = hits.iter().map(|hit| hit.sequence()).collect();
        told.dedup();
        let is_ours = |hit: &HitId| hit.partition() == self.partition;
        if !hits.iter().all(is_ours) || told.last().is_some_and(|last| !is_decided(*last, newest.decided)) {
            return Err(refused("not all hits are of this partition and decided"));
        }
        let mut erased = 0;
        for sequence in told {
            erased += self.erase_events(sequence, newest.sequence).await?;
            erased += erase_message(self.log.hits(), sequence).await?;
        }
        for older in begun {
            erased += self.erase_restatement(older.sequence, newest.sequence).await?;
            let forgotten = self.erased.forget_restatement(self.partition, older.noted).await;
            forgotten.map_err(refused)?;
        }
        Ok(erased)
    }

    /// Where the state begins anew, the newest last; what was noted and did not come about is left out.
    async fn begun_anew(&self) -> Result<Vec<Anew>, TaskError> {
        let mut begun = Vec::new();
        for noted in self.erased.restatements(self.partition).await.map_err(refused)? {
            let Some(message) = self.event_from(noted).await? else { continue };
            match decode::<EventBatch>(message.version, &message.payload) {
                Ok(batch) if batch.rebuild == Some(Rebuild::Restart) => {
                    begun.push(Anew { noted, sequence: message.sequence, decided: batch.to });
                }
                _ => {}
            }
        }
        Ok(begun)
    }

    /// Erases the events that hits of a message caused, all of them before `until`.
    async fn erase_events(&self, hits: u64, until: u64) -> Result<u64, TaskError> {
        let mut from = self.first_event_of(hits, until).await?;
        let mut erased = 0;
        while let Some(message) = self.event_from(from).await?.filter(|message| message.sequence < until) {
            let reaches = message.hits_to.is_some_and(|to| is_decided(hits, to));
            erased += erase_message(self.log.events(), message.sequence).await?;
            if reaches {
                break;
            }
            from = message.sequence + 1;
        }
        Ok(erased)
    }

    /// A sequence after which the first event is the first that a message of hits may have caused.
    async fn first_event_of(&self, hits: u64, until: u64) -> Result<u64, TaskError> {
        let (mut low, mut high) = (1, until);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.event_from(middle).await? {
                Some(message) if message.hits_to.is_none_or(|to| to.sequence < hits) => low = message.sequence + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// Erases an older beginning: it repeats what visits were told.
    async fn erase_restatement(&self, mut from: u64, until: u64) -> Result<u64, TaskError> {
        let mut erased = 0;
        while let Some(message) = self.event_from(from).await?.filter(|message| message.sequence < until) {
            let batch = decode::<EventBatch>(message.version, &message.payload);
            if !batch.is_ok_and(|batch| batch.rebuild.is_some()) {
                break;
            }
            erased += erase_message(self.log.events(), message.sequence).await?;
            from = message.sequence + 1;
        }
        Ok(erased)
    }

    async fn event_from(&self, sequence: u64) -> Result<Option<LogMessage>, TaskError> {
        let subject = events_subject(self.partition);
        match self.log.events().direct_get_next_for_subject(subject.as_str(), Some(sequence)).await {
            Ok(message) => Ok(Some(message.into())),
            Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }
}

/// True when all hits of a message are decided at a cursor.
fn is_decided(sequence: u64, at: Cursor) -> bool {
    sequence < at.sequence || (sequence == at.sequence && at.complete)
}

/// Erases a message, unless it is gone: the broker writes over it.
async fn erase_message(stream: &Stream, sequence: u64) -> Result<u64, TaskError> {
    match stream.delete_message(sequence).await {
        Ok(_) => Ok(1),
        Err(error) => match stream.direct_get(sequence).await {
            Err(gone) if gone.kind() == DirectGetErrorKind::NotFound => Ok(0),
            _ => Err(refused(error)),
        },
    }
}

fn refused(error: impl std::fmt::Display) -> TaskError {
    TaskError::Log(LogError::Unavailable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sequence: u64, at: (u64, bool), expected: bool) {
        let at = Cursor { sequence: at.0, hits: 1, complete: at.1 };
        assert_eq!(is_decided(sequence, at), expected, "{sequence} at {at:?}");
    }

    #[test]
    fn a_message_is_decided_when_its_last_hit_is() {
        check(3, (4, false), true);
        check(4, (4, false), false);
        check(4, (4, true), true);
        check(5, (4, true), false);
    }
}

//! What is inserted at once: a range of a partition's events.

use nagare_runtime::LogMessage;
use nagare_schema::EventBatch;

use crate::projection::rows_max;

/// Rows of a batch after which no further message is added. With a last message of at most
/// [`nagare_schema::MESSAGE_BYTES_MAX`] it stays far below the million rows of one block of ClickHouse.
const ROWS_FULL: usize = 100_000;
/// Rows of a batch that are worth an insert of their own: what an insert costs besides its rows no longer counts.
const ROWS_WORTH: usize = 30_000;
/// Bytes of messages after which no further message is added: bounds what a partition holds in memory.
const BYTES_FULL: usize = 24 * 1024 * 1024;

/// Events of a partition from the message `from` to the message `to`, both included.
#[derive(Debug)]
pub(crate) struct Batch {
    from: u64,
    to: u64,
    oldest_ms: i64,
    bytes: usize,
    messages: usize,
    rows_max: usize,
    events: Vec<EventBatch>,
}

/// How much is in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Messages, buried ones too.
    pub(crate) messages: usize,
    /// Events.
    pub(crate) events: usize,
    /// Rows, from above.
    pub(crate) rows_max: usize,
}

impl Batch {
    /// A batch of one message; `events` is `None` when the message was buried.
    pub(crate) fn begin(message: &LogMessage, events: Option<EventBatch>) -> Self {
        let mut batch = Self {
            from: message.sequence,
            to: message.sequence,
            oldest_ms: message.stored_at_ms,
            bytes: 0,
            messages: 0,
            rows_max: 0,
            events: Vec::new(),
        };
        batch.add(message, events);
        batch
    }

    /// Adds the message that follows.
    pub(crate) fn add(&mut self, message: &LogMessage, events: Option<EventBatch>) {
        self.to = message.sequence;
        self.messages += 1;
        self.bytes += message.payload.len();
        if let Some(events) = events {
            self.rows_max += events.events.iter().map(rows_max).sum::<usize>();
            self.events.push(events);
        }
    }

    /// The batch as a repeat of `range`, of which retention may have taken messages.
    pub(crate) fn repeating(self, range: (u64, u64)) -> Self {
        Self { from: range.0, to: range.1, ..self }
    }

    /// True when it is time to insert it, whatever the clock says.
    pub(crate) fn is_full(&self) -> bool {
        self.rows_max >= ROWS_FULL || self.bytes >= BYTES_FULL
    }

    /// True when nothing is gained by waiting for more.
    pub(crate) fn is_worthwhile(&self) -> bool {
        self.rows_max >= ROWS_WORTH || self.is_full()
    }

    /// Its first and last sequence.
    pub(crate) fn range(&self) -> (u64, u64) {
        (self.from, self.to)
    }

    /// When the broker stored its first message, milliseconds since 1970.
    pub(crate) fn oldest_ms(&self) -> i64 {
        self.oldest_ms
    }

    /// Its events, by message.
    pub(crate) fn events(&self) -> &[EventBatch] {
        &self.events
    }

    /// How much is in it.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            messages: self.messages,
            events: self.events.iter().map(|batch| batch.events.len()).sum(),
            rows_max: self.rows_max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sequence: u64, bytes: usize) -> LogMessage {
        LogMessage {
            sequence,
            version: 1,
            payload: vec![0; bytes].into(),
            hits_to: None,
            stored_at_ms: sequence as i64,
        }
    }

    #[test]
    fn a_batch_spans_its_messages_and_fills_by_bytes() {
        let mut batch = Batch::begin(&message(7, BYTES_FULL - 1), None);
        assert!(!batch.is_full());
        assert!(!batch.is_worthwhile());
        batch.rows_max = ROWS_WORTH;
        assert!(batch.is_worthwhile() && !batch.is_full());
        batch.add(&message(12, 1), None);
        assert!(batch.is_full());
        assert_eq!((batch.range(), batch.oldest_ms(), batch.counts().messages), ((7, 12), 7, 2));
    }
}

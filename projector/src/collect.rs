//! Reads ahead: while a batch is being inserted, the next one grows.

use nagare_runtime::{Log, LogMessage, LogReader};
use nagare_schema::{CodecError, EventBatch, Fact, Partition, STREAM_EVENTS};

use crate::{
    batch::{Batch, read},
    error::TaskError,
    metrics::Metrics,
};

/// Collects the events of a partition into batches.
pub(crate) struct Collector {
    partition: Partition,
    log: Log,
    reader: LogReader,
    metrics: Metrics,
    batch: Option<Batch>,
    /// A message that was read but is not in the batch yet, so that cancelling loses nothing.
    held: Option<LogMessage>,
    /// The held message cannot be added: what comes before it goes first.
    sealed: bool,
}

impl Collector {
    /// Reads from the message after `after`.
    pub(crate) async fn open(log: &Log, partition: Partition, after: u64, metrics: Metrics) -> Result<Self, TaskError> {
        let reader = log.read_events(partition, after).await?;
        Ok(Self { partition, log: log.clone(), reader, metrics, batch: None, held: None, sealed: false })
    }

    /// Adds messages until the batch is full. Cancelling loses nothing.
    pub(crate) async fn fill(&mut self) -> Result<(), TaskError> {
        while !self.is_full() {
            if !self.step().await? {
                self.reader.announced().await;
            }
        }
        Ok(())
    }

    /// Adds messages until there are none left now or the batch is full.
    pub(crate) async fn drain(&mut self) -> Result<(), TaskError> {
        while !self.is_full() && self.step().await? {}
        Ok(())
    }

    /// Waits until there is at least one message in the batch. Cancelling loses nothing.
    pub(crate) async fn wait(&mut self) -> Result<(), TaskError> {
        while self.batch.is_none() {
            if !self.step().await? {
                self.reader.announced().await;
            }
        }
        Ok(())
    }

    /// The messages of a range that is being repeated; `None` when nothing of it is left in the log.
    pub(crate) async fn repeat(&mut self, range: (u64, u64)) -> Result<Option<Batch>, TaskError> {
        let (_, to) = range;
        while self.reader.position() < to {
            let Some(message) = self.reader.try_next().await? else { break };
            if message.sequence > to {
                self.held = Some(message);
                break;
            }
            self.take(message).await?;
        }
        Ok(self.batch.take().map(|batch| batch.repeating(range)))
    }

    /// The batch as it is, making room for the next.
    pub(crate) fn take_batch(&mut self) -> Option<Batch> {
        self.sealed = false;
        self.batch.take()
    }

    /// The batch so far.
    pub(crate) fn batch(&self) -> Option<&Batch> {
        self.batch.as_ref()
    }

    /// True when the batch wants to be inserted.
    pub(crate) fn is_full(&self) -> bool {
        self.sealed || self.batch.as_ref().is_some_and(Batch::is_full)
    }

    /// Adds one message; false when there is none now.
    async fn step(&mut self) -> Result<bool, TaskError> {
        let message = match self.held.take() {
            Some(message) => Some(message),
            None => self.reader.try_next().await?,
        };
        let Some(message) = message else { return Ok(false) };
        if message.version > EventBatch::VERSION && self.batch.is_some() {
            self.held = Some(message);
            self.sealed = true;
            return Ok(true);
        }
        self.take(message).await?;
        Ok(true)
    }

    async fn take(&mut self, message: LogMessage) -> Result<(), TaskError> {
        let events = match read(&message) {
            Ok(events) => Some(events),
            Err(error) => {
                self.bury(message.clone(), &error).await?;
                None
            }
        };
        self.add(&message, events);
        Ok(())
    }

    /// Sets a message aside that nobody can read. One that a newer release wrote is waited for instead.
    async fn bury(&mut self, message: LogMessage, error: &CodecError) -> Result<(), TaskError> {
        let sequence = message.sequence;
        if matches!(error, CodecError::TooNew { .. }) {
            return Err(TaskError::TooNew { sequence, reason: error.to_string() });
        }
        let held = self.held.insert(message);
        self.log.bury(STREAM_EVENTS, self.partition, held, &error.to_string()).await?;
        self.held = None;
        self.metrics.buried();
        tracing::error!(partition = %self.partition, sequence, %error, "a message cannot be read; it is set aside");
        Ok(())
    }

    fn add(&mut self, message: &LogMessage, events: Option<EventBatch>) {
        match &mut self.batch {
            Some(batch) => batch.add(message, events),
            None => self.batch = Some(Batch::begin(message, events)),
        }
    }
}

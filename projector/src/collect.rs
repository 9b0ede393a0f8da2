//! Makes batches of what was fetched.

use nagare_runtime::{Log, LogMessage};
use nagare_schema::{CodecError, EventBatch, Partition, STREAM_EVENTS};
use tokio::task::JoinHandle;

use crate::{
    batch::Batch,
    error::TaskError,
    fetch::{Fetched, Fetcher},
    metrics::Metrics,
};

/// Collects the events of a partition into batches. Cancelling any of its waits loses nothing.
pub(crate) struct Collector {
    partition: Partition,
    log: Log,
    fetcher: Fetcher,
    metrics: Metrics,
    batch: Option<Batch>,
    /// The next message, that is being decoded or does not belong to the batch.
    next: Option<Next>,
    caught_up: bool,
    /// The next message cannot be added: what comes before it goes first.
    sealed: bool,
}

struct Next {
    message: LogMessage,
    events: Events,
}

enum Events {
    Decoding(JoinHandle<Result<EventBatch, CodecError>>),
    Decoded(Result<EventBatch, CodecError>),
}

impl Collector {
    /// Reads from the message after `after`.
    pub(crate) async fn open(log: &Log, partition: Partition, after: u64, metrics: Metrics) -> Result<Self, TaskError> {
        let fetcher = Fetcher::start(log.read_events(partition, after).await?);
        Ok(Self {
            partition,
            log: log.clone(),
            fetcher,
            metrics,
            batch: None,
            next: None,
            caught_up: false,
            sealed: false,
        })
    }

    /// Adds messages until the batch is full.
    pub(crate) async fn fill(&mut self) -> Result<(), TaskError> {
        while !self.is_full() {
            self.step().await?;
        }
        Ok(())
    }

    /// Adds messages until the batch is worth an insert.
    pub(crate) async fn fill_worthwhile(&mut self) -> Result<(), TaskError> {
        while !self.sealed && !self.batch.as_ref().is_some_and(Batch::is_worthwhile) {
            self.step().await?;
        }
        Ok(())
    }

    /// Adds messages until there are none left or the batch is full.
    pub(crate) async fn drain(&mut self) -> Result<(), TaskError> {
        while !self.is_full() && !self.caught_up {
            self.step().await?;
        }
        Ok(())
    }

    /// Waits until there is at least one message in the batch.
    pub(crate) async fn wait(&mut self) -> Result<(), TaskError> {
        while self.batch.is_none() {
            self.step().await?;
        }
        Ok(())
    }

    /// The messages of a range that is being repeated; `None` when nothing of it is left in the log.
    pub(crate) async fn repeat(&mut self, range: (u64, u64)) -> Result<Option<Batch>, TaskError> {
        let (_, to) = range;
        while !self.caught_up && self.fetch().await?.is_some_and(|sequence| sequence <= to) {
            self.take().await?;
        }
        Ok(self.take_batch().map(|batch| batch.repeating(range)))
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

    fn is_full(&self) -> bool {
        self.sealed || self.batch.as_ref().is_some_and(Batch::is_full)
    }

    /// Adds one message, or learns that there is none now.
    async fn step(&mut self) -> Result<(), TaskError> {
        if self.fetch().await?.is_none() {
            return Ok(());
        }
        match self.take().await {
            Err(TaskError::TooNew { .. }) if self.batch.is_some() => {
                self.sealed = true;
                Ok(())
            }
            taken => taken,
        }
    }

    /// Makes sure that there is a next message, and tells its sequence; `None` when there is none now.
    async fn fetch(&mut self) -> Result<Option<u64>, TaskError> {
        if self.next.is_none() {
            match self.fetcher.next().await {
                Fetched::Message(message, decoding) => {
                    self.next = Some(Next { message, events: Events::Decoding(decoding) });
                }
                Fetched::CaughtUp => {
                    self.caught_up = true;
                    return Ok(None);
                }
                Fetched::Failed(error) => return Err(error.into()),
            }
        }
        self.caught_up = false;
        Ok(self.next.as_ref().map(|next| next.message.sequence))
    }

    /// Adds the next message to the batch.
    async fn take(&mut self) -> Result<(), TaskError> {
        let Some(next) = &mut self.next else { return Ok(()) };
        if let Events::Decoding(decoding) = &mut next.events {
            let decoded = decoding.await.map_err(|error| TaskError::Decoder(error.to_string()))?;
            next.events = Events::Decoded(decoded);
        }
        let Some(Next { message, events: Events::Decoded(decoded) }) = &self.next else { return Ok(()) };
        match decoded {
            Ok(_) => {}
            // Passing it would lose what it says.
            Err(error @ CodecError::TooNew { .. }) => {
                return Err(TaskError::TooNew { sequence: message.sequence, reason: error.to_string() });
            }
            Err(error) => self.bury(message, error).await?,
        }
        let Some(Next { message, events: Events::Decoded(decoded) }) = self.next.take() else { return Ok(()) };
        match &mut self.batch {
            Some(batch) => batch.add(&message, decoded.ok()),
            None => self.batch = Some(Batch::begin(&message, decoded.ok())),
        }
        Ok(())
    }

    /// Sets a message aside that nobody can read.
    async fn bury(&self, message: &LogMessage, error: &CodecError) -> Result<(), TaskError> {
        let (partition, sequence) = (self.partition, message.sequence);
        self.log.bury(STREAM_EVENTS, partition, message, &error.to_string()).await?;
        self.metrics.buried();
        tracing::error!(%partition, sequence, %error, "a message cannot be read; it is set aside");
        Ok(())
    }
}

//! The writer of one partition: the only task that appends to it from this process.
//!
//! While an append is in flight the hits that arrive wait in the queue; they leave as one message
//! when it is confirmed. When the log does not confirm, batches go to the spool under the counter
//! they have, and all later ones follow them there until it is empty, so that order holds.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use nagare_runtime::{AppendError, Backoff, encode_fact};
use nagare_schema::{DropReason, Hit, HitBatch, HitId, MESSAGE_BYTES_MAX, Partition, ProducerId};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    append::Append,
    metrics::Metrics,
    queue::{Parcel, Settled},
    spool::{Spool, SpoolError},
};

/// Time the log gets to confirm one try of an append.
pub(crate) const TRY_TIMEOUT: Duration = Duration::from_secs(1);
/// A batch is tried for this long before it goes to the spool.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1500);
/// While the log confirms, this many batches leave the spool for each that enters it: it empties
/// under any load.
const LEAVE_PER_ENTRY: u32 = 4;
/// Bytes of a batch besides its hits.
const BATCH_OVERHEAD: usize = 256;

/// Appends the hits of one partition.
pub(crate) struct Writer<A> {
    pub(crate) partition: Partition,
    pub(crate) log: A,
    pub(crate) spool: SpoolAccess,
    pub(crate) producer: ProducerId,
    pub(crate) inbox: mpsc::Receiver<Parcel>,
    pub(crate) metrics: Arc<Metrics>,
    /// Cancelled when no more hits come: the writer settles what it has and ends.
    pub(crate) draining: CancellationToken,
    /// Number of the last batch.
    pub(crate) counter: u64,
    /// A parcel taken from the inbox, of which hits are left.
    pub(crate) waiting: Option<Parcel>,
}

/// One message, and who waits for it.
struct Batch {
    payload: Bytes,
    hits: u64,
    replies: Vec<oneshot::Sender<Settled>>,
}

impl<A: Append> Writer<A> {
    /// Writes until the queue ends.
    pub(crate) async fn run(mut self) {
        loop {
            let goes_on = if self.spool.is_empty() { self.write_through().await } else { self.write_by_spool().await };
            if !goes_on {
                return;
            }
        }
    }

    /// Appends what waits; false when the queue has ended.
    async fn write_through(&mut self) -> bool {
        if self.waiting.is_none() {
            self.waiting = self.receive().await;
        }
        if self.waiting.is_none() {
            return false;
        }
        while let Some(batch) = self.collect() {
            let begun = Instant::now();
            match self.append_patiently(&batch.payload).await {
                Ok(()) => {
                    self.metrics.append_seconds.observe(begun.elapsed().as_secs_f64());
                    self.settle(batch, Ok(()));
                }
                Err(error) => {
                    tracing::warn!(partition = %self.partition, %error, "the log does not confirm; hits go to the spool");
                    self.enter_spool(batch).await;
                    return true;
                }
            }
        }
        true
    }

    /// Tries an append until it is confirmed or patience ends; each try has the same counter.
    async fn append_patiently(&self, payload: &Bytes) -> Result<(), AppendError> {
        let deadline = Instant::now() + PATIENCE;
        let mut backoff = Backoff::default();
        loop {
            let Err(error) = try_append(&self.log, self.partition, payload.clone()).await else { return Ok(()) };
            if Instant::now() >= deadline || !backoff.wait(&self.draining).await {
                return Err(error);
            }
            self.metrics.append_retries.inc();
        }
    }

    /// Sends the spool's batches in order and adds what arrives to its end, until it is empty; false
    /// when the queue has ended.
    async fn write_by_spool(&mut self) -> bool {
        let (mut backoff, mut confirming, mut owed) = (Backoff::default(), false, 0);
        loop {
            let payload = match self.spool.peek().await {
                Ok(Some(payload)) => payload,
                Ok(None) => return true,
                Err(error) => {
                    tracing::error!(partition = %self.partition, %error, "the spool cannot be read");
                    if !backoff.wait(&self.draining).await {
                        return false;
                    }
                    continue;
                }
            };
            let again = Retry { backoff, waits: !confirming, stop: self.draining.clone() };
            let leaving = leave(self.log.clone(), self.partition, payload, again);
            tokio::pin!(leaving);
            let (sent, used) = loop {
                while owed == 0
                    && let Some(batch) = self.collect()
                {
                    self.enter_spool(batch).await;
                    owed = if confirming { LEAVE_PER_ENTRY } else { 0 };
                    if self.waiting.is_none() {
                        break;
                    }
                }
                let has_room = owed == 0 && self.waiting.is_none();
                tokio::select! {
                    outcome = &mut leaving => break outcome,
                    parcel = self.receive(), if has_room => match parcel {
                        Some(parcel) => self.waiting = Some(parcel),
                        None => return false,
                    },
                }
            };
            backoff = used;
            confirming = sent.is_ok();
            owed = if confirming { owed.saturating_sub(1) } else { 0 };
            if confirming {
                self.left_spool().await;
            }
        }
    }

    async fn left_spool(&mut self) {
        self.metrics.unspooled_batches.inc();
        if let Err(error) = self.spool.advance().await {
            // The record leaves again later; its counter makes that harmless.
            tracing::error!(partition = %self.partition, %error, "a spool file cannot be deleted");
        }
        if self.spool.is_empty() {
            tracing::info!(partition = %self.partition, "the spool is empty again");
        }
    }

    /// Puts a batch at the end of the spool and answers those who wait for it.
    async fn enter_spool(&mut self, batch: Batch) {
        match self.spool.write(batch.payload.clone()).await {
            Ok(()) => {
                self.metrics.spooled_batches.inc();
                self.settle(batch, Ok(()));
            }
            Err(error) => {
                tracing::error!(partition = %self.partition, %error, "hits are refused: they cannot be spooled");
                self.settle(batch, Err(DropReason::SpoolFull));
                if let Some(parcel) = self.waiting.take_if(|parcel| parcel.begun) {
                    self.metrics.drop_hits(DropReason::SpoolFull, parcel.hits.len() as u64);
                    let _ = parcel.reply.send(Err(DropReason::SpoolFull));
                }
            }
        }
    }

    /// Counts the hits of a batch and answers those who wait for it.
    fn settle(&self, batch: Batch, settled: Settled) {
        match settled {
            Ok(()) => self.metrics.accepted.inc_by(batch.hits),
            Err(reason) => self.metrics.drop_hits(reason, batch.hits),
        }
        for reply in batch.replies {
            // A client that went away does not wait for its answer.
            let _ = reply.send(settled);
        }
    }

    /// The next parcel; `None` when draining has begun and the queue is empty.
    async fn receive(&mut self) -> Option<Parcel> {
        tokio::select! {
            biased;
            parcel = self.inbox.recv() => parcel,
            () = self.draining.cancelled() => {
                self.inbox.close();
                self.inbox.recv().await
            }
        }
    }

    /// What waits, as one message within its bounds; `None` when nothing does.
    fn collect(&mut self) -> Option<Batch> {
        let mut batch = HitBatch { producer: self.producer, counter: 0, config_revision: 0, hits: Vec::new() };
        let (mut bytes, mut replies) = (BATCH_OVERHEAD, Vec::new());
        while let Some(mut parcel) = self.waiting.take().or_else(|| self.inbox.try_recv().ok()) {
            let had = batch.hits.len();
            while let Some(size) = parcel.hits.as_slice().first().map(Hit::size_bound) {
                let fits = batch.hits.len() < HitId::BATCH_MAX && bytes + size <= MESSAGE_BYTES_MAX;
                if !fits && !batch.hits.is_empty() {
                    break;
                }
                bytes += size;
                batch.hits.extend(parcel.hits.next());
            }
            parcel.begun |= batch.hits.len() > had;
            batch.config_revision = batch.config_revision.max(parcel.config_revision);
            if parcel.hits.len() == 0 {
                replies.push(parcel.reply);
                continue;
            }
            self.waiting = Some(parcel);
            break;
        }
        if batch.hits.is_empty() {
            return None;
        }
        self.counter += 1;
        batch.counter = self.counter;
        let hits = batch.hits.len() as u64;
        self.metrics.batch_hits.observe(hits as f64);
        match encode_fact(&batch) {
            Ok(payload) => Some(Batch { payload, hits, replies }),
            Err(error) => {
                tracing::error!(partition = %self.partition, %error, "a batch cannot be encoded");
                self.settle(Batch { payload: Bytes::new(), hits, replies }, Err(DropReason::InvalidParameter));
                None
            }
        }
    }
}

/// One try of an append.
async fn try_append<A: Append>(log: &A, partition: Partition, payload: Bytes) -> Result<(), AppendError> {
    match tokio::time::timeout(TRY_TIMEOUT, log.append(partition, payload)).await {
        Ok(answer) => answer,
        Err(_) => Err(AppendError::Unanswered(format!("no answer within {TRY_TIMEOUT:?}"))),
    }
}

/// How a batch of the spool is tried again.
struct Retry {
    backoff: Backoff,
    /// The last try failed.
    waits: bool,
    stop: CancellationToken,
}

/// Sends a batch of the spool, after a pause when the last try failed.
async fn leave<A: Append>(
    log: A,
    partition: Partition,
    payload: Bytes,
    mut again: Retry,
) -> (Result<(), AppendError>, Backoff) {
    if again.waits {
        again.backoff.wait(&again.stop).await;
    }
    let sent = try_append(&log, partition, payload).await;
    if sent.is_ok() {
        again.backoff.reset();
    }
    (sent, again.backoff)
}

/// The spool of a partition, used from a task: its blocking work runs on blocking threads.
#[derive(Clone)]
pub(crate) struct SpoolAccess(Arc<Mutex<Spool>>);

impl SpoolAccess {
    pub(crate) fn new(spool: Spool) -> Self {
        Self(Arc::new(Mutex::new(spool)))
    }

    fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    async fn write(&self, payload: Bytes) -> Result<(), SpoolError> {
        self.blocking(move |spool| spool.write(&payload)).await
    }

    async fn peek(&self) -> Result<Option<Bytes>, SpoolError> {
        self.blocking(|spool| Ok(spool.peek()?)).await
    }

    async fn advance(&self) -> Result<(), SpoolError> {
        self.blocking(|spool| Ok(spool.advance()?)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Spool) -> Result<T, SpoolError> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let spool = self.0.clone();
        let done = tokio::task::spawn_blocking(move || work(&mut spool.lock().unwrap_or_else(PoisonError::into_inner)));
        done.await.unwrap_or_else(|error| Err(SpoolError::Disk(std::io::Error::other(error))))
    }
}

#[cfg(test)]
mod tests;

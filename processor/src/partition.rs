//! The shell around the core: one partition, read in order, decided, appended.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::StreamExt as _;

use nagare_device::Detections;
use nagare_runtime::{AppendError, Backoff, Context, ErasedVisits, LogError, LogMessage, LogReader, encode_fact};
use nagare_schema::{
    Cursor, ErasureRequest, EventBatch, HitBatch, HitId, Partition, ProducerMark, Rebuild, RestateReply, STREAM_HITS,
    UnixMillis, VisitId, decode, live_subject, restate_subject,
};
use tokio_util::sync::CancellationToken;

use crate::{
    batch::Batch,
    board::Board,
    enrich::{EnrichedHit, Enricher},
    error::ProcessorError,
    lookup::VisitorLookup,
    metrics::Metrics,
    recovery::{Recovered, projected, recover, released},
    restate::{held_events, rebuild_message, restart_messages},
    search_engine::ReferrerLists,
    state::{KEPT_MS, State},
    visit::{Lookups, decide},
};

/// Hits that are read ahead before they are decided together.
const READ_AHEAD_HITS: usize = 4000;
/// Pulses follow a change, but not more often than this …
const PULSE_MIN: Duration = Duration::from_millis(250);
/// … and without one this often, since visitors grow old.
const PULSE_IDLE: Duration = Duration::from_secs(1);
/// Counting pulses takes at most this share of the time.
const PULSE_COST_SHARE: u32 = 20;
/// Pause between looks for visits to forget.
const FORGET_EVERY: Duration = Duration::from_secs(10);

/// What a step of the input does to the position.
enum Read {
    /// A hit to decide.
    Hit { hit: Box<EnrichedHit>, to: Cursor, mark: Option<ProducerMark> },
    /// Nothing: an append seen before, or unreadable.
    Passed { to: Cursor },
}

/// What all partitions of a process share.
#[derive(Clone)]
pub struct Shared {
    /// Connections and directory.
    pub context: Context,
    /// Counters.
    pub metrics: Metrics,
    /// Referrer lists.
    pub lists: Arc<ReferrerLists>,
    /// Patterns of devices, if they are installed.
    pub detections: Option<Arc<Detections>>,
}

/// Runs one partition until `stop`, or until another process takes it over.
///
/// # Errors
/// [`ProcessorError`]; the partition is then begun anew from the log.
pub async fn run_partition(
    shared: Shared,
    partition: Partition,
    stop: CancellationToken,
) -> Result<(), ProcessorError> {
    if !released(&shared.context, partition, &stop).await? {
        return Ok(());
    }
    let metrics = shared.metrics.clone();
    metrics.partitions_owned.inc();
    let outcome = match Box::pin(Worker::begin(shared, partition, stop)).await {
        Ok(mut worker) => {
            let outcome = worker.work().await;
            metrics.visits_held.sub(worker.held);
            outcome
        }
        Err(error) => Err(error),
    };
    metrics.partitions_owned.dec();
    outcome
}

struct Worker {
    context: Context,
    metrics: Metrics,
    partition: Partition,
    stop: CancellationToken,
    state: State,
    enricher: Enricher,
    lookup: VisitorLookup,
    board: Board,
    reader: LogReader,
    /// Those who want the state begun anew.
    askers: async_nats::Subscriber,
    /// Sequence of the last message of events.
    last_sequence: u64,
    /// Clocks of appended messages, one a second at most: what the projector has passed may be forgotten.
    appended: VecDeque<(u64, UnixMillis)>,
    pulsed_at: Instant,
    pulse_cost: Duration,
    forgot_at: Instant,
    held: i64,
}

impl Worker {
    async fn begin(shared: Shared, partition: Partition, stop: CancellationToken) -> Result<Self, ProcessorError> {
        let Shared { context, metrics, lists, detections } = shared;
        let mut enricher = Enricher::new(lists, detections);
        let Recovered { state, last_sequence } = recover(&context, partition, &mut enricher.pool).await?;
        let position = state.position();
        let after = if position.complete { position.sequence } else { position.sequence.saturating_sub(1) };
        let now = Instant::now();
        Ok(Self {
            enricher,
            lookup: VisitorLookup::new(context.clickhouse.clone(), metrics.clone()),
            reader: context.log.read_hits(partition, after).await?,
            askers: context.nats.subscribe(restate_subject(partition)).await.map_err(unavailable)?,
            appended: VecDeque::from([(last_sequence, state.clock())]),
            context,
            metrics,
            board: Board::default(),
            pulsed_at: now,
            pulse_cost: Duration::ZERO,
            forgot_at: now,
            held: 0,
            partition,
            stop,
            state,
            last_sequence,
        })
    }

    async fn work(&mut self) -> Result<(), ProcessorError> {
        let stop = self.stop.clone();
        loop {
            let pulse_in = self.pulse_due().saturating_duration_since(Instant::now());
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pulse_in) => self.pulse().await,
                Some(asker) = self.askers.next() => self.answer(asker).await?,
                message = self.reader.next() => self.process(message?).await?,
            }
            self.forget().await;
        }
    }

    fn pulse_due(&self) -> Instant {
        let pause = if self.board.is_changed() { PULSE_MIN } else { PULSE_IDLE };
        self.pulsed_at + pause.max(self.pulse_cost * PULSE_COST_SHARE)
    }

    /// Decides a message and what else is waiting, and appends what it caused.
    async fn process(&mut self, first: LogMessage) -> Result<(), ProcessorError> {
        let mut reads = Vec::new();
        self.read(&first, &mut reads).await?;
        while reads.len() < READ_AHEAD_HITS {
            let Some(message) = self.reader.try_next().await? else { break };
            self.read(&message, &mut reads).await?;
        }
        let hits = reads.iter().filter_map(|read| match read {
            Read::Hit { hit, .. } => Some(hit.as_ref()).filter(|hit| hit.hit.bot.is_none()),
            Read::Passed { .. } => None,
        });
        let Some(previous) = self.lookup.previous(&self.state, hits.clone(), &self.stop).await else { return Ok(()) };
        let Some(orders) = self.lookup.orders(&self.state, hits, &self.stop).await else { return Ok(()) };
        let mut batch = Batch::begin(&self.state);
        for read in reads {
            let (hit, to, mark) = match read {
                Read::Passed { to } => {
                    self.state.commit(to, self.state.clock());
                    continue;
                }
                Read::Hit { hit, to, mark } => (hit, to, mark),
            };
            if !batch.has_room_for(&hit.hit) {
                self.append(batch).await?;
                batch = Batch::begin(&self.state);
            }
            let lookups = Lookups { previous: &previous, orders: &orders, lists: self.enricher.lists() };
            let events = decide(&self.state, &hit, &lookups);
            for event in &events {
                self.state.evolve(event);
            }
            if let Some(mark) = mark {
                self.state.mark(mark);
            }
            self.state.commit(to, hit.hit.received_at);
            if hit.hit.bot.is_none() {
                self.board.note_hit(hit.hit.site, hit.hit.received_at);
            }
            batch.add(&hit.hit, events);
        }
        self.append(batch).await
    }

    /// Reads one message: its hits, enriched, unless they were decided before.
    async fn read(&mut self, message: &LogMessage, reads: &mut Vec<Read>) -> Result<(), ProcessorError> {
        let complete = Cursor { sequence: message.sequence, hits: 0, complete: true };
        let batch: HitBatch = match decode(message.version, &message.payload) {
            Ok(batch) => batch,
            Err(error) => {
                self.context.log.bury(STREAM_HITS, self.partition, message, &error.to_string()).await?;
                self.metrics.messages_buried.inc();
                tracing::error!(partition = %self.partition, sequence = message.sequence, %error, "hits set aside");
                reads.push(Read::Passed { to: complete });
                return Ok(());
            }
        };
        let count = batch.hits.len() as u64;
        self.metrics.hits_in.inc_by(count);
        let position = self.state.position();
        let resumed = position.sequence == message.sequence && !position.complete;
        let read_before = reads.iter().any(|read| {
            let Read::Hit { mark: Some(mark), .. } = read else { return false };
            mark.producer == batch.producer && mark.counter >= batch.counter
        });
        let repeat = !resumed && (read_before || self.state.is_repeat(batch.producer, batch.counter));
        if repeat || batch.hits.is_empty() {
            self.metrics.hits_repeated.inc_by(count);
            reads.push(Read::Passed { to: complete });
            return Ok(());
        }
        self.enricher.rules.turn_to(&self.context.directory.at(batch.config_revision).await);
        let done = if resumed { position.hits as usize } else { 0 };
        self.enrich(message.sequence, batch, done, reads);
        Ok(())
    }

    fn enrich(&mut self, sequence: u64, batch: HitBatch, done: usize, reads: &mut Vec<Read>) {
        let last = batch.hits.len() - 1;
        let (producer, counter) = (batch.producer, batch.counter);
        for (index, hit) in (0_u32..).zip(batch.hits).skip(done) {
            let at = index as usize;
            let Ok(id) = HitId::new(self.partition, sequence, index) else {
                // Ingest bounds a batch below what an id holds; beyond it is a foreign message.
                reads.push(Read::Passed { to: Cursor { sequence, hits: index + 1, complete: at == last } });
                continue;
            };
            let mark = (at == 0).then_some(ProducerMark { producer, counter, seen_at: hit.received_at });
            let to = Cursor { sequence, hits: index + 1, complete: at == last };
            let hit = Box::new(self.enricher.enrich(id, Arc::new(hit)));
            reads.push(Read::Hit { hit, to, mark });
        }
    }

    /// Appends a batch; outputs and progress are one message.
    async fn append(&mut self, batch: Batch) -> Result<(), ProcessorError> {
        if batch.is_idle(&self.state) {
            return Ok(());
        }
        let hits = batch.hits();
        let message = batch.finish(&self.state);
        let payload = encode_fact(&message).map_err(ProcessorError::Append)?;
        self.last_sequence = self.append_until_answered(&payload, message.to).await?;
        let lag_ms = u64::try_from(self.context.clock.now().0 - message.clock.0).unwrap_or(0);
        self.board.note_lag(lag_ms);
        self.metrics.lag_seconds.observe(lag_ms as f64 / 1000.0);
        self.metrics.hits_decided.inc_by(hits as u64);
        self.metrics.batch_hits.observe(hits as f64);
        self.metrics.batches.inc();
        self.metrics.events.inc_by(message.events.len() as u64);
        match self.appended.back_mut() {
            Some((sequence, clock)) if message.clock.0 - clock.0 < 1000 => *sequence = self.last_sequence,
            _ => self.appended.push_back((self.last_sequence, message.clock)),
        }
        Ok(())
    }

    /// An append that was not answered may have happened: the retry then finds its own message.
    async fn append_until_answered(&self, payload: &Bytes, to: Cursor) -> Result<u64, ProcessorError> {
        let mut backoff = Backoff::default();
        loop {
            let outcome = self.context.log.append_events(self.partition, payload.clone(), to, self.last_sequence).await;
            match outcome {
                Ok(sequence) => return Ok(sequence),
                Err(AppendError::Fenced) => return self.own_append(payload).await,
                Err(error) => tracing::warn!(partition = %self.partition, %error, "events not appended; trying again"),
            }
            if !backoff.wait(&self.stop).await {
                return Err(ProcessorError::Deposed);
            }
        }
    }

    async fn own_append(&self, payload: &Bytes) -> Result<u64, ProcessorError> {
        match self.context.log.last_events(self.partition).await? {
            Some(last) if last.payload == *payload => Ok(last.sequence),
            _ => {
                self.metrics.fenced.inc();
                Err(ProcessorError::Deposed)
            }
        }
    }

    /// Begins the state anew without the visits that are to be erased, and says so.
    async fn answer(&mut self, asked: async_nats::Message) -> Result<(), ProcessorError> {
        let Some(asker) = asked.reply else { return Ok(()) };
        let reply = match serde_json::from_slice::<ErasureRequest>(&asked.payload) {
            Ok(request) => {
                self.restate(&request.visits.into_iter().collect()).await?;
                RestateReply::Restated
            }
            Err(_) => RestateReply::Failed,
        };
        let reply = serde_json::to_vec(&reply).unwrap_or_default();
        self.context.nats.publish(asker, reply.into()).await.map_err(unavailable)?;
        Ok(())
    }

    async fn restate(&mut self, without: &BTreeSet<VisitId>) -> Result<(), ProcessorError> {
        let events = held_events(&self.context, self.partition, &self.state, without).await?;
        let (to, clock, producers) = (self.state.position(), self.state.clock(), self.state.producers().to_vec());
        let mut at = EventBatch { from: to, to, clock, producers, events, rebuild: Some(Rebuild::Restart) };
        let mut messages = restart_messages(&at, &at.events)?;
        messages.push(rebuild_message(&at, Rebuild::Release, &[])?);
        let erased = ErasedVisits::open(&self.context.jetstream, self.context.log.replicas()).await;
        let noted = erased.map_err(unavailable)?.note_restatement(self.partition, self.last_sequence + 1).await;
        noted.map_err(unavailable)?;
        for message in messages {
            self.last_sequence = self.append_until_answered(&message, to).await?;
        }
        self.appended.push_back((self.last_sequence, clock));
        self.enricher.pool.share_batch(&mut at);
        self.state.apply_batch(&at);
        tracing::info!(partition = %self.partition, visits = self.state.len(), "the state begins anew in the log");
        Ok(())
    }

    /// Publishes the counts of every active site; a pulse that is lost is followed by the next.
    async fn pulse(&mut self) {
        let began = Instant::now();
        for pulse in self.board.pulses(&self.state, self.partition, self.context.clock.now()) {
            let Ok(payload) = serde_json::to_vec(&pulse) else { continue };
            if self.context.nats.publish(live_subject(pulse.site), payload.into()).await.is_ok() {
                self.metrics.pulses.inc();
            }
        }
        self.pulse_cost = began.elapsed();
        self.pulsed_at = Instant::now();
    }

    /// Forgets visits that can no longer change and that the tables know.
    async fn forget(&mut self) {
        if self.forgot_at.elapsed() < FORGET_EVERY {
            return;
        }
        self.forgot_at = Instant::now();
        let Ok(projected) = projected(&self.context, self.partition).await else { return };
        let passed = self.appended.iter().take_while(|(sequence, _)| *sequence <= projected).last().copied();
        if let Some((sequence, clock)) = passed {
            self.appended.retain(|(known, _)| *known >= sequence);
            self.state.forget(UnixMillis(clock.0.min(self.state.clock().0 - KEPT_MS)));
        }
        let held = i64::try_from(self.state.len()).unwrap_or(i64::MAX);
        self.metrics.visits_held.add(held - self.held);
        self.held = held;
    }
}

fn unavailable(error: impl std::fmt::Display) -> LogError {
    LogError::Unavailable(error.to_string())
}

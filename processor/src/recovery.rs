//! Recovery: the state of a partition from its events. Nothing is decided again.

use std::time::Duration;

use nagare_runtime::{Context, LogError, LogMessage, Progress};
use nagare_schema::{BUCKET_PROGRESS, EventBatch, Partition, decode};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    error::ProcessorError,
    pool::Pool,
    state::{KEPT_MS, State},
};

/// Clocks of ingest and broker may differ by this much.
const CLOCK_SKEW_MS: i64 = 60_000;

/// A rebuild that says nothing for so long has ended without a release; its holds are repeated more often.
pub const HOLD_MAX: Duration = Duration::from_secs(600);

/// Waits while a rebuild holds the partition; false when stopped.
///
/// # Errors
/// When the log cannot be reached.
pub async fn released(
    context: &Context,
    partition: Partition,
    stop: &CancellationToken,
) -> Result<bool, ProcessorError> {
    let mut heard = (0, Instant::now());
    loop {
        let Some(last) = context.log.last_events(partition).await? else { return Ok(true) };
        if last.sequence != heard.0 {
            heard = (last.sequence, Instant::now());
        }
        let is_held = read(&last).is_ok_and(|batch| batch.is_held());
        if !is_held || heard.1.elapsed() >= HOLD_MAX {
            return Ok(true);
        }
        let mut reader = context.log.read_events(partition, last.sequence).await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(false),
            () = reader.announced() => {}
        }
    }
}

/// A partition as its log tells it.
pub struct Recovered {
    /// The state after the last event.
    pub state: State,
    /// Sequence of the last message of events: what the next append expects.
    pub last_sequence: u64,
}

/// Folds the events of the look-back window, and all that the projector has not passed: what it has
/// passed can be looked up.
///
/// # Errors
/// When the log cannot be reached.
pub async fn recover(context: &Context, partition: Partition, pool: &mut Pool) -> Result<Recovered, ProcessorError> {
    let Some(last) = context.log.last_events(partition).await? else {
        return Ok(Recovered { state: State::default(), last_sequence: 0 });
    };
    let from = match read(&last) {
        Ok(batch) => window_start(context, partition, &last, batch.clock.0 - KEPT_MS).await?,
        Err(_) => 1,
    };
    let mut state = State::default();
    let mut reader = context.log.read_events(partition, from.saturating_sub(1)).await?;
    while reader.position() < last.sequence {
        let Some(message) = reader.try_next().await? else { break };
        match read(&message) {
            Ok(mut batch) => {
                pool.share_batch(&mut batch);
                state.apply_batch(&batch);
            }
            // The projector sets it aside; here it is as if it had never been.
            Err(reason) => {
                tracing::error!(%partition, sequence = message.sequence, reason, "unreadable events passed over");
            }
        }
    }
    tracing::info!(%partition, visits = state.len(), from, to = last.sequence, "recovered");
    Ok(Recovered { state, last_sequence: last.sequence })
}

pub(crate) fn read(message: &LogMessage) -> Result<EventBatch, String> {
    decode(message.version, &message.payload).map_err(|error| error.to_string())
}

/// The first sequence that may still matter, to a state whose clock looks back to `since_ms`.
pub(crate) async fn window_start(
    context: &Context,
    partition: Partition,
    last: &LogMessage,
    since_ms: i64,
) -> Result<u64, ProcessorError> {
    let since_ms = since_ms - CLOCK_SKEW_MS;
    let (mut low, mut high) = (1, last.sequence);
    while low < high {
        let middle = low + (high - low) / 2;
        let mut reader = context.log.read_events(partition, middle - 1).await?;
        match reader.try_next().await? {
            Some(message) if message.stored_at_ms < since_ms => low = message.sequence + 1,
            _ => high = middle,
        }
    }
    let projected = projected(context, partition).await?;
    Ok(low.min(projected + 1))
}

/// Last sequence of events that is in the tables.
///
/// # Errors
/// When the bucket cannot be reached.
pub async fn projected(context: &Context, partition: Partition) -> Result<u64, ProcessorError> {
    let Ok(bucket) = context.jetstream.get_key_value(BUCKET_PROGRESS).await else { return Ok(0) };
    let progress = Progress::load(&bucket, partition).await;
    progress.map(|progress| progress.done).map_err(|error| LogError::Unavailable(error.to_string()).into())
}

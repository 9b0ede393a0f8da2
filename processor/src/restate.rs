//! The state of a partition, begun anew in the log: after it, nobody needs what the log told before.
//!
//! A rebuild does it with what it decided, and an erasure (product.md V5) with what is held, without the
//! visits that are erased: the messages before can then be erased.

use std::collections::BTreeSet;

use nagare_runtime::{Context, encode_fact};
use nagare_schema::{EventBatch, MESSAGE_BYTES_MAX, Partition, Rebuild, VisitEvent, VisitId};

use crate::{
    error::ProcessorError,
    recovery::{read, window_start},
    state::{KEPT_MS, State},
};

/// Events of a message at first; halved until they fit.
const EVENTS_AT_ONCE: usize = 500;

/// The messages that begin a state anew with these events, where the partition stands: a restart with the
/// first of them, and the rest. Nothing is decided until a release follows.
///
/// # Errors
/// Only when an event breaks the codec's rules.
pub fn restart_messages(at: &EventBatch, events: &[VisitEvent]) -> Result<Vec<bytes::Bytes>, ProcessorError> {
    let mut messages = Vec::new();
    let mut rest = events;
    loop {
        let rebuild = if messages.is_empty() { Rebuild::Restart } else { Rebuild::Restated };
        let mut count = rest.len().min(EVENTS_AT_ONCE);
        let message = loop {
            let message = rebuild_message(at, rebuild, &rest[..count])?;
            if count <= 1 || message.len() <= MESSAGE_BYTES_MAX {
                break message;
            }
            count /= 2;
        };
        messages.push(message);
        rest = &rest[count..];
        if rest.is_empty() {
            return Ok(messages);
        }
    }
}

/// One message of a rebuild, where the partition stands.
///
/// # Errors
/// Only when an event breaks the codec's rules.
pub fn rebuild_message(
    at: &EventBatch,
    rebuild: Rebuild,
    events: &[VisitEvent],
) -> Result<bytes::Bytes, ProcessorError> {
    let (to, clock, producers) = (at.to, at.clock, at.producers.clone());
    let batch = EventBatch { from: to, to, clock, producers, events: events.to_vec(), rebuild: Some(rebuild) };
    encode_fact(&batch).map_err(ProcessorError::Append)
}

/// The events that made the visits held, as the log tells them, without those of some visits.
pub(crate) async fn held_events(
    context: &Context,
    partition: Partition,
    state: &State,
    without: &BTreeSet<VisitId>,
) -> Result<Vec<VisitEvent>, ProcessorError> {
    let Some(last) = context.log.last_events(partition).await? else { return Ok(Vec::new()) };
    let from = window_start(context, partition, &last, state.clock().0 - KEPT_MS).await?;
    let mut reader = context.log.read_events(partition, from.saturating_sub(1)).await?;
    let mut held = Vec::new();
    while reader.position() < last.sequence {
        let Some(message) = reader.try_next().await? else { break };
        let Ok(batch) = read(&message) else { continue };
        if batch.rebuild == Some(Rebuild::Restart) {
            held.clear();
        }
        held.extend(batch.events.into_iter().filter(|event| is_held(event, state, without)));
    }
    Ok(held)
}

/// True for what a state is made of: hits are not.
fn is_held(event: &VisitEvent, state: &State, without: &BTreeSet<VisitId>) -> bool {
    let is_hit = matches!(event, VisitEvent::HitAccepted { .. });
    !is_hit && event.visit().is_some_and(|visit| state.visit(visit).is_some() && !without.contains(&visit))
}

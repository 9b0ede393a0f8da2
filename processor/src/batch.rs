//! A message of events in the making: what a run of hits caused.

use std::collections::HashMap;

use nagare_schema::{Cursor, EventBatch, Hit, MESSAGE_BYTES_MAX, VisitEvent, VisitId};

use crate::state::State;

/// Hits of one message at most, so that a batch is stored soon after it was begun.
const HITS_MAX: usize = 1000;
/// Bytes that the events of a hit take beside its own: a visit twice, an action.
const EVENTS_BYTES: usize = 2200;

/// Collects events; consecutive changes of a visit become one (first before, last after).
#[derive(Debug)]
pub struct Batch {
    from: Cursor,
    events: Vec<VisitEvent>,
    visits: HashMap<VisitId, usize>,
    hits: usize,
    bytes: usize,
}

impl Batch {
    /// Begins where the state stands.
    pub fn begin(state: &State) -> Self {
        Self { from: state.position(), events: Vec::new(), visits: HashMap::new(), hits: 0, bytes: 0 }
    }

    /// True while a further hit fits: messages stay below [`MESSAGE_BYTES_MAX`].
    pub fn has_room_for(&self, hit: &Hit) -> bool {
        let next = hit.size_bound() + EVENTS_BYTES;
        self.hits == 0 || (self.hits < HITS_MAX && self.bytes + next <= MESSAGE_BYTES_MAX)
    }

    /// Hits so far.
    pub fn hits(&self) -> usize {
        self.hits
    }

    /// True when the state has not moved since the batch began.
    pub fn is_idle(&self, state: &State) -> bool {
        self.from == state.position()
    }

    /// Adds what one hit caused.
    pub fn add(&mut self, hit: &Hit, events: Vec<VisitEvent>) {
        self.hits += 1;
        self.bytes += hit.size_bound() + EVENTS_BYTES;
        for event in events {
            if let VisitEvent::PageTimed(timed) = &event {
                let text = timed.name.as_ref().map_or(0, |name| name.len());
                self.bytes += text + timed.url.as_ref().map_or(0, |url| url.name.len());
            }
            if let VisitEvent::VisitChanged { after, .. } = &event {
                if let Some(at) = self.visits.get(&after.id)
                    && let VisitEvent::VisitChanged { after: last, .. } = &mut self.events[*at]
                {
                    *last = after.clone();
                    continue;
                }
                self.visits.insert(after.id, self.events.len());
            }
            self.events.push(event);
        }
    }

    /// The message, up to where the state stands now.
    pub fn finish(self, state: &State) -> EventBatch {
        EventBatch {
            from: self.from,
            to: state.position(),
            clock: state.clock(),
            producers: state.producers().to_vec(),
            events: self.events,
            rebuild: None,
        }
    }
}

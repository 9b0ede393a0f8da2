//! Deciding archived hits anew: the same core, with the rules of today, beside the live partitions.

use std::{collections::VecDeque, path::Path, sync::Arc};

use nagare_device::Detections;
use nagare_schema::{Config, Cursor, EventBatch, Hit, HitId, UnixMillis, VisitEvent};
use prometheus::Registry;
use tokio_util::sync::CancellationToken;

use crate::{
    enrich::{EnrichedHit, Enricher},
    error::ProcessorError,
    lookup::VisitorLookup,
    metrics::Metrics,
    run::load,
    search_engine::ReferrerLists,
    state::{KEPT_MS, State},
    visit::{Lookups, decide},
};

/// What all replays of a rebuild share.
pub struct Replays {
    clickhouse: clickhouse::Client,
    config: Arc<Config>,
    lists: Arc<ReferrerLists>,
    detections: Option<Arc<Detections>>,
    metrics: Metrics,
}

impl Replays {
    /// By the rules of `config`; `clickhouse` holds the tables that the outcome is brought into.
    ///
    /// # Errors
    /// When the lists of referrers cannot be read.
    pub fn new(
        clickhouse: clickhouse::Client,
        config: Arc<Config>,
        device_dir: Option<&Path>,
    ) -> Result<Self, ProcessorError> {
        Ok(Self {
            clickhouse,
            config,
            lists: Arc::new(ReferrerLists::embedded()?),
            detections: load(device_dir),
            metrics: Metrics::new(&Registry::new())?,
        })
    }

    /// A replay of one partition, from its first hit.
    pub fn begin(&self) -> Replay {
        let mut enricher = Enricher::new(self.lists.clone(), self.detections.clone());
        enricher.rules.turn_to(&self.config);
        Replay {
            state: State::default(),
            enricher,
            lookup: VisitorLookup::new(self.clickhouse.clone(), self.metrics.clone()),
            recent: VecDeque::new(),
        }
    }
}

/// A partition that is decided anew.
pub struct Replay {
    state: State,
    enricher: Enricher,
    lookup: VisitorLookup,
    /// What made the visits that may still change, by the clock after it.
    recent: VecDeque<(UnixMillis, Vec<VisitEvent>)>,
}

impl Replay {
    /// The last hit that was decided; `None` before the first.
    pub fn position(&self) -> Option<Cursor> {
        Some(self.state.position()).filter(|position| *position != Cursor::default())
    }

    /// Decides the hits that follow. `None` when stopped.
    pub async fn decide(&mut self, hits: Vec<(HitId, Hit)>, stop: &CancellationToken) -> Option<EventBatch> {
        let enriched: Vec<EnrichedHit> =
            hits.into_iter().map(|(id, hit)| self.enricher.enrich(id, Arc::new(hit))).collect();
        let previous = self.lookup.previous(&self.state, enriched.iter(), stop).await?;
        let orders = self.lookup.orders(&self.state, enriched.iter(), stop).await?;
        let from = self.state.position();
        let mut events = Vec::new();
        for hit in &enriched {
            let lookups = Lookups { previous: &previous, orders: &orders, lists: self.enricher.lists() };
            let caused = decide(&self.state, hit, &lookups);
            caused.iter().for_each(|event| self.state.evolve(event));
            let to = Cursor { sequence: hit.id.sequence(), hits: hit.id.index() + 1, complete: false };
            self.state.commit(to, hit.hit.received_at);
            events.extend(caused);
        }
        let made = events.iter().filter(|event| !matches!(event, VisitEvent::HitAccepted { .. })).cloned().collect();
        self.recent.push_back((self.state.clock(), made));
        let (to, clock) = (self.state.position(), self.state.clock());
        Some(EventBatch { from, to, clock, producers: Vec::new(), events, rebuild: None })
    }

    /// Forgets visits that can no longer change, once everything decided is in the tables.
    pub fn forget(&mut self) {
        let before = UnixMillis(self.state.clock().0 - KEPT_MS);
        self.state.forget(before);
        while self.recent.front().is_some_and(|(clock, _)| *clock < before) {
            self.recent.pop_front();
        }
    }

    /// What made the visits that may still change: a state begins with these events.
    pub fn into_recent(self) -> Vec<VisitEvent> {
        self.recent.into_iter().flat_map(|(_, events)| events).collect()
    }
}

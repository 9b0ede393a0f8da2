//! The state of one partition: a fold over its events, and nothing else.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use hashbrown::HashTable;
use nagare_schema::{
    ActionKind, ConfigId, Conversion, Cursor, EventBatch, GoalId, ProducerId, ProducerMark, Rebuild, SiteId,
    UnixMillis, UnixSeconds, Visit, VisitEvent, VisitId, VisitorId,
};

use crate::{
    conversion::order_hash,
    pages::{PageSeen, PagesSeen},
    rules::VISIT_IDLE_S_MAX,
};

/// Producers whose counters are remembered, most recent first. A forgotten one could repeat an
/// append unnoticed, so this is well above the ingest processes that live at once.
const PRODUCERS_MAX: usize = 64;

/// A visit stays in the state for this long after its last hit was received: longer than a visit can
/// be continued, with room for hits that are late by some minutes.
pub const KEPT_MS: i64 = (VISIT_IDLE_S_MAX + 600) * 1000;

/// The visits that may still change, and the position in the log.
#[derive(Debug, Default)]
pub struct State {
    slots: Vec<Option<Arc<Visit>>>,
    free: Vec<u32>,
    by_id: HashTable<u32>,
    by_visitor: HashTable<u32>,
    by_config: HashTable<u32>,
    carts: BTreeMap<VisitId, Arc<Conversion>>,
    /// Page views whose timings may still come.
    pages: PagesSeen,
    /// Orders of the visits held, by hash of their id.
    orders: HashMap<(SiteId, u64), VisitId>,
    producers: Vec<ProducerMark>,
    position: Cursor,
    clock: UnixMillis,
}

impl State {
    /// Every hit at or before this is decided.
    pub fn position(&self) -> Cursor {
        self.position
    }

    /// Receipt of the newest hit.
    pub fn clock(&self) -> UnixMillis {
        self.clock
    }

    /// Remembered producers.
    pub fn producers(&self) -> &[ProducerMark] {
        &self.producers
    }

    /// Visits held.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// True when no visit is held.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Every visit held, in no order.
    pub fn visits(&self) -> impl Iterator<Item = &Arc<Visit>> {
        self.slots.iter().flatten()
    }

    /// A visit by id.
    pub fn visit(&self, id: VisitId) -> Option<&Arc<Visit>> {
        self.at(self.slot(id)?)
    }

    fn slot(&self, id: VisitId) -> Option<u32> {
        self.by_id.find(hash(id.0), |slot| self.at(*slot).is_some_and(|visit| visit.id == id)).copied()
    }

    /// The open cart of a visit.
    pub fn cart(&self, visit: VisitId) -> Option<&Arc<Conversion>> {
        self.carts.get(&visit)
    }

    /// The page view of a visit that a `pv_id` names (§5.7).
    pub fn page(&self, visit: VisitId, pageview_id: &str) -> Option<PageSeen> {
        let slot = self.slot(visit)?;
        self.pages.find(slot as usize, self.at(slot)?, pageview_id)
    }

    /// True when a visit held has placed this order.
    pub fn has_order(&self, order: (SiteId, u64)) -> bool {
        self.orders.contains_key(&order)
    }

    /// The visitor's visit with the latest last action up to `until` (§2.3).
    pub fn last_of_visitor(&self, site: SiteId, visitor: VisitorId, until: UnixSeconds) -> Option<&Arc<Visit>> {
        let same = |visit: &&Arc<Visit>| visit.site == site && visit.visitor == visitor && visit.last_at <= until;
        let slots = self.by_visitor.iter_hash(hash_in(site, visitor.0));
        slots.filter_map(|slot| self.at(*slot)).filter(same).max_by_key(|visit| (visit.last_at, visit.id))
    }

    /// The device's visit with the latest last action in a window that satisfies `fits` (§2.3).
    pub fn last_of_device(
        &self,
        site: SiteId,
        config: ConfigId,
        window: (UnixSeconds, UnixSeconds),
        fits: impl Fn(&Visit) -> bool,
    ) -> Option<&Arc<Visit>> {
        let same = |visit: &&Arc<Visit>| {
            visit.site == site
                && visit.config_id == config
                && (window.0..=window.1).contains(&visit.last_at)
                && fits(visit)
        };
        let slots = self.by_config.iter_hash(hash_in(site, config.0));
        slots.filter_map(|slot| self.at(*slot)).filter(same).max_by_key(|visit| (visit.last_at, visit.id))
    }

    /// True when the producer's append with this counter was already decided (design §4).
    pub fn is_repeat(&self, producer: ProducerId, counter: u64) -> bool {
        self.producers.iter().any(|mark| mark.producer == producer && mark.counter >= counter)
    }

    /// Folds a whole message in: its events, then its position and clock.
    pub fn apply_batch(&mut self, batch: &EventBatch) {
        if batch.rebuild == Some(Rebuild::Restart) {
            *self = Self::default();
        }
        for event in &batch.events {
            self.evolve(event);
        }
        self.commit(batch.to, batch.clock);
        self.producers.clone_from(&batch.producers);
    }

    /// Moves the position and the clock.
    pub fn commit(&mut self, to: Cursor, clock: UnixMillis) {
        self.position = to;
        self.clock = self.clock.max(clock);
    }

    /// Remembers a producer's counter; the producer that was silent longest is forgotten first.
    pub fn mark(&mut self, mark: ProducerMark) {
        self.producers.retain(|known| known.producer != mark.producer);
        self.producers.insert(0, mark);
        self.producers.truncate(PRODUCERS_MAX);
    }

    /// Folds one event in: assignment, no decision.
    pub fn evolve(&mut self, event: &VisitEvent) {
        match event {
            VisitEvent::VisitChanged { after, .. } => self.assign(after),
            VisitEvent::ConversionChanged { after, .. } if after.goal == GoalId::CART => {
                self.carts.insert(after.visit, after.clone());
            }
            VisitEvent::ConversionChanged { after, .. } if after.goal == GoalId::ORDER => {
                self.carts.remove(&after.visit);
                if let Some(id) = &after.order {
                    self.orders.insert((after.site, order_hash(id)), after.visit);
                }
            }
            VisitEvent::ActionRecorded(action) if matches!(action.kind, ActionKind::PageView | ActionKind::Search) => {
                if let Some(slot) = self.slot(action.visit) {
                    self.pages.note(slot as usize, action);
                }
            }
            VisitEvent::PageTimed(timed) => {
                if let Some(slot) = self.slot(timed.visit) {
                    self.pages.time(slot as usize, timed);
                }
            }
            VisitEvent::ConversionChanged { .. } | VisitEvent::HitAccepted { .. } | VisitEvent::ActionRecorded(_) => {}
        }
    }

    /// Forgets visits that were last touched before `before`; returns how many.
    pub fn forget(&mut self, before: UnixMillis) -> usize {
        let old = |visit: &Arc<Visit>| visit.touched_at < before;
        let stale: Vec<u32> = (0_u32..)
            .zip(&self.slots)
            .filter(|(_, visit)| visit.as_ref().is_some_and(old))
            .map(|(slot, _)| slot)
            .collect();
        for slot in &stale {
            self.unlink(*slot, Tables::All);
            if let Some(visit) = self.slots[*slot as usize].take() {
                self.carts.remove(&visit.id);
                self.pages.forget(*slot as usize, visit.id);
            }
            self.free.push(*slot);
        }
        if !stale.is_empty() {
            let mut orders = std::mem::take(&mut self.orders);
            orders.retain(|_, visit| self.visit(*visit).is_some());
            self.orders = orders;
        }
        stale.len()
    }

    fn at(&self, slot: u32) -> Option<&Arc<Visit>> {
        self.slots.get(slot as usize).and_then(Option::as_ref)
    }

    fn assign(&mut self, after: &Arc<Visit>) {
        let Some(slot) = self.slot(after.id) else {
            self.insert(after);
            return;
        };
        let moved =
            self.at(slot).is_some_and(|held| (held.visitor, held.config_id) != (after.visitor, after.config_id));
        if moved {
            // The visitor id changed in the visit (§2.4).
            self.unlink(slot, Tables::VisitorAndDevice);
        }
        self.slots[slot as usize] = Some(after.clone());
        if moved {
            self.link(slot, after);
        }
    }

    fn insert(&mut self, visit: &Arc<Visit>) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        self.slots[slot as usize] = Some(visit.clone());
        let slots = &self.slots;
        self.by_id.insert_unique(hash(visit.id.0), slot, |slot| rehash(slots, *slot, |visit| hash(visit.id.0)));
        self.link(slot, visit);
    }

    fn link(&mut self, slot: u32, visit: &Visit) {
        let slots = &self.slots;
        self.by_visitor.insert_unique(hash_in(visit.site, visit.visitor.0), slot, |slot| {
            rehash(slots, *slot, |visit| hash_in(visit.site, visit.visitor.0))
        });
        self.by_config.insert_unique(hash_in(visit.site, visit.config_id.0), slot, |slot| {
            rehash(slots, *slot, |visit| hash_in(visit.site, visit.config_id.0))
        });
    }

    fn unlink(&mut self, slot: u32, tables: Tables) {
        let Some(visit) = self.at(slot).cloned() else { return };
        if tables == Tables::All {
            remove(&mut self.by_id, hash(visit.id.0), slot);
        }
        remove(&mut self.by_visitor, hash_in(visit.site, visit.visitor.0), slot);
        remove(&mut self.by_config, hash_in(visit.site, visit.config_id.0), slot);
    }
}

/// Which tables forget a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tables {
    All,
    VisitorAndDevice,
}

fn remove(table: &mut HashTable<u32>, hash: u64, slot: u32) {
    if let Ok(entry) = table.find_entry(hash, |known| *known == slot) {
        entry.remove();
    }
}

fn rehash(slots: &[Option<Arc<Visit>>], slot: u32, of: impl Fn(&Visit) -> u64) -> u64 {
    slots.get(slot as usize).and_then(Option::as_ref).map_or(0, |visit| of(visit))
}

/// Spreads an id over all bits; ids come from outside, but only as keys of visits held for minutes.
fn hash(id: u64) -> u64 {
    let mixed = (id ^ (id >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

fn hash_in(site: SiteId, id: u64) -> u64 {
    hash(id ^ u64::from(site.0).wrapping_mul(0xd6e8_feb8_6659_fd93))
}

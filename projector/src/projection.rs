//! The pure core: what a range of events means for each table.

use std::{collections::HashMap, hash::Hash};

use nagare_schema::{Action, Conversion, EventBatch, GoalId, Hit, HitId, PageTimed, Visit, VisitEvent, VisitId};

use crate::metrics::Table;
use crate::row::{ActionRow, ConversionItemRow, ConversionRow, HitRow, PageTimingRow, Sign, VisitRow};

/// A fact of a hit, an action and so on for each table, borrowed from the events of one range.
///
/// A row that is cancelled within the range is left out together with what cancels it: the sums over
/// `sign` are the same wherever a range is cut, and a visit with many hits costs one row.
#[derive(Debug, Default)]
pub(crate) struct Projection<'a> {
    hits: Vec<(HitId, Option<VisitId>, &'a Hit)>,
    visits: Collapsing<(VisitId, HitId), &'a Visit>,
    actions: Vec<&'a Action>,
    timings: Vec<&'a PageTimed>,
    conversions: Collapsing<(VisitId, GoalId, u64, HitId), &'a Conversion>,
}

impl<'a> Projection<'a> {
    /// Folds events in order; those of a rebuild are in the tables already.
    pub(crate) fn of(batches: impl IntoIterator<Item = &'a EventBatch>) -> Self {
        let mut projection = Self::default();
        let told = batches.into_iter().filter(|batch| batch.rebuild.is_none());
        for event in told.flat_map(|batch| &batch.events) {
            projection.add(event);
        }
        projection
    }

    fn add(&mut self, event: &'a VisitEvent) {
        match event {
            VisitEvent::HitAccepted { id, visit, hit } => self.hits.push((*id, *visit, hit)),
            VisitEvent::VisitChanged { before, after } => {
                if let Some(before) = before {
                    self.visits.cancel(&(before.id, before.revision), before);
                }
                self.visits.stand((after.id, after.revision), after);
            }
            VisitEvent::ActionRecorded(action) => self.actions.push(action),
            VisitEvent::PageTimed(timed) => self.timings.push(timed),
            VisitEvent::ConversionChanged { before, after } => {
                if let Some(before) = before {
                    self.conversions.cancel(&conversion_key(before), before);
                }
                self.conversions.stand(conversion_key(after), after);
            }
        }
    }

    /// True when there are rows for a table.
    pub(crate) fn has(&self, table: Table) -> bool {
        match table {
            Table::Hits => !self.hits.is_empty(),
            Table::Visits => self.visits.rows().next().is_some(),
            Table::Actions => !self.actions.is_empty(),
            Table::PageTimings => !self.timings.is_empty(),
            Table::Conversions => self.conversions.rows().next().is_some(),
            Table::ConversionItems => self.conversions.rows().any(|(_, conversion)| !conversion.items.is_empty()),
        }
    }

    /// Rows of `hits`.
    pub(crate) fn hits(&self) -> impl Iterator<Item = HitRow> {
        self.hits.iter().map(|(id, visit, hit)| HitRow::new(*id, *visit, hit))
    }

    /// Rows of `visits`.
    pub(crate) fn visits(&self) -> impl Iterator<Item = VisitRow<'a>> {
        self.visits.rows().map(|(sign, visit)| VisitRow::new(sign, visit))
    }

    /// Rows of `actions`.
    pub(crate) fn actions(&self) -> impl Iterator<Item = ActionRow<'a>> {
        self.actions.iter().map(|action| ActionRow::new(action))
    }

    /// Rows of `page_timings`.
    pub(crate) fn timings(&self) -> impl Iterator<Item = PageTimingRow<'a>> {
        self.timings.iter().map(|timed| PageTimingRow::new(timed))
    }

    /// Rows of `conversions`.
    pub(crate) fn conversions(&self) -> impl Iterator<Item = ConversionRow<'a>> {
        self.conversions.rows().map(|(sign, conversion)| ConversionRow::new(sign, conversion))
    }

    /// Rows of `conversion_items`.
    pub(crate) fn items(&self) -> impl Iterator<Item = ConversionItemRow<'a>> {
        self.conversions.rows().flat_map(|(sign, conversion)| {
            let items = conversion.items.iter().enumerate();
            items.map(move |(line, item)| ConversionItemRow::new(sign, conversion, line, item))
        })
    }
}

/// Rows that an event makes at most.
pub(crate) fn rows_max(event: &VisitEvent) -> usize {
    match event {
        VisitEvent::HitAccepted { .. } | VisitEvent::ActionRecorded(_) | VisitEvent::PageTimed(_) => 1,
        VisitEvent::VisitChanged { before, .. } => 1 + usize::from(before.is_some()),
        VisitEvent::ConversionChanged { before, after } => {
            1 + after.items.len() + before.as_ref().map_or(0, |before| 1 + before.items.len())
        }
    }
}

fn conversion_key(conversion: &Conversion) -> (VisitId, GoalId, u64, HitId) {
    (conversion.visit, conversion.goal, conversion.buster, conversion.revision)
}

/// Rows by version, of which those that cancel each other out are gone.
#[derive(Debug)]
struct Collapsing<K, T> {
    rows: Vec<Option<(Sign, T)>>,
    standing: HashMap<K, usize>,
}

impl<K, T> Default for Collapsing<K, T> {
    fn default() -> Self {
        Self { rows: Vec::new(), standing: HashMap::new() }
    }
}

impl<K: Hash + Eq, T: Copy> Collapsing<K, T> {
    fn stand(&mut self, version: K, row: T) {
        self.standing.insert(version, self.rows.len());
        self.rows.push(Some((Sign::Stand, row)));
    }

    fn cancel(&mut self, version: &K, row: T) {
        match self.standing.remove(version) {
            Some(place) => self.rows[place] = None,
            None => self.rows.push(Some((Sign::Cancel, row))),
        }
    }

    fn rows(&self) -> impl Iterator<Item = (Sign, T)> {
        self.rows.iter().filter_map(|row| *row)
    }
}

#[cfg(test)]
mod tests;

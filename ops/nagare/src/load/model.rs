//! What a visitor's accepted hits must make in the tables, told by the rules alone
//! (`tracking.md` §3): a second opinion that shares no code with the processor.

use serde::Serialize;

/// Inactivity that ends a visit, seconds.
const VISIT_SECONDS: i64 = 1800;
const DAY_SECONDS: i64 = 86_400;

/// What a hit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Page,
    Search,
    Event,
    Download,
    Outlink,
    Ping,
}

/// When the server may have received a hit, in seconds: between sending it and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) earliest: i64,
    pub(super) latest: i64,
}

/// A visit as the tables must show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ExpectedVisit {
    /// Hits of it in the archive, pings included.
    hits: u32,
    pub(super) actions: u32,
    interactions: u32,
    searches: u32,
    events: u32,
    #[serde(skip)]
    last: Moment,
}

/// The visits of one visitor.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    visits: Vec<ExpectedVisit>,
    utc_offset_seconds: i64,
}

/// A hit came so near to the end of a visit that either reading of the rules may hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ambiguous;

impl Model {
    pub(super) fn new(utc_offset_seconds: i64) -> Self {
        Self { visits: Vec::new(), utc_offset_seconds }
    }

    pub(super) fn visits(&self) -> &[ExpectedVisit] {
        &self.visits
    }

    /// Takes an accepted hit in.
    pub(super) fn accept(&mut self, kind: Kind, moment: Moment) -> Result<(), Ambiguous> {
        let ongoing = match self.visits.last() {
            None => false,
            Some(visit) => self.continues(visit.last, moment)?,
        };
        if !ongoing {
            if kind == Kind::Ping {
                return Ok(());
            }
            self.visits.push(ExpectedVisit {
                hits: 0,
                actions: 0,
                interactions: 0,
                searches: 0,
                events: 0,
                last: moment,
            });
        }
        let Some(visit) = self.visits.last_mut() else { return Ok(()) };
        visit.hits += 1;
        if kind == Kind::Ping {
            return Ok(());
        }
        visit.last = moment;
        visit.actions += 1;
        visit.interactions += u32::from(matches!(kind, Kind::Page | Kind::Search));
        visit.searches += u32::from(kind == Kind::Search);
        visit.events += u32::from(kind == Kind::Event);
        Ok(())
    }

    /// Whether a hit at `now` belongs to a visit whose last action was at `last`.
    fn continues(&self, last: Moment, now: Moment) -> Result<bool, Ambiguous> {
        let days = [last.earliest, last.latest, now.earliest, now.latest].map(|at| self.day(at));
        if days[0] != days[1] || days[2] != days[3] {
            return Err(Ambiguous);
        }
        let same_day = days[0] == days[2];
        if !same_day || now.earliest - last.latest >= VISIT_SECONDS {
            return Ok(false);
        }
        if now.latest - last.earliest < VISIT_SECONDS { Ok(true) } else { Err(Ambiguous) }
    }

    fn day(&self, at: i64) -> i64 {
        (at + self.utc_offset_seconds).div_euclid(DAY_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_700_049_600;

    fn at(seconds: i64) -> Moment {
        Moment { earliest: NOON + seconds, latest: NOON + seconds }
    }

    fn visits(hits: &[(Kind, i64)]) -> Vec<(u32, u32, u32)> {
        let mut model = Model::new(0);
        for (kind, seconds) in hits {
            model.accept(*kind, at(*seconds)).unwrap();
        }
        model.visits().iter().map(|visit| (visit.hits, visit.actions, visit.interactions)).collect()
    }

    #[test]
    fn half_an_hour_ends_a_visit() {
        assert_eq!(visits(&[(Kind::Page, 0), (Kind::Page, 1799)]), [(2, 2, 2)]);
        assert_eq!(visits(&[(Kind::Page, 0), (Kind::Page, 1800)]), [(1, 1, 1), (1, 1, 1)]);
    }

    #[test]
    fn a_ping_neither_begins_nor_prolongs_a_visit() {
        assert_eq!(visits(&[(Kind::Ping, 0)]), []);
        assert_eq!(visits(&[(Kind::Page, 0), (Kind::Ping, 1200), (Kind::Event, 1801)]), [(2, 1, 1), (1, 1, 0)]);
    }

    #[test]
    fn midnight_of_the_site_ends_a_visit() {
        let mut model = Model::new(12 * 3600 - 10);
        assert_eq!(model.accept(Kind::Page, at(0)), Ok(()));
        assert_eq!(model.accept(Kind::Page, at(9)), Ok(()));
        assert_eq!(model.accept(Kind::Page, at(10)), Ok(()));
        assert_eq!(model.visits().len(), 2);
    }

    #[test]
    fn a_close_call_is_told() {
        let mut model = Model::new(0);
        assert_eq!(model.accept(Kind::Page, at(0)), Ok(()));
        let close = Moment { earliest: NOON + 1799, latest: NOON + 1800 };
        assert_eq!(model.accept(Kind::Page, close), Err(Ambiguous));
    }
}

//! Facts by number and by a sum of hashes of their ids.

use std::{collections::BTreeMap, fmt};

use nagare_schema::SiteId;

/// Kinds of fact that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counted {
    Hits,
    Actions,
    Visits,
    Conversions,
}

impl Counted {
    /// As `verify/tables.rs` names them.
    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Hits, Self::Actions, Self::Visits, Self::Conversions].into_iter().find(|kind| kind.to_string() == name)
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hits => "hits",
            Self::Actions => "actions",
            Self::Visits => "visits",
            Self::Conversions => "conversions",
        })
    }
}

/// How many there are, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    count: i64,
    hash: i64,
}

/// A tally by site and kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tallies(BTreeMap<(SiteId, Counted), Tally>);

impl Tallies {
    /// Adds, or with a `sign` of -1 takes away, the fact of an id.
    pub(super) fn add(&mut self, site: SiteId, kind: Counted, sign: i64, id: u64) {
        self.add_many(site, kind, sign, hash(id).wrapping_mul(sign));
    }

    /// Adds facts that were counted elsewhere.
    pub(super) fn add_many(&mut self, site: SiteId, kind: Counted, count: i64, hash: i64) {
        let tally = self.0.entry((site, kind)).or_default();
        tally.count += count;
        tally.hash = tally.hash.wrapping_add(hash);
    }

    /// All facts together.
    pub(super) fn facts(&self) -> i64 {
        self.0.values().map(|tally| tally.count).sum()
    }
}

/// Of [`hash`].
pub(super) const MULTIPLIER: u64 = 0xff51_afd7_ed55_8ccd;

/// `verify/tables.rs` has ClickHouse compute the same.
fn hash(id: u64) -> i64 {
    (id ^ (id >> 33)).wrapping_mul(MULTIPLIER).cast_signed()
}

/// A number that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The site.
    pub site: u32,
    /// The day, or `-`.
    pub day: String,
    /// What differs.
    pub what: String,
    /// What it should be.
    pub expected: i64,
    /// What it is.
    pub found: i64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site, day, what, expected, found } = self;
        write!(f, "site {site}  day {day}  {what}: expected {expected}, found {found}")
    }
}

/// Where two tallies differ.
pub(super) fn differences(expected: &Tallies, found: &Tallies, what: impl Fn(Counted) -> String) -> Vec<Difference> {
    let mut keys: Vec<_> = expected.0.keys().chain(found.0.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let tally = |tallies: &Tallies, key| tallies.0.get(key).copied().unwrap_or_default();
    let compared = keys.iter().map(|key| (key, tally(expected, key), tally(found, key)));
    compared
        .filter(|(_, expected, found)| expected != found)
        .map(|((site, kind), expected, found)| Difference {
            site: site.0,
            day: "-".to_owned(),
            what: what(*kind) + if expected.count == found.count { " (as many, but others)" } else { "" },
            expected: expected.count,
            found: found.count,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tallies(ids: &[u64]) -> Tallies {
        let mut tallies = Tallies::default();
        for id in ids {
            tallies.add(SiteId(1), Counted::Hits, 1, *id);
        }
        tallies
    }

    fn check(expected: &[u64], found: &[u64], differ: bool) {
        let differences = differences(&tallies(expected), &tallies(found), |kind| kind.to_string());
        assert_eq!(!differences.is_empty(), differ, "{differences:?}");
    }

    #[test]
    fn a_lost_and_a_doubled_fact_do_not_balance() {
        check(&[1, 2, 3], &[3, 1, 2], false);
        check(&[1, 2, 3], &[1, 2], true);
        check(&[1, 2, 3], &[1, 2, 2], true);
        check(&[], &[], false);
    }

    #[test]
    fn a_cancelled_fact_leaves_nothing() {
        let mut cancelled = tallies(&[1]);
        cancelled.add(SiteId(1), Counted::Hits, 1, 9);
        cancelled.add(SiteId(1), Counted::Hits, -1, 9);
        assert_eq!(cancelled, tallies(&[1]));
    }
}

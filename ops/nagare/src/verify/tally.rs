//! Facts by number and by a sum of hashes of their ids.

use std::{collections::BTreeMap, fmt};

use nagare_runtime::Lag;
use nagare_schema::SiteId;

/// Kinds of fact that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counted {
    Hits,
    Actions,
    PageTimings,
    Visits,
    Conversions,
}

impl Counted {
    /// As `verify/tables.rs` names them.
    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Hits, Self::Actions, Self::PageTimings, Self::Visits, Self::Conversions]
            .into_iter()
            .find(|kind| kind.to_string() == name)
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hits => "hits",
            Self::Actions => "actions",
            Self::PageTimings => "page_timings",
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

/// The largest id of each kind that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reach(BTreeMap<Counted, u64>);

impl Reach {
    /// Notes that an id was counted.
    pub(super) fn extend(&mut self, kind: Counted, id: u64) {
        let largest = self.0.entry(kind).or_default();
        *largest = id.max(*largest);
    }

    /// True when the id, or a later one, was counted.
    pub(super) fn includes(&self, kind: Counted, id: u64) -> bool {
        self.0.get(&kind).is_some_and(|largest| id <= *largest)
    }
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

/// ClickHouse's `intHash64`, which `verify/tables.rs` has it compute.
fn hash(id: u64) -> i64 {
    let mut mixed = id ^ 0x4cf2_d2ba_ae6d_a887;
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (mixed ^ (mixed >> 33)).cast_signed()
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

impl Difference {
    /// True when both are about the same number, whatever it is.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        (self.site, &self.day, &self.what) == (other.site, &other.day, &other.what)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site, day, what, expected, found } = self;
        write!(f, "site {site}  day {day}  {what}: expected {expected}, found {found}")
    }
}

/// What a partition has not brought into the tables in time.
pub(super) fn late(lag: Lag) -> impl Iterator<Item = Difference> {
    let difference = |what: &str, expected: u64, found: u64| Difference {
        site: 0,
        day: "-".to_owned(),
        what: format!("{what} of partition {}", lag.partition),
        expected: expected.cast_signed(),
        found: found.cast_signed(),
    };
    let late = [
        difference("sequence up to which HITS is decided", lag.hits, lag.decided),
        difference("sequence up to which EVENTS is in the tables", lag.events, lag.projected),
    ];
    late.into_iter().filter(|difference| difference.found < difference.expected)
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
    fn the_hash_is_that_of_clickhouse() {
        // SELECT reinterpretAsInt64(intHash64(toUInt64(528384)))
        assert_eq!(hash(528_384), -3_033_307_860_478_146_323);
    }

    #[test]
    fn facts_that_are_evenly_apart_do_not_balance() {
        check(&[1 << 17, 3 << 17, 2 << 17, 2 << 17], &[1 << 17, 3 << 17, 1 << 17, 3 << 17], true);
    }

    #[test]
    fn a_reach_includes_what_came_before() {
        let mut reach = Reach::default();
        assert!(!reach.includes(Counted::Hits, 0));
        reach.extend(Counted::Hits, 7);
        reach.extend(Counted::Hits, 5);
        assert!(reach.includes(Counted::Hits, 7) && !reach.includes(Counted::Hits, 8));
        assert!(!reach.includes(Counted::Visits, 7));
    }

    #[test]
    fn a_cancelled_fact_leaves_nothing() {
        let mut cancelled = tallies(&[1]);
        cancelled.add(SiteId(1), Counted::Hits, 1, 9);
        cancelled.add(SiteId(1), Counted::Hits, -1, 9);
        assert_eq!(cancelled, tallies(&[1]));
    }
}

//! Visits by ranges of a number, and by plugins of browsers.

use super::{Row, Table, quotient};
use crate::{
    catalogue::VisitRanges,
    plan::Part,
    query::{Fact, Facts},
    value::{Record, Value},
};

/// The key of new visitors.
const NEW: &str = "0";
/// The key of visitors who returned and never ordered.
const RETURNING: &str = "1";

fn visits(facts: &Facts) -> &[Fact] {
    facts.get(&Part::VisitSums(0)).map_or(&[], Vec::as_slice)
}

fn key(fact: &Fact, at: usize) -> &str {
    fact.keys.get(at).map_or("", String::as_str)
}

/// Every range, in its order (`reports.md` §4); none when there is no visit.
pub(super) fn table(facts: &Facts, ranges: &VisitRanges) -> Table {
    let facts = visits(facts);
    if facts.is_empty() {
        return Table::default();
    }
    let total: f64 = facts.iter().map(|fact| fact.number(0)).sum();
    let sum = |counts: &dyn Fn(&Fact) -> bool| -> f64 {
        facts.iter().filter(|fact| counts(fact)).map(|fact| fact.number(0)).sum()
    };
    let row = |label: &str, visits: f64, segment: String| {
        let mut columns = Record::default().with("label", label).with("nb_visits", Value::number(visits));
        if ranges.shares {
            columns.set("nb_visits_percentage", Value::number(quotient(visits, total, 2)));
        }
        Row { columns, metadata: Record::default().with("segment", segment), ..Row::default() }
    };
    let number_at = usize::from(ranges.new_first);
    let mut rows = Vec::new();
    if ranges.new_first {
        rows.push(row("New visits", sum(&|fact| key(fact, 0) == NEW), "visitorType==new".to_owned()));
    }
    for &(label, least, most) in ranges.ranges {
        let counts = |fact: &Fact| {
            let number = key(fact, number_at).parse::<u32>().unwrap_or(0);
            let is_within = number >= least && most.is_none_or(|most| number <= most);
            is_within && (!ranges.new_first || key(fact, 0) == RETURNING)
        };
        rows.push(row(label, sum(&counts), segment(ranges.segment, least, most)));
    }
    Table { rows, ..Table::default() }
}

fn segment(name: &str, least: u32, most: Option<u32>) -> String {
    match most {
        Some(most) if most == least => format!("{name}=={least}"),
        Some(most) => format!("{name}>={least};{name}<={most}"),
        None => format!("{name}>={least}"),
    }
}

/// Plugins by their bits, as visits store them.
const PLUGINS: [(&str, u32); 8] = [
    ("Cookie", 7),
    ("Flash", 0),
    ("Java", 1),
    ("Pdf", 2),
    ("Quicktime", 3),
    ("Realplayer", 4),
    ("Silverlight", 5),
    ("Windowsmedia", 6),
];

/// Plugins of browsers (`reports.md` §8): their share of the visits whose browser tells them.
pub(super) fn plugins(facts: &Facts) -> Table {
    let facts = visits(facts);
    if facts.is_empty() {
        return Table::default();
    }
    let telling: f64 = facts.iter().filter(|fact| key(fact, 1) == "0").map(|fact| fact.number(0)).sum();
    let rows = PLUGINS.iter().map(|(label, bit)| {
        let has = |fact: &&Fact| key(fact, 0).parse::<u32>().unwrap_or(0) >> bit & 1 == 1;
        let visits: f64 = facts.iter().filter(has).map(|fact| fact.number(0)).sum();
        let columns = Record::default()
            .with("label", *label)
            .with("nb_visits", Value::number(visits))
            .with("nb_visits_percentage", Value::number(quotient(visits, telling, 2).clamp(0.0, 1.0)));
        let logo = format!("plugins/Morpheus/icons/dist/plugins/{}.png", label.to_lowercase());
        Row { columns, metadata: Record::default().with("logo", logo), ..Row::default() }
    });
    Table { rows: rows.collect(), ..Table::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Dimension, Key};

    static RANGES: VisitRanges = VisitRanges {
        dimension: Dimension::Duration,
        keys: &[Key::Duration],
        segment: "visitDuration",
        ranges: &[("1-2 min", 60, Some(120)), ("2+ min", 120, None)],
        new_first: false,
        shares: false,
    };

    #[test]
    fn section_4_a_shared_bound_counts_in_both_ranges() {
        let fact =
            |key: &str| Fact { site: 1, bucket: String::new(), keys: vec![key.to_owned()], numbers: vec![Some(1.0)] };
        let facts = Facts::from([(Part::VisitSums(0), vec![fact("120"), fact("60")])]);
        let table = table(&facts, &RANGES);
        let counts: Vec<_> = table.rows.iter().map(|row| row.columns.number("nb_visits")).collect();
        assert_eq!(counts, [Some(2.0), Some(1.0)]);
        assert_eq!(table.rows[1].metadata.get("segment"), Some(&"visitDuration>=120".into()));
    }
}

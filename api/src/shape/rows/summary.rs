//! Reports of one row.

use super::View;
use crate::{
    catalogue::Summary,
    plan::Part,
    query::{Fact, Facts},
    shape::pretty,
    value::{Record, Value},
};

fn only(facts: &Facts, part: Part) -> Option<&Fact> {
    facts.get(&part)?.first()
}

fn number(fact: Option<&Fact>, at: usize) -> Value {
    Value::number(fact.map_or(0.0, |fact| fact.number(at)))
}

/// Visit metrics of a site (`reports.md` §1).
pub(super) fn visits(facts: &Facts, columns: Summary, view: &View<'_>) -> Record {
    let (sums, uniques) = (only(facts, Part::VisitSums(0)), only(facts, Part::VisitUniques(0)));
    let mut record = Record::default();
    if view.has_uniques {
        record.set("nb_uniq_visitors", number(uniques, 0));
        record.set("nb_users", number(uniques, 1));
    }
    record.set("nb_visits", number(sums, 0));
    record.set("nb_actions", number(sums, 1));
    record.set("nb_visits_converted", number(sums, 4));
    record.set("bounce_count", number(sums, 3));
    record.set("sum_visit_length", number(sums, 2));
    record.set("max_actions", number(uniques, 2));
    match columns {
        Summary::All => {}
        Summary::Only(column) => record.retain(|name| name == column),
        Summary::LengthPretty => {
            let seconds = sums.map_or(0.0, |fact| fact.number(2));
            record = Record::default().with("sum_visit_length_pretty", pretty::duration(seconds));
        }
    }
    record
}

/// Counts of actions (`reports.md` §5.1).
pub(super) fn actions(facts: &Facts) -> Record {
    const COLUMNS: [&str; 8] = [
        "nb_pageviews",
        "nb_uniq_pageviews",
        "nb_downloads",
        "nb_uniq_downloads",
        "nb_outlinks",
        "nb_uniq_outlinks",
        "nb_searches",
        "nb_keywords",
    ];
    let totals = only(facts, Part::ActionTotals);
    COLUMNS.iter().enumerate().map(|(at, column)| (*column, number(totals, at))).collect()
}

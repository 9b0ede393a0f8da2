//! Keywords of site search (`reports.md` §5.3).

use std::collections::HashSet;

use super::{
    numbers::Numbers,
    pages::{Leaves, by_key, key},
};
use crate::{
    plan::Part,
    query::Facts,
    shape::once_escaped_segment_value,
    table::{Row, Table},
    value::{Record, Value},
};

/// All keywords, or those that found nothing on some day.
pub(super) fn table(facts: &Facts, no_results: bool) -> Table {
    let leaves = Leaves::new(facts);
    let without: HashSet<&str> = by_key(facts, Part::SearchesWithoutResult).into_keys().collect();
    let known = facts.get(&Part::ActionSums).into_iter().flatten();
    let rows = known.filter(|fact| !no_results || without.contains(key(fact))).map(|fact| {
        let keyword = key(fact);
        Row {
            columns: columns(keyword, &leaves.numbers(keyword, fact)),
            segment: Some(format!("siteSearchKeyword=={}", once_escaped_segment_value(keyword))),
            ..Row::default()
        }
    });
    Table { rows: rows.collect(), ..Table::default() }
}

fn columns(keyword: &str, numbers: &Numbers) -> Record {
    let mut columns = Record::default().with("label", keyword);
    columns.set("nb_visits", Value::number(numbers.visits));
    columns.set("nb_hits", Value::number(numbers.hits));
    columns.set("sum_time_spent", Value::number(numbers.seconds));
    numbers.bandwidth.fill_bandwidth(&mut columns);
    if let Some(exits) = &numbers.exits {
        columns.set("exit_nb_visits", Value::number(exits.visits));
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Fact;

    fn fact(keyword: &str, numbers: &[f64]) -> Fact {
        let numbers = numbers.iter().map(|number| Some(*number)).collect();
        Fact { site: 1, bucket: String::new(), keys: vec![keyword.to_owned()], numbers }
    }

    #[test]
    fn keywords_have_hits_and_exits_and_no_visitors() {
        let facts = Facts::from([
            (Part::ActionSums, vec![fact("a b", &[3.0]), fact("c", &[1.0])]),
            (Part::ActionUniques, vec![fact("a b", &[2.0, 1.0])]),
            (Part::ExitSums, vec![fact("a b", &[1.0])]),
            (Part::SearchesWithoutResult, vec![fact("a b", &[1.0])]),
        ]);
        let table = |no_results| table(&facts, no_results);
        assert_eq!(table(false).rows.len(), 2);
        let row = &table(true).rows[0];
        let numbers =
            ["nb_visits", "nb_hits", "exit_nb_visits", "nb_uniq_visitors"].map(|name| row.columns.number(name));
        assert_eq!(numbers, [Some(2.0), Some(3.0), Some(1.0), None]);
        assert_eq!(row.segment.as_deref(), Some("siteSearchKeyword==a+b"));
    }
}

//! Values of a custom dimension of actions, and pages below them (`reports.md` §9).

use super::{TIMINGS, View, round};
use crate::{
    catalogue::{VALUE_UNKNOWN, id_of},
    plan::Part,
    query::{Fact, Facts},
    shape::url_encode,
    table::{IdPlace, Row, Subtable, Table},
    value::{Record, Value},
};

/// Where the numbers of a fact stand.
const TIMINGS_AT: usize = 6;
const BANDWIDTH_AT: usize = TIMINGS_AT + 4 * TIMINGS.len();
const MILLIS: f64 = 1000.0;
const PAGE_UNKNOWN: &str = "Page URL not defined";

pub(super) fn table(facts: &Facts, view: &View<'_>) -> Table {
    let of = |level: usize| facts.get(&Part::DimensionSums(level)).map_or(&[][..], Vec::as_slice);
    if let Some(id) = view.subtable {
        let above = of(0).iter().find(|fact| id_of(&fact.keys) == id);
        return above.map_or_else(Table::default, |above| pages(of(1), above, view));
    }
    let rows = of(0).iter().map(|fact| {
        let value = fact.keys.first().map_or("", String::as_str);
        let mut row = Row { columns: columns(label(value, VALUE_UNKNOWN), fact, view), ..Row::default() };
        let segment = format!("dimension{}=={}", view.custom, url_encode(value));
        if view.is_flat {
            row.segment = Some(segment);
        } else {
            row.metadata.set("segment", segment);
        }
        row.subtable = Some(Subtable { id: id_of(&fact.keys), table: Some(pages(of(1), fact, view)) });
        row
    });
    Table { rows: rows.collect(), ids: IdPlace::default() }
}

fn label<'a>(text: &'a str, unknown: &'a str) -> &'a str {
    if text.is_empty() { unknown } else { text }
}

/// The pages where actions had the value; without one they select nothing.
fn pages(facts: &[Fact], above: &Fact, view: &View<'_>) -> Table {
    let own = facts.iter().filter(|fact| fact.keys.starts_with(&above.keys));
    let rows = own.map(|fact| {
        let [value, url] = fact.keys.as_slice() else { return Row::default() };
        let mut row = Row { columns: columns(label(url, PAGE_UNKNOWN), fact, view), ..Row::default() };
        if !value.is_empty() {
            let (value, url) = (url_encode(value), url_encode(url));
            row.metadata.set("segment", format!("dimension{}=={value};actionUrl=${url}", view.custom));
            row.metadata.set("url", url);
        }
        row
    });
    Table { rows: rows.collect(), ids: IdPlace::default() }
}

fn columns(label: &str, fact: &Fact, view: &View<'_>) -> Record {
    let number = |at: usize| Value::number(fact.number(at));
    let seconds = |at: usize| Value::number(round(fact.number(at) / MILLIS, 4));
    let mut columns = Record::default().with("label", label).with("nb_visits", number(1));
    if view.is_day {
        columns.set("nb_uniq_visitors", number(2));
    }
    columns.set("nb_hits", number(0));
    for (timing, at) in TIMINGS.iter().zip((TIMINGS_AT..).step_by(4)) {
        columns.set(format!("sum_time_{timing}"), seconds(at + 1));
        columns.set(format!("nb_hits_with_time_{timing}"), number(at));
        columns.set(format!("min_time_{timing}"), seconds(at + 2));
        columns.set(format!("max_time_{timing}"), seconds(at + 3));
    }
    let bandwidth = ["nb_hits_with_bandwidth", "sum_bandwidth", "min_bandwidth", "max_bandwidth"];
    for (at, name) in [1, 0, 2, 3].map(|at| (BANDWIDTH_AT + at, bandwidth[at])) {
        columns.set(name, number(at));
    }
    columns.set("sum_time_spent", number(3));
    columns.set("bounce_count", number(4));
    columns.set("exit_nb_visits", number(5));
    if !view.is_day {
        columns.set("sum_daily_nb_uniq_visitors", number(2));
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(keys: &[&str], hits: f64) -> Fact {
        let numbers = vec![Some(hits), Some(1.0), Some(1.0), Some(360.0), Some(0.0), Some(1.0)];
        Fact { site: 1, bucket: String::new(), keys: keys.iter().map(|key| (*key).to_owned()).collect(), numbers }
    }

    #[test]
    fn pages_are_below_values() {
        let above = vec![fact(&["en"], 2.0), fact(&[""], 1.0)];
        let below = vec![fact(&["en", "x.org/a"], 2.0), fact(&["", "x.org/b"], 1.0)];
        let facts = Facts::from([(Part::DimensionSums(0), above), (Part::DimensionSums(1), below)]);
        let view = View { is_day: true, custom: 3, ..View::default() };
        let table = table(&facts, &view);
        let labels: Vec<String> = table.rows.iter().map(Row::label).collect();
        assert_eq!(labels, ["en", VALUE_UNKNOWN]);
        let below = |row: &Row| row.subtable.as_ref().and_then(|below| below.table.clone()).unwrap().rows.remove(0);
        let page = below(&table.rows[0]);
        assert_eq!(page.metadata.get("segment"), Some(&"dimension3==en;actionUrl=$x.org%2Fa".into()));
        assert!(below(&table.rows[1]).metadata.is_empty());
    }
}

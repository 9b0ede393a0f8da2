//! Events, contents and categories of site search (`reports.md` §5.3, §10).

use std::collections::HashMap;

use super::View;
use crate::{
    catalogue::{ActionGroup, ActionKey, id_of},
    plan::Part,
    query::{Fact, Facts},
    shape::once_escaped_segment_value,
    table::{Row, Subtable, Table},
    value::{Record, Value},
};

impl ActionKey {
    /// What a row without a value is called.
    fn undefined(self) -> &'static str {
        match self {
            Self::EventName => "Event Name not defined",
            Self::ContentPiece => "Content Piece not defined",
            _ => "",
        }
    }

    fn label(self, value: &str) -> String {
        if value.is_empty() { self.undefined().to_owned() } else { value.to_owned() }
    }
}

/// Rows by the first key; below them those by the second one.
pub(super) fn table(
    facts: &Facts,
    group: ActionGroup,
    (first, second): (ActionKey, Option<ActionKey>),
    view: &View<'_>,
) -> Table {
    let mut below: HashMap<String, Vec<Row>> = HashMap::new();
    if let Some(second) = second {
        for (keys, columns) in level(facts, group, Some(second), view) {
            let [above, own] = keys else { continue };
            if own.is_empty() {
                continue;
            }
            let columns = labelled(second.label(own), &columns);
            below.entry(above.clone()).or_default().push(Row { columns, keys: keys.to_vec(), ..Row::default() });
        }
    }
    let rows = level(facts, group, None, view).into_iter().filter_map(|(keys, columns)| {
        let [value] = keys else { return None };
        let id = id_of(std::slice::from_ref(value));
        let segment = (!value.is_empty()).then(|| format!("{}=={}", first.name(), once_escaped_segment_value(value)));
        let mut below = below.remove(value).map(|rows| Table { rows, ..Table::default() });
        // Flat contents select as the row above them.
        if let Some(table) = below.as_mut().filter(|_| view.is_flat && group == ActionGroup::Contents) {
            table.rows.iter_mut().for_each(|row| row.segment.clone_from(&segment));
        }
        Some(Row {
            columns: labelled(first.label(value), &columns),
            keys: keys.to_vec(),
            segment,
            subtable: below.map(|table| Subtable { id, table: Some(table) }),
            ..Row::default()
        })
    });
    match view.subtable {
        None => Table { rows: rows.collect(), ..Table::default() },
        Some(id) => {
            let mut subtables = rows.filter_map(|row| row.subtable);
            subtables.find(|subtable| subtable.id == id).and_then(|subtable| subtable.table).unwrap_or_default()
        }
    }
}

/// The label comes first.
fn labelled(label: String, columns: &Record) -> Record {
    let mut record = Record::default().with("label", label);
    columns.iter().for_each(|(name, value)| record.set(name.clone(), value.clone()));
    record
}

fn level<'a>(
    facts: &'a Facts,
    group: ActionGroup,
    second: Option<ActionKey>,
    view: &View<'_>,
) -> Vec<(&'a [String], Record)> {
    let of = |part: Part| facts.get(&part).map_or(&[][..], Vec::as_slice);
    let uniques: HashMap<&[String], &Fact> =
        of(Part::GroupUniques(second)).iter().map(|fact| (fact.keys.as_slice(), fact)).collect();
    let known = of(Part::GroupSums(second)).iter().filter(|fact| {
        // Interactions without an impression are not counted.
        group != ActionGroup::Contents || fact.number(0) > fact.number(1)
    });
    known
        .map(|sums| {
            let unique = |at: usize| uniques.get(sums.keys.as_slice()).map_or(0.0, |fact| fact.number(at));
            (sums.keys.as_slice(), columns(group, sums, [unique(0), unique(1)], view))
        })
        .collect()
}

fn columns(group: ActionGroup, sums: &Fact, [visits, visitors]: [f64; 2], view: &View<'_>) -> Record {
    let mut columns = Record::default();
    let tells_visitors = group != ActionGroup::SearchCategories;
    if tells_visitors && view.is_day {
        columns.set("nb_uniq_visitors", Value::number(visitors));
    }
    columns.set("nb_visits", Value::number(visits));
    match group {
        ActionGroup::Events => {
            let value = |at: usize| sums.numbers.get(at).copied().flatten();
            let bound = |at: usize| value(at).map_or(Value::Null, |value| Value::number(super::round(value, 3)));
            columns.set("nb_events", Value::number(sums.number(0)));
            columns.set("nb_events_with_value", Value::number(sums.number(2)));
            columns.set("sum_event_value", Value::number(super::round(sums.number(3), 3)));
            columns.set("min_event_value", bound(4));
            columns.set("max_event_value", bound(5));
        }
        ActionGroup::Contents => {
            columns.set("nb_impressions", Value::number(sums.number(0) - sums.number(1)));
            columns.set("nb_interactions", Value::number(sums.number(1)));
        }
        ActionGroup::SearchCategories => columns.set("nb_actions", Value::number(sums.number(0))),
    }
    if tells_visitors && !view.is_day {
        columns.set("sum_daily_nb_uniq_visitors", Value::number(visitors));
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(keys: &[&str], numbers: &[f64]) -> Fact {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Fact { site: 1, bucket: String::new(), keys, numbers: numbers.iter().map(|number| Some(*number)).collect() }
    }

    /// `reports.md` §10
    #[test]
    fn events_have_a_second_key_below_the_first() {
        let facts = Facts::from([
            (Part::GroupSums(None), vec![fact(&["a b"], &[3.0, 0.0, 1.0, 2.5, 2.5, 2.5])]),
            (Part::GroupUniques(None), vec![fact(&["a b"], &[2.0, 1.0])]),
            (
                Part::GroupSums(Some(ActionKey::EventName)),
                vec![fact(&["a b", ""], &[2.0]), fact(&["a b", "n"], &[1.0])],
            ),
        ]);
        let keys = (ActionKey::EventAction, Some(ActionKey::EventName));
        let view = View { is_day: true, ..View::default() };
        let table = table(&facts, ActionGroup::Events, keys, &view);
        let row = &table.rows[0];
        assert_eq!(row.segment.as_deref(), Some("eventAction==a+b"));
        let columns = ["nb_uniq_visitors", "nb_visits", "nb_events"].map(|name| row.columns.number(name));
        assert_eq!(columns, [Some(1.0), Some(2.0), Some(3.0)]);
        let below = row.subtable.as_ref().and_then(|subtable| subtable.table.as_ref()).unwrap();
        assert_eq!(below.rows.iter().map(Row::label).collect::<Vec<_>>(), ["n"]);
        assert_eq!(below.rows[0].columns.get("min_event_value"), Some(&Value::Null));
    }

    /// `reports.md` §10
    #[test]
    fn interactions_without_impressions_are_not_told() {
        let sums = vec![fact(&["x"], &[5.0, 2.0]), fact(&["y"], &[1.0, 1.0])];
        let facts = Facts::from([(Part::GroupSums(None), sums)]);
        let table = table(&facts, ActionGroup::Contents, (ActionKey::ContentName, None), &View::default());
        let counts = ["nb_impressions", "nb_interactions"].map(|name| table.rows[0].columns.number(name));
        assert_eq!((table.rows.len(), counts), (1, [Some(3.0), Some(2.0)]));
    }
}

use std::collections::HashMap;

use super::{limit::others, sort::natural};
use crate::{
    catalogue::Limits,
    table::{Row, Subtable, Table},
    value::{Record, Value},
};

/// Cuts the tables of a report to their limits (`reporting-api.md` §12): the rows past them become one.
pub(crate) struct Cut<'a> {
    pub(crate) limits: Limits,
    /// The level of the table that is cut.
    pub(crate) level: usize,
    /// What the row of all others shows of what is unknown, by level.
    pub(crate) unknown: &'a dyn Fn(usize) -> Record,
}

impl Cut<'_> {
    /// True when some table has more rows than it may.
    pub(crate) fn exceeds(&self, table: &Table) -> bool {
        self.is_past(table, self.level)
    }

    fn is_past(&self, table: &Table, level: usize) -> bool {
        self.limits.of_level(level).is_some_and(|most| table.rows.len() > most)
            || tables_below(table).any(|below| self.is_past(below, level + 1))
    }

    pub(crate) fn apply(&self, table: &mut Table) {
        table.for_each_level(self.level, &mut |table, level| {
            let Some(most) = self.limits.of_level(level) else { return };
            match self.limits.parts.filter(|_| level == 0) {
                Some(part) => self.cut_parts(table, part, most),
                None => self.cut(table, level, most),
            }
        });
    }

    fn cut(&self, table: &mut Table, level: usize, most: usize) {
        if table.rows.len() <= most {
            return;
        }
        let weight = |row: &Row| row.columns.number(self.limits.metric).unwrap_or(0.0);
        table.rows.sort_by(|a, b| {
            let ties = || natural(&name(a), &name(b));
            a.is_summary.cmp(&b.is_summary).then(weight(b).total_cmp(&weight(a))).then_with(ties)
        });
        let cut = table.rows.split_off(most.saturating_sub(1));
        let mut summary = others(&cut);
        if !self.limits.sums_visitors {
            summary.columns.retain(|name| !name.ends_with("nb_uniq_visitors"));
        }
        summary.metadata = (self.unknown)(level);
        table.rows.push(summary);
    }

    /// Every part has the limit for itself; what is past it is told once.
    fn cut_parts(&self, table: &mut Table, part: &str, most: usize) {
        let mut parts: Vec<(Option<Value>, Vec<Row>)> = Vec::new();
        let (past, rows): (Vec<Row>, Vec<Row>) = table.rows.drain(..).partition(|row| row.is_summary);
        for row in rows {
            let value = row.metadata.get(part).cloned();
            match parts.iter_mut().find(|(known, _)| *known == value) {
                Some((_, rows)) => rows.push(row),
                None => parts.push((value, vec![row])),
            }
        }
        let mut summaries = Vec::new();
        for (_, rows) in parts {
            let mut own = Table { rows, ..Table::default() };
            self.cut(&mut own, 0, most);
            let (summary, kept): (Vec<Row>, Vec<Row>) = own.rows.into_iter().partition(|row| row.is_summary);
            summaries.extend(summary);
            table.rows.extend(kept);
        }
        let past: Vec<Row> = past.into_iter().chain(joined(&summaries)).collect();
        if !past.is_empty() {
            table.rows.push(Row { metadata: (self.unknown)(0), ..others(&past) });
        }
    }
}

/// All others of several parts: as in Matomo, what is the most in each adds up, too.
fn joined(summaries: &[Row]) -> Option<Row> {
    let mut joined = others(summaries);
    for (name, value) in joined.columns.iter_mut().filter(|(name, _)| name.starts_with("max_")) {
        *value = Value::number(summaries.iter().filter_map(|row| row.columns.number(name)).sum());
    }
    Some(joined).filter(|_| !summaries.is_empty())
}

/// Pages are told apart by their addresses, others by what they are called.
fn name(row: &Row) -> String {
    row.metadata.get("url").and_then(Value::as_text).unwrap_or_else(|| row.label())
}

fn tables_below(table: &Table) -> impl Iterator<Item = &Table> {
    table.rows.iter().filter_map(|row| row.subtable.as_ref()?.table.as_ref())
}

/// Adds the rows of another day, by their labels.
pub(crate) fn merge(own: &mut Table, other: Table) {
    let mut places: HashMap<(String, bool), usize> =
        own.rows.iter().enumerate().map(|(at, row)| ((row.label(), row.is_summary), at)).collect();
    for row in other.rows {
        match places.get(&(row.label(), row.is_summary)) {
            Some(at) => merge_row(&mut own.rows[*at], row),
            None => {
                places.insert((row.label(), row.is_summary), own.rows.len());
                own.rows.push(row);
            }
        }
    }
}

fn merge_row(own: &mut Row, other: Row) {
    super::limit::add(&mut own.columns, &other.columns);
    let Some(Subtable { id, table }) = other.subtable else { return };
    match (&mut own.subtable, table) {
        (Some(Subtable { table: Some(own), .. }), Some(other)) => merge(own, other),
        (None, table) => own.subtable = Some(Subtable { id, table }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, i64)]) -> Table {
        let row = |(label, visits): &(&str, i64)| {
            let columns = Record::default().with("label", *label).with("nb_visits", *visits);
            Row { columns, is_summary: *label == "Others", ..Row::default() }
        };
        Table { rows: rows.iter().map(row).collect(), ..Table::default() }
    }

    fn shown(table: &Table) -> Vec<(String, f64)> {
        table.rows.iter().map(|row| (row.label(), row.columns.number("nb_visits").unwrap_or(0.0))).collect()
    }

    fn check(limits: Limits, rows: &[(&str, i64)], expected: &[(&str, f64)]) {
        let mut cut = table(rows);
        let limits = Limits { metric: "nb_visits", sums_visitors: true, ..limits };
        let unknown = |_: usize| Record::default();
        Cut { limits, level: 0, unknown: &unknown }.apply(&mut cut);
        let expected: Vec<(String, f64)> =
            expected.iter().map(|(label, visits)| ((*label).to_owned(), *visits)).collect();
        assert_eq!(shown(&cut), expected);
    }

    /// `reporting-api.md` §12.
    #[test]
    fn rows_past_the_limit_become_one() {
        let three = Limits { first: Some(3), ..Limits::default() };
        let rows = [("a", 1), ("b", 3), ("c", 2), ("d", 2)];
        check(three, &rows, &[("b", 3.0), ("c", 2.0), ("Others", 3.0)]);
        check(three, &rows[..3], &[("a", 1.0), ("b", 3.0), ("c", 2.0)]);
        check(Limits::default(), &rows, &[("a", 1.0), ("b", 3.0), ("c", 2.0), ("d", 2.0)]);
        check(three, &[("a", 1), ("b", 3), ("c", 2), ("Others", 9)], &[("b", 3.0), ("c", 2.0), ("Others", 10.0)]);
    }

    #[test]
    fn the_most_of_each_part_adds_up() {
        let summary = |most: i64| Row { columns: Record::default().with("max_actions", most), ..Row::default() };
        let most = |row: Option<Row>| row.and_then(|row| row.columns.number("max_actions"));
        assert_eq!(most(joined(&[summary(1), summary(2)])), Some(3.0));
        assert_eq!(joined(&[]), None);
    }

    /// `reporting-api.md` §11: rows are merged by label, "Others" into "Others".
    #[test]
    fn days_add_up_by_label() {
        let mut own = table(&[("a", 1), ("Others", 2)]);
        merge(&mut own, table(&[("b", 4), ("a", 5), ("Others", 6)]));
        let expected = [("a", 6.0), ("Others", 8.0), ("b", 4.0)].map(|(label, visits)| (label.to_owned(), visits));
        assert_eq!(shown(&own), expected);
    }
}

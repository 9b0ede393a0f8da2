use crate::{
    request::Params,
    shape::sort::Sort,
    table::{Row, Table},
    value::{Record, Value},
};

/// Rows of an answer over HTTP unless the request says otherwise.
const LIMIT_DEFAULT: usize = 100;
/// Share of a column's sum below which `filter_excludelowpop` drops rows.
const LOW_SHARE: f64 = 0.02;
/// What the row of others is called.
pub(super) const OTHERS: &str = "Others";

/// `filter_offset`, `filter_limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) offset: usize,
    /// `None`: all.
    pub(crate) limit: Option<usize>,
    keeps_summary: bool,
}

impl Page {
    pub(crate) fn read(params: &Params) -> Self {
        let limit = match params.number::<i64>("filter_limit") {
            None => Some(LIMIT_DEFAULT),
            Some(limit) => usize::try_from(limit).ok(),
        };
        let offset = params.number::<i64>("filter_offset").and_then(|offset| usize::try_from(offset).ok());
        Self { offset: offset.unwrap_or(0), limit, keeps_summary: params.flag("keep_summary_row") }
    }

    pub(super) fn apply(&self, table: &mut Table) {
        let summary = table.rows.last().filter(|row| self.keeps_summary && row.is_summary).cloned();
        self.items(&mut table.rows);
        if let Some(summary) = summary.filter(|_| !table.rows.iter().any(|row| row.is_summary)) {
            table.rows.push(summary);
        }
    }

    pub(super) fn items<T>(&self, items: &mut Vec<T>) {
        items.drain(..self.offset.min(items.len()));
        items.truncate(self.limit.unwrap_or(usize::MAX));
    }
}

/// `filter_truncate`: rows past the limit become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truncate(Option<usize>);

impl Truncate {
    pub(super) fn read(params: &Params) -> Self {
        Self(params.number::<i64>("filter_truncate").and_then(|count| usize::try_from(count).ok()))
    }

    pub(super) fn apply(&self, sort: &Sort, table: &mut Table) {
        let Some(count) = self.0 else { return };
        sort.apply(table);
        table.for_each_level(0, &mut |table, _| truncate(table, count));
    }
}

fn truncate(table: &mut Table, count: usize) {
    if table.rows.len() <= count + 1 {
        return;
    }
    let cut = table.rows.split_off(count);
    table.rows.push(others(&cut));
}

/// The row that sums up others.
pub(super) fn others(rows: &[Row]) -> Row {
    let mut others = Row { columns: Record::default().with("label", OTHERS), is_summary: true, ..Row::default() };
    rows.iter().for_each(|row| add(&mut others.columns, &row.columns));
    others
}

/// The sums of the columns of all rows.
pub(crate) fn total<'a>(rows: impl Iterator<Item = &'a Row>) -> Record {
    const DECIMALS: i32 = 4;
    let mut sum = Record::default();
    rows.for_each(|row| add(&mut sum, &row.columns));
    for (_, value) in sum.iter_mut() {
        if let Value::Float(number) = value {
            *value = Value::number(super::rows::round(*number, DECIMALS));
        }
    }
    sum
}

/// Adds the columns of a row: sums, least and most.
pub(super) fn add(sum: &mut Record, other: &Record) {
    for (name, value) in other.iter().filter(|(name, _)| name != "label") {
        let added = match (sum.get(name), value) {
            (Some(Value::Record(own)), Value::Record(other)) => {
                let mut own = own.clone();
                add(&mut own, other);
                Value::Record(own)
            }
            (Some(own), other) => add_values(name, own, other),
            (None, other) => other.clone(),
        };
        sum.set(name.clone(), added);
    }
}

fn add_values(name: &str, own: &Value, other: &Value) -> Value {
    let (Some(a), Some(b)) = (own.as_number(), other.as_number()) else {
        return if own.as_number().is_some() { own.clone() } else { other.clone() };
    };
    if name.starts_with("min_") {
        return if a <= b { own.clone() } else { other.clone() };
    }
    if name.starts_with("max_") {
        return if a >= b { own.clone() } else { other.clone() };
    }
    Value::number(a + b)
}

/// `filter_excludelowpop`: rows of little weight are dropped.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LowPopulation(Option<(String, f64)>);

impl LowPopulation {
    pub(super) fn read(params: &Params) -> Self {
        let column = params.filled("filter_excludelowpop");
        let least = params.number::<f64>("filter_excludelowpop_value").unwrap_or(0.0);
        Self(column.map(|column| (column.to_owned(), least)))
    }

    pub(super) fn apply(&self, table: &mut Table) {
        let Some((column, least)) = &self.0 else { return };
        let value = |row: &Row| row.columns.number(column).unwrap_or(0.0);
        let least = if *least == 0.0 { table.rows.iter().map(value).sum::<f64>() * LOW_SHARE } else { *least };
        table.rows.retain(|row| row.is_summary || value(row) >= least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    fn table(visits: &[i64]) -> Table {
        let row = |visits: &i64| {
            let goals = Record::default().with("nb_conversions", *visits);
            let columns = Record::default().with("label", format!("r{visits}")).with("nb_visits", *visits);
            let columns = columns.with("max_actions", *visits).with("goals", goals);
            Row { columns, ..Row::default() }
        };
        Table { rows: visits.iter().map(row).collect(), ..Table::default() }
    }

    fn visits(table: &Table) -> Vec<f64> {
        table.rows.iter().filter_map(|row| row.columns.number("nb_visits")).collect()
    }

    fn params(query: &str) -> Params {
        Params::parse(query).unwrap()
    }

    #[test]
    fn a_page_is_cut_out() {
        let page = |query: &str| {
            let mut cut = table(&[5, 4, 3]);
            Page::read(&params(query)).apply(&mut cut);
            visits(&cut)
        };
        assert_eq!(page("filter_limit=1&filter_offset=1"), [4.0]);
        assert_eq!(page("filter_limit=-1&filter_offset=9"), [0.0; 0]);
        assert_eq!(page("filter_limit=-1"), [5.0, 4.0, 3.0]);
        let mut many = table(&[1; 150]);
        Page::read(&params("")).apply(&mut many);
        assert_eq!(many.rows.len(), LIMIT_DEFAULT);
    }

    #[test]
    fn what_is_truncated_is_summed() {
        let sort = Sort::read(&params(""), catalogue::Sort::VISITS);
        let mut cut = table(&[1, 5, 3]);
        Truncate::read(&params("filter_truncate=2")).apply(&sort, &mut cut);
        assert_eq!(visits(&cut), [5.0, 3.0, 1.0]);
        Truncate::read(&params("filter_truncate=1")).apply(&sort, &mut cut);
        let others = &cut.rows[1];
        assert_eq!((others.label().as_str(), others.is_summary), ("Others", true));
        assert_eq!((others.columns.number("nb_visits"), others.columns.number("max_actions")), (Some(4.0), Some(3.0)));
        let Some(Value::Record(goals)) = others.columns.get("goals") else { panic!("goals") };
        assert_eq!(goals.number("nb_conversions"), Some(4.0));
    }

    #[test]
    fn rows_of_little_weight_are_dropped() {
        let kept = |query: &str| {
            let mut cut = table(&[100, 2, 1]);
            LowPopulation::read(&params(query)).apply(&mut cut);
            visits(&cut)
        };
        assert_eq!(kept("filter_excludelowpop=nb_visits"), [100.0]);
        assert_eq!(kept("filter_excludelowpop=nb_visits&filter_excludelowpop_value=2"), [100.0, 2.0]);
    }
}

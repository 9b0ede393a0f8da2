//! A report with its names, units and totals (`reports.md` §24): what a client shows without knowing it.

use std::time::Instant;

use nagare_schema::SiteId;

use super::{Answering, Call, Method, metadata, nested, report};
use crate::{
    describe::{Asked, Descriptor, LEGACY, Unit},
    error::Fault,
    metrics::Family,
    period::{self, Periods, pretty_range},
    permission::{Granted, Permission},
    request::Params,
    shape::{pretty, total},
    table::{Answer, AnswerMap, Row, Table},
    value::{Name, Record, Value},
};

pub(super) const METHODS: &[Method] =
    &[Method::new("API.getProcessedReport", Permission::View, Family::Report, |call, granted| run(call, granted))];

fn run<'a>(call: Call<'a>, granted: Granted) -> Answering<'a> {
    Box::pin(answer(call, granted))
}

/// A column of the report: name, label and unit.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) label: String,
    unit: Option<Unit>,
}

async fn answer(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let began = Instant::now();
    let site = granted.one()?;
    let descriptor = metadata::named(&call, site)?;
    let mut asked = metadata::asked(&call, site)?;
    asked.silent.push(LEGACY);
    let periods = periods(&call, site)?;
    let answer = nested::ask(&call, descriptor.name(), &inner(call.params, &descriptor)).await?;
    if descriptor.name() == "VisitsSummary.get" && !has_users(&answer) {
        asked.silent.push("nb_users");
    }
    let columns = columns(&descriptor, &asked, call.params);
    let stored = call.caller.config.sites.get(&site);
    let symbol = pretty::currency_symbol(stored.map_or("USD", |site| site.currency.as_str()));
    let writer = Writer { columns: &columns, symbol, is_raw: call.params.text("format_metrics") == Some("0") };
    let label = descriptor.dimension.clone().map(|dimension| (Name::from("label"), Value::from(dimension)));
    let names = columns.iter().map(|column| (Name::from(column.name), Value::from(capital(&column.label))));
    let mut record = Record::default();
    record.set("website", stored.map_or_else(String::new, |site| site.name.clone()));
    record.set("prettyDate", pretty_date(&periods));
    record.set("metadata", descriptor.record(&asked));
    record.set("columns", label.into_iter().chain(names).collect::<Record>());
    record.set("reportData", embedded(&periods, &answer, &|answer| writer.data(answer)));
    record.set("reportMetadata", embedded(&periods, &answer, &metadata_of));
    let mut total = totals(&answer);
    asked.columns.clone().with_helpers().record(&mut total);
    record.set("reportTotal", total);
    if call.params.optional_flag("showTimer").unwrap_or(true) {
        record.set("timerMillis", i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX));
    }
    Ok(Answer::Value(record.into()))
}

pub(super) fn periods(call: &Call<'_>, site: SiteId) -> Result<Periods, Fault> {
    period::parse(call.params.required("period")?, call.params.required("date")?, report::today(call, &[site]))
}

fn pretty_date(periods: &Periods) -> String {
    match (periods.keyed, periods.window(), periods.list.first()) {
        (true, Some((from, to)), _) => pretty_range(from, to),
        (_, _, Some(period)) => period.pretty(),
        _ => String::new(),
    }
}

/// The request to the report: all columns as numbers, shown or not.
pub(super) fn inner(params: &Params, descriptor: &Descriptor) -> Params {
    let mut inner = params.clone().without(&["showColumns", "hideColumns", "apiModule", "apiAction", "expanded"]);
    inner = inner.with("format_metrics", "0").with("showRawMetrics", "1");
    for (name, value) in &descriptor.parameters {
        inner = inner.with(name, value.clone());
    }
    if descriptor.processed().iter().any(|shown| shown.name == "bounce_rate") {
        inner = inner.with("filter_add_columns_when_show_all_columns", "0");
    }
    inner
}

/// Rows count visits: their usual rates are computed.
fn has_visit_rates(descriptor: &Descriptor) -> bool {
    descriptor.dimension.is_some() && descriptor.processed().iter().any(|shown| shown.name == "nb_actions_per_visit")
}

pub(super) fn columns(descriptor: &Descriptor, asked: &Asked, params: &Params) -> Vec<Column> {
    let mut shown = descriptor.shown_metrics(asked);
    shown.extend(descriptor.processed());
    if has_visit_rates(descriptor) {
        let with_goals = params.flag("filter_update_columns_when_show_all_goals");
        let rates = descriptor.every_metric().into_iter().filter(|shown| with_goals && shown.name == "conversion_rate");
        shown.extend(rates);
        shown.extend(descriptor.goal_metrics().into_iter().filter(|shown| shown.name == "revenue"));
    }
    let mut columns: Vec<Column> = Vec::new();
    for shown in shown {
        let is_new = !columns.iter().any(|column| column.name == shown.name);
        if is_new && !asked.silent.contains(&shown.name) && asked.columns.shows(shown.name) {
            columns.push(Column { name: shown.name, label: shown.metric.label.clone(), unit: shown.metric.unit });
        }
    }
    columns
}

/// Somebody of the site has a user id.
fn has_users(answer: &Answer) -> bool {
    match answer {
        Answer::Simple(Some(record)) => record.number("nb_users").is_some_and(|users| users > 0.0),
        Answer::Map(map) => map.entries.iter().any(|(_, answer)| has_users(answer)),
        _ => false,
    }
}

fn capital(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The same for each period, under its pretty name.
fn embedded(periods: &Periods, answer: &Answer, change: &dyn Fn(&Answer) -> Answer) -> Value {
    let Answer::Map(map) = answer else { return Value::Answer(Box::new(change(answer))) };
    let dates = map.entries.iter().zip(&periods.list);
    let entries = dates.map(|((_, answer), period)| (period.pretty(), change(answer))).collect();
    Value::Answer(Box::new(Answer::Map(AnswerMap { key_name: "prettyDate", entries })))
}

fn metadata_of(answer: &Answer) -> Answer {
    let Answer::Table(table) = answer else { return Answer::Table(Table::default()) };
    let rows = table.rows.iter().map(|row| Row {
        columns: row.metadata.clone(),
        subtable: row.subtable.clone(),
        ..Row::default()
    });
    Answer::Table(Table { rows: rows.collect(), ids: table.ids })
}

/// Sums of what is counted, over all periods.
fn totals(answer: &Answer) -> Record {
    let mut rows: Vec<&Row> = Vec::new();
    collect(answer, &mut rows);
    let sum = total(rows.into_iter());
    let mut sum: Record = sum.iter().filter(|(name, value)| is_counted(name, value)).cloned().collect();
    // Of products visits and views are counted, not the actions of visits.
    let counts_products = sum.get("quantity").is_some();
    if let (Some(visits), Some(actions), false) = (sum.number("nb_visits"), sum.number("nb_actions"), counts_products) {
        sum.set("nb_actions_per_visit", Value::number(crate::shape::quotient(actions, visits, 1)));
    }
    sum
}

fn collect<'a>(answer: &'a Answer, rows: &mut Vec<&'a Row>) {
    match answer {
        Answer::Table(table) => rows.extend(&table.rows),
        Answer::Map(map) => map.entries.iter().for_each(|(_, answer)| collect(answer, rows)),
        _ => {}
    }
}

/// Not computed from others, and told of some row.
fn is_counted(name: &str, value: &Value) -> bool {
    let is_computed = name == "label"
        || name == "nb_actions_per_visit"
        || name.starts_with("avg_")
        || name.starts_with("revenue_per_")
        || name.ends_with("_rate")
        || name.ends_with("_percentage");
    !is_computed && (value.as_number().is_some() || !value.is_scalar())
}

/// Writes the values of columns by their units.
struct Writer<'a> {
    columns: &'a [Column],
    symbol: &'a str,
    is_raw: bool,
}

impl Writer<'_> {
    fn data(&self, answer: &Answer) -> Answer {
        match answer {
            Answer::Table(table) => {
                let rows = table.rows.iter().map(|row| Row { columns: self.record(&row.columns), ..Row::default() });
                Answer::Table(Table { rows: rows.collect(), ids: table.ids })
            }
            Answer::Simple(record) => Answer::Simple(Some(self.record(record.as_ref().unwrap_or(&Record::default())))),
            other => other.clone(),
        }
    }

    /// Columns in the order of the row; those it lacks are 0, in the order of the report.
    fn record(&self, row: &Record) -> Record {
        let mut record = Record::default();
        for (name, value) in row.iter() {
            let column = self.columns.iter().find(|column| column.name == name);
            if column.is_some() || name == "label" || name.starts_with("goal_") {
                record.set(name.clone(), self.value(name, column.and_then(|column| column.unit), value));
            }
        }
        for column in self.columns.iter().filter(|column| row.get(column.name).is_none()) {
            record.set(column.name, self.value(column.name, column.unit, &Value::Int(0)));
        }
        record
    }

    /// What is not known of a column counts as nothing.
    fn value(&self, name: &str, unit: Option<Unit>, value: &Value) -> Value {
        if *value == Value::Null {
            return self.value(name, unit, &Value::Int(0));
        }
        let Some(number) = value.as_number().filter(|_| name != "label" && !self.is_raw) else { return value.clone() };
        let unit = unit.or_else(|| name.ends_with("_rate").then_some(Unit::Percent));
        let is_money = name.starts_with("goal_") && name.contains("revenue");
        match unit {
            Some(Unit::Percent) => Value::from(pretty::percent(number)),
            Some(Unit::Duration) => Value::from(pretty::clock(number)),
            Some(Unit::Money) => Value::from(pretty::money(number, self.symbol)),
            _ if is_money => Value::from(pretty::money(number, self.symbol)),
            _ => value.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_by_their_units_and_missing_ones_are_zero() {
        let column = |name: &'static str, unit| Column { name, label: String::new(), unit: Some(unit) };
        let columns = [column("nb_visits", Unit::Number), column("revenue", Unit::Money), column("t", Unit::Duration)];
        let writer = Writer { columns: &columns, symbol: "$", is_raw: false };
        assert_eq!(writer.value("nb_visits", Some(Unit::Number), &Value::Null), Value::Int(0));
        let row = Record::default().with("label", "x").with("t", 1086).with("other", 1).with("goal_1_rate", 1);
        let written = writer.record(&row);
        let expected = Record::default().with("label", "x").with("t", "00:18:06").with("goal_1_rate", "100%");
        assert_eq!(written, expected.with("nb_visits", 0).with("revenue", "$0"));
    }

    #[test]
    fn totals_leave_out_what_is_computed() {
        let row = |visits: i64| Row {
            columns: Record::default().with("nb_visits", visits).with("nb_actions", 5).with("bounce_rate", 1),
            ..Row::default()
        };
        let sum = totals(&Answer::Table(Table { rows: vec![row(1), row(2)], ..Table::default() }));
        let expected = Record::default().with("nb_visits", 3).with("nb_actions", 10);
        assert_eq!(sum, expected.with("nb_actions_per_visit", Value::Float(3.3)));
    }
}

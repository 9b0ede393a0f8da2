//! Rows of a report over time (`reports.md` §24, `API.getRowEvolution`).

use super::{
    Answering, Call, Method, metadata, nested,
    processed_report::{Column, columns, inner, periods},
};
use crate::{
    describe::{Descriptor, LEGACY},
    error::Fault,
    metrics::Family,
    permission::{Granted, Permission},
    request::{Params, decode},
    shape::{is_rate, pretty, round},
    table::{Answer, AnswerMap, Row, Table},
    value::{Record, Value},
};

/// Rows that are followed when none is named and there is no limit.
const ROWS_DEFAULT: usize = 5;
/// Rows that are followed at most.
const ROWS_MAX: usize = 100;

pub(super) const METHODS: &[Method] =
    &[Method::new("API.getRowEvolution", Permission::View, Family::Report, |call, granted| run(call, granted))];

fn run<'a>(call: Call<'a>, granted: Granted) -> Answering<'a> {
    Box::pin(answer(call, granted))
}

/// The row of each date, and what it is called.
struct Followed {
    name: String,
    logo: Option<Value>,
    rows: Vec<Option<Row>>,
}

async fn answer(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let params = by_day(call.params);
    let call = Call { params: &params, ..call };
    if !periods(&call, site)?.keyed {
        let message =
            r"Row evolutions can not be processed with this combination of \'date\' and \'period\' parameters.";
        return Err(Fault::new(message));
    }
    let descriptor = metadata::named(&call, site)?;
    let mut asked = metadata::asked(&call, site)?;
    asked.silent.push(LEGACY);
    let shown = columns(&descriptor, &asked, &params);
    let mut inner = inner(&params, &descriptor).without(&["filter_limit", "label", "flat", "column"]);
    let names: Vec<String> = params
        .filled("label")
        .map_or_else(Vec::new, |text| text.split(',').take(ROWS_MAX).map(str::to_owned).collect());
    if names.is_empty() && params.flag("flat") {
        inner = inner.with("flat", "1");
    }
    if !names.is_empty() {
        inner = inner.with_list("label", &names).with("labelFilterAddLabelIndex", "1");
    }
    let Answer::Map(map) = nested::ask(&call, descriptor.name(), &inner).await? else {
        return Err(Fault::new("The report has no rows by date."));
    };
    let report = Evolution { descriptor: &descriptor, columns: &shown, params: &params, dates: dates(&map) };
    let record = if let [name] = names.as_slice() { report.one(name, &map) } else { report.several(&names, &map) };
    Ok(Answer::Value(record.into()))
}

/// A range is followed by days.
fn by_day(params: &Params) -> Params {
    if params.text("period") == Some("range") { params.clone().with("period", "day") } else { params.clone() }
}

fn dates(map: &AnswerMap) -> Vec<String> {
    map.entries.iter().map(|(date, _)| date.clone()).collect()
}

fn tables(map: &AnswerMap) -> impl Iterator<Item = &[Row]> {
    map.entries.iter().map(|(_, answer)| match answer {
        Answer::Table(table) => table.rows.as_slice(),
        _ => &[],
    })
}

struct Evolution<'a> {
    descriptor: &'a Descriptor,
    columns: &'a [Column],
    params: &'a Params,
    dates: Vec<String>,
}

impl Evolution<'_> {
    fn one(&self, name: &str, map: &AnswerMap) -> Record {
        let followed = self.follow(name, tables(map).map(|rows| rows.first().cloned()).collect());
        let mut metrics = Record::default();
        let mut listed = self.descriptor.metrics();
        listed.extend(self.descriptor.processed());
        for shown in listed {
            let mut metric = Record::default().with("name", shown.metric.label.clone());
            describe(&mut metric, &followed.rows, shown.name);
            metrics.set(shown.name, metric);
        }
        let rows = followed.rows.iter().map(|row| row.iter().map(|row| self.values(row)).collect());
        let mut metadata = Record::default().with("metrics", metrics);
        metadata.set("dimension", self.descriptor.dimension.clone().unwrap_or_default());
        let mut record = Record::default().with("label", followed.name.clone());
        record.set("reportData", self.by_date(rows));
        record.set("metadata", metadata);
        if let Some(logo) = followed.logo {
            record.set("logo", logo);
        }
        record
    }

    /// The columns of the report as they are over HTTP: rates are percents.
    fn values(&self, row: &Row) -> Row {
        let mut columns = row.columns.clone();
        columns.retain(|name| self.columns.iter().any(|column| column.name == name && name != "revenue"));
        for (name, value) in columns.iter_mut() {
            if let Some(number) = value.as_number().filter(|_| is_rate(name)) {
                *value = Value::from(pretty::percent(number));
            }
        }
        Row { columns, ..Row::default() }
    }

    fn several(&self, names: &[String], map: &AnswerMap) -> Record {
        let asked = self.params.filled("column").map(str::to_owned);
        let column = asked.unwrap_or_else(|| self.default_column().to_owned());
        let followed = if names.is_empty() { self.most(&column, map) } else { self.named(names, map) };
        let label = self.columns.iter().find(|shown| shown.name == column).map_or("", |shown| shown.label.as_str());
        let appends = self.params.optional_flag("legendAppendMetric").unwrap_or(true);
        let mut metrics = Record::default();
        for (at, row) in followed.iter().enumerate() {
            let name = if appends { format!("{} ({label})", row.name) } else { row.name.clone() };
            let mut metric = Record::default().with("name", name);
            if let Some(logo) = &row.logo {
                metric.set("logo", logo.clone());
            }
            describe(&mut metric, &row.rows, &column);
            metrics.set(format!("{column}_{at}"), metric);
        }
        let rows = (0..self.dates.len()).map(|date| {
            let value = |row: &Followed| row.rows[date].as_ref().and_then(|row| row.columns.get(&column).cloned());
            let values = followed.iter().enumerate();
            let columns: Record =
                values.map(|(at, row)| (format!("{column}_{at}"), value(row).unwrap_or(Value::Int(0)))).collect();
            if columns.is_empty() { Vec::new() } else { vec![Row { columns, ..Row::default() }] }
        });
        let listed = self.columns.iter().filter(|column| column.name != "revenue");
        let listed: Record = listed.map(|column| (column.name, column.label.clone())).collect();
        let mut metadata = Record::default().with("metrics", metrics);
        metadata.set("dimension", self.descriptor.dimension.clone().unwrap_or_default());
        metadata.set("columns", listed);
        let data = self.by_date(rows);
        Record::default().with("column", column).with("reportData", data).with("metadata", metadata)
    }

    fn default_column(&self) -> &'static str {
        let visits = self.columns.iter().find(|column| column.name == "nb_visits");
        visits.or_else(|| self.columns.first()).map_or("nb_visits", |column| column.name)
    }

    fn by_date(&self, rows: impl Iterator<Item = Vec<Row>>) -> Value {
        let tables = rows.map(|rows| Answer::Table(Table { rows, ..Table::default() }));
        let entries = self.dates.iter().cloned().zip(tables).collect();
        Value::Answer(Box::new(Answer::Map(AnswerMap { key_name: "date", entries })))
    }

    fn named(&self, names: &[String], map: &AnswerMap) -> Vec<Followed> {
        let of = |(at, name): (usize, &String)| {
            let is_it = |row: &&Row| row.metadata.number("label_index") == Some(at as f64);
            let rows = tables(map).map(|rows| rows.iter().find(is_it).cloned());
            self.follow(name, rows.collect())
        };
        names.iter().enumerate().map(of).collect()
    }

    /// The rows with most of the column over all dates.
    fn most(&self, column: &str, map: &AnswerMap) -> Vec<Followed> {
        let mut sums: Vec<(String, f64)> = Vec::new();
        for row in tables(map).flatten() {
            let (label, number) = (row.label(), row.columns.number(column).unwrap_or(0.0));
            match sums.iter_mut().find(|(known, _)| *known == label) {
                Some((_, sum)) => *sum += number,
                None => sums.push((label, number)),
            }
        }
        sums.sort_by(|a, b| b.1.total_cmp(&a.1));
        sums.truncate(self.params.number("filter_limit").unwrap_or(ROWS_DEFAULT).min(ROWS_MAX));
        let rows_of = |label: &str| {
            tables(map).map(|rows| rows.iter().find(|row| row.label() == label).cloned()).collect::<Vec<_>>()
        };
        sums.iter().map(|(label, _)| self.follow_as(label.clone(), rows_of(label))).collect()
    }

    fn follow(&self, asked: &str, rows: Vec<Option<Row>>) -> Followed {
        let levels: Vec<String> = asked.split('>').map(|level| decode(&decode(level)).replace('@', "")).collect();
        self.follow_as(levels.join(" - "), rows)
    }

    /// Pages are called by their addresses.
    fn follow_as(&self, name: String, rows: Vec<Option<Row>>) -> Followed {
        let of = |field: &str| rows.iter().flatten().find_map(|row| row.metadata.get(field).cloned());
        let by_url = self.params.optional_flag("labelUseAbsoluteUrl").unwrap_or(true);
        let is_page = self.descriptor.module() == "Actions" || self.descriptor.name() == "Referrers.getWebsites";
        let url = of("url").and_then(|url| url.as_text()).filter(|url| by_url && is_page && !url.is_empty());
        let name = url.map_or(name, |url| {
            let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            rest.strip_prefix("www.").unwrap_or(rest).to_owned()
        });
        Followed { name, logo: of("logo").filter(|logo| *logo != Value::Bool(false)), rows }
    }
}

/// Least, most, and the change from the first date to the last.
fn describe(metric: &mut Record, rows: &[Option<Row>], column: &str) {
    let scale = if is_rate(column) { 100.0 } else { 1.0 };
    let number = |row: &Option<Row>| row.as_ref().and_then(|row| row.columns.number(column)).unwrap_or(0.0) * scale;
    let numbers: Vec<f64> = rows.iter().map(number).collect();
    let most = numbers.iter().copied().fold(0.0, f64::max);
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return };
    if most <= 0.0 {
        return;
    }
    metric.set("min", Value::number(numbers.iter().copied().fold(most, f64::min)));
    metric.set("max", Value::number(most));
    if *first > 0.0 {
        let change = round((last - first) / first * 100.0, 1);
        let sign = if change >= 0.0 { "+" } else { "" };
        metric.set("change", format!("{sign}{change}%"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_described_by_its_extremes_and_its_change() {
        let row = |visits: i64| Some(Row { columns: Record::default().with("nb_visits", visits), ..Row::default() });
        let of = |rows: &[Option<Row>]| {
            let mut metric = Record::default();
            describe(&mut metric, rows, "nb_visits");
            metric
        };
        let falling = Record::default().with("min", 0).with("max", 4).with("change", "-100%");
        assert_eq!(of(&[row(4), None, None]), falling);
        assert_eq!(of(&[None, row(1)]), Record::default().with("min", 0).with("max", 1));
        assert_eq!(of(&[None, None]), Record::default());
    }
}

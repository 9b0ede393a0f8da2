//! `compare=1`: a report with what it tells of other segments and periods beside each row
//! (`reporting-api.md` §9).

use nagare_schema::SiteId;

use super::{Call, multi_sites::evolution, report, segment_editor};
use crate::{
    catalogue::Report,
    error::Fault,
    period::{self, Periods},
    permission::Granted,
    request::Params,
    shape::{MetricFormat, pretty},
    table::{Answer, AnswerMap, Row, Table},
    value::{Name, Record, Value},
};

/// Segments and periods beside the request's own at most.
const SEGMENTS_MAX: usize = 5;
const PERIODS_MAX: usize = 5;
/// What a request says of the comparison alone.
const OWN: [&str; 7] = [
    "compare",
    "compareSegments",
    "comparePeriods",
    "compareDates",
    "comparisonIdSubtables",
    "include_trends",
    "invert_compare_change_compute",
];
/// What chooses rows of the answer: all rows are compared with.
const CHOOSING: [&str; 10] = [
    "filter_offset",
    "filter_truncate",
    "filter_pattern",
    "filter_column",
    "filter_pattern_recursive",
    "filter_column_recursive",
    "filter_excludelowpop",
    "filter_excludelowpop_value",
    "keep_totals_row",
    "keep_summary_row",
];

/// One segment in one period.
struct Series {
    segment: String,
    segment_name: String,
    period: String,
    date: String,
    periods: Periods,
    /// Its place among the segments, and among the periods.
    segment_at: usize,
    period_at: usize,
}

/// What is compared, and how it is told.
struct Comparison {
    series: Vec<Series>,
    format: MetricFormat,
    trends: bool,
    /// The period that others are told the change from.
    base: usize,
}

/// Where in an answer rows stand: the period's place, and the currency of the site.
#[derive(Clone, Copy)]
struct Spot<'a> {
    at: usize,
    symbol: &'a str,
}

pub(super) async fn answer(report: &'static Report, call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let comparison = Comparison::read(&call, &granted)?;
    let params = call.params.clone().without(&OWN);
    let mut answer = Box::pin(report::answer(report, Call { params: &params, ..call }, granted.clone())).await?;
    let subtables: Vec<u64> =
        call.params.filled("comparisonIdSubtables").and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default();
    let mut found = Vec::with_capacity(comparison.series.len());
    for (series, at) in comparison.series.iter().zip(0..) {
        let params = series.params(&params, subtables.get(at).copied());
        let call = Call { params: &params, ..call };
        found.push(Box::pin(report::answer(report, call, granted.clone())).await?);
    }
    let symbol_of = |site: Option<SiteId>| {
        let site = site.and_then(|site| call.caller.config.sites.get(&site));
        pretty::currency_symbol(site.map_or("USD", |site| site.currency.as_str()))
    };
    let found: Vec<Option<&Answer>> = found.iter().map(Some).collect();
    match &mut answer {
        Answer::Map(map) if map.key_name == "idSite" => {
            for (site, answer) in &mut map.entries {
                let found: Vec<Option<&Answer>> = found.iter().map(|found| by_key((*found)?, site)).collect();
                comparison.tell(answer, &found, Spot { at: 0, symbol: symbol_of(site.parse().ok().map(SiteId)) });
            }
        }
        answer => comparison.tell(answer, &found, Spot { at: 0, symbol: symbol_of(granted.sites.first().copied()) }),
    }
    Ok(answer)
}

fn by_key<'a>(answer: &'a Answer, key: &str) -> Option<&'a Answer> {
    let Answer::Map(map) = answer else { return None };
    map.entries.iter().find(|(name, _)| name == key).map(|(_, answer)| answer)
}

impl Comparison {
    fn read(call: &Call<'_>, granted: &Granted) -> Result<Self, Fault> {
        let params = call.params;
        let lists = |name: &str| params.list(name).unwrap_or_default();
        let (segments, periods, dates) = (lists("compareSegments"), lists("comparePeriods"), lists("compareDates"));
        for (what, count, most) in [("segments", segments.len(), SEGMENTS_MAX), ("periods", periods.len(), PERIODS_MAX)]
        {
            if count > most {
                let told = format!("The maximum number of {what} that can be compared simultaneously is {most}.");
                return Err(Fault::bad_request(told));
            }
        }
        if dates.len() != periods.len() {
            let told = "compareDates query parameter length must match comparePeriods query parameter length.";
            return Err(Fault::bad_request(told));
        }
        let own = (params.required("period")?.to_owned(), params.required("date")?.to_owned());
        let own_segment = params.text("segment").unwrap_or_default().to_owned();
        let today = report::today(call, &granted.sites);
        let mut series: Vec<Series> = Vec::new();
        for ((period, date), period_at) in [own].into_iter().chain(periods.into_iter().zip(dates)).zip(0..) {
            let parsed = period::parse(&period, &date, today)?;
            if let Some(first) = series.first() {
                check_kind(&first.periods, &parsed)?;
            }
            for (segment, segment_at) in [&own_segment].into_iter().chain(&segments).zip(0..) {
                series.push(Series {
                    segment: segment.clone(),
                    segment_name: segment_editor::name_of(segment, call.caller),
                    period: period.clone(),
                    date: date.clone(),
                    periods: parsed.clone(),
                    segment_at,
                    period_at,
                });
            }
        }
        let inverts = params.flag("invert_compare_change_compute");
        let periods = series.last().map_or(1, |last| last.period_at + 1);
        if inverts && periods != 2 {
            return Err(Fault::bad_request("invert_compare_change_compute needs exactly two periods."));
        }
        let trends = params.flag("include_trends");
        Ok(Self { series, format: MetricFormat::read(params)?, trends, base: usize::from(inverts) })
    }

    /// Puts comparisons beside the rows of an answer.
    fn tell(&self, answer: &mut Answer, found: &[Option<&Answer>], spot: Spot<'_>) {
        match answer {
            Answer::Map(map) => self.tell_each(map, found, spot),
            Answer::Table(table) => {
                let tables: Vec<Option<&Table>> = found
                    .iter()
                    .map(|found| match found {
                        Some(Answer::Table(table)) => Some(table),
                        _ => None,
                    })
                    .collect();
                if table.rows.is_empty() {
                    table.rows.push(Row::default());
                }
                self.tell_rows(table, &tables, spot);
            }
            Answer::Simple(record) => {
                let found: Vec<Option<&Record>> = found
                    .iter()
                    .map(|found| match found {
                        Some(Answer::Simple(record)) => record.as_ref(),
                        _ => None,
                    })
                    .collect();
                let comparisons = self.records(&found, spot, |_, _| {});
                record.get_or_insert_default().set("comparisons", comparisons);
            }
            _ => {}
        }
    }

    /// Periods are compared by their places; those that only a later sequence has follow, empty.
    fn tell_each(&self, map: &mut AnswerMap, found: &[Option<&Answer>], spot: Spot<'_>) {
        let maps: Vec<Option<&AnswerMap>> = found
            .iter()
            .map(|found| match found {
                Some(Answer::Map(map)) => Some(map),
                _ => None,
            })
            .collect();
        let longest = maps.iter().flatten().max_by_key(|map| map.entries.len());
        let count = map.entries.len();
        for (key, answer) in longest.into_iter().flat_map(|longest| longest.entries.iter().skip(count)) {
            let empty = match answer {
                Answer::Simple(_) => Answer::Simple(None),
                _ => Answer::Table(Table::default()),
            };
            map.entries.push((key.clone(), empty));
        }
        for ((_, answer), at) in map.entries.iter_mut().zip(0..) {
            let found: Vec<Option<&Answer>> =
                maps.iter().map(|map| map.and_then(|map| map.entries.get(at)).map(|(_, answer)| answer)).collect();
            self.tell(answer, &found, Spot { at, ..spot });
        }
    }

    fn tell_rows(&self, table: &mut Table, tables: &[Option<&Table>], spot: Spot<'_>) {
        for row in &mut table.rows {
            let label = row.label();
            let rows: Vec<Option<&Row>> =
                tables.iter().map(|table| (*table)?.rows.iter().find(|row| row.label() == label)).collect();
            if let Some(below) = row.subtable.as_mut().and_then(|below| below.table.as_mut()) {
                let tables: Vec<Option<&Table>> =
                    rows.iter().map(|row| (*row)?.subtable.as_ref()?.table.as_ref()).collect();
                self.tell_rows(below, &tables, spot);
            }
            let segment = row.metadata.get("segment").and_then(Value::as_text);
            let columns: Vec<Option<&Record>> = rows.iter().map(|row| row.map(|row| &row.columns)).collect();
            let comparisons = self.records(&columns, spot, |at, record| {
                let id = rows[at].and_then(|row| row.subtable.as_ref()).and_then(|below| i64::try_from(below.id).ok());
                record.set("idsubdatatable", id.unwrap_or(-1));
                let parts = [Some(&self.series[at].segment), segment.as_ref()];
                let parts: Vec<&str> =
                    parts.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect();
                if !parts.is_empty() {
                    record.set("segment", parts.join(";"));
                }
            });
            row.metadata.set("comparisons", comparisons);
        }
    }

    /// A record of each series: its numbers, their changes, and what it is.
    fn records(&self, found: &[Option<&Record>], spot: Spot<'_>, add: impl Fn(usize, &mut Record)) -> Value {
        let mut names: Vec<&Name> = Vec::new();
        for (name, value) in found.iter().flatten().flat_map(|record| record.iter()) {
            if name != "label" && matches!(value, Value::Int(_) | Value::Float(_)) && !names.contains(&name) {
                names.push(name);
            }
        }
        let number = |at: usize, name: &str| found[at].and_then(|record| record.number(name)).unwrap_or(0.0);
        let record = |(at, series): (usize, &Series)| {
            let mut record: Record =
                names.iter().map(|name| ((*name).clone(), Value::number(number(at, name)))).collect();
            self.format.record(&mut record, spot.symbol);
            if let Some(base) = self.base_of(series) {
                names.iter().for_each(|name| self.change(&mut record, name, (number(at, name), number(base, name))));
            }
            series.tell(&mut record, spot.at);
            add(at, &mut record);
            Value::Record(record)
        };
        Value::List(self.series.iter().enumerate().map(record).collect())
    }

    /// The same segment in the period that changes are told from.
    fn base_of(&self, series: &Series) -> Option<usize> {
        let is_base = |other: &Series| other.period_at == self.base && other.segment_at == series.segment_at;
        if series.period_at == self.base { None } else { self.series.iter().position(is_base) }
    }

    fn change(&self, record: &mut Record, name: &str, (now, before): (f64, f64)) {
        let directions = [
            ("change", "trend", evolution(now, before, 1.0)),
            ("change_from", "trend_from", evolution(before, now, 1.0)),
        ];
        for (change, _, (growth, _)) in directions {
            record.set(format!("{name}_{change}"), signed_percent(growth));
        }
        for (_, trend, (_, direction)) in directions.into_iter().filter(|_| self.trends) {
            record.set(format!("{name}_{trend}"), direction);
        }
    }
}

/// Several periods are compared with several, and one with one.
fn check_kind(first: &Periods, other: &Periods) -> Result<(), Fault> {
    let told = |keyed: bool| if keyed { "has multiple periods" } else { "has a single period" };
    if first.keyed == other.keyed {
        return Ok(());
    }
    Err(Fault::bad_request(format!(
        "Cannot compare: original request is one that {}, and a compared one {}.",
        told(first.keyed),
        told(other.keyed)
    )))
}

/// `+325%`, `-76.5%`, `+0%`.
fn signed_percent(growth: f64) -> String {
    let sign = if growth < 0.0 { "" } else { "+" };
    format!("{sign}{}", pretty::percent(growth))
}

impl Series {
    fn params(&self, params: &Params, subtable: Option<u64>) -> Params {
        let params = params.clone().without(&CHOOSING).with("filter_limit", "-1").with("format_metrics", "0");
        let params = params.with("period", self.period.clone()).with("date", self.date.clone());
        let params = params.with("segment", self.segment.clone());
        match subtable {
            Some(id) => params.with("idSubtable", id.to_string()),
            None => params,
        }
    }

    fn tell(&self, record: &mut Record, at: usize) {
        let period = self.periods.list.get(at);
        let pretty = period.map(period::Period::pretty).unwrap_or_default();
        let date = match (self.periods.keyed, period) {
            (true, Some(period)) => period.to_string(),
            _ => self.date.clone(),
        };
        record.set("compareSegment", self.segment.clone());
        record.set("compareSegmentPretty", self.segment_name.clone());
        record.set("comparePeriod", self.period.clone());
        record.set("compareDate", date);
        record.set("comparePeriodPretty", pretty.clone());
        record.set("compareSeriesPretty", format!("({pretty}) ({})", self.segment_name));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn series(segment: &str, day: &str, (period_at, segment_at): (usize, usize)) -> Series {
        Series {
            segment: segment.to_owned(),
            segment_name: if segment.is_empty() { "All visits".to_owned() } else { segment.to_owned() },
            period: "day".to_owned(),
            date: day.to_owned(),
            periods: period::parse("day", day, date(2024, 1, 9)).unwrap(),
            segment_at,
            period_at,
        }
    }

    fn comparison(query: &str) -> Comparison {
        let series = vec![
            series("", "2024-01-01", (0, 0)),
            series("x==1", "2024-01-01", (0, 1)),
            series("", "2024-01-02", (1, 0)),
            series("x==1", "2024-01-02", (1, 1)),
        ];
        let params = Params::parse(query).unwrap();
        Comparison { series, format: MetricFormat::read(&params).unwrap(), trends: params.flag("trends"), base: 0 }
    }

    fn table(rows: &[(&str, i64)]) -> Answer {
        let row = |(label, visits): &(&str, i64)| Row {
            columns: Record::default().with("label", *label).with("nb_visits", *visits).with("bounce_rate", 1),
            metadata: Record::default().with("segment", format!("l=={label}")),
            ..Row::default()
        };
        Answer::Table(Table { rows: rows.iter().map(row).collect(), ..Table::default() })
    }

    fn field(answer: &Answer, series: usize, name: &str) -> Option<Value> {
        let Answer::Table(table) = answer else { return None };
        let Some(Value::List(comparisons)) = table.rows.first()?.metadata.get("comparisons") else { return None };
        let Some(Value::Record(record)) = comparisons.get(series) else { return None };
        record.get(name).cloned()
    }

    /// §9: by label, with zeros for rows that are missing and changes from the first period.
    #[test]
    fn rows_are_compared_by_label() {
        let mut answer = table(&[("a", 4)]);
        let found = [table(&[("a", 4)]), table(&[]), table(&[("b", 9), ("a", 17)]), table(&[("a", 1)])];
        let found: Vec<Option<&Answer>> = found.iter().map(Some).collect();
        comparison("trends=1").tell(&mut answer, &found, Spot { at: 0, symbol: "$" });
        assert_eq!(field(&answer, 0, "nb_visits"), Some(Value::Int(4)));
        assert_eq!(field(&answer, 0, "nb_visits_change"), None);
        assert_eq!(field(&answer, 1, "nb_visits"), Some(Value::Int(0)));
        assert_eq!(field(&answer, 2, "nb_visits_change"), Some("+325%".into()));
        assert_eq!(field(&answer, 2, "nb_visits_change_from"), Some("-76.5%".into()));
        assert_eq!(field(&answer, 2, "nb_visits_trend"), Some(Value::Int(1)));
        assert_eq!(field(&answer, 3, "nb_visits_change"), Some("+100%".into()));
        assert_eq!(field(&answer, 2, "bounce_rate"), Some("100%".into()));
        assert_eq!(field(&answer, 3, "segment"), Some("x==1;l==a".into()));
        assert_eq!(field(&answer, 2, "idsubdatatable"), Some(Value::Int(-1)));
        let pretty = "(Tuesday, January 2, 2024) (x==1)";
        assert_eq!(field(&answer, 3, "compareSeriesPretty"), Some(pretty.into()));
    }

    /// §9: an empty table has one row for the comparisons; rows of others are not added.
    #[test]
    fn an_empty_table_has_one_row() {
        let mut answer = table(&[]);
        let found = [table(&[]), table(&[]), table(&[("a", 1)]), table(&[])];
        let found: Vec<Option<&Answer>> = found.iter().map(Some).collect();
        comparison("").tell(&mut answer, &found, Spot { at: 0, symbol: "$" });
        let Answer::Table(table) = &answer else { panic!("no table") };
        assert_eq!(table.rows.len(), 1);
        assert_eq!(field(&answer, 3, "compareDate"), Some("2024-01-02".into()));
    }

    /// §9
    #[test]
    fn kinds_of_period_do_not_mix() {
        let periods = |date: &str| period::parse("day", date, jiff::civil::date(2024, 1, 9)).unwrap();
        let fault = check_kind(&periods("2024-01-01"), &periods("last3")).unwrap_err();
        assert!(fault.message.starts_with("Cannot compare: original request is "), "{}", fault.message);
        assert!(check_kind(&periods("last2"), &periods("last3")).is_ok());
    }
}

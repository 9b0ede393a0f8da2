//! The main numbers of all modules in one row (`reports.md` §24, `API.get`).

use super::{Answering, Call, Method, nested, registry};
use crate::{
    error::Fault,
    metrics::Family,
    permission::{Granted, Permission},
    request::Params,
    shape::MetricFormat,
    table::{Answer, AnswerMap},
    value::Record,
};

/// Whose rows are merged, in order.
const MERGED: [&str; 7] = [
    "VisitsSummary.get",
    "VisitFrequency.get",
    "Referrers.get",
    "PagePerformance.get",
    "Goals.get",
    "Bandwidth.get",
    "Actions.get",
];
/// Columns of visits, which come first.
const FIRST: [&str; 7] =
    ["nb_uniq_visitors", "nb_visits", "nb_users", "nb_actions", "max_actions", "bounce_count", "sum_visit_length"];
/// What is told of new and of returning visitors.
const BY_VISITOR: [&str; 8] = [
    "nb_visits",
    "nb_actions",
    "nb_uniq_visitors",
    "nb_users",
    "max_actions",
    "bounce_rate",
    "nb_actions_per_visit",
    "avg_time_on_site",
];
/// Rates of visits, which come last.
const LAST: [&str; 3] = ["bounce_rate", "nb_actions_per_visit", "avg_time_on_site"];

pub(super) const METHODS: &[Method] =
    &[Method::new("API.get", Permission::View, Family::Report, |call, granted| run(call, granted))];

fn run<'a>(call: Call<'a>, _: Granted) -> Answering<'a> {
    Box::pin(answer(call))
}

async fn answer(call: Call<'_>) -> Result<Answer, Fault> {
    let inner = call.params.clone().without(&["columns", "showColumns", "hideColumns", "format_metrics"]);
    let mut merged: Option<Answer> = None;
    for name in MERGED.into_iter().filter(|name| registry::find(name).is_some()) {
        let raw = if name == "PagePerformance.get" { "1" } else { "0" };
        let asked = inner.clone().with("showRawMetrics", raw);
        let answer = picked(nested::ask(&call, name, &asked).await?, name);
        merged = Some(match merged {
            Some(merged) => merge(merged, answer),
            None => answer,
        });
    }
    let shown = Shown { columns: call.params.list("columns"), params: call.params };
    shown.answer(merged.unwrap_or(Answer::Simple(None)))
}

/// What a module tells here: of visits the main numbers, in an order of their own.
fn picked(answer: Answer, name: &str) -> Answer {
    let columns: Vec<String> = match name {
        "VisitsSummary.get" => FIRST.iter().chain(&LAST).map(|column| (*column).to_owned()).collect(),
        "VisitFrequency.get" => {
            let suffixes = ["new", "returning"].into_iter();
            suffixes.flat_map(|suffix| BY_VISITOR.map(|column| format!("{column}_{suffix}"))).collect()
        }
        _ => return answer,
    };
    match answer {
        Answer::Simple(Some(record)) => {
            let shown = columns.into_iter().filter_map(|column| Some((column.clone(), record.get(&column)?.clone())));
            Answer::Simple(Some(shown.collect()))
        }
        Answer::Map(map) => {
            let entries = map.entries.into_iter().map(|(key, answer)| (key, picked(answer, name))).collect();
            Answer::Map(AnswerMap { key_name: map.key_name, entries })
        }
        other => other,
    }
}

/// Adds the columns of the second answer to the cells of the first.
fn merge(answer: Answer, other: Answer) -> Answer {
    match (answer, other) {
        (Answer::Map(map), Answer::Map(other)) => {
            let entries = map.entries.into_iter().map(|(key, answer)| {
                let found = other.entries.iter().find(|(other, _)| *other == key);
                let merged = found.map_or(answer.clone(), |(_, other)| merge(answer, other.clone()));
                (key, merged)
            });
            Answer::Map(AnswerMap { key_name: map.key_name, entries: entries.collect() })
        }
        (Answer::Simple(Some(record)), Answer::Simple(Some(other))) => {
            let mut merged = record;
            for (name, value) in other.iter() {
                merged.set(name.clone(), value.clone());
            }
            Answer::Simple(Some(merged))
        }
        (Answer::Simple(None), other) => other,
        (answer, _) => answer,
    }
}

/// What the request shows of the merged row.
struct Shown<'a> {
    columns: Option<Vec<String>>,
    params: &'a Params,
}

impl Shown<'_> {
    fn answer(&self, answer: Answer) -> Result<Answer, Fault> {
        Ok(match answer {
            Answer::Simple(Some(record)) => Answer::Simple(Some(self.record(&record)?)),
            Answer::Map(map) => {
                let entries: Result<Vec<_>, Fault> =
                    map.entries.into_iter().map(|(key, answer)| Ok((key, self.answer(answer)?))).collect();
                Answer::Map(AnswerMap { key_name: map.key_name, entries: entries? })
            }
            other => other,
        })
    }

    fn record(&self, record: &Record) -> Result<Record, Fault> {
        let mut record = ordered(record);
        if let Some(columns) = self.columns.as_ref().filter(|columns| !columns.is_empty()) {
            record.retain(|name| columns.iter().any(|column| column == name));
        }
        crate::shape::Columns::read(self.params, false).record(&mut record);
        MetricFormat::read(self.params)?.record(&mut record, "");
        Ok(record)
    }
}

/// Each module's columns in its own order, rates that are computed of them at the end.
fn ordered(record: &Record) -> Record {
    let is_last = |name: &str| LAST.contains(&name) || (name.starts_with("Referrers_") && name.ends_with("_percent"));
    let first = FIRST.into_iter().filter_map(|name| Some((name.into(), record.get(name)?.clone())));
    let rest = record.iter().filter(|(name, _)| !FIRST.contains(&name.as_ref()) && !is_last(name));
    let percents = record.iter().filter(|(name, _)| is_last(name) && !LAST.contains(&name.as_ref()));
    let last = LAST.into_iter().filter_map(|name| Some((name.into(), record.get(name)?.clone())));
    first.chain(rest.cloned()).chain(percents.cloned()).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_come_last() {
        let visits = Record::default().with("nb_users", 1).with("nb_visits", 2).with("bounce_rate", 0);
        let goals = Record::default().with("Referrers_x_percent", 1).with("revenue", 3);
        let merged = merge(Answer::Simple(Some(visits)), Answer::Simple(Some(goals)));
        let Answer::Simple(Some(merged)) = merged else { panic!("one row") };
        let names: Vec<String> = ordered(&merged).iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["nb_visits", "nb_users", "revenue", "Referrers_x_percent", "bounce_rate"]);
    }
}

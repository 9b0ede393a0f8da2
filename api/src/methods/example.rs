//! ExamplePlugin and ExampleUI: samples by which a client tries its connection, its decoding and its charts.

use jiff::civil::{Date, date};

use super::{Answering, Call, Method, at_once, nested, report};
use crate::{
    error::Fault,
    metrics::Family,
    period::{self, Period, Periods},
    permission::{Granted, Permission},
    shape::Columns,
    table::{Answer, AnswerMap},
    value::{Record, Value},
};

/// The sample metric counts the days to here.
const COUNTED_TO: Date = date(2016, 7, 8);
/// Diameters in earths.
const PLANETS: [(&str, f64); 8] = [
    ("Mercury", 0.382),
    ("Venus", 0.949),
    ("Earth", 1.0),
    ("Mars", 0.532),
    ("Jupiter", 11.209),
    ("Saturn", 9.449),
    ("Uranus", 4.007),
    ("Neptune", 3.883),
];
/// Degrees by hour.
const TEMPERATURES: [i64; 24] =
    [9, 8, 8, 7, 7, 7, 8, 10, 12, 14, 16, 18, 19, 20, 21, 21, 20, 19, 17, 15, 13, 12, 11, 10];

pub(super) const METHODS: &[Method] = &[
    Method::configuration("ExamplePlugin.getAnswerToLife", Permission::None, |call, _| {
        let truth = call.params.optional_flag("truth").unwrap_or(true);
        at_once(Ok(Value::Int(if truth { 42 } else { 24 })))
    }),
    Method::configuration("ExamplePlugin.getExampleReport", Permission::View, |_, _| {
        let row = |label: &str, visits: i64| Record::default().with("label", label).with("nb_visits", visits).into();
        at_once(Ok(Value::List(vec![row("My Label 1", 1), row("My Label 2", 5)])))
    }),
    Method::new("ExamplePlugin.getExampleArchivedMetric", Permission::View, Family::Report, |call, granted| {
        Box::pin(archived(call, granted))
    }),
    Method::configuration("ExampleUI.getTemperatures", Permission::View, |_, _| hours(&[("temperature", 0)])),
    Method::configuration("ExampleUI.getTemperaturesEvolution", Permission::View, |_, _| {
        hours(&[("server1", 0), ("server2", 5)])
    }),
    Method::configuration("ExampleUI.getPlanetRatios", Permission::View, |_, _| planets(|row, _| row)),
    Method::configuration("ExampleUI.getPlanetRatiosWithLogos", Permission::View, |_, _| {
        planets(|row, name| row.with("url", format!("https://en.wikipedia.org/wiki/{name}_(planet)")))
    }),
];

/// Temperatures of a day: columns, and by how much each is warmer.
fn hours(columns: &[(&'static str, i64)]) -> Answering<'static> {
    let row = |(hour, degrees): (usize, i64)| {
        let label = Record::default().with("label", format!("{hour}h"));
        columns.iter().fold(label, |row, (name, warmer)| row.with(*name, degrees + warmer)).into()
    };
    at_once(Ok(Value::List(TEMPERATURES.into_iter().enumerate().map(row).collect())))
}

fn planets(with_more: fn(Record, &str) -> Record) -> Answering<'static> {
    let row = |(name, ratio): (&str, f64)| {
        with_more(Record::default().with("label", name).with("value", Value::number(ratio)), name).into()
    };
    at_once(Ok(Value::List(PLANETS.into_iter().map(row).collect())))
}

/// A metric that is known of days with visits, and adds up over them.
async fn archived(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let params = call.params;
    let today = report::today(&call, &granted.sites);
    let periods = period::parse(params.required("period")?, params.required("date")?, today)?;
    let (from, to) = periods.window().ok_or_else(|| Fault::missing("date"))?;
    let days = params.clone().with("period", "day").with("date", format!("{from},{to}"));
    let visits = nested::ask(&call, "VisitsSummary.getVisits", &days).await?;
    let columns = Columns::read(params, false);
    Ok(match visits {
        Answer::Map(sites) if granted.keyed => {
            let entries =
                sites.entries.into_iter().map(|(site, days)| (site, by_period(&periods, &days, true, &columns)));
            Answer::Map(AnswerMap { key_name: sites.key_name, entries: entries.collect() })
        }
        days => by_period(&periods, &days, periods.keyed, &columns),
    })
}

fn by_period(periods: &Periods, days: &Answer, is_keyed: bool, columns: &Columns) -> Answer {
    let told = |period: &Period| match sum(days, period) {
        None if is_keyed => Answer::Simple(None),
        sum => {
            let sum = sum.unwrap_or(0);
            let mut record =
                Record::default().with("ExamplePlugin_example_metric", sum).with("ExamplePlugin_example_metric2", 0);
            columns.record(&mut record);
            Answer::Simple(Some(record))
        }
    };
    if !periods.keyed {
        return periods.list.first().map_or(Answer::Simple(None), told);
    }
    let entries = periods.list.iter().map(|period| (period.to_string(), told(period)));
    Answer::Map(AnswerMap { key_name: "date", entries: entries.collect() })
}

/// `None` of a period without visits.
fn sum(days: &Answer, period: &Period) -> Option<i64> {
    let Answer::Map(days) = days else { return None };
    let has_visits = |answer: &Answer| match answer {
        Answer::Simple(Some(record)) => record.iter().any(|(_, visits)| visits.as_number().is_some_and(|n| n > 0.0)),
        _ => false,
    };
    let visited = days.entries.iter().filter(|(_, answer)| has_visits(answer));
    let within = visited.filter_map(|(day, _)| day.parse::<Date>().ok());
    let counted = within.filter(|day| (period.from..=period.to).contains(day));
    counted.map(|day| i64::from((COUNTED_TO - day).get_days()).abs()).reduce(|sum, days| sum + days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_metric_adds_up_over_days_with_visits() {
        let visits = |visits: i64| Answer::Simple(Some(Record::default().with("nb_visits", visits)));
        let days = [("2016-07-05", visits(1)), ("2016-07-06", visits(0)), ("2016-07-07", visits(2))];
        let entries = days.into_iter().map(|(day, answer)| (day.to_owned(), answer)).collect();
        let days = Answer::Map(AnswerMap { key_name: "date", entries });
        let of = |kind: &str, day: &str| sum(&days, &period::parse(kind, day, COUNTED_TO).unwrap().list[0]);
        assert_eq!(
            (of("day", "2016-07-07"), of("day", "2016-07-06"), of("week", "2016-07-06")),
            (Some(1), None, Some(4))
        );
    }
}

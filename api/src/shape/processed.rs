use super::rows::{TIMINGS, quotient, round};
use crate::{
    table::Table,
    value::{Record, Value},
};

/// Metrics that are computed from the other columns of a row (`reporting-api.md` §10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processed {
    Bandwidth,
    PageTimings,
    PageLoadTime,
    TimeOnPage,
    EntryBounceRate,
    ExitRate,
    BounceRate,
    ActionsPerVisit,
    TimeOnSite,
    ConversionRate,
    TimeOnDimension,
    EventValue,
    InteractionRate,
    PagesPerSearch,
}

impl Processed {
    /// Told of the rows of the table only, not of those below.
    fn is_first_level(self) -> bool {
        matches!(self, Self::Bandwidth | Self::PageTimings | Self::PageLoadTime)
    }

    /// Adds the metric, unless the row has it.
    pub(crate) fn fill(self, record: &mut Record) {
        let column = |name: &str| record.number(name).unwrap_or(0.0);
        let rate = |part: &str, whole: &str, decimals| quotient(column(part), column(whole), decimals);
        let (name, value) = match self {
            Self::PageTimings => return timings(record),
            // Of a byte there is no part.
            Self::Bandwidth => {
                let average = column("sum_bandwidth") / column("nb_hits_with_bandwidth").max(1.0);
                ("avg_bandwidth", average.floor())
            }
            Self::PageLoadTime => {
                let sum = TIMINGS.iter().map(|timing| column(&format!("avg_time_{timing}"))).sum();
                ("avg_page_load_time", round(sum, 3))
            }
            Self::TimeOnPage => ("avg_time_on_page", rate("sum_time_spent", "nb_hits", 0)),
            Self::EntryBounceRate => ("bounce_rate", rate("entry_bounce_count", "entry_nb_visits", 2)),
            Self::TimeOnDimension => ("avg_time_on_dimension", rate("sum_time_spent", "nb_hits", 0)),
            Self::ExitRate => ("exit_rate", rate("exit_nb_visits", "nb_visits", 2)),
            Self::BounceRate => ("bounce_rate", rate("bounce_count", "nb_visits", 2)),
            Self::ActionsPerVisit => ("nb_actions_per_visit", rate("nb_actions", "nb_visits", 1)),
            Self::TimeOnSite => ("avg_time_on_site", rate("sum_visit_length", "nb_visits", 0)),
            Self::EventValue => ("avg_event_value", rate("sum_event_value", "nb_events_with_value", 2)),
            Self::InteractionRate => ("interaction_rate", rate("nb_interactions", "nb_impressions", 4)),
            Self::PagesPerSearch => {
                ("nb_pages_per_search", quotient(column("nb_hits") + column("nb_actions"), column("nb_visits"), 1))
            }
            Self::ConversionRate => ("conversion_rate", rate("nb_visits_converted", "nb_visits", 4)),
        };
        if record.get(name).is_none() {
            record.set(name, Value::number(value));
        }
    }
}

/// Averages of the timings that the table shows.
fn timings(record: &mut Record) {
    for timing in TIMINGS {
        let Some(count) = record.number(&format!("nb_hits_with_time_{timing}")) else { continue };
        let average = quotient(record.number(&format!("sum_time_{timing}")).unwrap_or(0.0), count, 3);
        let name = format!("avg_time_{timing}");
        if record.get(&name).is_none() {
            record.set(name, Value::number(average));
        }
    }
}

/// Drops the timings that no row of the table has.
pub(super) fn drop_empty_timings(table: &Table, columns: &mut Record) {
    for timing in TIMINGS {
        let count = format!("nb_hits_with_time_{timing}");
        if table.rows.iter().all(|row| row.columns.number(&count).unwrap_or(0.0) == 0.0) {
            let end = format!("_time_{timing}");
            columns.retain(|name| !name.ends_with(&end));
        }
    }
}

/// Computes the metrics of all rows.
pub(super) fn fill(metrics: &[Processed], table: &mut Table) {
    table.for_each_level(0, &mut |table, level| {
        for row in &mut table.rows {
            for metric in metrics.iter().filter(|metric| level == 0 || !metric.is_first_level()) {
                metric.fill(&mut row.columns);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_computed_from_columns() {
        let mut record = Record::default().with("nb_visits", 3).with("bounce_count", 2).with("nb_actions", 10);
        for metric in [Processed::BounceRate, Processed::ActionsPerVisit, Processed::TimeOnSite] {
            metric.fill(&mut record);
        }
        let numbers: Vec<_> = ["bounce_rate", "nb_actions_per_visit", "avg_time_on_site"]
            .iter()
            .map(|name| record.number(name))
            .collect();
        assert_eq!(numbers, [Some(0.67), Some(3.3), Some(0.0)]);
    }

    #[test]
    fn a_page_loads_in_the_sum_of_its_averages() {
        let mut record = Record::default();
        for (timing, seconds) in [("server", 0.5), ("on_load", 1.0)] {
            record.set(format!("sum_time_{timing}"), Value::Text(format!("{seconds:.4}")));
            record.set(format!("nb_hits_with_time_{timing}"), 2);
        }
        Processed::PageTimings.fill(&mut record);
        Processed::PageLoadTime.fill(&mut record);
        assert_eq!((record.number("avg_time_server"), record.get("avg_time_network")), (Some(0.25), None));
        assert_eq!(record.number("avg_page_load_time"), Some(0.75));
    }
}

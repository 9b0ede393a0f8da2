//! Reports of one row.

use super::{TIMINGS, View, quotient, round};
use crate::{
    catalogue::Summary,
    plan::Part,
    query::{Fact, Facts},
    shape::{Processed, pretty},
    value::{Record, Value},
};

fn only(facts: &Facts, part: Part) -> Option<&Fact> {
    facts.get(&part)?.first()
}

fn number(fact: Option<&Fact>, at: usize) -> Value {
    Value::number(fact.map_or(0.0, |fact| fact.number(at)))
}

/// Visit metrics of a site (`reports.md` §1).
pub(super) fn visits(facts: &Facts, columns: Summary, view: &View<'_>) -> Record {
    let (sums, uniques) = (only(facts, Part::VisitSums(0)), only(facts, Part::VisitUniques(0)));
    let mut record = Record::default();
    if view.has_uniques {
        record.set("nb_uniq_visitors", number(uniques, 0));
        record.set("nb_users", number(uniques, 1));
    }
    record.set("nb_visits", number(sums, 0));
    record.set("nb_actions", number(sums, 1));
    record.set("nb_visits_converted", number(sums, 4));
    record.set("bounce_count", number(sums, 3));
    record.set("sum_visit_length", number(sums, 2));
    record.set("max_actions", number(uniques, 2));
    match columns {
        Summary::All => {}
        Summary::Only(column) => record.retain(|name| name == column),
        Summary::LengthPretty => {
            let seconds = sums.map_or(0.0, |fact| fact.number(2));
            record = Record::default().with("sum_visit_length_pretty", pretty::duration(seconds));
        }
    }
    record
}

/// Visits of new and of returning visitors (`reports.md` §2).
pub(super) fn frequency(facts: &Facts, view: &View<'_>) -> Record {
    let mut record = Record::default();
    for (key, suffix) in [("0", "_new"), ("1", "_returning")] {
        let of = |part: Part| {
            let facts = facts.get(&part).into_iter().flatten();
            facts.filter(|fact| fact.keys.first().is_some_and(|own| own == key)).cloned().collect::<Vec<_>>()
        };
        let sums = of(Part::VisitSums(0));
        if sums.is_empty() && view.is_keyed {
            continue;
        }
        let own = Facts::from([(Part::VisitSums(0), sums), (Part::VisitUniques(0), of(Part::VisitUniques(0)))]);
        let mut visits = visits(&own, Summary::All, view);
        for metric in [Processed::BounceRate, Processed::ActionsPerVisit, Processed::TimeOnSite] {
            metric.fill(&mut visits);
        }
        visits.iter().for_each(|(name, value)| record.set(format!("{name}{suffix}"), value.clone()));
    }
    record
}

/// Visits by kind of referrer, and how many different ones there are (`reports.md` §6).
pub(super) fn referrers(facts: &Facts, column: Option<&str>) -> Record {
    const KINDS: [(&str, &str); 5] =
        [("SearchEngines", "2"), ("SocialNetworks", "7"), ("DirectEntry", "1"), ("Websites", "3"), ("Campaigns", "6")];
    const SHARES: [&str; 5] = ["DirectEntry", "SearchEngines", "Campaigns", "SocialNetworks", "Websites"];
    let visits = facts.get(&Part::VisitSums(0)).map_or(&[][..], Vec::as_slice);
    let of = |kind: &str| {
        let own = visits.iter().filter(|fact| fact.keys.first().is_some_and(|key| key == kind));
        own.map(|fact| fact.number(0)).sum::<f64>()
    };
    let total: f64 = visits.iter().map(|fact| fact.number(0)).sum();
    let mut record = Record::default();
    for (name, kind) in KINDS {
        record.set(format!("Referrers_visitorsFrom{name}"), Value::number(of(kind)));
    }
    let (names, urls) = (only(facts, Part::Distinct(0)), only(facts, Part::Distinct(1)));
    record.set("Referrers_distinctSearchEngines", number(names, 0));
    record.set("Referrers_distinctSocialNetworks", number(names, 1));
    record.set("Referrers_distinctKeywords", number(names, 2));
    record.set("Referrers_distinctWebsites", number(names, 3));
    record.set("Referrers_distinctWebsitesUrls", number(urls, 0));
    record.set("Referrers_distinctCampaigns", number(names, 4));
    for name in SHARES {
        let visits = record.number(&format!("Referrers_visitorsFrom{name}")).unwrap_or(0.0);
        record.set(format!("Referrers_visitorsFrom{name}_percent"), Value::number(quotient(visits, total, 2)));
    }
    if let Some(column) = column {
        record.retain(|name| name == column);
    }
    record
}

/// In how many countries visitors were.
pub(super) fn countries(facts: &Facts) -> Record {
    Record::default().with("UserCountry_distinctCountries", number(only(facts, Part::Distinct(0)), 0))
}

/// Counts of actions (`reports.md` §5.1).
pub(super) fn actions(facts: &Facts) -> Record {
    const COLUMNS: [&str; 8] = [
        "nb_pageviews",
        "nb_uniq_pageviews",
        "nb_downloads",
        "nb_uniq_downloads",
        "nb_outlinks",
        "nb_uniq_outlinks",
        "nb_searches",
        "nb_keywords",
    ];
    let totals = only(facts, Part::ActionTotals);
    COLUMNS.iter().enumerate().map(|(at, column)| (*column, number(totals, at))).collect()
}

/// Average timings of pages in seconds (`reports.md` §14).
pub(super) fn timings(facts: &Facts, view: &View<'_>) -> Record {
    let totals = only(facts, Part::PageTimings);
    let number = |at: usize| totals.map_or(0.0, |fact| fact.number(at));
    let average = |at: usize| match number(at) {
        0.0 => 0.0,
        views => number(TIMINGS.len() + at) / 1000.0 / views,
    };
    let averages: Vec<f64> = (0..TIMINGS.len()).map(average).collect();
    let mut record = Record::default();
    if view.shows_raw {
        let counts: Vec<f64> = (0..TIMINGS.len()).map(number).collect();
        let seconds: Vec<f64> = (0..TIMINGS.len()).map(|at| number(TIMINGS.len() + at) / 1000.0).collect();
        let whole = (seconds.iter().sum(), counts.iter().copied().fold(0.0, f64::max));
        let each = seconds.into_iter().zip(counts).chain([whole]);
        for ((time, hits), (seconds, count)) in RAW_TIMINGS.iter().zip(each) {
            record.set(format!("PagePerformance_{time}"), Value::number(round(seconds, 3)));
            record.set(format!("PagePerformance_{hits}"), Value::number(count));
        }
    }
    for (name, average) in TIMINGS.iter().zip(&averages) {
        record.set(format!("avg_time_{name}"), Value::number(round(*average, 2)));
    }
    record.set("avg_page_load_time", Value::number(round(averages.iter().sum(), 2)));
    record
}

/// Sums of timings and how many pages have them, by the names that Matomo's clients know.
const RAW_TIMINGS: [(&str, &str); 7] = [
    ("network_time", "network_hits"),
    ("servery_time", "server_hits"),
    ("transfer_time", "transfer_hits"),
    ("domprocessing_time", "domprocessing_hits"),
    ("domcompletion_time", "domcompletion_hits"),
    ("onload_time", "onload_hits"),
    ("pageload_time", "pageload_hits"),
];

/// Bytes of all actions, of page views and of downloads (`reports.md` §14).
pub(super) fn bandwidth(facts: &Facts) -> Record {
    const COLUMNS: [&str; 3] =
        ["nb_total_overall_bandwidth", "nb_total_pageview_bandwidth", "nb_total_download_bandwidth"];
    let totals = only(facts, Part::Bandwidth);
    COLUMNS.iter().enumerate().map(|(at, column)| (*column, number(totals, at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_are_told_as_averages_or_with_their_sums() {
        let mut numbers = [4.0; 12];
        numbers[TIMINGS.len()..].copy_from_slice(&[100.0, 200.0, 0.0, 0.0, 0.0, 500.0]);
        let numbers = numbers.into_iter().map(Some).collect();
        let fact = Fact { site: 1, bucket: String::new(), keys: Vec::new(), numbers };
        let facts = Facts::from([(Part::PageTimings, vec![fact])]);
        let told = |shows_raw| timings(&facts, &View { shows_raw, ..View::default() });
        assert_eq!((told(false).number("avg_page_load_time"), told(false).iter().count()), (Some(0.2), 7));
        let raw = told(true);
        let names = ["PagePerformance_network_time", "PagePerformance_pageload_time", "PagePerformance_pageload_hits"];
        assert_eq!(names.map(|name| raw.number(name)), [Some(0.1), Some(0.8), Some(4.0)]);
    }
}

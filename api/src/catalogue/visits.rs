//! VisitsSummary, VisitFrequency, VisitTime, VisitorInterest (`reports.md` §1-4).

use jiff::{civil::Date, tz::TimeZone};

use super::{
    About, Columns, Described, Dimension, Flatten, Key, Level, Report, Sites, Sort, Source, Summary, VisitRanges,
    Visits,
};
use crate::{permission::Permission, shape::Processed};

const fn summary(name: &'static str, columns: Summary, processed: &'static [Processed]) -> Report {
    Report {
        name,
        permission: Permission::View,
        source: Source::VisitSummary(columns),
        processed,
        sort: Sort::VISITS,
        flatten: Flatten::Unsupported,
        sites: Sites::Any,
    }
}

const fn value(name: &'static str, column: &'static str) -> Report {
    summary(name, Summary::Only(column), &[])
}

pub(super) const REPORTS: &[Report] = &[
    summary(
        "VisitsSummary.get",
        Summary::All,
        &[Processed::BounceRate, Processed::ActionsPerVisit, Processed::TimeOnSite],
    ),
    value("VisitsSummary.getVisits", "nb_visits"),
    value("VisitsSummary.getUniqueVisitors", "nb_uniq_visitors"),
    value("VisitsSummary.getUsers", "nb_users"),
    value("VisitsSummary.getActions", "nb_actions"),
    value("VisitsSummary.getMaxActions", "max_actions"),
    value("VisitsSummary.getBounceCount", "bounce_count"),
    value("VisitsSummary.getVisitsConverted", "nb_visits_converted"),
    value("VisitsSummary.getSumVisitsLength", "sum_visit_length"),
    summary("VisitsSummary.getSumVisitsLengthPretty", Summary::LengthPretty, &[]),
    Report::plain("VisitFrequency.get", Source::VisitFrequency),
    hours(
        "VisitTime.getVisitInformationPerLocalTime",
        Visits { always: HOURS, ..Visits::by(Dimension::LocalHour, LOCAL_HOUR) },
    ),
    hours(
        "VisitTime.getVisitInformationPerServerTime",
        Visits { always: HOURS, columns: Columns::GoalsLast, ..Visits::by(Dimension::StartHour, START_HOUR) },
    ),
    Report {
        sites: Sites::OneAndOneDate(" does not support multiple dates."),
        ..Report::plain("VisitTime.getByDayOfWeek", Source::Weekdays)
    },
    Report::plain("VisitorInterest.getNumberOfVisitsPerVisitDuration", Source::VisitRanges(&DURATIONS)),
    Report::plain("VisitorInterest.getNumberOfVisitsPerPage", Source::VisitRanges(&PAGES)),
    Report::plain("VisitorInterest.getNumberOfVisitsByDaysSinceLast", Source::VisitRanges(&DAYS)),
    Report::plain("VisitorInterest.getNumberOfVisitsByVisitCount", Source::VisitRanges(&COUNTS)),
];

const HOURS: &[&str] = &[
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20",
    "21", "22", "23",
];
const LOCAL_HOUR: &[Level] = &[Level::new(&[Key::LocalHour], describe_local_hour)];
const START_HOUR: &[Level] = &[Level::new(&[Key::StartHour], describe_start_hour).with_goals()];

const fn hours(name: &'static str, visits: Visits) -> Report {
    Report { sort: Sort::LABEL, flatten: Flatten::Unsupported, ..Report::of_visits(name, visits) }
}

static DURATIONS: VisitRanges = VisitRanges {
    dimension: Dimension::Duration,
    keys: &[Key::Duration],
    segment: "visitDuration",
    ranges: &[
        ("0\u{2013}10s", 0, Some(10)),
        ("11\u{2013}30s", 11, Some(30)),
        ("31\u{2013}60s", 31, Some(60)),
        ("1-2 min", 60, Some(120)),
        ("2-4 min", 120, Some(240)),
        ("4-7 min", 240, Some(420)),
        ("7-10 min", 420, Some(600)),
        ("10-15 min", 600, Some(900)),
        ("15-30 min", 900, Some(1800)),
        ("30+ min", 1801, None),
    ],
    new_first: false,
    shares: false,
};

static PAGES: VisitRanges = VisitRanges {
    dimension: Dimension::Actions,
    keys: &[Key::Actions],
    segment: "actions",
    ranges: &[
        ("1 page", 1, Some(1)),
        ("2 pages", 2, Some(2)),
        ("3 pages", 3, Some(3)),
        ("4 pages", 4, Some(4)),
        ("5 pages", 5, Some(5)),
        ("6-7 pages", 6, Some(7)),
        ("8-10 pages", 8, Some(10)),
        ("11-14 pages", 11, Some(14)),
        ("15-20 pages", 15, Some(20)),
        ("21+ pages", 21, None),
    ],
    new_first: false,
    shares: false,
};

static DAYS: VisitRanges = VisitRanges {
    dimension: Dimension::DaysSinceLast,
    keys: &[Key::Returning, Key::DaysSinceLast],
    segment: "daysSinceLastVisit",
    ranges: &[
        ("0 days", 0, Some(0)),
        ("1 day", 1, Some(1)),
        ("2 days", 2, Some(2)),
        ("3 days", 3, Some(3)),
        ("4 days", 4, Some(4)),
        ("5 days", 5, Some(5)),
        ("6 days", 6, Some(6)),
        ("7 days", 7, Some(7)),
        ("8-14 days", 8, Some(14)),
        ("15-30 days", 15, Some(30)),
        ("31-60 days", 31, Some(60)),
        ("61-120 days", 61, Some(120)),
        ("121-364 days", 121, Some(364)),
        ("365+ days", 365, None),
    ],
    new_first: true,
    shares: false,
};

static COUNTS: VisitRanges = VisitRanges {
    dimension: Dimension::VisitCount,
    keys: &[Key::FewVisits],
    segment: "visitCount",
    ranges: &[
        ("1 visit", 1, Some(1)),
        ("2 visits", 2, Some(2)),
        ("3 visits", 3, Some(3)),
        ("4 visits", 4, Some(4)),
        ("5 visits", 5, Some(5)),
        ("6 visits", 6, Some(6)),
        ("7 visits", 7, Some(7)),
        ("8 visits", 8, Some(8)),
        ("9-14 visits", 9, Some(14)),
        ("15-25 visits", 15, Some(25)),
        ("26-50 visits", 26, Some(50)),
        ("51-100 visits", 51, Some(100)),
        ("101-200 visits", 101, Some(200)),
        ("201+ visits", 201, None),
    ],
    new_first: false,
    shares: true,
};

fn hour(about: &About<'_>) -> i8 {
    about.key(0).parse().unwrap_or(0)
}

fn describe_local_hour(about: &About<'_>) -> Described {
    Described::new(format!("{:02}", hour(about))).segment(format!("visitLocalHour=={}", hour(about)))
}

fn describe_start_hour(about: &About<'_>) -> Described {
    let utc = to_utc(hour(about), about.day, about.zone);
    Described::new(format!("{:02}", hour(about))).segment(format!("visitStartServerHour=={utc}"))
}

/// The hour that it is in UTC then.
fn to_utc(hour: i8, day: Date, zone: &str) -> i8 {
    let Ok(zone) = TimeZone::get(zone) else { return hour };
    let local = day.at(hour, 0, 0, 0).to_zoned(zone);
    local.map_or(hour, |local| local.with_time_zone(TimeZone::UTC).hour())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_3_hours_select_in_utc() {
        let day = jiff::civil::date(2024, 1, 15);
        assert_eq!(
            (to_utc(0, day, "America/New_York"), to_utc(9, day, "Asia/Tokyo"), to_utc(7, day, "UTC")),
            (5, 0, 7)
        );
    }
}

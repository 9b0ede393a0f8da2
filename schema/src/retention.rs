//! How long visits and reports are kept in the tables (product.md V6), and the records of what was removed.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use serde::{Deserialize, Serialize};

use crate::{
    Day, NamedSettings, UnixMillis,
    named_setting::{REMOVAL_DAYS, REPORTS_KEEP_BASIC, REPORTS_MONTHS, REPORTS_REMOVED, VISITS_DAYS, VISITS_REMOVED},
};

/// What is removed by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removable {
    /// Visits with all that they did: the base tables, the archive of hits among them.
    Visits,
    /// What the days add up to: the rollups.
    Reports,
}

impl Removable {
    /// Both, in the order in which they are removed.
    pub const ALL: [Self; 2] = [Self::Visits, Self::Reports];

    /// As in subjects and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visits => "visits",
            Self::Reports => "reports",
        }
    }
}

/// The ages that an installation keeps its data for; `None`: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days that visits are kept.
    pub visit_days: Option<u32>,
    /// Months that reports are kept.
    pub report_months: Option<u32>,
    /// Visits, actions and conversions of whole sites stay when reports go.
    pub keeps_basics: bool,
    /// Days between two removals.
    pub every_days: u32,
}

impl Retention {
    /// What the settings say. Nothing is younger than a day when it is removed.
    pub fn of(settings: &NamedSettings) -> Self {
        let at_least_one = |number: i64| u32::try_from(number).unwrap_or(0).max(1);
        let age = |is_on, number| settings.flag(&is_on).then(|| at_least_one(settings.number(&number)));
        Self {
            visit_days: age(VISITS_REMOVED, VISITS_DAYS),
            report_months: age(REPORTS_REMOVED, REPORTS_MONTHS),
            keeps_basics: settings.flag(&REPORTS_KEEP_BASIC),
            every_days: at_least_one(settings.number(&REMOVAL_DAYS)),
        }
    }

    /// The first day that is kept; `None`: all are.
    pub fn edge(&self, what: Removable, today: Day) -> Option<Day> {
        match what {
            Removable::Visits => self.visit_days.map(|days| Day(today.0.saturating_sub_unsigned(days))),
            Removable::Reports => self.report_months.map(|months| {
                let months = i64::from(months).min(Self::MONTHS_MAX).months();
                Day::from_date(today.to_date().saturating_sub(months))
            }),
        }
    }

    /// More than the calendar has had.
    const MONTHS_MAX: i64 = 100_000;
}

/// The record of one removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// What was removed.
    pub what: Removable,
    /// The first day that was kept.
    pub before: Day,
    /// When it began.
    pub at: UnixMillis,
    /// Who asked for it; empty: it was time.
    pub by: String,
    /// Rows that are gone, by table; `None` while it is under way.
    pub rows: Option<BTreeMap<String, u64>>,
}

/// Asks, on [`crate::SUBJECT_REMOVE`], to remove now what is old.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RemovalRequest {
    /// Who asks.
    pub by: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(settings: &[(&str, &str)]) -> (Option<String>, Option<String>) {
        let mut named = NamedSettings::default();
        settings.iter().for_each(|(name, value)| named.set(name, value).unwrap());
        let today = Day::from_date(jiff::civil::date(2026, 5, 31));
        let edge = |what| Retention::of(&named).edge(what, today).map(|day| day.to_string());
        (edge(Removable::Visits), edge(Removable::Reports))
    }

    /// product.md V6
    #[test]
    fn ages_of_visits_and_reports_are_set_apart() {
        assert_eq!(edges(&[]), (None, None));
        let visits = edges(&[(VISITS_REMOVED.name, "1"), (VISITS_DAYS.name, "30")]);
        assert_eq!(visits, (Some("2026-05-01".to_owned()), None));
        let reports = edges(&[(REPORTS_REMOVED.name, "1"), (REPORTS_MONTHS.name, "3")]);
        assert_eq!(reports, (None, Some("2026-02-28".to_owned())));
    }

    #[test]
    fn today_is_never_removed() {
        for days in ["0", "-1"] {
            let (visits, _) = edges(&[(VISITS_REMOVED.name, "1"), (VISITS_DAYS.name, days)]);
            assert_eq!(visits.as_deref(), Some("2026-05-30"), "{days}");
        }
        assert!(edges(&[(REPORTS_REMOVED.name, "1"), (REPORTS_MONTHS.name, "1000000000")]).1.is_some());
    }
}

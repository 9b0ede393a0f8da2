//! VisitsSummary (`reports.md` §1).

use super::{Flatten, Report, Sites, Sort, Source, Summary};
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
];

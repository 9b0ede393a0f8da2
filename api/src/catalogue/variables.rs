//! Custom variables (`reports.md` §9).

use super::{About, Columns, Described, Dimension, Flatten, Key, Level, Report, Sort, Visits};
use crate::shape::url_encode;

const VALUE_UNKNOWN: &str = "Value not defined";

const LEVELS: &[Level] = &[
    Level::new(&[Key::VariableName], describe_name).with_goals().with_below(),
    Level::new(&[Key::VariableName, Key::VariableValue], describe_value).with_goals().grouped(name_value),
];

const VISITS: Visits = Visits { columns: Columns::NoVisitors, ..Visits::by(Dimension::Variable, LEVELS) };

const fn report(name: &'static str, visits: Visits) -> Report {
    let flatten = Flatten::Levels(&["CustomVariables_CustomVariableName", "CustomVariables_CustomVariableValue"]);
    Report { sort: Sort::ACTIONS, flatten, ..Report::of_visits(name, visits) }
}

pub(super) const REPORTS: &[Report] = &[
    report("CustomVariables.getCustomVariables", VISITS),
    report("CustomVariables.getCustomVariablesValuesFromNameId", VISITS.below()),
];

fn name_value(keys: &mut Vec<String>) {
    if let [_, value] = keys.as_mut_slice()
        && value.is_empty()
    {
        VALUE_UNKNOWN.clone_into(value);
    }
}

fn describe_name(about: &About<'_>) -> Described {
    Described::new(about.key(0)).segment(format!("customVariableName=={}", url_encode(about.key(0))))
}

fn describe_value(about: &About<'_>) -> Described {
    Described::new(about.key(1))
}

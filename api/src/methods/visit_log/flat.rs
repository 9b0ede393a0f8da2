//! `flat=1`: what was done in a visit as numbered columns (`reports.md` §12).

use crate::value::{Record, Value};

/// The type of an action, and which of its fields become columns.
const COLUMNS: &[(&str, &[(&str, &str)])] = &[
    ("action", &[("url", "pageUrl"), ("pageTitle", "pageTitle")]),
    ("outlink", &[("url", "outlinkUrl")]),
    ("download", &[("url", "downloadUrl")]),
    ("search", &[("siteSearchKeyword", "siteSearchKeyword")]),
    (
        "event",
        &[
            ("url", "eventUrl"),
            ("eventCategory", "eventCategory"),
            ("eventAction", "eventAction"),
            ("eventName", "eventName"),
            ("eventValue", "eventValue"),
        ],
    ),
];
const PAGE: &str = "action";
const GOAL: &str = "goal";

/// Adds the columns of what was done to a visit, and lifts its variables.
pub(super) fn fill(visit: &mut Record) {
    let done = match visit.get("actionDetails") {
        Some(Value::List(done)) => done.clone(),
        _ => Vec::new(),
    };
    let done: Vec<&Record> = done.iter().filter_map(as_record).collect();
    let (goals, actions): (Vec<&Record>, Vec<&Record>) = done.into_iter().partition(|record| is(record, GOAL));
    let mut variables = 0;
    for (at, action) in (1..).zip(&actions) {
        action_columns(visit, at, action);
        for (name, value) in slots(action) {
            variables += 1;
            visit.set(format!("{name}__{variables}"), value);
        }
    }
    for (at, goal) in (1..).zip(goals) {
        visit.set(format!("visitConvertedGoalId__{at}"), field(goal, "goalId"));
    }
    let pages = || actions.iter().filter(|action| is(action, PAGE));
    for (page, (title, url)) in
        [(pages().next(), ("entryPageTitle", "entryPageUrl")), (pages().next_back(), ("exitPageTitle", "exitPageUrl"))]
    {
        if let Some(page) = page {
            visit.set(title, field(page, "pageTitle"));
            visit.set(url, field(page, "url"));
        }
    }
    for (name, value) in slots(visit) {
        visit.set(name, value);
    }
    visit.remove("customVariables");
}

fn as_record(value: &Value) -> Option<&Record> {
    match value {
        Value::Record(record) => Some(record),
        _ => None,
    }
}

fn field(record: &Record, name: &str) -> Value {
    record.get(name).cloned().unwrap_or(Value::Null)
}

fn is(action: &Record, kind: &str) -> bool {
    matches!(action.get("type"), Some(Value::Text(own)) if own == kind)
}

fn action_columns(visit: &mut Record, at: usize, action: &Record) {
    let Some((_, columns)) = COLUMNS.iter().find(|(kind, _)| is(action, kind)) else { return };
    for (from, to) in *columns {
        if let Some(value) = action.get(from) {
            visit.set(format!("{to}__{at}"), value.clone());
        }
    }
}

/// Names and values of the custom variables of a visit or an action.
fn slots(record: &Record) -> Vec<(String, Value)> {
    match record.get("customVariables") {
        Some(Value::List(slots)) => slots
            .iter()
            .filter_map(as_record)
            .flat_map(|slot| slot.iter().map(|(name, value)| (name.to_string(), value.clone())))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reports.md` §12.
    #[test]
    fn what_was_done_becomes_numbered_columns() {
        let page = |url: &str| Record::default().with("type", "action").with("url", url).with("pageTitle", "t");
        let goal = Record::default().with("type", "goal").with("goalId", 7);
        let event = Record::default().with("type", "event").with("eventAction", "play");
        let slot = Record::default().with("customVariableName1", "a").with("customVariableValue1", "b");
        let done = [page("x"), goal, event, page("y")].map(Value::Record).to_vec();
        let mut visit = Record::default()
            .with("actionDetails", Value::List(done))
            .with("customVariables", Value::List(vec![slot.into()]));
        fill(&mut visit);
        visit.remove("actionDetails");
        let columns: Vec<(&str, String)> =
            visit.iter().map(|(name, value)| (name.as_ref(), value.as_text().unwrap())).collect();
        let expected = [
            ("pageUrl__1", "x"),
            ("pageTitle__1", "t"),
            ("eventAction__2", "play"),
            ("pageUrl__3", "y"),
            ("pageTitle__3", "t"),
            ("visitConvertedGoalId__1", "7"),
            ("entryPageTitle", "t"),
            ("entryPageUrl", "x"),
            ("exitPageTitle", "t"),
            ("exitPageUrl", "y"),
            ("customVariableName1", "a"),
            ("customVariableValue1", "b"),
        ];
        assert_eq!(columns, expected.map(|(name, value)| (name, value.to_owned())));
    }
}

//! What reports are called and what their columns mean (`reports.md` §24): data in `english.json`,
//! one entry for each report, in the order in which clients list them.

mod descriptor;
mod pages;
mod site;

use std::{collections::BTreeMap, sync::LazyLock};

pub(crate) use descriptor::{Asked, Descriptor, LEGACY};
pub(crate) use pages::pages;
use serde::Deserialize;
pub(crate) use site::{find, of_site};

/// Everything that is described.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Descriptions {
    /// Metrics by name, or by `name#variant` where a report means something of its own.
    metrics: BTreeMap<String, Metric>,
    sets: BTreeMap<String, MetricSet>,
    goal_sets: BTreeMap<String, GoalSet>,
    reports: Vec<Description>,
    dimension_reports: DimensionReports,
}

/// What reports of custom dimensions have in common; each dimension is one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DimensionReports {
    visit: Description,
    action: Description,
}

/// A metric: what it is called, how it is written, what it means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metric {
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) unit: Option<Unit>,
    pub(crate) documentation: Option<String>,
}

/// What a metric counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    Number,
    Percent,
    Duration,
    Money,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Percent => "percent",
            Self::Duration => "duration_s",
            Self::Money => "money",
        }
    }
}

/// Metrics of a report, and those that are computed from them.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricSet {
    metrics: Vec<String>,
    processed: Vec<String>,
}

/// Metrics of a report for each goal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GoalSet {
    metrics: Vec<String>,
    processed: Vec<String>,
    types: Vec<String>,
}

/// One report.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Description {
    /// `Module.method`.
    name: String,
    /// `idGoal` of the variants of a report that have names of their own.
    goal: Option<String>,
    category: String,
    subcategory: Option<String>,
    title: String,
    dimension: Option<String>,
    /// Dimensions of all levels, by id.
    dimensions: Vec<(String, String)>,
    /// A named set of metrics; else `metrics` and `processed`.
    set: Option<String>,
    metrics: Vec<String>,
    processed: Vec<String>,
    /// Processed metrics that are not listed by themselves.
    hidden: Vec<String>,
    goal_metrics: Option<String>,
    /// The method that answers what is below a row.
    below: Option<String>,
    related: Vec<String>,
    /// Always the same rows: buckets, hours, types.
    constant_rows: bool,
    #[serde(default = "yes")]
    evolves: bool,
    /// Page of the user guide.
    guide: Option<String>,
    documentation: Option<String>,
    /// Only what is below a row of another report.
    is_subtable: bool,
    /// Clients that list reports do not know of it.
    unlisted: bool,
    /// Reports whose metrics this one has, too.
    merges: Vec<String>,
}

fn yes() -> bool {
    true
}

static ENGLISH: LazyLock<Descriptions> =
    LazyLock::new(|| serde_json::from_str(include_str!("english.json")).unwrap_or_default());

impl Descriptions {
    fn set_of(&self, description: &Description) -> MetricSet {
        if let Some(set) = description.set.as_ref().and_then(|set| self.sets.get(set)) {
            return set.clone();
        }
        let mut set = MetricSet { metrics: description.metrics.clone(), processed: description.processed.clone() };
        for merged in &description.merges {
            let Some(other) = self.reports.iter().find(|report| report.name == *merged && report.goal.is_none()) else {
                continue;
            };
            let other = self.set_of(other);
            set.metrics.extend(other.metrics);
            set.processed.extend(other.processed);
        }
        set
    }
}

/// What a report is called.
pub(crate) fn title_of(report: &str) -> Option<&'static str> {
    ENGLISH.reports.iter().find(|description| description.name == report).map(|description| description.title.as_str())
}

/// What a report calls a column; what it is called elsewhere when the report does not say.
pub(crate) fn label_of(report: &str, column: &str) -> Option<&'static str> {
    let described = ENGLISH.reports.iter().find(|description| description.name == report);
    let own = described.map(Descriptor::of).and_then(|descriptor| {
        let mut metrics = descriptor.every_metric().into_iter();
        metrics.find(|shown| shown.name == column).map(|shown| shown.metric)
    });
    own.or_else(|| ENGLISH.metrics.get(column)).map(|metric| metric.label.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_used_is_described() {
        let all: Descriptions = serde_json::from_str(include_str!("english.json")).unwrap();
        assert!(all.reports.len() > 50);
        let dimensions = [&all.dimension_reports.visit, &all.dimension_reports.action];
        for report in all.reports.iter().chain(dimensions) {
            let set = all.set_of(report);
            for key in set.metrics.iter().chain(&set.processed) {
                assert!(all.metrics.contains_key(key), "{} uses {key}", report.name);
            }
            if let Some(set) = &report.set {
                assert!(all.sets.contains_key(set), "{} uses {set}", report.name);
            }
            if let Some(set) = &report.goal_metrics {
                let set = &all.goal_sets[set];
                assert!(
                    set.metrics.iter().chain(&set.processed).chain(&set.types).all(|key| all.metrics.contains_key(key))
                );
            }
            for name in report.related.iter().chain(&report.merges) {
                assert!(all.reports.iter().any(|other| other.name == *name), "{} names {name}", report.name);
            }
        }
    }
}

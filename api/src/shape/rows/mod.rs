//! Facts become rows: what a report holds before a request's filters.

mod action_dimension;
mod clicks;
mod goal_summary;
mod goals;
mod groups;
mod numbers;
mod pages;
mod paths;
mod products;
mod ranges;
mod searches;
mod summary;
mod tree;
mod variables;
mod visits;

use std::collections::HashMap;

use jiff::civil::Date;

pub(crate) use goal_summary::{GoalChoice, VISITOR_SUFFIXES};
pub(super) use numbers::TIMINGS;
pub(crate) use paths::PathRules;

use crate::{
    catalogue::{Report, Source},
    plan::{Part, REST_KEY},
    query::{Fact, Facts},
    shape::limit::OTHERS,
    table::{Row, Table},
    value::{Record, Value},
};

/// What the rows are for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct View<'a> {
    /// One day: distinct counts are those of the period; else days add up.
    pub(crate) is_day: bool,
    /// Distinct counts of the whole site are told.
    pub(crate) has_uniques: bool,
    /// The sub-table that is asked for instead of the table.
    pub(crate) subtable: Option<u64>,
    /// Rows are asked for without hierarchy.
    pub(crate) is_flat: bool,
    /// Sums that averages are made of are told, too.
    pub(crate) shows_raw: bool,
    /// Rows are asked for by their names: what is below them is called as where it is asked for alone.
    pub(crate) is_named: bool,
    /// The time zone of the site.
    pub(crate) zone: &'a str,
    /// The first day of the period.
    pub(crate) day: Date,
    /// The site's URLs; folders of pages are below the first.
    pub(crate) site_urls: &'a [String],
    /// The answer has several sites or periods: what has no visit is left out.
    pub(crate) is_keyed: bool,
    pub(crate) goals: GoalView<'a>,
    /// The id of the custom dimension that the report is about.
    pub(crate) custom: u32,
    /// The second key that is asked for by name.
    pub(crate) secondary: Option<&'a str>,
    /// The name of the only row that is asked for.
    pub(crate) wanted: Option<&'a str>,
    /// How pages are split into folders.
    pub(crate) paths: PathRules<'a>,
}

/// What is told of goals.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GoalView<'a> {
    pub(crate) choice: GoalChoice,
    /// Each goal has its own columns.
    pub(crate) each: bool,
    /// The goals of the site.
    pub(crate) ids: &'a [i32],
    /// Products that were left in carts, instead of those that were sold.
    pub(crate) carts: bool,
}

/// What a report holds for one site and period.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Table(Table),
    /// `None`: the period has no visit.
    Simple(Option<Record>),
}

/// Facts by site and period.
pub(crate) fn by_site_and_period(facts: Facts) -> HashMap<(u32, String), Facts> {
    let mut cells: HashMap<(u32, String), Facts> = HashMap::new();
    for (part, facts) in facts {
        for fact in facts {
            let cell = cells.entry((fact.site, fact.bucket.clone())).or_default();
            cell.entry(part).or_default().push(fact);
        }
    }
    cells
}

/// Leaves out orders, carts and products: the goal is the last key of every fact about conversions.
pub(crate) fn without_sales(facts: &mut Facts) {
    facts.remove(&Part::ProductViews);
    let is_sale = |fact: &Fact| fact.keys.last().is_some_and(|goal| matches!(goal.as_str(), "0" | "-1"));
    for (part, facts) in facts {
        if matches!(part, Part::ConversionSums(_) | Part::ConversionVisits(_) | Part::ProductSales) {
            facts.retain(|fact| !is_sale(fact));
        }
    }
}

/// The rows of a report for one site and period; `None` when there is no fact.
pub(crate) fn content(report: &Report, facts: Option<&Facts>, view: &View<'_>) -> Content {
    let none = Facts::default();
    let facts_or_none = facts.unwrap_or(&none);
    match &report.source {
        Source::VisitSummary(columns) => Content::Simple(facts.map(|facts| summary::visits(facts, *columns, view))),
        Source::ActionSummary => Content::Simple(facts.map(summary::actions)),
        Source::Visits(visits) => Content::Table(with_rest(visits::table(facts_or_none, visits, view))),
        Source::VisitFrequency => Content::Simple(facts.map(|facts| summary::frequency(facts, view))),
        Source::VisitRanges(ranges) => Content::Table(ranges::table(facts_or_none, ranges)),
        Source::Weekdays => Content::Table(visits::weekdays(facts_or_none)),
        Source::Plugins => Content::Table(ranges::plugins(facts_or_none)),
        Source::Referrers(column) => Content::Simple(facts.map(|facts| summary::referrers(facts, *column))),
        Source::CountryCount => Content::Simple(facts.map(summary::countries)),
        Source::PageTimings => Content::Simple(facts.map(|facts| summary::timings(facts, view))),
        Source::Bandwidth => Content::Simple(facts.map(summary::bandwidth)),
        Source::Groups { group, first, seconds } => {
            let second = seconds.iter().find(|key| Some(key.name()) == view.secondary).or(seconds.first()).copied();
            Content::Table(groups::table(facts_or_none, *group, (*first, second), view))
        }
        Source::Pages { field, role } => Content::Table(with_rest(pages::table(facts_or_none, *field, *role, view))),
        Source::ActionDimension => Content::Table(action_dimension::table(facts_or_none, view)),
        Source::Searches { no_results } => Content::Table(searches::table(facts_or_none, *no_results)),
        Source::Clicks(click) | Source::OneClick(click) => Content::Table(clicks::table(facts_or_none, *click, view)),
        Source::Goals(columns) => Content::Simple(facts.and_then(|facts| goal_summary::summary(facts, *columns, view))),
        Source::ConversionRanges(ranges) => Content::Table(goal_summary::ranges(facts_or_none, ranges, view)),
        Source::Products(field) => Content::Table(products::table(facts_or_none, *field, view)),
    }
}

/// What the engine summed up is one of the others, whatever its key is called.
fn with_rest(mut table: Table) -> Table {
    let is_rest = |row: &Row| matches!(row.columns.get("label"), Some(Value::Text(label)) if label.contains(REST_KEY));
    for row in table.rows.iter_mut().filter(|row| is_rest(row)) {
        row.is_summary = true;
        row.columns.set("label", OTHERS);
    }
    table
}

/// The columns of a simple report whose period has no visit.
pub(crate) fn zeros(report: &Report, view: &View<'_>) -> Record {
    match content(report, Some(&Facts::default()), view) {
        Content::Simple(Some(record)) => record,
        _ => Record::default(),
    }
}

/// What a row of others shows of what is unknown on its level: logo and URL.
pub(crate) fn unknown(report: &Report, level: usize, view: &View<'_>) -> Record {
    match &report.source {
        Source::Visits(visits) => visits::unknown(visits, level, view),
        _ => Record::default(),
    }
}

/// Rounds half away from zero.
pub(crate) fn round(number: f64, decimals: i32) -> f64 {
    let factor = 10f64.powi(decimals);
    // The nudge undoes what binary fractions lose, as PHP's rounding does: 1.005 is 1.01.
    let scaled = number * factor;
    (scaled + scaled.signum() * scaled.abs() * f64::EPSILON * 2.0).round() / factor
}

/// A quotient, 0 when the divisor is.
pub(crate) fn quotient(dividend: f64, divisor: f64, decimals: i32) -> f64 {
    if divisor == 0.0 { 0.0 } else { round(dividend / divisor, decimals) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_half_away_from_zero() {
        assert_eq!((round(1.005, 2), round(-2.5, 0), round(0.2749, 2)), (1.01, -3.0, 0.27));
        assert_eq!((quotient(1.0, 0.0, 2), quotient(2.0, 3.0, 4)), (0.0, 0.6667));
    }
}

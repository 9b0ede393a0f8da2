//! A report and a request become SQL: closed enums for what is read, bound parameters for every value.

mod action_dimension;
mod actions;
mod bots;
mod clauses;
mod conversions;
mod gathered;
mod groups;
mod live;
mod products;
mod ranked;
mod segment;
mod statement;
mod subjects;
mod suggest;
mod totals;
mod transitions;
mod variables;
mod visits;

use nagare_schema::SiteId;

pub(crate) use bots::bot_hits;
pub(crate) use live::{
    VisitLog, Visits as LoggedVisits, counters, visit_actions, visit_conversions, visit_items, visit_log,
    visit_numbers, visitor_sales,
};
pub(crate) use ranked::REST_KEY;
pub(crate) use statement::{Bound, Statement};
pub(crate) use subjects::{STORED, Whose, stored, subject_visits};
pub(crate) use suggest::values as suggested_values;
pub(crate) use transitions::transitions;

use clauses::Grouping;

use crate::{
    catalogue::{ActionKey, Dimension, Key, Report, Source, Visits},
    period::Periods,
    segment::Segment,
};

/// Visits of a period up to which visitors, users and maxima are counted exactly from the base
/// tables; above it they come from the rollups' sketches (uniqCombined64, error about 0.8 %).
pub(crate) const EXACT_VISITS_MAX: u64 = 50_000;

/// How distinct counts are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distinct {
    /// From the base tables.
    Exact,
    /// From the rollup's states.
    Sketch,
}

/// What a plan is for.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) sites: Vec<SiteId>,
    pub(crate) periods: Periods,
    pub(crate) segment: Option<Segment>,
    pub(crate) distinct: Distinct,
    /// Levels of the report's hierarchy that are needed.
    pub(crate) levels: usize,
    /// The custom dimension that the report is about.
    pub(crate) custom: Option<u32>,
    /// Rows of a day that are told by themselves where the rest of them is cut: see [`ranked`].
    pub(crate) top: Option<usize>,
}

impl Scope {
    /// All levels of a whole site, counted exactly.
    pub(crate) fn new(sites: &[SiteId], periods: Periods) -> Self {
        let (distinct, levels) = (Distinct::Exact, usize::MAX);
        Self { sites: sites.to_vec(), periods, segment: None, distinct, levels, custom: None, top: None }
    }

    /// True when sums, too, come from the base tables.
    pub(crate) fn is_base(&self) -> bool {
        self.segment.is_some() || self.custom.is_some()
    }
}

/// Which part of a report a statement reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// Visit sums by the keys of a level: see [`visits::SUMS`].
    VisitSums(usize),
    /// Visit distinct counts: see [`visits::UNIQUES`].
    VisitUniques(usize),
    /// How many different things there are.
    Distinct(usize),
    /// Slots of custom variables of visits.
    VariableSlots,
    /// Custom variables of actions: see [`variables::of_actions`].
    PageVariables,
    /// Latitude and longitude of cities.
    Notes,
    /// Conversion sums by goal and the keys of a level.
    ConversionSums(usize),
    /// Visits with a conversion.
    ConversionVisits(usize),
    /// Hits, timings and bandwidth by page or click.
    ActionSums,
    /// Visits and visitors of them, and their URL prefixes.
    ActionUniques,
    /// Time spent on pages.
    TimeSpent,
    EntrySums,
    EntryUniques,
    ExitSums,
    ExitUniques,
    /// Conversions by goal.
    GoalTotals,
    /// Conversions by the pages viewed before.
    PageGoals,
    /// Conversions by the page that the visit entered by.
    EntryGoals,
    /// Counts of all kinds of action.
    ActionTotals,
    /// Events and the like by their first key, and by a second one below it.
    GroupSums(Option<ActionKey>),
    /// Visits and visitors of them.
    GroupUniques(Option<ActionKey>),
    /// Timings of all pages.
    PageTimings,
    /// Bytes by kind of action.
    Bandwidth,
    /// Views of pages.
    PageViews,
    /// Keywords that found nothing on some day.
    SearchesWithoutResult,
    /// What was done before a page.
    Before,
    /// What was done after a page.
    After,
    /// Products of orders and carts.
    ProductSales,
    /// Products that were looked at.
    ProductViews,
    /// Actions by the value of a custom dimension, and by the page below it.
    DimensionSums(usize),
}

/// The statements of one report, run at once.
pub(crate) type Plan = Vec<(Part, Statement)>;

/// Plans a report.
pub(crate) fn plan(report: &Report, scope: &Scope) -> Plan {
    match &report.source {
        Source::VisitSummary(_) => visits::summary(scope),
        Source::Visits(visits) => by_levels(scope, visits),
        Source::VisitFrequency => visits::frequency(scope),
        Source::VisitRanges(ranges) => vec![visits::sums(scope, ranges.dimension, ranges.keys)],
        Source::Weekdays => visits::by_keys(scope, &Grouping::new(Dimension::All, &[Key::Weekday])),
        Source::Plugins => vec![visits::sums(scope, Dimension::Plugins, &[Key::Plugins, Key::HidesPlugins])],
        Source::Referrers(_) => visits::referrers(scope),
        Source::CountryCount => visits::countries(scope),
        Source::Pages { field, role } => actions::pages(scope, *field, *role),
        Source::ActionDimension => action_dimension::by_value(scope),
        Source::Clicks(click) | Source::OneClick(click) => actions::clicks(scope, *click),
        Source::Searches { no_results } => actions::searches(scope, *no_results),
        Source::ActionSummary => actions::totals(scope),
        Source::Groups { group, first, seconds } => groups::by_keys(scope, *group, *first, seconds),
        Source::PageTimings => vec![(Part::PageTimings, totals::timings(scope))],
        Source::Bandwidth => vec![(Part::Bandwidth, totals::bandwidth(scope))],
        Source::Goals(_) => conversions::summary(scope),
        Source::ConversionRanges(ranges) => conversions::ranges(scope, ranges),
        Source::Products(field) => products::by_field(scope, *field),
    }
}

fn by_levels(scope: &Scope, visits: &Visits) -> Plan {
    // Whether there is anything below a row is only known from the rows below.
    let needs_all = visits.below || visits.levels.iter().any(|level| level.drops_empty);
    let levels = if needs_all { usize::MAX } else { scope.levels.max(1) };
    let mut plan = if visits.dimension == Dimension::Variable { variables::slots(scope) } else { Plan::new() };
    for (at, level) in visits.levels.iter().enumerate().take(levels) {
        let grouping = Grouping { dimension: visits.dimension, only: visits.only, keys: level.keys, level: at };
        plan.extend(visits::by_keys(scope, &grouping));
        if level.goals {
            plan.extend(conversions::by_keys(scope, &grouping));
        }
    }
    plan
}

/// Visits by any keys, counted once in the whole period: from a rollup that holds them, else from the visits.
pub(crate) fn visits_by(scope: &Scope, rollup: Option<Dimension>, keys: &[Key]) -> Plan {
    match rollup {
        Some(dimension) => visits::once(scope, dimension, keys),
        None => visits::of_base(scope, keys),
    }
}

/// The sums of whole sites: visits, page views, conversions by goal.
pub(crate) fn site_totals(scope: &Scope) -> Plan {
    let (visits, conversions) = (visits::sums(scope, Dimension::All, &[]), conversions::sums(scope));
    vec![visits, (Part::PageViews, actions::page_views(scope)), (Part::ConversionSums(0), conversions)]
}

/// Counts the visits of the whole window: what decides between exact and sketched.
pub(crate) fn size(sites: &[SiteId], periods: &Periods) -> Statement {
    visits::size(sites, periods)
}

#[cfg(test)]
mod tests;

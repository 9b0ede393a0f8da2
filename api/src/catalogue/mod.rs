//! The report catalogue: a report is data (design §9). Adding one is one entry and one test.

mod actions;
mod campaigns;
mod devices;
mod dimension;
mod dimensions;
mod events;
mod goals;
mod limits;
mod people;
mod places;
mod referrers;
mod variables;
mod visits;

pub(crate) use dimension::{
    About, Columns, Described, Dimension, Key, Level, Only, Otherwise, VisitRanges, Visits, id_of,
};
pub(crate) use dimensions::{VALUE_UNKNOWN, of_custom_dimension};
pub(crate) use limits::Limits;
pub(crate) use referrers::{KEYWORD_UNKNOWN, names_of as referrer_names};

use crate::{permission::Permission, shape::Processed};

/// A report: what it counts, by what, and how its rows look.
pub(crate) struct Report {
    /// `Module.method`.
    pub(crate) name: &'static str,
    pub(crate) permission: Permission,
    pub(crate) source: Source,
    /// Metrics that are computed from the row's other columns, in order.
    pub(crate) processed: &'static [Processed],
    /// Order unless the request names another.
    pub(crate) sort: Sort,
    pub(crate) flatten: Flatten,
    pub(crate) sites: Sites,
}

impl Report {
    /// A report of visits by the keys of a dimension.
    const fn of_visits(name: &'static str, visits: Visits) -> Self {
        Self {
            name,
            permission: Permission::View,
            source: Source::Visits(visits),
            processed: &[],
            sort: Sort::VISITS,
            flatten: Flatten::Levels(&[]),
            sites: Sites::Any,
        }
    }

    /// A report whose rows have no hierarchy and an order of their own.
    const fn plain(name: &'static str, source: Source) -> Self {
        Self { source, sort: Sort::NONE, flatten: Flatten::Unsupported, ..Self::of_visits(name, Visits::NOTHING) }
    }
}

/// Where a report's numbers come from, and the shape they get.
pub(crate) enum Source {
    /// One row of visit metrics.
    VisitSummary(Summary),
    /// Visits by the keys of a dimension, in levels.
    Visits(Visits),
    /// Visits of new and of returning visitors, in one row.
    VisitFrequency,
    /// Visits by ranges of a number.
    VisitRanges(&'static VisitRanges),
    /// Visits by days of the week.
    Weekdays,
    /// Visits whose browser has a plugin.
    Plugins,
    /// One row about referrers, or one of its columns.
    Referrers(Option<&'static str>),
    /// In how many countries visitors were.
    CountryCount,
    /// Pages as a tree.
    Pages { field: PageField, role: PageRole },
    /// Values of a custom dimension of actions, and pages below them.
    ActionDimension,
    /// Downloads or outlinks by host.
    Clicks(Click),
    /// The one that the request names.
    OneClick(Click),
    /// Keywords of site search; those without result alone, or all.
    Searches { no_results: bool },
    /// One row of action counts.
    ActionSummary,
    /// Actions by a key, and below it by one of `seconds`.
    Groups { group: ActionGroup, first: ActionKey, seconds: &'static [ActionKey] },
    /// One row of average page timings.
    PageTimings,
    /// One row of transferred bytes.
    Bandwidth,
    /// One row of conversions.
    Goals(GoalColumns),
    /// Conversions by ranges of a number.
    ConversionRanges(&'static Ranges),
    /// Products that were sold, left in carts or viewed.
    Products(ProductField),
}

/// Which columns of a goal are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GoalColumns {
    /// Those of all visits, then of new and of returning visitors.
    ByVisitor,
    Plain,
    /// One column, as a single value.
    Only(&'static str),
    /// One column of all visits, of new and of returning visitors.
    OnlyByVisitor(&'static str),
}

/// Ranges of a number that conversions carry: each from its number to the next range.
pub(crate) struct Ranges {
    pub(crate) dimension: Dimension,
    pub(crate) key: Key,
    pub(crate) labels: &'static [(u32, &'static str)],
}

/// What products are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProductField {
    Sku,
    Name,
    Category,
}

/// Which columns of the visit summary are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Summary {
    All,
    /// One column, as a single value.
    Only(&'static str),
    /// `sum_visit_length` as a sentence.
    LengthPretty,
}

/// What the request names the one row of a report by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// The parameter has an address.
    Address(&'static str),
    /// The parameter has a title.
    Title(&'static str),
}

impl Source {
    /// How the request names the one row that is told.
    pub(crate) fn naming(&self) -> Option<Naming> {
        Some(match self {
            Self::Pages { field: PageField::Url, role: PageRole::One } => Naming::Address("pageUrl"),
            Self::Pages { field: PageField::Title, role: PageRole::One } => Naming::Title("pageName"),
            Self::OneClick(Click::Download) => Naming::Address("downloadUrl"),
            Self::OneClick(Click::Outlink) => Naming::Address("outlinkUrl"),
            _ => return None,
        })
    }

    /// It is about the custom dimension that the request names.
    pub(crate) fn is_custom(&self) -> bool {
        match self {
            Self::Visits(visits) => visits.dimension == Dimension::Custom,
            Self::ActionDimension => true,
            _ => false,
        }
    }
}

/// Page timings as actions have them, in the order of their columns.
pub(crate) const TIMING_COLUMNS: [&str; 6] =
    ["time_network", "time_server", "time_transfer", "time_dom_processing", "time_dom_completion", "time_on_load"];

/// What pages are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageField {
    Url,
    Title,
}

/// Which pages a report keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageRole {
    All,
    Entry,
    Exit,
    FollowingSearch,
    /// The one that the request names.
    One,
}

impl PageRole {
    /// Conversions are told by the pages of such a report.
    pub(crate) fn has_goals(self) -> bool {
        self != Self::FollowingSearch
    }
}

/// Kinds of click that have their own report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Click {
    Download,
    Outlink,
}

/// Actions that are told by their own keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActionGroup {
    Events,
    Contents,
    SearchCategories,
}

/// What such actions are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ActionKey {
    EventCategory,
    EventAction,
    EventName,
    ContentName,
    ContentPiece,
    ContentTarget,
    SearchCategory,
}

impl ActionKey {
    /// How `secondaryDimension` and segments name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EventCategory => "eventCategory",
            Self::EventAction => "eventAction",
            Self::EventName => "eventName",
            Self::ContentName => "contentName",
            Self::ContentPiece => "contentPiece",
            Self::ContentTarget => "contentTarget",
            Self::SearchCategory => "siteSearchCategory",
        }
    }
}

/// Default order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) column: &'static str,
    pub(crate) descending: bool,
}

impl Sort {
    pub(crate) const VISITS: Self = Self { column: "nb_visits", descending: true };
    pub(crate) const ACTIONS: Self = Self { column: "nb_actions", descending: true };
    pub(crate) const LABEL: Self = Self { column: "label", descending: false };
    /// As the report has them.
    pub(crate) const NONE: Self = Self { column: "", descending: false };
}

/// How `flat=1` joins labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flatten {
    /// Sub-tables are dropped.
    Unsupported,
    /// Joined by `/`, under one metadata key for all levels.
    Path(&'static str),
    /// As `Path`, beginning with `/`: the address of a page in its site.
    PagePath(&'static str),
    /// Joined by ` - `, with a metadata key for each level.
    Levels(&'static [&'static str]),
    /// Joined by ` - `, under the metadata key of the first level.
    Joined(&'static [&'static str]),
    /// Joined by ` - `, under the key of a custom dimension by its id.
    Custom(u32),
    /// Joined by `/`, with a metadata key for each level.
    PathLevels(&'static [&'static str]),
}

/// Whether a report answers for several sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sites {
    Any,
    One,
    /// And for one period; what a request for several is told.
    OneAndOneDate(&'static str),
}

/// Every report.
pub(crate) fn reports() -> impl Iterator<Item = &'static Report> {
    [
        visits::REPORTS,
        actions::REPORTS,
        events::REPORTS,
        referrers::REPORTS,
        goals::REPORTS,
        places::REPORTS,
        devices::REPORTS,
        people::REPORTS,
        variables::REPORTS,
        campaigns::REPORTS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = reports().map(|report| report.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn keys_of_a_level_extend_those_above() {
        for report in reports() {
            if let Source::Visits(visits) = &report.source {
                for pair in visits.levels.windows(2) {
                    assert!(pair[1].keys.starts_with(pair[0].keys), "{}", report.name);
                }
            }
        }
    }
}

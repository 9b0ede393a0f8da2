//! The report catalogue: a report is data (design §9). Adding one is one entry and one test.

mod actions;
mod goals;
mod referrers;
mod visits;

pub(crate) use referrers::names_of as referrer_names;

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

/// Where a report's numbers come from, and the shape they get.
pub(crate) enum Source {
    /// One row of visit metrics.
    VisitSummary(Summary),
    /// Visits by the keys of a dimension, in levels.
    Visits { dimension: Dimension, levels: &'static [Level], goals: bool },
    /// Pages as a tree.
    Pages { field: PageField, role: PageRole },
    /// Downloads or outlinks by host.
    Clicks(Click),
    /// One row of action counts.
    ActionSummary,
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

/// Dimensions of visits: names in `visit_rollup` and `conversion_rollup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    All,
    Referrer,
    Returning,
    VisitCount,
    DaysSinceFirst,
}

impl Dimension {
    pub(crate) fn rollup_name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Referrer => "referrer",
            Self::Returning => "returning",
            Self::VisitCount => "visit_count",
            Self::DaysSinceFirst => "days_since_first",
        }
    }
}

/// What rows are grouped by: the same value from the rollup and from the base table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    ReferrerType,
    /// Keyword of a search, else the name.
    ReferrerItem,
    /// 0 new, 1 returning, 2 returning after an order.
    Returning,
    VisitCount,
    DaysSinceFirst,
}

impl Key {
    /// Expression over the keys of the rollup.
    pub(crate) fn of_rollup(self) -> &'static str {
        match self {
            Self::ReferrerType | Self::Returning | Self::VisitCount | Self::DaysSinceFirst => "key_1",
            Self::ReferrerItem => "if(key_1 = '2', key_3, key_2)",
        }
    }

    /// Expression over `visits` and `conversions`, whose columns have the same names.
    pub(crate) fn of_base(self) -> &'static str {
        match self {
            Self::ReferrerType => "toString(referrer_type)",
            Self::ReferrerItem => "if(referrer_type = 2, referrer_keyword, referrer_name)",
            Self::Returning => "toString(returning)",
            Self::VisitCount => "toString(visit_count)",
            Self::DaysSinceFirst => "toString(intDiv(ifNull(seconds_since_first, 0), 86400))",
        }
    }
}

/// One level of a report's hierarchy; its keys extend those of the level above.
pub(crate) struct Level {
    pub(crate) keys: &'static [Key],
    /// Label, segment and metadata of a row from its keys.
    pub(crate) describe: fn(&[String]) -> Described,
    /// The id under which a client asks for what is below a row; `None` where there is nothing.
    pub(crate) subtable: fn(&[String]) -> Option<u64>,
}

/// What a row is called.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Described {
    pub(crate) label: String,
    pub(crate) segment: Option<String>,
    pub(crate) metadata: crate::value::Record,
}

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

/// Default order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) column: &'static str,
    pub(crate) descending: bool,
}

impl Sort {
    pub(crate) const VISITS: Self = Self { column: "nb_visits", descending: true };
}

/// How `flat=1` joins labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "reports whose levels differ come later"))]
pub(crate) enum Flatten {
    /// Sub-tables are dropped.
    Unsupported,
    /// Joined by `/`, under one metadata key for all levels.
    Path(&'static str),
    /// As `Path`, beginning with `/`: the address of a page in its site.
    PagePath(&'static str),
    /// Joined by ` - `, with a metadata key for each level.
    Levels(&'static [&'static str]),
}

/// Whether a report answers for several sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sites {
    Any,
    One,
}

/// Every report.
pub(crate) fn reports() -> impl Iterator<Item = &'static Report> {
    visits::REPORTS.iter().chain(actions::REPORTS).chain(referrers::REPORTS).chain(goals::REPORTS)
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
            if let Source::Visits { levels, .. } = &report.source {
                for pair in levels.windows(2) {
                    assert!(pair[1].keys.starts_with(pair[0].keys), "{}", report.name);
                }
            }
        }
    }
}

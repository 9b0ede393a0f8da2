//! Segments (`segments.md`): a filter, read once into a typed tree. `plan` turns the tree into SQL.

mod called;
mod field;
mod fields;
mod grammar;
mod listed;
mod meaning;
mod suggested;
mod value;

use nagare_schema::{Config, SiteId, named_setting};

pub(crate) use field::{Column, ColumnKind, Rows};
pub(crate) use grammar::Operator;
pub(crate) use listed::{Listed, listed};
pub(crate) use suggested::Suggested;
pub(crate) use value::leading_number;

use crate::{auth::Caller, error::Fault};

/// A filter: all clauses must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Segment {
    pub(crate) all: Vec<Clause>,
}

/// Any of it must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Clause {
    /// Of one row, the same for all clauses.
    pub(crate) rows: Vec<Test>,
    /// Of the visit as a whole.
    pub(crate) visits: Vec<Whole>,
}

/// A visit has a row, or has none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Whole {
    pub(crate) has: bool,
    pub(crate) rows: Rows,
    /// What the row is like: all of these, and of each any.
    pub(crate) all: Vec<Vec<Test>>,
}

/// A condition on a row of one table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    pub(crate) rows: Rows,
    pub(crate) column: Column,
    pub(crate) check: Check,
}

/// What a column must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Check {
    /// Nothing, an empty text, or zero.
    Empty,
    Filled,
    Is(Operator, String),
    /// One of these.
    Among(Vec<String>),
    /// None of these.
    NotAmong(Vec<String>),
}

/// What a definition is read for.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) config: &'a Config,
    pub(crate) sites: &'a [SiteId],
    /// Some names are for users only.
    pub(crate) is_user: bool,
    /// Nobody may ask for one visitor.
    pub(crate) hides_visitors: bool,
}

/// Names that tell one visitor from all others.
const OF_ONE_VISITOR: [&str; 2] = ["userId", "visitorId"];

impl<'a> Context<'a> {
    /// Visitors are hidden where a site, or all of them, has no profiles (`reports.md` §12).
    pub(crate) fn new(caller: &'a Caller, sites: &'a [SiteId]) -> Self {
        let (config, named) = (&caller.config, &caller.config.settings.named);
        let is_off = named.flag(&named_setting::LOG_DISABLED) || named.flag(&named_setting::PROFILE_DISABLED);
        let has_none =
            |site: &SiteId| config.sites.get(site).is_some_and(|site| site.visit_log_disabled || site.profile_disabled);
        Self { hides_visitors: is_off || sites.iter().any(has_none), ..Self::of_subjects(caller, sites) }
    }

    /// Who asks about a person who wants to know, or to be forgotten.
    pub(crate) fn of_subjects(caller: &'a Caller, sites: &'a [SiteId]) -> Self {
        Self { config: &caller.config, sites, is_user: caller.is_user(), hides_visitors: false }
    }

    /// True when the caller may not use the name.
    fn hides(&self, name: &str) -> bool {
        self.hides_visitors && OF_ONE_VISITOR.contains(&name)
    }
}

impl Segment {
    /// Reads a definition; nothing is every visit.
    ///
    /// # Errors
    /// Those of `segments.md` §3.
    pub(crate) fn parse(text: Option<&str>, context: Context<'_>) -> Result<Option<Self>, Fault> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        let expression = grammar::parse(text)?;
        let all: Result<Vec<Clause>, Fault> = expression.all.iter().map(|any| meaning::clause(any, context)).collect();
        Self { all: all? }.bounded().map(Some)
    }

    /// What both let through.
    ///
    /// # Errors
    /// When the two together are too large.
    pub(crate) fn and(self, other: Option<Self>) -> Result<Self, Fault> {
        let all = self.all.into_iter().chain(other.unwrap_or_default().all);
        Self { all: all.collect() }.bounded()
    }
}

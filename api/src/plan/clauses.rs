//! Clauses that every statement shares.

use nagare_schema::SiteId;

use super::{
    Bound, Scope, Statement,
    segment::{self, Span},
};
use crate::{
    catalogue::{Dimension, Key, Only, TIMING_COLUMNS},
    period::{PeriodKind, Periods},
    segment::Rows,
};

/// The rows of the request's sites and days.
pub(super) const WINDOW: &str = "site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date}";

/// The actions of a condition, with the timings that came after their page view (`tracking.md` §5.7).
pub(super) fn timed_actions(condition: &str) -> String {
    let newest: Vec<String> = (1..)
        .zip(TIMING_COLUMNS)
        .map(|(number, column)| format!("if(empty(late), {column}, late[{number}]) AS {column}"))
        .collect();
    format!(
        "(SELECT * REPLACE ({newest}) FROM actions LEFT ANY JOIN (\
         SELECT action_id, argMax(after, version) AS late FROM page_timings WHERE {condition} GROUP BY action_id\
         ) AS told USING (action_id) WHERE {condition})",
        newest = newest.join(", ")
    )
}

/// The first day of the period that a row belongs to.
pub(super) fn bucket(periods: &Periods) -> &'static str {
    match periods.kind() {
        PeriodKind::Day => "day",
        PeriodKind::Week => "toMonday(day)",
        PeriodKind::Month => "toStartOfMonth(day)",
        PeriodKind::Year => "toStartOfYear(day)",
        PeriodKind::Range => "{from:Date}",
    }
}

/// True when a period has several days, whose distinct counts add up.
pub(super) fn adds_days(scope: &Scope) -> bool {
    scope.periods.kind() != PeriodKind::Day
}

/// `, a AS k0, b AS k1`.
pub(super) fn select_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    keys.into_iter().enumerate().map(|(at, key)| format!(", {key} AS k{at}")).collect()
}

/// `, k0, k1`.
pub(super) fn group_keys(count: usize) -> String {
    (0..count).map(|at| format!(", k{at}")).collect()
}

/// Rows of other tables that may belong to a visit of the window: a visit counts on the day of its
/// last action, and may have begun on the day before.
const SPAN: Span = Span("site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1");

/// ` AND …` for the rows of a table that the segment selects; empty without one.
pub(super) fn segment_on(scope: &Scope, rows: Rows) -> String {
    scope
        .segment
        .as_ref()
        .map_or_else(String::new, |segment| format!(" AND {}", segment::condition(segment, rows, SPAN)))
}

/// Binds sites, window and segment.
pub(super) fn bind(scope: &Scope, sql: String, keys: usize) -> Statement {
    let mut statement = bind_window(&scope.sites, &scope.periods, sql, keys);
    if let Some(custom) = scope.custom {
        statement = statement.bind("custom", Bound::Number(i64::from(custom)));
    }
    match &scope.segment {
        Some(segment) => segment::bind(segment, statement),
        None => statement,
    }
}

pub(super) fn bind_window(sites: &[SiteId], periods: &Periods, sql: String, keys: usize) -> Statement {
    let (from, to) = periods.window().map_or_else(Default::default, |(from, to)| (from.to_string(), to.to_string()));
    Statement::new(sql, keys)
        .bind("sites", Bound::Ids(sites.iter().map(|site| u64::from(site.0)).collect()))
        .bind("from", Bound::Text(from))
        .bind("to", Bound::Text(to))
}

/// What rows are grouped by.
#[derive(Clone, Copy)]
pub(super) struct Grouping<'a> {
    pub(super) dimension: Dimension,
    pub(super) only: Only,
    pub(super) keys: &'a [Key],
    pub(super) level: usize,
}

impl<'a> Grouping<'a> {
    pub(super) fn new(dimension: Dimension, keys: &'a [Key]) -> Self {
        Self { dimension, only: Only::All, keys, level: 0 }
    }

    /// ` AND …` for the rows of a rollup that count.
    pub(super) fn of_rollup(&self) -> String {
        match self.only {
            Only::All => String::new(),
            Only::Referrers(kinds) => format!(" AND key_1 IN ({})", numbers(kinds, "'")),
            Only::Having(key) => format!(" AND {} != ''", key.of_rollup()),
        }
    }

    /// ` AND …` for the rows of a base table that count.
    pub(super) fn of_base(&self) -> String {
        let only = match self.only {
            Only::All => String::new(),
            Only::Referrers(kinds) => format!(" AND referrer_type IN ({})", numbers(kinds, "")),
            Only::Having(key) => format!(" AND {} != ''", key.of_base()),
        };
        format!("{}{only}", self.dimension.presence())
    }
}

fn numbers(numbers: &[u8], quote: &str) -> String {
    let texts: Vec<String> = numbers.iter().map(|number| format!("{quote}{number}{quote}")).collect();
    texts.join(", ")
}

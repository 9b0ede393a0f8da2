//! All that days tell of pages, or of keywords, in one statement. What else a day tells of one counts only when it
//! was seen that day (`reports.md` §5.3), hence the joins.

use super::{
    Bound, Distinct, Part, Scope, Statement,
    actions::{Actions, Columns, PAGE_VIEW},
    clauses::{WINDOW, bind, bucket, segment_on, timed_actions},
    ranked::{REST, place},
};
use crate::{
    catalogue::{PageRole, TIMING_COLUMNS},
    period::PeriodKind,
    segment::Rows,
};

/// What is gathered.
pub(super) struct Gathered<'a> {
    pub(super) scope: &'a Scope,
    pub(super) actions: Actions,
    pub(super) columns: &'a Columns,
    /// Which rows the report keeps.
    pub(super) role: PageRole,
    /// Visits are told by their first or last row: their column, and the parts that tell them.
    pub(super) ends: &'a [End],
}

/// Visits by where they begin or end: sums, and visitors where the report tells them.
#[derive(Clone, Copy)]
pub(super) struct End {
    pub(super) column: &'static str,
    pub(super) sums: Part,
    pub(super) uniques: Option<Part>,
}

/// Whether one statement costs less than one for each part: each would read the base table anew, and the
/// timings of a rollup are told by day only when they must be.
pub(super) fn is_due(scope: &Scope) -> bool {
    scope.is_base() || (scope.distinct == Distinct::Sketch && scope.periods.kind() == PeriodKind::Day)
}

impl Gathered<'_> {
    /// The parts of pages: all but those about conversions.
    pub(super) fn plan(&self) -> (Part, Statement) {
        let mut also = vec![(Part::ActionUniques, ACTION_SUMS)];
        let mut next = ACTION_SUMS + if self.scope.is_base() { BASE_UNIQUES } else { ROLLUP_UNIQUES };
        also.push((Part::TimeSpent, next));
        next += 1;
        for end in self.ends {
            also.push((end.sums, next));
            next += END_SUMS;
            if let Some(uniques) = end.uniques {
                also.push((uniques, next));
                next += 1;
            }
        }
        let sql = format!(
            "SELECT site_id, {bucket} AS bucket, {key} AS page, {numbers} FROM {rows} GROUP BY site_id, bucket, page \
             HAVING sum(hits) != 0",
            bucket = bucket(&self.scope.periods),
            key = self.scope.top.map_or("k0".to_owned(), |top| format!("if(place <= {top}, k0, {REST})")),
            numbers = self.numbers(),
            rows = self.rows(),
        );
        let statement = Statement { also, ..bind(self.scope, sql, 1) };
        let statement = if self.scope.is_base() {
            statement
        } else {
            statement.bind("spent", Bound::Text(self.columns.spent.to_owned()))
        };
        (Part::ActionSums, statement)
    }

    /// A row for each day and page; ranked where the rows past a limit are told as one.
    fn rows(&self) -> String {
        let ends = self.ends.iter().map(|end| {
            let name = end.column;
            format!(" LEFT JOIN ({rows}) AS of_{name} USING (site_id, day, k0)", rows = self.end(name))
        });
        let joined = format!(
            "({seen}) AS seen LEFT JOIN ({spent}) AS spent USING (site_id, day, k0){ends}",
            seen = if self.scope.is_base() { self.seen() } else { self.seen_in_rollup() },
            spent = self.spent(),
            ends = ends.collect::<String>(),
        );
        if self.scope.top.is_none() {
            return joined;
        }
        // What the report does not keep takes no place.
        let keeps = match self.role {
            PageRole::All | PageRole::One => "1".to_owned(),
            PageRole::Entry => format!("{}_visits > 0", self.columns.entry),
            PageRole::Exit => format!("{}_visits > 0", self.columns.exit),
            PageRole::FollowingSearch => "following > 0".to_owned(),
        };
        format!("(SELECT *, {place} FROM {joined})", place = place(&keeps, "day", "visits"))
    }

    fn numbers(&self) -> String {
        let each = |function: &str, name: &str| {
            let timings = (1..=TIMING_COLUMNS.len()).map(|number| format!("{function}({name}_{number})"));
            timings.collect::<Vec<_>>().join(", ")
        };
        let uniques = if self.scope.is_base() {
            ", sum(prefix_0), sum(prefix_1), sum(prefix_2), sum(prefix_3), min(least_bandwidth), max(most_bandwidth), \
             argMin(first_prefix, first), toUInt32(min(day)), argMin(hits, day)"
        } else {
            ""
        };
        // A timing that came late has a row of its own, on a day without a hit perhaps.
        let end = |End { column: name, uniques, .. }: &End| {
            let visitors =
                uniques.map_or_else(String::new, |_| format!(", nullIf(sumIf({name}_visitors, hits > 0), 0)"));
            format!(
                ", nullIf(sumIf({name}_visits, hits > 0), 0), sumIf({name}_actions, hits > 0), \
                 sumIf({name}_seconds, hits > 0), sumIf({name}_bounces, hits > 0), \
                 minIf(toUInt32(day), hits > 0 AND {name}_visits != 0){visitors}"
            )
        };
        format!(
            "sum(hits), sum(following), {counts}, {sums}, {least}, {most}, sum(bandwidth_count), sum(bandwidth_sum), \
             sum(visits), sum(visitors){uniques}, sumIf(seconds, hits > 0){ends}",
            counts = each("sum", "count"),
            sums = each("sum", "sum"),
            least = each("min", "least"),
            most = each("max", "most"),
            ends = self.ends.iter().map(end).collect::<String>(),
        )
    }

    fn seen(&self) -> String {
        let timings = (1..).zip(TIMING_COLUMNS).map(|(number, column)| {
            format!(
                "countIf({column}, kind = {PAGE_VIEW}) AS count_{number}, sumIf({column}, kind = {PAGE_VIEW}) AS \
                 sum_{number}, minIf({column}, kind = {PAGE_VIEW}) AS least_{number}, \
                 maxIf({column}, kind = {PAGE_VIEW}) AS most_{number}, "
            )
        });
        format!(
            "SELECT site_id, day, ifNull({column}, '') AS k0, count() AS hits, \
             countIf(follows_search = 1 AND kind = {PAGE_VIEW}) AS following, {timings}\
             count(bandwidth) AS bandwidth_count, sum(ifNull(bandwidth, 0)) AS bandwidth_sum, \
             uniqExact(visit_id) AS visits, uniqExact(visitor_id) AS visitors, \
             countIf(url_prefix = 0) AS prefix_0, countIf(url_prefix = 1) AS prefix_1, countIf(url_prefix = 2) AS \
             prefix_2, countIf(url_prefix = 3) AS prefix_3, min(bandwidth) AS least_bandwidth, max(bandwidth) AS \
             most_bandwidth, min((at, action_id)) AS first, argMin(url_prefix, (at, action_id)) AS first_prefix \
             FROM {rows} WHERE {kinds} AND {WINDOW}{segment} GROUP BY site_id, day, k0",
            column = self.actions.column,
            timings = timings.collect::<String>(),
            rows = timed_actions(WINDOW),
            kinds = self.actions.base,
            segment = segment_on(self.scope, Rows::Actions),
        )
    }

    fn seen_in_rollup(&self) -> String {
        let timings = (1..=TIMING_COLUMNS.len()).map(|number| {
            format!(
                "sum(timings_count[{number}]) AS count_{number}, sum(timings_sum[{number}]) AS sum_{number}, \
                 minOrNullIf(timings_min[{number}], mapContains(timings_min, {number})) AS least_{number}, \
                 maxOrNullIf(timings_max[{number}], mapContains(timings_max, {number})) AS most_{number}, "
            )
        });
        format!(
            "SELECT site_id, day, key_1 AS k0, sum(action_rollup.hits) AS hits, sum(following_search) AS following, {timings}\
             sum(action_rollup.bandwidth_count) AS bandwidth_count, sum(action_rollup.bandwidth_sum) AS bandwidth_sum, \
             uniqCombined64Merge(14)(action_rollup.visits) AS visits, \
             uniqCombined64Merge(14)(action_rollup.visitors) AS visitors \
             FROM action_rollup WHERE {kinds} AND {WINDOW} GROUP BY site_id, day, k0",
            timings = timings.collect::<String>(),
            kinds = self.actions.rollup,
        )
    }

    fn spent(&self) -> String {
        if self.scope.is_base() {
            return format!(
                "SELECT site_id, day, ifNull({previous}, '') AS k0, sum(time_spent_before) AS seconds FROM actions \
                 WHERE kind != 10 AND isNotNull({previous}) AND {WINDOW}{segment} GROUP BY site_id, day, k0",
                previous = self.columns.previous,
                segment = segment_on(self.scope, Rows::Actions),
            );
        }
        format!(
            "SELECT site_id, day, key_1 AS k0, sum(time_spent) AS seconds FROM action_rollup \
             WHERE kind = {{spent:String}} AND {WINDOW} GROUP BY site_id, day, k0"
        )
    }

    /// Visits that begin or end with a page.
    fn end(&self, column: &str) -> String {
        let name = column;
        if !self.scope.is_base() {
            return format!(
                "SELECT site_id, day, key_1 AS k0, sum(visits) AS {name}_visits, sum(actions) AS {name}_actions, \
                 sum(total_time) AS {name}_seconds, sum(bounces) AS {name}_bounces, \
                 uniqCombined64Merge(14)(visitors) AS {name}_visitors FROM visit_rollup \
                 WHERE dimension = '{column}' AND {WINDOW} GROUP BY site_id, day, k0"
            );
        }
        format!(
            "SELECT site_id, day, k0, sum(own_visits) AS {name}_visits, sum(own_actions) AS {name}_actions, \
             sum(own_seconds) AS {name}_seconds, sum(own_bounces) AS {name}_bounces, \
             countIf(own_visits > 0) AS {name}_visitors FROM (\
             SELECT site_id, day, ifNull({column}, '') AS k0, visitor_id, sum(toInt64(sign)) AS own_visits, \
             sum(toInt64(actions) * sign) AS own_actions, sum(toInt64(total_time) * sign) AS own_seconds, \
             sum(if(actions <= 1, toInt64(sign), 0)) AS own_bounces FROM visits \
             WHERE isNotNull({column}) AND {WINDOW}{segment} GROUP BY site_id, day, k0, visitor_id) \
             GROUP BY site_id, day, k0",
            segment = segment_on(self.scope, Rows::Visits),
        )
    }
}

/// Numbers of [`Part::ActionSums`]; timings have four each.
const ACTION_SUMS: usize = 2 + 4 * TIMING_COLUMNS.len() + 2;
/// Numbers of [`Part::ActionUniques`].
const BASE_UNIQUES: usize = 11;
const ROLLUP_UNIQUES: usize = 2;
/// Numbers of [`Part::EntrySums`] and [`Part::ExitSums`].
const END_SUMS: usize = 5;

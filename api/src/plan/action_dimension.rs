//! Statements over the values of a custom dimension of actions, and over the pages below them.

use super::{
    Part, Plan, Scope, Statement,
    clauses::{WINDOW, adds_days, bind, bucket, group_keys, segment_on, timed_actions},
};
use crate::{catalogue::TIMING_COLUMNS, segment::Rows};

/// Values, then pages below them. Numbers: hits, visits, visitors, seconds, bounces, visits that end
/// there; of each timing views with it, their sum, least and most; bandwidth count, sum, least and most.
pub(super) fn by_value(scope: &Scope) -> Plan {
    (0..scope.levels.clamp(1, 2)).map(|level| (Part::DimensionSums(level), sums(scope, level + 1))).collect()
}

/// The time on an action stands on the next one of its visit; where the visit began, how it ended and
/// how long it was are told by the visit.
fn sums(scope: &Scope, keys: usize) -> Statement {
    let (visit, visitor) =
        if adds_days(scope) { ("(day, visit_id)", "(day, visitor_id)") } else { ("visit_id", "visitor_id") };
    let timings: String = TIMING_COLUMNS
        .iter()
        .map(|column| format!(", count({column}), sum({column}), min({column}), max({column})"))
        .collect();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{names}, count(), uniqExact({visit}), uniqExact({visitor}), \
         sum(seconds), uniqExactIf({visit}, first_page = k1 AND visit_actions <= 1), \
         uniqExactIf({visit}, last_page = k1){timings}, \
         count(bandwidth), sum(bandwidth), min(bandwidth), max(bandwidth) FROM (\
         SELECT *, dimensions[{{custom:UInt32}}] AS k0, assumeNotNull(url) AS k1, \
         leadInFrame(time_spent_before) OVER (PARTITION BY site_id, visit_id ORDER BY at, action_id \
         ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS seconds FROM {actions}) AS own \
         LEFT ANY JOIN (SELECT visit_id, argMaxIf(actions, version, sign > 0) AS visit_actions, \
         argMaxIf(ifNull(entry_url, ''), version, sign > 0) AS first_page, \
         argMaxIf(ifNull(exit_url, ''), version, sign > 0) AS last_page FROM visits \
         WHERE site_id IN {{sites:Array(UInt32)}} AND day BETWEEN {{from:Date}} AND {{to:Date}} + 1 \
         GROUP BY visit_id HAVING sum(sign) > 0) AS whole USING (visit_id) \
         WHERE isNotNull(url) AND mapContains(dimensions, {{custom:UInt32}}){segment} GROUP BY site_id, bucket{names}",
        actions = timed_actions(WINDOW),
        bucket = bucket(&scope.periods),
        names = group_keys(keys),
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, keys)
}

//! Statements over the actions of whole sites: page timings and transferred bytes.

use super::{
    Scope, Statement,
    clauses::{WINDOW, bind, bucket, segment_on, timed_actions},
};
use crate::{catalogue::TIMING_COLUMNS, segment::Rows};

/// Numbers: views with each timing, then milliseconds of each.
pub(super) fn timings(scope: &Scope) -> Statement {
    let bucket = bucket(&scope.periods);
    if !scope.is_base() {
        let sql = format!(
            "SELECT site_id, {bucket} AS bucket, sumMap(timings_count), sumMap(timings_sum) FROM action_rollup \
             WHERE kind = 'page_url' AND {WINDOW} GROUP BY site_id, bucket"
        );
        return bind(scope, sql, 0);
    }
    let each = |function: &str| TIMING_COLUMNS.map(|column| format!("{function}({column})")).join(", ");
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, {counts}, {sums} FROM {actions} \
         WHERE kind = 1 AND {WINDOW}{segment} GROUP BY site_id, bucket",
        actions = timed_actions(WINDOW),
        counts = each("count"),
        sums = each("sum"),
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 0)
}

/// Numbers: bytes of all actions, of page views, of downloads.
pub(super) fn bandwidth(scope: &Scope) -> Statement {
    let bucket = bucket(&scope.periods);
    if !scope.is_base() {
        let sql = format!(
            "SELECT site_id, {bucket} AS bucket, sum(bandwidth_sum), sumIf(bandwidth_sum, kind = 'page_url'), \
             sumIf(bandwidth_sum, kind = 'download') FROM action_rollup \
             WHERE kind IN ('page_url', 'outlink', 'download', 'search', 'event', 'content') AND {WINDOW} \
             GROUP BY site_id, bucket"
        );
        return bind(scope, sql, 0);
    }
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, sum(ifNull(bandwidth, 0)), sumIf(ifNull(bandwidth, 0), kind = 1), \
         sumIf(ifNull(bandwidth, 0), kind = 3) FROM actions WHERE {WINDOW}{segment} GROUP BY site_id, bucket",
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 0)
}

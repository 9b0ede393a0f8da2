//! Statements over visits.

use nagare_schema::SiteId;

use super::{
    Bound, Distinct, Part, Plan, Scope, Statement,
    clauses::{WINDOW, adds_days, bind, bind_window, bucket, group_keys, segment_on, select_keys},
};
use crate::{
    catalogue::{Dimension, Key},
    period::Periods,
    segment::Rows,
};

/// Numbers of [`Part::VisitSums`]: visits, actions, seconds, bounces, converted visits.
pub(super) const SUMS: &str = "sum(visits), sum(actions), sum(total_time), sum(bounces), sum(converted)";

/// The whole site; its visitors are counted once in the whole period.
pub(super) fn summary(scope: &Scope) -> Plan {
    by(scope, &Group { dimension: Dimension::All, keys: &[], level: 0, once_a_day: false })
}

/// By keys; visitors count once a day, and days add up.
pub(super) fn by_keys(scope: &Scope, dimension: Dimension, keys: &[Key], level: usize) -> Plan {
    by(scope, &Group { dimension, keys, level, once_a_day: adds_days(scope) })
}

/// Sums alone, by keys.
pub(super) fn sums(scope: &Scope, dimension: Dimension, keys: &[Key]) -> (Part, Statement) {
    let group = Group { dimension, keys, level: 0, once_a_day: false };
    let statement = if scope.is_base() { base_sums(scope, &group) } else { rollup_sums(scope, &group) };
    (Part::VisitSums(0), statement)
}

/// Visits of the sites in the whole window.
pub(super) fn size(sites: &[SiteId], periods: &Periods) -> Statement {
    let sql = format!(
        "SELECT toUInt32(0), '', sum(visits) FROM visit_rollup WHERE dimension = {{dimension:String}} AND {WINDOW}"
    );
    bind_window(sites, periods, sql, 0).bind("dimension", Bound::Text(Dimension::All.rollup_name().to_owned()))
}

struct Group<'a> {
    dimension: Dimension,
    keys: &'a [Key],
    level: usize,
    once_a_day: bool,
}

fn by(scope: &Scope, group: &Group<'_>) -> Plan {
    if scope.is_base() {
        return vec![
            (Part::VisitSums(group.level), base_sums(scope, group)),
            (Part::VisitUniques(group.level), exact(scope, group)),
        ];
    }
    let uniques = match scope.distinct {
        Distinct::Exact => exact(scope, group),
        Distinct::Sketch => sketch(scope, group),
    };
    vec![(Part::VisitSums(group.level), rollup_sums(scope, group)), (Part::VisitUniques(group.level), uniques)]
}

fn rollup_sums(scope: &Scope, group: &Group<'_>) -> Statement {
    let keys = group.keys.len();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, {SUMS} FROM visit_rollup \
         WHERE dimension = {{dimension:String}} AND {WINDOW} GROUP BY site_id, bucket{names} HAVING sum(visits) != 0",
        bucket = bucket(&scope.periods),
        select = select_keys(group.keys.iter().map(|key| key.of_rollup())),
        names = group_keys(keys),
    );
    bind(scope, sql, keys).bind("dimension", Bound::Text(group.dimension.rollup_name().to_owned()))
}

fn sketch(scope: &Scope, group: &Group<'_>) -> Statement {
    let keys = group.keys.len();
    let day = if group.once_a_day { ", day" } else { "" };
    let sql = format!(
        "SELECT site_id, bucket{names}, sum(day_visitors), sum(day_users), max(day_actions) FROM (\
         SELECT site_id, {bucket} AS bucket{select}, uniqCombined64Merge(14)(visitors) AS day_visitors, \
         uniqCombined64Merge(14)(users) AS day_users, max(max_actions) AS day_actions FROM visit_rollup \
         WHERE dimension = {{dimension:String}} AND {WINDOW} GROUP BY site_id, bucket{names}{day}) \
         GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        select = select_keys(group.keys.iter().map(|key| key.of_rollup())),
        names = group_keys(keys),
    );
    bind(scope, sql, keys).bind("dimension", Bound::Text(group.dimension.rollup_name().to_owned()))
}

/// Exact distinct counts: of the visits that no row cancels.
fn exact(scope: &Scope, group: &Group<'_>) -> Statement {
    let keys = group.keys.len();
    let (visitor, user) =
        if group.once_a_day { ("(live_day, visitor_id)", "(live_day, user_id)") } else { ("visitor_id", "user_id") };
    let sql = format!(
        "SELECT site_id, bucket{names}, uniqExact({visitor}), uniqExactIf({user}, user_id != ''), max(live_actions) \
         FROM (SELECT site_id, day AS live_day, {bucket} AS bucket{select}, visitor_id, user_id, actions AS live_actions \
         FROM visits WHERE {WINDOW}{segment} GROUP BY site_id, day, bucket{names}, visitor_id, user_id, actions \
         HAVING sum(sign) > 0) GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        select = select_keys(group.keys.iter().map(|key| key.of_base())),
        names = group_keys(keys),
        segment = segment_on(scope, Rows::Visits),
    );
    bind(scope, sql, keys)
}

/// The sums of the rollup, from the base table: exact under cancelling rows.
fn base_sums(scope: &Scope, group: &Group<'_>) -> Statement {
    let keys = group.keys.len();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, sum(toInt64(sign)), sum(toInt64(actions) * sign), \
         sum(toInt64(total_time) * sign), sum(if(actions <= 1, toInt64(sign), 0)), \
         sum(if(converted = 1, toInt64(sign), 0)) FROM visits WHERE {WINDOW}{segment} \
         GROUP BY site_id, bucket{names} HAVING sum(toInt64(sign)) != 0",
        bucket = bucket(&scope.periods),
        select = select_keys(group.keys.iter().map(|key| key.of_base())),
        names = group_keys(keys),
        segment = segment_on(scope, Rows::Visits),
    );
    bind(scope, sql, keys)
}

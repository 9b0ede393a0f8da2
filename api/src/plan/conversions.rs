//! Statements over conversions: by the attributes that the conversion itself carries. The goal is
//! the last key.

use super::{
    Bound, Distinct, Part, Plan, Scope, Statement,
    clauses::{Grouping, WINDOW, adds_days, bind, bucket, group_keys, segment_on, select_keys},
    visits,
};
use crate::{
    catalogue::{Dimension, Key, Ranges},
    segment::Rows,
};

const MONEY: [&str; 6] = ["revenue_e4", "subtotal_e4", "tax_e4", "shipping_e4", "discount_e4", "items"];

pub(super) fn by_keys(scope: &Scope, group: &Grouping<'_>) -> Plan {
    let keys: Vec<Key> = group.keys.iter().map(|key| key.of_conversions()).collect();
    let group = &Grouping { keys: &keys, ..*group };
    let visits = match (scope.is_base(), scope.distinct) {
        (true, _) | (_, Distinct::Exact) => exact(scope, group),
        (false, Distinct::Sketch) => sketch(scope, group),
    };
    vec![(Part::ConversionSums(group.level), sums_by(scope, group)), (Part::ConversionVisits(group.level), visits)]
}

fn sums_by(scope: &Scope, group: &Grouping<'_>) -> Statement {
    if scope.is_base() { base_sums(scope, group) } else { rollup_sums(scope, group) }
}

/// By what kind of visitor it was, beside the visits themselves.
pub(super) fn summary(scope: &Scope) -> Plan {
    let keys = &[Key::Returning];
    let mut plan = vec![visits::sums(scope, Dimension::Returning, keys)];
    plan.extend(by_keys(scope, &Grouping::new(Dimension::Returning, keys)));
    plan
}

/// By a number, beside the visits of the whole site.
pub(super) fn ranges(scope: &Scope, ranges: &Ranges) -> Plan {
    let keys = &[ranges.key];
    let sums = sums_by(scope, &Grouping::new(ranges.dimension, keys));
    vec![visits::sums(scope, Dimension::All, &[]), (Part::ConversionSums(0), sums)]
}

/// By goal alone.
pub(super) fn sums(scope: &Scope) -> Statement {
    sums_by(scope, &Grouping::new(Dimension::All, &[]))
}

fn keys_of_rollup(keys: &[Key]) -> String {
    select_keys(keys.iter().map(|key| key.of_rollup()).chain(["toString(goal)"]))
}

fn keys_of_base(keys: &[Key]) -> String {
    select_keys(keys.iter().map(|key| key.of_base()).chain(["toString(goal)"]))
}

fn rollup_sums(scope: &Scope, group: &Grouping<'_>) -> Statement {
    let keys = group.keys;
    let sums: String = MONEY.iter().map(|column| format!(", sum({column})")).collect();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, sum(conversions){sums} FROM conversion_rollup \
         WHERE dimension = {{dimension:String}} AND {WINDOW}{only} GROUP BY site_id, bucket{names} \
         HAVING sum(conversions) != 0",
        bucket = bucket(&scope.periods),
        only = group.of_rollup(),
        select = keys_of_rollup(keys),
        names = group_keys(keys.len() + 1),
    );
    bind(scope, sql, keys.len() + 1).bind("dimension", Bound::Text(group.dimension.rollup_name().to_owned()))
}

fn base_sums(scope: &Scope, group: &Grouping<'_>) -> Statement {
    let keys = group.keys;
    let sums: String = MONEY.iter().map(|column| format!(", sum(toInt64({column}) * sign)")).collect();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, sum(toInt64(sign)){sums} FROM conversions{unfolding} \
         WHERE {WINDOW}{only}{segment} GROUP BY site_id, bucket{names} HAVING sum(toInt64(sign)) != 0",
        bucket = bucket(&scope.periods),
        unfolding = group.dimension.unfolding(),
        only = group.of_base(),
        select = keys_of_base(keys),
        names = group_keys(keys.len() + 1),
        segment = segment_on(scope, Rows::Conversions),
    );
    bind(scope, sql, keys.len() + 1)
}

fn exact(scope: &Scope, group: &Grouping<'_>) -> Statement {
    let keys = group.keys;
    let visit = if adds_days(scope) { "(live_day, visit_id)" } else { "visit_id" };
    let sql = format!(
        "SELECT site_id, bucket{names}, uniqExact({visit}) FROM (\
         SELECT site_id, day AS live_day, {bucket} AS bucket{select}, visit_id FROM conversions{unfolding} \
         WHERE {WINDOW}{only}{segment} GROUP BY site_id, day, bucket{names}, visit_id HAVING sum(sign) > 0) \
         GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        unfolding = group.dimension.unfolding(),
        only = group.of_base(),
        select = keys_of_base(keys),
        names = group_keys(keys.len() + 1),
        segment = segment_on(scope, Rows::Conversions),
    );
    bind(scope, sql, keys.len() + 1)
}

fn sketch(scope: &Scope, group: &Grouping<'_>) -> Statement {
    let keys = group.keys;
    let sql = format!(
        "SELECT site_id, bucket{names}, sum(day_visits) FROM (\
         SELECT site_id, {bucket} AS bucket{select}, uniqCombined64Merge(14)(visits) AS day_visits \
         FROM conversion_rollup WHERE dimension = {{dimension:String}} AND {WINDOW}{only} \
         GROUP BY site_id, bucket{names}, day) GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        only = group.of_rollup(),
        select = keys_of_rollup(keys),
        names = group_keys(keys.len() + 1),
    );
    bind(scope, sql, keys.len() + 1).bind("dimension", Bound::Text(group.dimension.rollup_name().to_owned()))
}

//! Statements over visits.

use nagare_schema::SiteId;

use super::{
    Bound, Distinct, Part, Plan, Scope, Statement,
    clauses::{Grouping, WINDOW, adds_days, bind, bind_window, bucket, group_keys, segment_on, select_keys},
    ranked::{REST, place},
};
use crate::{
    catalogue::{Dimension, Key},
    period::Periods,
    segment::Rows,
};

/// Numbers of the first [`Part::Distinct`] about referrers: engines, networks, keywords, websites, campaigns.
const REFERRERS: &str = "uniqExactIf(k1, k0 = '2'), uniqExactIf(k1, k0 = '7'), uniqExactIf(k2, k0 = '2'), \
    uniqExactIf(k1, k0 = '3'), uniqExactIf(k1, k0 = '6')";

/// Referrers of the rollup with what their visitors are counted by once more: of pages that is their URL,
/// which another dimension holds.
const REFERRER_PARTS: &str = "(SELECT site_id, day, 'referrer' AS dimension, r.key_1 AS key_1, r.key_2 AS key_2, \
    if(r.dimension = 'referrer_url', '', r.key_3) AS key_3, r.key_3 AS part, visits, actions, total_time, \
    bounces, converted, visitors, users, max_actions, note FROM visit_rollup AS r WHERE WINDOW AND (r.dimension = 'referrer_url' \
    OR (r.dimension = 'referrer' AND r.key_1 NOT IN ('3', '7', '8'))))";

/// Numbers of [`Part::VisitSums`]: visits, actions, seconds, bounces, converted visits.
const SUMS: &str = "sum(visits), sum(actions), sum(total_time), sum(bounces), sum(converted)";

const SUMS_COUNT: usize = 5;
/// Numbers of [`Part::VisitUniques`]: visitors, users, most actions of a visit.
const UNIQUES_COUNT: usize = 3;

/// The whole site; its visitors are counted once in the whole period.
pub(super) fn summary(scope: &Scope) -> Plan {
    by(scope, &Group { of: Grouping::new(Dimension::All, &[]), once_a_day: false })
}

/// New visitors and others, each counted once in the whole period.
pub(super) fn frequency(scope: &Scope) -> Plan {
    by(scope, &Group { of: Grouping::new(Dimension::Returning, &[Key::Loyalty]), once_a_day: false })
}

/// By keys; visitors count once a day, and days add up.
pub(super) fn by_keys(scope: &Scope, grouping: &Grouping<'_>) -> Plan {
    let mut plan = by(scope, &Group { of: *grouping, once_a_day: adds_days(scope) });
    let told = plan.iter().any(|(_, statement)| statement.also.iter().any(|(part, _)| *part == Part::Notes));
    if grouping.dimension == Dimension::City && !told {
        plan.push((Part::Notes, notes(scope, grouping)));
    }
    plan
}

/// Visits of the dimension, by keys.
pub(super) fn sums(scope: &Scope, dimension: Dimension, keys: &[Key]) -> (Part, Statement) {
    let group = Group { of: Grouping::new(dimension, keys), once_a_day: false };
    let statement = if scope.is_base() { base_sums(scope, &group) } else { rollup_sums(scope, &group) };
    (Part::VisitSums(0), statement)
}

/// How many different things referred visitors: see [`REFERRERS`].
pub(super) fn referrers(scope: &Scope) -> Plan {
    let keys = [Key::ReferrerType, Key::ReferrerName, Key::ReferrerKeyword];
    let urls = [Key::ReferrerType, Key::ReferrerName, Key::ReferrerUrl];
    let distinct = |dimension, keys, counts| {
        let group = Group { of: Grouping::new(dimension, keys), once_a_day: false };
        let rows = if scope.is_base() { base_sums(scope, &group) } else { rollup_sums(scope, &group) };
        let sql = format!("SELECT site_id, bucket, {counts} FROM ({}) GROUP BY site_id, bucket", rows.sql);
        Statement { sql, params: rows.params, keys: 0, also: Vec::new() }
    };
    vec![
        sums(scope, Dimension::Referrer, &[Key::ReferrerType]),
        (Part::Distinct(0), distinct(Dimension::Referrer, &keys, REFERRERS)),
        (Part::Distinct(1), distinct(Dimension::ReferrerUrl, &urls, "uniqExactIf(k2, k0 = '3')")),
    ]
}

/// In how many countries visitors were.
pub(super) fn countries(scope: &Scope) -> Plan {
    let (_, rows) = sums(scope, Dimension::Country, &[Key::Country]);
    let sql = format!("SELECT site_id, bucket, uniqExact(k0) FROM ({}) GROUP BY site_id, bucket", rows.sql);
    vec![(Part::Distinct(0), Statement { sql, params: rows.params, keys: 0, also: Vec::new() })]
}

/// Visits of the sites in the whole window.
pub(super) fn size(sites: &[SiteId], periods: &Periods) -> Statement {
    let sql = format!(
        "SELECT toUInt32(0), '', sum(visits) FROM visit_rollup WHERE dimension = {{dimension:String}} AND {WINDOW}"
    );
    bind_window(sites, periods, sql, 0).bind("dimension", Bound::Text(Dimension::All.rollup_name().to_owned()))
}

/// By keys of a dimension; visitors count once in the whole period.
pub(super) fn once(scope: &Scope, dimension: Dimension, keys: &[Key]) -> Plan {
    by(scope, &Group { of: Grouping::new(dimension, keys), once_a_day: false })
}

/// The same by any keys, from the visits themselves.
pub(super) fn of_base(scope: &Scope, keys: &[Key]) -> Plan {
    let group = Group { of: Grouping::new(Dimension::All, keys), once_a_day: false };
    vec![(Part::VisitSums(0), base_sums(scope, &group)), (Part::VisitUniques(0), exact(scope, &group))]
}

struct Group<'a> {
    of: Grouping<'a>,
    once_a_day: bool,
}

fn by(scope: &Scope, group: &Group<'_>) -> Plan {
    let (sums, uniques) = (Part::VisitSums(group.of.level), Part::VisitUniques(group.of.level));
    if scope.is_base() {
        return vec![(sums, base_sums(scope, group)), (uniques, exact(scope, group))];
    }
    match scope.distinct {
        Distinct::Exact => vec![(sums, rollup_sums(scope, group)), (uniques, exact(scope, group))],
        Distinct::Sketch => vec![(sums, sketch(scope, group))],
    }
}

fn rollup_sums(scope: &Scope, group: &Group<'_>) -> Statement {
    let keys = group.of.keys.len();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, {SUMS} FROM visit_rollup \
         WHERE dimension = {{dimension:String}} AND {WINDOW}{only} GROUP BY site_id, bucket{names} HAVING sum(visits) != 0",
        bucket = bucket(&scope.periods),
        only = group.of.of_rollup(),
        select = select_keys(group.of.keys.iter().map(|key| key.of_rollup())),
        names = group_keys(keys),
    );
    bind(scope, sql, keys).bind("dimension", Bound::Text(group.of.dimension.rollup_name().to_owned()))
}

/// Sums and distinct counts at once; places of cities, too.
fn sketch(scope: &Scope, group: &Group<'_>) -> Statement {
    let keys = group.of.keys.len();
    let names = group_keys(keys);
    let (table, parts) = match group.of.dimension {
        Dimension::Referrer => (REFERRER_PARTS.replace("WINDOW", WINDOW), ", key_1, key_2, part"),
        dimension => ("visit_rollup".to_owned(), dimension.parts_of_rollup()),
    };
    let mut also = vec![(Part::VisitUniques(group.of.level), SUMS_COUNT)];
    let mut numbers = "sum(n_visits), sum(n_actions), sum(n_time), sum(n_bounces), sum(n_converted), \
        sum(n_visitors), sum(n_users), max(n_most)"
        .to_owned();
    if group.of.dimension == Dimension::City {
        also.push((Part::Notes, SUMS_COUNT + UNIQUES_COUNT));
        numbers +=
            ", toFloat64OrNull(splitByChar(' ', max(n_note))[1]), toFloat64OrNull(splitByChar(' ', max(n_note))[2])";
    }
    let rows = format!(
        "SELECT site_id, {bucket} AS bucket{select}, sum(visits) AS n_visits, sum(actions) AS n_actions, \
         sum(total_time) AS n_time, sum(bounces) AS n_bounces, sum(converted) AS n_converted, \
         uniqCombined64Merge(14)(visitors) AS n_visitors, uniqCombined64Merge(14)(users) AS n_users, \
         max(max_actions) AS n_most, max(note) AS n_note FROM {table} \
         WHERE dimension = {{dimension:String}} AND {WINDOW}{only} GROUP BY site_id, bucket{names}{day}{parts}",
        bucket = bucket(&scope.periods),
        select = select_keys(group.of.keys.iter().map(|key| key.of_rollup())),
        only = group.of.of_rollup(),
        day = if group.once_a_day { ", day" } else { "" },
    );
    let (told, rows) = match scope.top {
        Some(top) => ranked(top, keys, &rows),
        None => (names, format!("({rows})")),
    };
    let sql = format!(
        "SELECT site_id, bucket{told}, {numbers} FROM {rows} GROUP BY site_id, bucket{told} HAVING sum(n_visits) != 0"
    );
    let statement = bind(scope, sql, keys).bind("dimension", Bound::Text(group.of.dimension.rollup_name().to_owned()));
    Statement { also, ..statement }
}

/// The keys of the rows that are told, and the rows with their places. What has no last key takes none: several
/// such rows may be one.
fn ranked(top: usize, keys: usize, rows: &str) -> (String, String) {
    let last = keys.saturating_sub(1);
    let rest = |at: usize| if at == last { REST } else { "''" };
    let told = (0..keys).map(|at| format!(", if(place <= {top}, k{at}, {rest})", rest = rest(at))).collect();
    let place = place(&format!("k{last} != ''"), "bucket", "n_visits");
    (told, format!("(SELECT *, {place} FROM ({rows}))"))
}

/// Exact distinct counts: of the visits that no row cancels.
fn exact(scope: &Scope, group: &Group<'_>) -> Statement {
    let keys = group.of.keys.len();
    let (visitor, user) =
        if group.once_a_day { ("(live_day, visitor_id)", "(live_day, user_id)") } else { ("visitor_id", "user_id") };
    let parts = group.of.dimension.parts_of_base();
    let sql = format!(
        "SELECT site_id, bucket{names}, uniqExact({visitor}{parts}), uniqExactIf({user}{parts}, user_id != ''), \
         max(live_actions) FROM (SELECT site_id, day AS live_day, {bucket} AS bucket{select}{parts}, visitor_id, user_id, \
         actions AS live_actions FROM visits{unfolding} WHERE {WINDOW}{only}{segment} \
         GROUP BY site_id, day, bucket{names}{parts}, visitor_id, user_id, actions \
         HAVING sum(sign) > 0) GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        unfolding = group.of.dimension.unfolding(),
        only = group.of.of_base(),
        select = select_keys(group.of.keys.iter().map(|key| key.of_base())),
        names = group_keys(keys),
        segment = segment_on(scope, Rows::Visits),
    );
    bind(scope, sql, keys)
}

/// The sums of the rollup, from the base table: exact under cancelling rows.
fn base_sums(scope: &Scope, group: &Group<'_>) -> Statement {
    let keys = group.of.keys.len();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, sum(toInt64(sign)), sum(toInt64(actions) * sign), \
         sum(toInt64(total_time) * sign), sum(if(actions <= 1, toInt64(sign), 0)), \
         sum(if(converted = 1, toInt64(sign), 0)) FROM visits{unfolding} WHERE {WINDOW}{only}{segment} \
         GROUP BY site_id, bucket{names} HAVING sum(toInt64(sign)) != 0",
        bucket = bucket(&scope.periods),
        unfolding = group.of.dimension.unfolding(),
        only = group.of.of_base(),
        select = select_keys(group.of.keys.iter().map(|key| key.of_base())),
        names = group_keys(keys),
        segment = segment_on(scope, Rows::Visits),
    );
    bind(scope, sql, keys)
}

/// What rows show beside their numbers: of cities, latitude and longitude.
fn notes(scope: &Scope, grouping: &Grouping<'_>) -> Statement {
    const PLACE: &str = "maxIf(latitude, sign > 0), maxIf(longitude, sign > 0)";
    let keys = grouping.keys.len();
    let select = |keys: &[Key], of: fn(Key) -> &'static str| select_keys(keys.iter().map(|key| of(*key)));
    if scope.is_base() {
        let sql = format!(
            "SELECT site_id, {bucket} AS bucket{select}, {PLACE} FROM visits WHERE {WINDOW}{segment} \
             GROUP BY site_id, bucket{names}",
            bucket = bucket(&scope.periods),
            select = select(grouping.keys, Key::of_base),
            names = group_keys(keys),
            segment = segment_on(scope, Rows::Visits),
        );
        return bind(scope, sql, keys);
    }
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, toFloat64OrNull(splitByChar(' ', max(note))[1]), \
         toFloat64OrNull(splitByChar(' ', max(note))[2]) FROM visit_rollup \
         WHERE dimension = {{dimension:String}} AND {WINDOW} GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        select = select(grouping.keys, Key::of_rollup),
        names = group_keys(keys),
    );
    bind(scope, sql, keys).bind("dimension", Bound::Text(grouping.dimension.rollup_name().to_owned()))
}

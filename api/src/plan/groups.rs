//! Statements over events, contents and categories of site search.

use super::{
    Distinct, Part, Plan, Scope, Statement,
    clauses::{WINDOW, bind, bucket, group_keys, segment_on, select_keys},
};
use crate::{
    catalogue::{ActionGroup, ActionKey},
    segment::Rows,
};

impl ActionGroup {
    /// Condition on `action_rollup`.
    fn of_rollup(self) -> &'static str {
        match self {
            Self::Events => "kind = 'event'",
            Self::Contents => "kind = 'content'",
            Self::SearchCategories => "kind = 'search_category' AND key_1 != ''",
        }
    }

    /// Condition on `actions`.
    fn of_base(self) -> &'static str {
        match self {
            Self::Events => "kind = 10",
            Self::Contents => "kind = 13",
            Self::SearchCategories => "kind = 8 AND search_category != ''",
        }
    }
}

impl ActionKey {
    fn of_rollup(self) -> &'static str {
        match self {
            Self::EventCategory | Self::ContentName | Self::SearchCategory => "key_1",
            Self::EventAction | Self::ContentPiece => "key_2",
            Self::EventName | Self::ContentTarget => "key_3",
        }
    }

    fn of_base(self) -> &'static str {
        match self {
            Self::EventCategory => "event_category",
            Self::EventAction => "event_action",
            Self::EventName => "ifNull(name, '')",
            Self::ContentName => "content_name",
            Self::ContentPiece => "content_piece",
            Self::ContentTarget => "content_target",
            Self::SearchCategory => "search_category",
        }
    }
}

/// The rows of a group, and below each first key those of every second one.
pub(super) fn by_keys(scope: &Scope, group: ActionGroup, first: ActionKey, seconds: &[ActionKey]) -> Plan {
    let mut plan = level(scope, group, &[first], None);
    // Whether there is anything below a row is only known from the rows below.
    for second in seconds {
        plan.extend(level(scope, group, &[first, *second], Some(*second)));
    }
    plan
}

fn level(scope: &Scope, group: ActionGroup, keys: &[ActionKey], second: Option<ActionKey>) -> Plan {
    let sums = if scope.is_base() { base_sums(scope, group, keys) } else { rollup_sums(scope, group, keys) };
    let uniques = match (scope.is_base(), scope.distinct) {
        (false, Distinct::Sketch) => sketch(scope, group, keys),
        _ => exact(scope, group, keys),
    };
    vec![(Part::GroupSums(second), sums), (Part::GroupUniques(second), uniques)]
}

/// Numbers: actions, interactions, values: count, sum, least, most.
fn rollup_sums(scope: &Scope, group: ActionGroup, keys: &[ActionKey]) -> Statement {
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, sum(hits), sum(interactions), sum(values_count), \
         sum(values_sum), min(values_min), max(values_max) FROM action_rollup WHERE {kinds} AND {WINDOW} \
         GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        select = select_keys(keys.iter().map(|key| key.of_rollup())),
        kinds = group.of_rollup(),
        names = group_keys(keys.len()),
    );
    bind(scope, sql, keys.len())
}

fn base_sums(scope: &Scope, group: ActionGroup, keys: &[ActionKey]) -> Statement {
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket{select}, count(), countIf(content_interaction != ''), \
         count(event_value), sum(ifNull(event_value, 0)), min(event_value), max(event_value) FROM actions \
         WHERE {kinds} AND {WINDOW}{segment} GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        select = select_keys(keys.iter().map(|key| key.of_base())),
        kinds = group.of_base(),
        names = group_keys(keys.len()),
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, keys.len())
}

/// Numbers: visits and visitors, counted once a day for each of the group's whole keys: what a row
/// sums counts them as often as it sums (`reports.md` §10). Interactions are told of impressions.
fn exact(scope: &Scope, group: ActionGroup, keys: &[ActionKey]) -> Statement {
    let names = group_keys(keys.len());
    let sql = format!(
        "SELECT site_id, bucket{names}, sum(key_visits), sum(key_visitors) FROM (\
         SELECT site_id, {bucket} AS bucket{select}, uniqExactIf(visit_id, content_interaction = '') AS key_visits, \
         uniqExactIf(visitor_id, content_interaction = '') AS key_visitors FROM actions WHERE {kinds} AND {WINDOW}{segment} \
         GROUP BY site_id, bucket{names}, day, {whole}) GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        select = select_keys(keys.iter().map(|key| key.of_base())),
        kinds = group.of_base(),
        whole = whole_keys(group, ActionKey::of_base),
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, keys.len())
}

fn sketch(scope: &Scope, group: ActionGroup, keys: &[ActionKey]) -> Statement {
    let names = group_keys(keys.len());
    let sql = format!(
        "SELECT site_id, bucket{names}, sum(key_visits), sum(key_visitors) FROM (\
         SELECT site_id, {bucket} AS bucket{select}, uniqCombined64Merge(14)(visits) AS key_visits, \
         uniqCombined64Merge(14)(visitors) AS key_visitors FROM action_rollup WHERE {kinds} AND {WINDOW} \
         GROUP BY site_id, bucket{names}, day, {whole} HAVING sum(hits) > sum(interactions)) GROUP BY site_id, bucket{names}",
        bucket = bucket(&scope.periods),
        select = select_keys(keys.iter().map(|key| key.of_rollup())),
        kinds = group.of_rollup(),
        whole = whole_keys(group, ActionKey::of_rollup),
    );
    bind(scope, sql, keys.len())
}

/// All that tells the actions of a group apart.
fn whole_keys(group: ActionGroup, expression: fn(ActionKey) -> &'static str) -> String {
    let keys: &[ActionKey] = match group {
        ActionGroup::Events => &[ActionKey::EventCategory, ActionKey::EventAction, ActionKey::EventName],
        ActionGroup::Contents => &[ActionKey::ContentName, ActionKey::ContentPiece, ActionKey::ContentTarget],
        ActionGroup::SearchCategories => &[ActionKey::SearchCategory],
    };
    keys.iter().map(|key| expression(*key)).collect::<Vec<_>>().join(", ")
}

//! Statements over actions, and over visits by their first and last page.

use super::{
    Bound, Distinct, Part, Plan, Scope, Statement,
    clauses::{WINDOW, adds_days, bind, bucket, segment_on, timed_actions},
    gathered::{self, End, Gathered},
};
use crate::{
    catalogue::{Click, PageField, PageRole, TIMING_COLUMNS},
    segment::Rows,
};

/// Columns of a field: in `actions`, before it, and where a visit begins and ends.
pub(super) struct Columns {
    pub(super) own: &'static str,
    pub(super) previous: &'static str,
    pub(super) entry: &'static str,
    pub(super) exit: &'static str,
    pub(super) spent: &'static str,
}

impl PageField {
    pub(super) fn columns(self) -> Columns {
        match self {
            Self::Url => Columns {
                own: "url",
                previous: "previous_url",
                entry: "entry_url",
                exit: "exit_url",
                spent: "spent_url",
            },
            Self::Title => Columns {
                own: "name",
                previous: "previous_name",
                entry: "entry_title",
                exit: "exit_title",
                spent: "spent_title",
            },
        }
    }
}

impl Columns {
    fn entering(&self) -> End {
        End { column: self.entry, sums: Part::EntrySums, uniques: Some(Part::EntryUniques) }
    }

    fn leaving(&self) -> End {
        End { column: self.exit, sums: Part::ExitSums, uniques: Some(Part::ExitUniques) }
    }
}

/// `actions.kind` of a page view.
pub(super) const PAGE_VIEW: u32 = 1;
/// `actions.kind` of a site search.
const SEARCH: u32 = 8;

/// Which actions rows are made of, and the column that tells them apart.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    /// Condition on `action_rollup`.
    pub(super) rollup: &'static str,
    /// Condition on `actions`.
    pub(super) base: &'static str,
    pub(super) column: &'static str,
}

impl Actions {
    /// Clicks on what is no URL count as views of a page without one.
    const PAGE_URLS: Self = Self {
        rollup: "(kind = 'page_url' OR (kind IN ('outlink', 'download') AND key_1 = ''))",
        base: "(kind = 1 OR (kind IN (2, 3) AND ifNull(url, '') = ''))",
        column: "url",
    };
    const PAGE_TITLES: Self = Self { rollup: "kind = 'page_title'", base: "kind = 1", column: "name" };
    const OUTLINKS: Self =
        Self { rollup: "kind = 'outlink' AND key_1 != ''", base: "kind = 2 AND ifNull(url, '') != ''", column: "url" };
    const DOWNLOADS: Self =
        Self { rollup: "kind = 'download' AND key_1 != ''", base: "kind = 3 AND ifNull(url, '') != ''", column: "url" };

    const SEARCHES: Self = Self { rollup: "kind = 'search'", base: "kind = 8", column: "name" };

    fn of_field(field: PageField) -> Self {
        match field {
            PageField::Url => Self::PAGE_URLS,
            PageField::Title => Self::PAGE_TITLES,
        }
    }

    fn of_click(click: Click) -> Self {
        match click {
            Click::Outlink => Self::OUTLINKS,
            Click::Download => Self::DOWNLOADS,
        }
    }
}

pub(super) fn pages(scope: &Scope, field: PageField, role: PageRole) -> Plan {
    let columns = field.columns();
    let actions = Actions::of_field(field);
    let mut plan = if gathered::is_due(scope) {
        vec![
            Gathered { scope, actions, columns: &columns, role, ends: &[columns.entering(), columns.leaving()] }.plan(),
        ]
    } else {
        vec![
            (Part::ActionSums, sums(scope, actions)),
            (Part::ActionUniques, uniques(scope, actions)),
            (Part::TimeSpent, time_spent(scope, actions, &columns)),
            (Part::EntrySums, visit_sums(scope, actions, columns.entry)),
            (Part::EntryUniques, visit_uniques(scope, actions, columns.entry)),
            (Part::ExitSums, visit_sums(scope, actions, columns.exit)),
            (Part::ExitUniques, visit_uniques(scope, actions, columns.exit)),
        ]
    };
    if role.has_goals() {
        plan.push((Part::GoalTotals, goal_totals(scope)));
        plan.push((Part::PageGoals, page_goals(scope, columns.own, field)));
        plan.push((Part::EntryGoals, entry_goals(scope, columns.entry, field)));
    }
    plan
}

pub(super) fn clicks(scope: &Scope, click: Click) -> Plan {
    let actions = Actions::of_click(click);
    vec![(Part::ActionSums, sums(scope, actions)), (Part::ActionUniques, uniques(scope, actions))]
}

/// Keywords of searches; those without result apart.
pub(super) fn searches(scope: &Scope, no_results: bool) -> Plan {
    let (actions, columns) = (Actions::SEARCHES, PageField::Title.columns());
    let mut plan = if gathered::is_due(scope) {
        let leaving = End { uniques: None, ..columns.leaving() };
        vec![Gathered { scope, actions, columns: &columns, role: PageRole::All, ends: &[leaving] }.plan()]
    } else {
        vec![
            (Part::ActionSums, sums(scope, actions)),
            (Part::ActionUniques, uniques(scope, actions)),
            (Part::TimeSpent, time_spent(scope, actions, &columns)),
            (Part::ExitSums, visit_sums(scope, actions, columns.exit)),
        ]
    };
    if no_results {
        plan.push((Part::SearchesWithoutResult, without_result(scope)));
    }
    plan
}

/// Keywords whose highest count of results was 0 on some day; those that never told one are none.
fn without_result(scope: &Scope) -> Statement {
    let sql = format!(
        "SELECT site_id, bucket, k0, count() FROM (SELECT site_id, {bucket} AS bucket, ifNull(name, '') AS k0 \
         FROM actions WHERE kind = {SEARCH} AND {WINDOW}{segment} GROUP BY site_id, bucket, day, k0 \
         HAVING max(search_count) = 0) GROUP BY site_id, bucket, k0",
        bucket = bucket(&scope.periods),
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 1)
}

/// Numbers: hits, after a search, then by timing: count, sum, minimum, maximum; bandwidth count and sum.
fn sums(scope: &Scope, actions: Actions) -> Statement {
    let bucket = bucket(&scope.periods);
    if !scope.is_base() {
        let sql = format!(
            "SELECT site_id, {bucket} AS bucket, key_1 AS k0, sum(hits), sum(following_search), \
             sumMap(timings_count), sumMap(timings_sum), minMap(timings_min), maxMap(timings_max), \
             sum(bandwidth_count), sum(bandwidth_sum) FROM action_rollup \
             WHERE {kinds} AND {WINDOW} GROUP BY site_id, bucket, k0 HAVING sum(hits) != 0",
            kinds = actions.rollup,
        );
        return bind(scope, sql, 1);
    }
    let each = |function: &str| {
        let parts = TIMING_COLUMNS.map(|column| format!("{function}If({column}, kind = {PAGE_VIEW})"));
        format!("[{}]", parts.join(", "))
    };
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, ifNull({column}, '') AS k0, count(), \
         countIf(follows_search = 1 AND kind = 1), {count}, {sum}, {min}, {max}, \
         count(bandwidth), sum(ifNull(bandwidth, 0)) FROM {rows} \
         WHERE {kinds} AND {WINDOW}{segment} GROUP BY site_id, bucket, k0",
        rows = timed_actions(WINDOW),
        kinds = actions.base,
        column = actions.column,
        count = each("count"),
        sum = each("sum"),
        min = each("min"),
        max = each("max"),
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 1)
}

/// Numbers: visits and visitors, counted once a day; from the base also hits by URL prefix, least
/// and most bandwidth, the prefix of the first hit, and the first day with its hits.
fn uniques(scope: &Scope, actions: Actions) -> Statement {
    let bucket = bucket(&scope.periods);
    if scope.distinct == Distinct::Sketch && !scope.is_base() {
        let sql = format!(
            "SELECT site_id, bucket, k0, sum(day_visits), sum(day_visitors) FROM (\
             SELECT site_id, {bucket} AS bucket, key_1 AS k0, uniqCombined64Merge(14)(visits) AS day_visits, \
             uniqCombined64Merge(14)(visitors) AS day_visitors FROM action_rollup \
             WHERE {kinds} AND {WINDOW} GROUP BY site_id, bucket, k0, day) GROUP BY site_id, bucket, k0",
            kinds = actions.rollup,
        );
        return bind(scope, sql, 1);
    }
    let (visit, visitor) =
        if adds_days(scope) { ("(day, visit_id)", "(day, visitor_id)") } else { ("visit_id", "visitor_id") };
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, ifNull({column}, '') AS k0, uniqExact({visit}), uniqExact({visitor}), \
         countIf(url_prefix = 0), countIf(url_prefix = 1), countIf(url_prefix = 2), countIf(url_prefix = 3), \
         min(bandwidth), max(bandwidth), argMin(url_prefix, (at, action_id)), \
         toUInt32(min(day)), tupleElement(sumMap([day], [1]), 2)[1] FROM actions \
         WHERE {kinds} AND {WINDOW}{segment} GROUP BY site_id, bucket, k0",
        kinds = actions.base,
        column = actions.column,
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 1)
}

/// Only pages with a hit on the same day count (`reports.md` §5.3). A set of numbers takes a quarter of
/// the time of one of texts.
fn had_hits(actions: Actions, page: &str) -> String {
    format!(
        " AND cityHash64(site_id, day, {page}) IN (SELECT cityHash64(site_id, day, key_1) FROM action_rollup \
         WHERE {kinds} AND {WINDOW} AND hits > 0)",
        kinds = actions.rollup,
    )
}

fn time_spent(scope: &Scope, actions: Actions, columns: &Columns) -> Statement {
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, key_1 AS k0, sum(time_spent) FROM action_rollup \
         WHERE kind = {{kind:String}} AND {WINDOW}{had_hits} GROUP BY site_id, bucket, k0",
        bucket = bucket(&scope.periods),
        had_hits = had_hits(actions, "key_1"),
    );
    bind(scope, sql, 1).bind("kind", Bound::Text(columns.spent.to_owned()))
}

/// Visits by first or last page. Numbers: visits, actions, seconds, bounces, the first day.
fn visit_sums(scope: &Scope, actions: Actions, column: &'static str) -> Statement {
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, key_1 AS k0, sum(visits), sum(actions), sum(total_time), sum(bounces), \
         toUInt32(min(day)) FROM visit_rollup WHERE dimension = {{dimension:String}} AND {WINDOW}{had_hits} \
         GROUP BY site_id, bucket, k0 HAVING sum(visits) != 0",
        bucket = bucket(&scope.periods),
        had_hits = had_hits(actions, "key_1"),
    );
    bind(scope, sql, 1).bind("dimension", Bound::Text(column.to_owned()))
}

fn visit_uniques(scope: &Scope, actions: Actions, column: &'static str) -> Statement {
    let bucket = bucket(&scope.periods);
    if scope.distinct == Distinct::Sketch {
        let had_hits = had_hits(actions, "key_1");
        let sql = format!(
            "SELECT site_id, bucket, k0, sum(day_visitors) FROM (SELECT site_id, {bucket} AS bucket, key_1 AS k0, \
             uniqCombined64Merge(14)(visitors) AS day_visitors FROM visit_rollup \
             WHERE dimension = {{dimension:String}} AND {WINDOW}{had_hits} GROUP BY site_id, bucket, k0, day) \
             GROUP BY site_id, bucket, k0"
        );
        return bind(scope, sql, 1).bind("dimension", Bound::Text(column.to_owned()));
    }
    let page = format!("ifNull({column}, '')");
    let had_hits = had_hits(actions, &page);
    let sql = format!(
        "SELECT site_id, bucket, k0, uniqExact((live_day, visitor_id)) FROM (\
         SELECT site_id, day AS live_day, {bucket} AS bucket, {page} AS k0, visitor_id FROM visits \
         WHERE isNotNull({column}) AND {WINDOW}{had_hits} GROUP BY site_id, day, bucket, k0, visitor_id \
         HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0"
    );
    bind(scope, sql, 1)
}

/// The conversions of the window that no row cancels.
fn live_conversions(scope: &Scope) -> String {
    format!(
        "SELECT site_id, day, {bucket} AS bucket, goal, visit_id, buster, any(at) AS converted_at, \
         any(pageviews_before) AS pages_before, \
         sum(revenue_e4 * sign) / 10000 AS revenue FROM conversions WHERE goal >= 0 AND {WINDOW}{segment} \
         GROUP BY site_id, day, bucket, goal, visit_id, buster HAVING sum(sign) > 0",
        bucket = bucket(&scope.periods),
        segment = segment_on(scope, Rows::Conversions),
    )
}

/// The few visits that a join about conversions needs to know: without it all rows of the window are held
/// in memory.
const CONVERTED: &str = "SELECT visit_id FROM conversions WHERE goal >= 0 AND site_id IN {sites:Array(UInt32)} \
    AND day BETWEEN {from:Date} AND {to:Date}";

/// Keys: goal. Numbers: conversions.
fn goal_totals(scope: &Scope) -> Statement {
    let sql = format!(
        "SELECT site_id, bucket, toString(goal) AS k0, count() FROM ({conversions}) GROUP BY site_id, bucket, k0",
        conversions = live_conversions(scope),
    );
    bind(scope, sql, 1)
}

/// What pages are called by: addresses of several hosts that share a path are one page.
fn called(field: PageField, page: &str) -> String {
    match field {
        PageField::Url => format!("if(position({page}, '/') = 0, '/', substring({page}, position({page}, '/')))"),
        PageField::Title => page.to_owned(),
    }
}

/// Keys: page, goal. Numbers: conversions with the page before, their revenue, most page views before one of
/// a day (told of one of the pages that are called alike), shares of conversion and revenue when every page view
/// before gets an equal one, and the first day.
fn page_goals(scope: &Scope, column: &str, field: PageField) -> Statement {
    let sql = format!(
        "SELECT site_id, bucket, k0, k1, sum(day_count), sum(day_revenue), sum(told_pages), sum(day_share), \
         sum(day_revenue_share), toUInt32(min(day)) FROM (SELECT *, if(k0 = min(k0) OVER alike, max(day_pages) OVER alike, 0) AS told_pages \
         FROM (SELECT site_id, day, bucket, page AS k0, toString(goal) AS k1, {called} AS name, \
         count() AS day_count, sum(revenue) AS day_revenue, max(before) AS day_pages, \
         sum(round(1 / before, 4)) AS day_share, \
         sum(round(revenue / before, 4)) AS day_revenue_share FROM (\
         SELECT c.site_id AS site_id, c.day AS day, c.bucket AS bucket, c.goal AS goal, any(c.revenue) AS revenue, \
         groupArray(a.page) AS pages, if(ifNull(any(c.pages_before), 0) = 0, length(pages), any(c.pages_before)) AS before FROM ({conversions}) AS c INNER JOIN (\
         SELECT site_id, visit_id, ifNull({column}, '') AS page, at FROM actions \
         WHERE kind = 1 AND site_id IN {{sites:Array(UInt32)}} AND day BETWEEN {{from:Date}} - 1 AND {{to:Date}} \
         AND visit_id IN ({CONVERTED})) AS a \
         ON a.site_id = c.site_id AND a.visit_id = c.visit_id WHERE a.at <= c.converted_at AND a.page != '' \
         GROUP BY site_id, day, bucket, goal, c.visit_id, c.buster) ARRAY JOIN pages AS page \
         GROUP BY site_id, day, bucket, k0, k1) WINDOW alike AS (PARTITION BY site_id, day, k1, name)) \
         GROUP BY site_id, bucket, k0, k1",
        called = called(field, "page"),
        conversions = live_conversions(scope),
    );
    bind(scope, sql, 2)
}

/// Keys: first page of the visit, goal. Numbers: conversions, revenue, both by entry of the day over all pages
/// that are called alike, and the first day.
fn entry_goals(scope: &Scope, column: &str, field: PageField) -> Statement {
    let sql = format!(
        "SELECT g.site_id, g.bucket AS bucket, g.page AS k0, toString(g.goal) AS k1, sum(g.conversions), \
         sum(g.revenue), sum(if(e.entries > 0, round(g.conversions / e.entries, 3), 0)), \
         sum(if(e.entries > 0, round(g.revenue / e.entries, 3), 0)), toUInt32(min(g.day)) FROM (\
         SELECT c.site_id AS site_id, c.day AS day, c.bucket AS bucket, v.page AS page, {called} AS name, \
         c.goal AS goal, count() AS conversions, sum(c.revenue) AS revenue FROM ({conversions}) AS c INNER JOIN (\
         SELECT site_id, visit_id, ifNull({column}, '') AS page FROM visits WHERE isNotNull({column}) \
         AND site_id IN {{sites:Array(UInt32)}} AND day BETWEEN {{from:Date}} AND {{to:Date}} + 1 \
         AND visit_id IN ({CONVERTED}) GROUP BY site_id, visit_id, page HAVING sum(sign) > 0) AS v \
         ON v.site_id = c.site_id AND v.visit_id = c.visit_id GROUP BY site_id, day, bucket, page, goal) AS g \
         LEFT JOIN ({entries}) AS e \
         ON e.site_id = g.site_id AND e.day = g.day AND e.name = g.name GROUP BY g.site_id, bucket, k0, k1",
        called = called(field, "page"),
        conversions = live_conversions(scope),
        entries = entries(scope, column, field),
    );
    bind(scope, sql, 2)
}

/// How many visits entered by what pages are called, by day.
fn entries(scope: &Scope, column: &str, field: PageField) -> String {
    if !scope.is_base() {
        return format!(
            "SELECT site_id, day, {name} AS name, sum(visits) AS entries FROM visit_rollup \
             WHERE dimension = '{column}' AND {WINDOW} GROUP BY site_id, day, name",
            name = called(field, "key_1"),
        );
    }
    format!(
        "SELECT site_id, day, {name} AS name, sum(toInt64(sign)) AS entries FROM visits \
         WHERE isNotNull({column}) AND {WINDOW}{segment} GROUP BY site_id, day, name",
        name = called(field, &format!("ifNull({column}, '')")),
        segment = segment_on(scope, Rows::Visits),
    )
}

/// Page views alone.
pub(super) fn page_views(scope: &Scope) -> Statement {
    let (hits, table, kind) = if scope.is_base() {
        ("count()", "actions", format!("kind = {PAGE_VIEW}"))
    } else {
        ("sum(hits)", "action_rollup", "kind = 'page_url'".to_owned())
    };
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, {hits} FROM {table} WHERE {kind} AND {WINDOW}{segment} \
         GROUP BY site_id, bucket",
        bucket = bucket(&scope.periods),
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 0)
}

/// Numbers: page views, downloads, outlinks, searches; the distinct ones of the first three by visit
/// and URL; distinct keywords.
pub(super) fn totals(scope: &Scope) -> Plan {
    let is_sketch = scope.distinct == Distinct::Sketch && !scope.is_base();
    vec![(Part::ActionTotals, if is_sketch { sketched_totals(scope) } else { counted_totals(scope) })]
}

fn counted_totals(scope: &Scope) -> Statement {
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, countIf(kind = {PAGE_VIEW}), \
         uniqExactIf((day, visit_id, ifNull(url, '')), kind = {PAGE_VIEW}), \
         countIf(kind = 3), uniqExactIf((day, visit_id, ifNull(url, '')), kind = 3), \
         countIf(kind = 2), uniqExactIf((day, visit_id, ifNull(url, '')), kind = 2), \
         countIf(kind = {SEARCH}), uniqExactIf(ifNull(name, ''), kind = {SEARCH}) \
         FROM actions WHERE kind IN (1, 2, 3, 8) AND {WINDOW}{segment} GROUP BY site_id, bucket",
        bucket = bucket(&scope.periods),
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 0)
}

/// Visits are counted by day and URL, and add up.
fn sketched_totals(scope: &Scope) -> Statement {
    let each = |kind: &str| format!("sumIf(day_hits, day_kind = '{kind}'), sumIf(day_visits, day_kind = '{kind}')");
    let sql = format!(
        "SELECT site_id, bucket, {pages}, {downloads}, {outlinks}, sumIf(day_hits, day_kind = 'search'), \
         uniqExactIf(key_1, day_kind = 'search') FROM (\
         SELECT site_id, {bucket} AS bucket, toString(kind) AS day_kind, key_1, sum(hits) AS day_hits, \
         if(kind = 'search', 0, uniqCombined64Merge(14)(visits)) AS day_visits FROM action_rollup \
         WHERE kind IN ('page_url', 'download', 'outlink', 'search') AND {WINDOW} \
         GROUP BY site_id, bucket, day, kind, key_1 HAVING day_hits > 0) GROUP BY site_id, bucket",
        bucket = bucket(&scope.periods),
        pages = each("page_url"),
        downloads = each("download"),
        outlinks = each("outlink"),
    );
    bind(scope, sql, 0)
}

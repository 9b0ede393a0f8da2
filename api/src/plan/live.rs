//! Statements of the visit log and of the counters: facts as they are, not grouped.

use nagare_schema::{ACTION_TEXT_KEY, Numbered, SiteId, UnixSeconds, VisitId};

use super::{
    Bound, Statement,
    clauses::timed_actions,
    segment::{self, Span},
};
use crate::segment::{Rows, Segment};

/// Which visits of a log are read.
#[derive(Debug, Clone)]
pub(crate) struct VisitLog {
    pub(crate) sites: Vec<SiteId>,
    /// Between when visits were last seen, both included; `None` without a period.
    pub(crate) window: Option<(UnixSeconds, UnixSeconds)>,
    pub(crate) segment: Option<Segment>,
    /// Only visits whose last action is after this.
    pub(crate) after: UnixSeconds,
    pub(crate) limit: u64,
    pub(crate) offset: u64,
    pub(crate) ascending: bool,
    /// What was done in the visits is read, too.
    pub(crate) with_actions: bool,
    /// Only visits that this one comes before, by last action and id.
    pub(crate) beyond: Option<(UnixSeconds, VisitId)>,
}

impl VisitLog {
    /// The latest visits of sites.
    pub(crate) fn of(sites: &[SiteId], segment: Option<Segment>, limit: u64) -> Self {
        Self {
            sites: sites.to_vec(),
            window: None,
            segment,
            after: UnixSeconds(0),
            limit,
            offset: 0,
            ascending: false,
            with_actions: false,
            beyond: None,
        }
    }
}

/// Visits of which what was done is read.
#[derive(Debug, Clone)]
pub(crate) struct Visits {
    pub(crate) sites: Vec<SiteId>,
    pub(crate) ids: Vec<VisitId>,
    /// The first and the last action of them all.
    pub(crate) from: UnixSeconds,
    pub(crate) to: UnixSeconds,
}

fn ids(sites: &[SiteId]) -> Bound {
    Bound::Ids(sites.iter().map(|site| u64::from(site.0)).collect())
}

/// One row: visits, actions, visitors and conversions since `since`.
pub(crate) fn counters(sites: &[SiteId], since: UnixSeconds, segment: Option<&Segment>) -> Statement {
    // A visit counts on the day of its last action, whose date is at most a day off in its time zone.
    const RECENT: &str = "site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1";
    let of = |rows: Rows| selected(segment, rows, Span(RECENT));
    let sql = format!(
        "SELECT sum(live), (SELECT count() FROM actions WHERE {RECENT} AND at >= toDateTime({{since:Int64}}, 'UTC'){of_actions}), \
         uniqExact(visitor_id), (SELECT toInt64(sum(sign)) FROM conversions \
         WHERE {RECENT} AND at >= toDateTime({{since:Int64}}, 'UTC') AND goal >= 0{of_conversions}) FROM (\
         SELECT visitor_id, sum(sign) AS live FROM visits \
         WHERE {RECENT} AND last_at >= toDateTime({{since:Int64}}, 'UTC'){of_visits} \
         GROUP BY visitor_id HAVING live > 0)",
        of_actions = of(Rows::Actions),
        of_conversions = of(Rows::Conversions),
        of_visits = of(Rows::Visits),
    );
    let statement = Statement::new(sql, 0).bind("sites", ids(sites)).bind("since", Bound::Number(since.0));
    bound(segment, statement)
}

fn selected(segment: Option<&Segment>, rows: Rows, span: Span) -> String {
    segment.map_or_else(String::new, |segment| format!(" AND {}", segment::condition(segment, rows, span)))
}

fn bound(segment: Option<&Segment>, statement: Statement) -> Statement {
    match segment {
        Some(segment) => segment::bind(segment, statement),
        None => statement,
    }
}

/// Rows that may belong to a visit of the log.
const SPAN: Span = Span(
    "site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) - 1",
);
/// The days that a window lies in; a date is at most a day off in its time zone.
const DAYS_OF_WINDOW: &str = "day BETWEEN toDate(toDateTime(greatest({from:Int64} - 86400, 0), 'UTC')) \
                              AND toDate(toDateTime({to:Int64}, 'UTC')) + 1";
/// The same, within a window; what was done in a visit is on the day before it at most.
const SPAN_OF_WINDOW: Span = Span(
    "site_id IN {sites:Array(UInt32)} AND day BETWEEN toDate(toDateTime(greatest({from:Int64} - 172800, 0), 'UTC')) \
     AND toDate(toDateTime({to:Int64}, 'UTC')) + 1",
);

/// Visits by last action: the columns of the visit log's rows, in their order.
pub(crate) fn visit_log(log: &VisitLog) -> Statement {
    let order = if log.ascending { "ASC" } else { "DESC" };
    let (within, span) = match log.window {
        Some(_) => (
            format!(
                " AND {DAYS_OF_WINDOW} AND last_at BETWEEN toDateTime({{from:Int64}}, 'UTC') \
                 AND toDateTime({{to:Int64}}, 'UTC')"
            ),
            SPAN_OF_WINDOW,
        ),
        None => (String::new(), SPAN),
    };
    let segment = selected(log.segment.as_ref(), Rows::Visits, span);
    let side = if log.ascending { ">" } else { "<" };
    let beyond = match log.beyond {
        Some(_) => {
            format!(" AND (last_at, visit_id) {side} (toDateTime({{beyond_at:Int64}}, 'UTC'), {{beyond_id:UInt64}})")
        }
        None => String::new(),
    };
    // A date before 1970 would wrap around.
    let window = format!(
        "site_id IN {{sites:Array(UInt32)}}{within} AND last_at > toDateTime({{after:Int64}}, 'UTC') \
         AND day >= toDate(toDateTime(greatest({{after:Int64}} - 86400, 0), 'UTC')){beyond}"
    );
    let sql = format!(
        "SELECT site_id, visit_id, visitor_id, config_id, user_id, address, toUnixTimestamp(first_at), \
         toUnixTimestamp(last_at), total_time, actions, interactions, searches, events, returning, visit_count, \
         seconds_since_first, seconds_since_last, seconds_since_order, converted, buyer, local_time, \
         toString(referrer_type), referrer_name, referrer_keyword, referrer_url, ifNull(toString(device_type), ''), \
         toString(device_brand), toString(device_model), toString(os), toString(os_version), toString(browser), \
         toString(browser_version), toString(browser_engine), toString(resolution), plugins, toString(language), \
         toString(country), toString(region), city, latitude, longitude, dimensions, variables \
         FROM visits FINAL WHERE {window} AND (site_id, visit_id) IN (\
         SELECT site_id, visit_id FROM visits WHERE {window}{segment} GROUP BY site_id, day, visit_id HAVING sum(sign) > 0 \
         ORDER BY max(last_at) {order}, visit_id {order} LIMIT {{limit:UInt64}} OFFSET {{offset:UInt64}}) \
         ORDER BY last_at {order}, visit_id {order}"
    );
    let number = |number: u64| Bound::Number(i64::try_from(number).unwrap_or(i64::MAX));
    let statement = Statement::new(sql, 0)
        .bind("sites", ids(&log.sites))
        .bind("after", Bound::Number(log.after.0))
        .bind("limit", number(log.limit))
        .bind("offset", number(log.offset));
    let statement = bound(log.segment.as_ref(), statement);
    let statement = match log.beyond {
        Some((at, id)) => statement.bind("beyond_at", Bound::Number(at.0)).bind("beyond_id", number(id.0)),
        None => statement,
    };
    match log.window {
        Some((from, to)) => statement.bind("from", Bound::Number(from.0)).bind("to", Bound::Number(to.0)),
        None => statement,
    }
}

fn of_visits(sql: String, visits: &Visits) -> Statement {
    Statement::new(sql, 0)
        .bind("sites", ids(&visits.sites))
        .bind("visits", Bound::Ids(visits.ids.iter().map(|visit| visit.0).collect()))
        .bind("from", Bound::Number(visits.from.0))
        .bind("to", Bound::Number(visits.to.0))
}

/// A row is on the day of its time, which is at most a day off in its time zone.
const OF_VISITS: &str = "site_id IN {sites:Array(UInt32)} AND visit_id IN {visits:Array(UInt64)} \
                         AND day BETWEEN toDate(toDateTime({from:Int64}, 'UTC')) - 1 \
                         AND toDate(toDateTime({to:Int64}, 'UTC')) + 1";

/// What was done in the visits, in order, at most `per_visit` of each.
pub(crate) fn visit_actions(visits: &Visits, per_visit: u64) -> Statement {
    let sql = format!(
        "SELECT visit_id, action_id, toUnixTimestamp(at), kind, ifNull(url, ''), url_prefix, ifNull(name, ''), \
         {ACTION_TEXT_KEY}, time_spent_before, position, pageview_id, \
         search_category, search_count, event_category, event_action, event_value, content_name, content_piece, \
         content_target, content_interaction, bandwidth, product_sku, product_name, product_categories, product_price, \
         dimensions, variables, \
         time_network + time_server + time_transfer + time_dom_processing + time_dom_completion + time_on_load \
         FROM {actions} ORDER BY visit_id, at, action_id LIMIT {{per_visit:UInt64}} BY visit_id",
        actions = timed_actions(OF_VISITS),
    );
    let bound = Bound::Number(i64::try_from(per_visit).unwrap_or(i64::MAX));
    of_visits(sql, visits).bind("per_visit", bound)
}

/// The numbers that the visits have, and if `with_actions` those of their actions and texts: kind, key, number.
pub(crate) fn visit_numbers(visits: &Visits, with_actions: bool) -> Statement {
    let [visit, action, text] = [Numbered::Visit, Numbered::Action, Numbered::Text].map(Numbered::code);
    let mut sql =
        format!("SELECT kind, key, number FROM numbers WHERE (kind = {visit} AND key IN {{visits:Array(UInt64)}})");
    if with_actions {
        sql.push_str(&format!(
            " OR (kind = {action} AND key GLOBAL IN (SELECT action_id FROM actions WHERE {OF_VISITS})) \
             OR (kind = {text} AND key GLOBAL IN (SELECT {ACTION_TEXT_KEY} FROM actions WHERE {OF_VISITS}))"
        ));
    }
    of_visits(sql, visits)
}

/// The conversions of the visits that no row cancels, in order.
pub(crate) fn visit_conversions(visits: &Visits) -> Statement {
    let sql = format!(
        "SELECT visit_id, goal, toUnixTimestamp(at), buster, ifNull(url, ''), url_prefix, action_id, order_id, revenue_e4, \
         subtotal_e4, tax_e4, shipping_e4, discount_e4, items, toString(referrer_type), referrer_name, \
         referrer_keyword FROM conversions FINAL WHERE {OF_VISITS} ORDER BY visit_id, at, goal"
    );
    of_visits(sql, visits)
}

/// What the visitors ordered and left in carts, ever: site, visitor, goal, count, revenue, items.
pub(crate) fn visitor_sales(sites: &[SiteId], visitors: &[u64]) -> Statement {
    let sql = "SELECT site_id, visitor_id, goal, sum(toInt64(sign)), sum(revenue_e4 * sign), sum(toInt64(items) * sign) \
               FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND goal IN (0, -1) \
               AND visitor_id IN {visitors:Array(UInt64)} GROUP BY site_id, visitor_id, goal";
    Statement::new(sql, 0).bind("sites", ids(sites)).bind("visitors", Bound::Ids(visitors.to_vec()))
}

/// The number of an item's product code among texts.
const SKU_KEY: &str = "cityHash64(5::UInt8, sku)";

/// The items of their orders and carts: a product that was known before comes first.
pub(crate) fn visit_items(visits: &Visits) -> Statement {
    let text = Numbered::Text.code();
    let sql = format!(
        "SELECT visit_id, goal, buster, sku, name, categories, price_e4, quantity FROM (\
         SELECT *, {SKU_KEY} AS sku_key FROM conversion_items FINAL WHERE {OF_VISITS} AND deleted = 0) AS items \
         GLOBAL LEFT ANY JOIN (SELECT key, number FROM numbers WHERE kind = {text} AND key GLOBAL IN (\
         SELECT {SKU_KEY} FROM conversion_items WHERE {OF_VISITS})) AS told ON told.key = items.sku_key \
         ORDER BY visit_id, goal, buster, number, line"
    );
    of_visits(sql, visits)
}

//! What happened before the visits that the state holds: returning visitors and their orders (design §6).

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use clickhouse::{Row, RowOwned, RowRead, query::Query};
use nagare_runtime::Backoff;
use nagare_schema::{HitKind, SiteId, UnixSeconds, VisitorId};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::{conversion::order_hash, enrich::EnrichedHit, metrics::Metrics, state::State, visit::Previous};

/// Visitors asked for in one query.
const ASKED_MAX: usize = 2000;

/// Columns of the latest visit of each visitor, by the merge of all parts.
const SQL: &str = "SELECT visitor_id, tupleElement(l, 'first_at') AS first_at, tupleElement(l, 'last_at') AS last_at, \
     tupleElement(l, 'visit_count') AS visit_count, tupleElement(l, 'seconds_since_first') AS seconds_since_first, \
     tupleElement(l, 'seconds_since_order') AS seconds_since_order \
     FROM (SELECT visitor_id, argMaxMerge(latest) AS l FROM visitors \
           WHERE site_id = {site:UInt32} AND visitor_id IN {visitors:Array(UInt64)} GROUP BY visitor_id) \
     WHERE tupleElement(l, 'cancelled') = 0";

/// Order ids of a list that a site has.
const ORDERS_SQL: &str = "SELECT DISTINCT order_id FROM conversions \
     WHERE site_id = {site:UInt32} AND goal = 0 AND order_id IN {orders:Array(String)}";

#[derive(Debug, Row, Deserialize)]
struct OrderRow {
    order_id: String,
}

#[derive(Debug, Row, Deserialize)]
struct VisitorRow {
    visitor_id: u64,
    first_at: u32,
    last_at: u32,
    visit_count: u32,
    seconds_since_first: Option<u32>,
    seconds_since_order: Option<u32>,
}

/// Asks the `visitors` table, in one query per site of a batch.
pub struct VisitorLookup {
    clickhouse: clickhouse::Client,
    metrics: Metrics,
}

impl VisitorLookup {
    /// On a client with the database set.
    pub fn new(clickhouse: clickhouse::Client, metrics: Metrics) -> Self {
        Self { clickhouse, metrics }
    }

    /// The last visits of the batch's visitors whom the state does not hold. Waits for ClickHouse as
    /// long as it takes: deciding without would call a returning visitor new. `None` when stopped.
    pub async fn previous<'a>(
        &self,
        state: &State,
        hits: impl Iterator<Item = &'a EnrichedHit>,
        stop: &CancellationToken,
    ) -> Option<HashMap<(SiteId, VisitorId), Previous>> {
        let mut asked: HashMap<SiteId, HashSet<u64>> = HashMap::new();
        for hit in hits {
            let Some(visitor) = hit.hit.visitor else { continue };
            let until = UnixSeconds(hit.hit.at.0 + hit.rules.idle_s);
            if state.last_of_visitor(hit.hit.site, visitor, until).is_none() {
                asked.entry(hit.hit.site).or_default().insert(visitor.0);
            }
        }
        let mut found = HashMap::new();
        for (site, visitors) in asked {
            let visitors: Vec<u64> = visitors.into_iter().collect();
            for chunk in visitors.chunks(ASKED_MAX) {
                let query = || self.clickhouse.query_raw(SQL).param("site", site.0).param("visitors", chunk);
                let rows: Vec<VisitorRow> = self.ask_until_answered(query, stop).await?;
                found.extend(rows.into_iter().map(|row| ((site, VisitorId(row.visitor_id)), row.into())));
            }
        }
        Some(found)
    }

    /// The orders of the batch that were placed before and that the state does not hold (§7.7).
    pub async fn orders<'a>(
        &self,
        state: &State,
        hits: impl Iterator<Item = &'a EnrichedHit>,
        stop: &CancellationToken,
    ) -> Option<HashSet<(SiteId, u64)>> {
        let mut asked: HashMap<SiteId, Vec<&str>> = HashMap::new();
        for hit in hits {
            let HitKind::Order(order) = &hit.hit.kind else { continue };
            let Some(id) = order.id.as_deref() else { continue };
            if !state.has_order((hit.hit.site, order_hash(id))) {
                asked.entry(hit.hit.site).or_default().push(id);
            }
        }
        let mut found = HashSet::new();
        for (site, orders) in asked {
            for chunk in orders.chunks(ASKED_MAX) {
                let query = || self.clickhouse.query_raw(ORDERS_SQL).param("site", site.0).param("orders", chunk);
                let rows: Vec<OrderRow> = self.ask_until_answered(query, stop).await?;
                found.extend(rows.iter().map(|row| (site, order_hash(&row.order_id))));
            }
        }
        Some(found)
    }

    async fn ask_until_answered<T: RowOwned + RowRead>(
        &self,
        query: impl Fn() -> Query,
        stop: &CancellationToken,
    ) -> Option<Vec<T>> {
        let mut backoff = Backoff::default();
        loop {
            let began = Instant::now();
            match query().fetch_all::<T>().await {
                Ok(rows) => {
                    self.metrics.lookup_seconds.observe(began.elapsed().as_secs_f64());
                    return Some(rows);
                }
                Err(error) => tracing::warn!(%error, "returning visitors cannot be looked up; trying again"),
            }
            if !backoff.wait(stop).await {
                return None;
            }
        }
    }
}

impl From<VisitorRow> for Previous {
    fn from(row: VisitorRow) -> Self {
        Self {
            first_at: UnixSeconds(i64::from(row.first_at)),
            last_at: UnixSeconds(i64::from(row.last_at)),
            visit_count: row.visit_count,
            seconds_since_first: row.seconds_since_first,
            seconds_since_order: row.seconds_since_order,
        }
    }
}

//! Returning visitors: who was here before the visits that the state holds (design §6).

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use clickhouse::Row;
use nagare_runtime::Backoff;
use nagare_schema::{SiteId, UnixSeconds, VisitorId};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::{enrich::EnrichedHit, metrics::Metrics, state::State, visit::Previous};

/// Visitors asked for in one query.
const ASKED_MAX: usize = 2000;

/// Columns of the latest visit of each visitor, by the merge of all parts.
const SQL: &str = "SELECT visitor_id, tupleElement(l, 'first_at') AS first_at, tupleElement(l, 'last_at') AS last_at, \
     tupleElement(l, 'visit_count') AS visit_count, tupleElement(l, 'seconds_since_first') AS seconds_since_first, \
     tupleElement(l, 'seconds_since_order') AS seconds_since_order \
     FROM (SELECT visitor_id, argMaxMerge(latest) AS l FROM visitors \
           WHERE site_id = {site:UInt32} AND visitor_id IN {visitors:Array(UInt64)} GROUP BY visitor_id) \
     WHERE tupleElement(l, 'cancelled') = 0";

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
            let until = UnixSeconds(hit.hit.at.0 + crate::rules::VISIT_IDLE_S_MAX);
            if state.last_of_visitor(hit.hit.site, visitor, until).is_none() {
                asked.entry(hit.hit.site).or_default().insert(visitor.0);
            }
        }
        let mut found = HashMap::new();
        for (site, visitors) in asked {
            let visitors: Vec<u64> = visitors.into_iter().collect();
            for chunk in visitors.chunks(ASKED_MAX) {
                let rows = self.ask_until_answered(site, chunk, stop).await?;
                found.extend(rows.into_iter().map(|row| ((site, VisitorId(row.visitor_id)), row.into())));
            }
        }
        Some(found)
    }

    async fn ask_until_answered(
        &self,
        site: SiteId,
        visitors: &[u64],
        stop: &CancellationToken,
    ) -> Option<Vec<VisitorRow>> {
        let mut backoff = Backoff::default();
        loop {
            let began = Instant::now();
            let query = self.clickhouse.query_raw(SQL).param("site", site.0).param("visitors", visitors);
            match query.fetch_all::<VisitorRow>().await {
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

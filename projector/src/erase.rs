//! Erases visits that have ended from the tables and the logs.
//!
//! The owner of a partition does it between two inserts, so that nobody adds to a site's rollups while they
//! are made anew. The order makes a repeat safe wherever it was cut off: rollups of the days are made of
//! the facts without the visits first, and the facts go last: they tell where in the logs the visits are.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
};

use clickhouse::{Client, RowOwned, RowRead, query::Query};
use futures_util::StreamExt as _;
use nagare_runtime::{Clock, Context, ErasedVisits, ListedErasure, Log, RemovalError, Removals, list_erasure};
use nagare_schema::{
    ERASED_VISITS_MAX, ErasureReply, ErasureRequest, HitId, Partition, Removable, SiteId, Topology, UnixSeconds, View,
    erase_subject, views,
};

use crate::{erase_log::LogEraser, error::TaskError, metrics::Table};

/// Tries before the asker is told that it failed.
const TRIES_MAX: u32 = 3;
/// What is known of each visitor, by visitor and not by day.
const VISITORS: &str = "visitors";

/// Which rows of which visits.
const OF_VISITS: &str = "site_id = {site:UInt32} AND visit_id IN {visits:Array(UInt64)}";
const OF_DAYS: &str = "site_id = {site:UInt32} AND day IN {days:Array(Date)}";
/// ClickHouse keeps the text of a deletion for a while: it says whom it was about by keyed hashes.
const HASHED: &str = "sipHash64(toUInt64({key:UInt64}), visitor_id)";
const OF_VISITORS: &str =
    "site_id = {site:UInt32} AND sipHash64(toUInt64({key:UInt64}), visitor_id) IN {visitors:Array(UInt64)}";

/// Erases visits.
#[derive(Clone)]
pub(crate) struct Eraser {
    nats: async_nats::Client,
    log: Log,
    erased: ErasedVisits,
    removals: Removals,
    /// The list of erasures.
    list: Option<PathBuf>,
    clock: Clock,
    client: Client,
    topology: Topology,
}

/// Requests to a partition.
pub(crate) struct Requests(async_nats::Subscriber);

/// What is to be erased, and all that it touches.
struct Erasure {
    site: SiteId,
    visits: Vec<u64>,
    /// Whose rollups can be made anew: all their visits are in the tables.
    days: Vec<String>,
    key: u64,
    /// Hashes by the key.
    visitors: Vec<u64>,
}

impl Requests {
    /// The next request. Cancelling loses nothing.
    pub(crate) async fn next(&mut self) -> async_nats::Message {
        match self.0.next().await {
            Some(message) => message,
            // The connection ended: the task does so by itself.
            None => std::future::pending().await,
        }
    }
}

impl Eraser {
    /// With where erasures are listed.
    pub(crate) fn new(context: &Context, erased: ErasedVisits, removals: Removals, list: Option<PathBuf>) -> Self {
        let settings = [
            // Until it is done everywhere.
            ("mutations_sync", "2"),
            ("insert_deduplicate", "0"),
            ("distributed_foreground_insert", "1"),
        ];
        let client = settings
            .into_iter()
            .fold(context.clickhouse.clone(), |client, (name, value)| client.with_setting(name, value));
        let (nats, log, clock) = (context.nats.clone(), context.log.clone(), context.clock.clone());
        Self { nats, log, erased, removals, list, clock, client, topology: context.topology.clone() }
    }

    /// Begins to listen for requests to a partition.
    pub(crate) async fn requests(&self, partition: Partition) -> Result<Requests, TaskError> {
        let subscribed = self.nats.subscribe(erase_subject(partition)).await;
        subscribed.map(Requests).map_err(|error| TaskError::Progress(error.to_string()))
    }

    /// Does what a message asks for, and answers it. Events up to `done` are in the tables.
    pub(crate) async fn answer(&self, (partition, done): (Partition, u64), message: &async_nats::Message) {
        let Some(asker) = message.reply.clone() else { return };
        let request = serde_json::from_slice::<ErasureRequest>(&message.payload);
        let reply = match request {
            Ok(request) if request.visits.len() <= ERASED_VISITS_MAX => {
                let logs = LogEraser { log: &self.log, erased: &self.erased, partition, done };
                self.erase(&request, &logs).await
            }
            _ => ErasureReply::Failed,
        };
        let answered = self.nats.publish(asker, serde_json::to_vec(&reply).unwrap_or_default().into()).await;
        if let Err(error) = answered {
            tracing::warn!(%error, "who asked for an erasure is not told how it ended");
        }
    }

    async fn erase(&self, request: &ErasureRequest, logs: &LogEraser<'_>) -> ErasureReply {
        if let Err(error) = self.list(request).await {
            tracing::error!(%error, "visits were not erased: the list of erasures cannot be written");
            return ErasureReply::Failed;
        }
        if let Err(error) = self.erased.add(request).await {
            tracing::warn!(%error, "visits were not erased");
            return ErasureReply::Failed;
        }
        for _ in 0..TRIES_MAX {
            match self.attempt(request, logs).await {
                Ok(rows) => {
                    tracing::info!(site = %request.site, visits = request.visits.len(), "visits were erased");
                    return ErasureReply::Erased(rows);
                }
                Err(error) => tracing::warn!(site = %request.site, %error, "visits were not erased"),
            }
        }
        ErasureReply::Failed
    }

    /// Adds the erasure to the list, by which it is done again after a restoration.
    async fn list(&self, request: &ErasureRequest) -> io::Result<()> {
        let Some(path) = self.list.clone() else { return Ok(()) };
        let erasure = ListedErasure { at: UnixSeconds::from(self.clock.now()), request: request.clone() };
        let listed = tokio::task::spawn_blocking(move || list_erasure(&path, &erasure)).await;
        listed.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    async fn attempt(
        &self,
        request: &ErasureRequest,
        logs: &LogEraser<'_>,
    ) -> Result<BTreeMap<String, u64>, EraseError> {
        let erasure = self.explore(request).await?;
        let sql = format!("SELECT DISTINCT hit_id FROM hits WHERE {OF_VISITS} ORDER BY hit_id");
        let hits: Vec<HitId> = self.fetch::<u64>(&sql, &erasure).await?.into_iter().map(HitId).collect();
        let messages = logs.erase(&hits).await?;
        tracing::info!(site = %request.site, messages, "visits were erased from the logs");
        let mut rows = BTreeMap::new();
        for table in Table::ALL {
            rows.insert(table.name().to_owned(), self.count(table, &erasure).await?);
        }
        let views = views();
        let targets: BTreeSet<&str> = views.iter().map(|view| view.target.as_str()).collect();
        for target in targets {
            self.delete(target, scope(target), &erasure).await?;
            for view in views.iter().filter(|view| view.target == target) {
                self.refill(view, &erasure).await?;
            }
        }
        for table in Table::ALL {
            self.delete(table.name(), OF_VISITS, &erasure).await?;
        }
        Ok(rows)
    }

    /// Days and visitors of the visits.
    async fn explore(&self, request: &ErasureRequest) -> Result<Erasure, EraseError> {
        let visits: Vec<u64> = request.visits.iter().map(|visit| visit.0).collect();
        let (days, visitors) = (Vec::new(), Vec::new());
        let mut erasure = Erasure { site: request.site, visits, days, key: rand::random(), visitors };
        let mut days = BTreeSet::new();
        for table in Table::ALL.into_iter().filter(|table| *table != Table::Hits) {
            let sql = format!("SELECT DISTINCT toString(day) FROM {} WHERE {OF_VISITS}", table.name());
            days.extend(self.fetch::<String>(&sql, &erasure).await?);
        }
        let sql = format!("SELECT DISTINCT {HASHED} FROM visits WHERE {OF_VISITS}");
        erasure.visitors = self.fetch(&sql, &erasure).await?;
        let mut kept_from = self.removals.kept_from(Removable::Visits).await?;
        kept_from = kept_from.max(self.removals.kept_from(Removable::Reports).await?);
        // Days that were removed for their age would be made anew of what came late.
        erasure.days = days.into_iter().filter(|day| *day >= kept_from.to_string()).collect();
        Ok(erasure)
    }

    async fn count(&self, table: Table, erasure: &Erasure) -> clickhouse::error::Result<u64> {
        let facts = match table {
            Table::Hits | Table::Actions | Table::PageTimings => "count()",
            Table::Visits | Table::Conversions | Table::ConversionItems => "toUInt64(greatest(sum(sign), 0))",
        };
        let sql = format!("SELECT {facts} FROM {} WHERE {OF_VISITS}", table.name());
        Ok(self.fetch::<u64>(&sql, erasure).await?.into_iter().sum())
    }

    async fn delete(&self, table: &str, rows: &str, erasure: &Erasure) -> clickhouse::error::Result<()> {
        let (table, on_cluster) = (self.topology.local(table), self.topology.on_cluster());
        self.query(&format!("ALTER TABLE {table} {on_cluster} DELETE WHERE {rows}"), erasure).execute().await
    }

    /// Makes the rows of a view anew, without the visits.
    async fn refill(&self, view: &View, erasure: &Erasure) -> clickhouse::error::Result<()> {
        let sql = "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = ? ORDER BY position";
        let named = self.client.query(sql).bind(self.topology.local(&view.name)).fetch_all::<String>();
        let columns = named.await?.join(", ");
        let rows = format!(
            "(SELECT * FROM {} WHERE {} AND visit_id NOT IN {{visits:Array(UInt64)}})",
            view.source,
            scope(&view.target)
        );
        let select = view.select_from(&rows);
        self.query(&format!("INSERT INTO {} ({columns}) SELECT {columns} FROM ({select})", view.target), erasure)
            .execute()
            .await
    }

    async fn fetch<T>(&self, sql: &str, erasure: &Erasure) -> clickhouse::error::Result<Vec<T>>
    where
        T: RowOwned + RowRead,
    {
        self.query(sql, erasure).fetch_all::<T>().await
    }

    fn query(&self, sql: &str, erasure: &Erasure) -> Query {
        self.client
            .query(sql)
            .param("site", erasure.site.0)
            .param("visits", &erasure.visits)
            .param("days", &erasure.days)
            .param("key", erasure.key)
            .param("visitors", &erasure.visitors)
    }
}

/// Why visits are not erased, or not all of them.
#[derive(Debug, thiserror::Error)]
enum EraseError {
    #[error(transparent)]
    Tables(#[from] clickhouse::error::Error),
    #[error(transparent)]
    Logs(#[from] TaskError),
    #[error(transparent)]
    Removals(#[from] RemovalError),
}

/// Which rows of a rollup the visits are in.
fn scope(target: &str) -> &'static str {
    if target == VISITORS { OF_VISITORS } else { OF_DAYS }
}

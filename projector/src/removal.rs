//! Removes visits and reports that are older than an installation keeps them (product.md V6).
//!
//! The owner of the first partition does it, a month of a table at a time: a month that is old as a whole is
//! dropped, of another the old rows are rewritten away. The record of it is there before anything is gone:
//! reports then count the visitors of those days by what the rollups hold, and an erasure leaves those
//! days' rollups alone. Doing it twice removes nothing more, so that whoever comes next repeats what was cut off.

use std::{collections::BTreeMap, time::Duration};

use async_nats::Subscriber;
use clickhouse::Client;
use futures_util::StreamExt as _;
use nagare_runtime::{Audit, AuditEntry, Clock, Context, Directory, LogError, RemovalError, Removals};
use nagare_schema::{Day, Removable, Removal, RemovalRequest, Retention, SUBJECT_REMOVE, Topology, UnixMillis};
use tokio::sync::mpsc;

/// Pause between looks whether something is old.
const LOOK_EVERY: Duration = Duration::from_secs(3600);
/// From the record of a removal to its first deletion: what was asked before, by other processes, ends.
const TOLD_BEFORE: Duration = Duration::from_secs(30);
/// Pause between two deletions.
const STEP_PAUSE: Duration = Duration::from_secs(1);
/// Requests that wait while a removal is under way: one more removal answers them all.
const REQUESTS_MAX: usize = 1;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Rows of the days that are removed.
const OLD_DAYS: &str = "day < {before:Date}";
/// Of rollups, with what is left of whole sites.
const OLD_DETAILS: &str = "day < {before:Date} AND dimension != 'all'";
/// A visit counts on the day of its last action: its first hits may be a little older.
const OLD_HITS: &str =
    "toDate(at) < {before:Date} - 2 OR visit_id IN (SELECT visit_id FROM {visits} WHERE day < {before:Date})";
/// What is known of visitors who have not come since.
const OLD_VISITORS: &str = "tupleElement(finalizeAggregation(latest), 'last_at') < toDateTime({before:Date}, 'UTC')";

/// Old rows of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Old {
    table: &'static str,
    rows: &'static str,
    /// The date that a row's month is of; none: the table is not parted by month.
    dated: Option<&'static str>,
    /// A month may go as a whole.
    drops: bool,
}

impl Old {
    const fn days(table: &'static str) -> Self {
        Self { table, rows: OLD_DAYS, dated: Some("day"), drops: true }
    }

    const fn details(table: &'static str) -> Self {
        Self { table, rows: OLD_DETAILS, dated: Some("day"), drops: false }
    }
}

/// What goes, in this order: hits are found by their visits.
fn old(what: Removable, keeps_basics: bool) -> Vec<Old> {
    match what {
        Removable::Visits => vec![
            Old { table: "hits", rows: OLD_HITS, dated: Some("toDate(at)"), drops: false },
            Old::days("actions"),
            Old::days("page_timings"),
            Old::days("conversions"),
            Old::days("conversion_items"),
            Old { table: "visitors", rows: OLD_VISITORS, dated: None, drops: false },
            Old::days("visits"),
        ],
        Removable::Reports if keeps_basics => {
            vec![Old::details("visit_rollup"), Old::days("action_rollup"), Old::details("conversion_rollup")]
        }
        Removable::Reports => ["visit_rollup", "action_rollup", "conversion_rollup"].map(Old::days).to_vec(),
    }
}

/// Old rows of one month.
struct Month {
    /// As ClickHouse names it; empty: the whole table.
    id: String,
    rows: u64,
    /// No day of it is kept.
    is_whole: bool,
}

/// Why something old is not removed, or not all of it.
#[derive(Debug, thiserror::Error)]
enum RemoveError {
    #[error(transparent)]
    Tables(#[from] clickhouse::error::Error),
    #[error(transparent)]
    Records(#[from] RemovalError),
}

/// Removes what is old.
#[derive(Clone)]
pub(crate) struct Remover {
    nats: async_nats::Client,
    directory: Directory,
    clock: Clock,
    client: Client,
    topology: Topology,
    audit: Audit,
    removals: Removals,
}

impl Remover {
    pub(crate) async fn open(context: &Context, removals: Removals) -> Result<Self, LogError> {
        let settings =
            [("mutations_sync", "2"), ("allow_nondeterministic_mutations", "1"), ("max_execution_time", "0")];
        let client = settings
            .into_iter()
            .fold(context.clickhouse.clone(), |client, (name, value)| client.with_setting(name, value));
        Ok(Self {
            nats: context.nats.clone(),
            directory: context.directory.clone(),
            clock: context.clock.clone(),
            client,
            topology: context.topology.clone(),
            audit: Audit::open(&context.jetstream, context.log.replicas()).await?,
            removals,
        })
    }

    /// Removes what is old now and then, and when it is asked to, until it is dropped.
    pub(crate) async fn run(&self) {
        let Ok(requests) = self.nats.subscribe(SUBJECT_REMOVE).await else {
            // The connection ended: the partition does so, too.
            return std::future::pending().await;
        };
        let (ask, asked) = mpsc::channel(REQUESTS_MAX);
        tokio::join!(self.hear(requests, ask), self.work(asked));
    }

    /// Passes requests on, and answers that they were heard.
    async fn hear(&self, mut requests: Subscriber, ask: mpsc::Sender<RemovalRequest>) {
        while let Some(message) = requests.next().await {
            let request = serde_json::from_slice(&message.payload).unwrap_or_default();
            // One that waits already does the same.
            let _ = ask.try_send(request);
            let Some(asker) = message.reply else { continue };
            if let Err(error) = self.nats.publish(asker, "".into()).await {
                tracing::warn!(%error, "who asked for a removal is not told that it was heard");
            }
        }
    }

    async fn work(&self, mut asked: mpsc::Receiver<RemovalRequest>) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            let request = tokio::select! {
                _ = tick.tick() => None,
                request = asked.recv() => request,
            };
            for what in Removable::ALL {
                if let Err(error) = self.remove_due(what, request.as_ref()).await {
                    tracing::warn!(%error, what = what.name(), "what is old was not removed");
                }
            }
        }
    }

    /// Removes one kind when it is time, when somebody asks, or when a removal was cut off.
    async fn remove_due(&self, what: Removable, request: Option<&RemovalRequest>) -> Result<(), RemoveError> {
        let now = self.clock.now();
        let last = self.removals.last(what).await?;
        let retention = Retention::of(&self.directory.snapshot().settings.named);
        let by = request.map_or_else(String::new, |request| request.by.clone());
        let removal = match (last, retention.edge(what, day_of(now))) {
            (Some(cut_off), _) if cut_off.rows.is_none() => cut_off,
            (Some(last), Some(_)) if request.is_none() && !is_due(&last, now, retention.every_days) => return Ok(()),
            // Days that were removed once are not whole, even where less is to be removed today.
            (last, Some(edge)) => {
                let before = last.map_or(edge, |last| last.before.max(edge));
                Removal { what, before, at: now, by, rows: None }
            }
            (_, None) => return Ok(()),
        };
        self.remove(removal, retention.keeps_basics).await
    }

    async fn remove(&self, mut removal: Removal, keeps_basics: bool) -> Result<(), RemoveError> {
        self.removals.append(&removal).await?;
        tokio::time::sleep(TOLD_BEFORE).await;
        let mut removed = BTreeMap::new();
        for old in old(removal.what, keeps_basics) {
            let mut rows = 0;
            for month in self.months(&old, removal.before).await? {
                self.delete(&old, &month, removal.before).await?;
                rows += month.rows;
                tokio::time::sleep(STEP_PAUSE).await;
            }
            removed.insert(old.table.to_owned(), rows);
        }
        tracing::info!(what = removal.what.name(), before = %removal.before, ?removed, "what was old is removed");
        removal.rows = Some(removed);
        self.removals.append(&removal).await?;
        self.audit.record(entry(&removal)).await;
        Ok(())
    }

    /// Months with old rows.
    async fn months(&self, old: &Old, before: Day) -> clickhouse::error::Result<Vec<Month>> {
        let (month, is_whole) = old.dated.map_or_else(
            || ("''".to_owned(), "0".to_owned()),
            |day| (format!("toString(toYYYYMM({day}))"), format!("toLastDayOfMonth(min({day})) < {{before:Date}}")),
        );
        let sql = format!(
            "SELECT {month} AS month, count(), toUInt8({is_whole}) FROM {} WHERE {} GROUP BY month ORDER BY month",
            old.table,
            old.rows.replace("{visits}", "visits"),
        );
        let found = self.client.query(&sql).param("before", before.to_string()).fetch_all::<(String, u64, u8)>();
        Ok(found.await?.into_iter().map(|(id, rows, whole)| Month { id, rows, is_whole: whole == 1 }).collect())
    }

    async fn delete(&self, old: &Old, month: &Month, before: Day) -> clickhouse::error::Result<()> {
        let (table, on_cluster) = (self.topology.local(old.table), self.topology.on_cluster());
        if old.drops && month.is_whole {
            let sql = format!("ALTER TABLE {table} {on_cluster} DROP PARTITION ID ?");
            return self.client.query(&sql).bind(&month.id).execute().await;
        }
        let rows = old.rows.replace("{visits}", &self.topology.local("visits"));
        let (within, months) = if month.id.is_empty() { ("", None) } else { ("IN PARTITION ID ?", Some(&month.id)) };
        let sql = format!("ALTER TABLE {table} {on_cluster} DELETE {within} WHERE {rows}");
        let query = months.into_iter().fold(self.client.query(&sql), |query, id| query.bind(id));
        query.param("before", before.to_string()).execute().await
    }
}

fn day_of(at: UnixMillis) -> Day {
    Day(i32::try_from(at.0.div_euclid(DAY_MS)).unwrap_or(i32::MAX))
}

/// True when a removal is as long ago as there are days between two.
fn is_due(last: &Removal, now: UnixMillis, every_days: u32) -> bool {
    now.0.saturating_sub(last.at.0) >= i64::from(every_days).saturating_mul(DAY_MS)
}

fn entry(removal: &Removal) -> AuditEntry {
    AuditEntry {
        at: removal.at,
        actor: removal.by.clone(),
        action: "retention.removed".to_owned(),
        target: serde_json::to_string(removal).unwrap_or_default(),
        outcome: "done".to_owned(),
        address: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(what: Removable, keeps_basics: bool) -> Vec<&'static str> {
        old(what, keeps_basics).iter().map(|old| old.table).collect()
    }

    /// product.md V6
    #[test]
    fn visits_and_reports_are_in_different_tables() {
        let visits = tables(Removable::Visits, false);
        assert!(crate::metrics::Table::ALL.iter().all(|table| visits.contains(&table.name())), "{visits:?}");
        assert_eq!(visits.last(), Some(&"visits"), "hits are found by their visits");
        let reports = tables(Removable::Reports, false);
        assert!(reports.iter().all(|table| table.ends_with("_rollup")), "{reports:?}");
        let basics = old(Removable::Reports, true);
        assert!(basics.iter().all(|old| old.rows == OLD_DETAILS || old.table == "action_rollup"), "{basics:?}");
    }

    #[test]
    fn a_removal_is_repeated_after_its_days() {
        let last = Removal {
            what: Removable::Visits,
            before: Day(0),
            at: UnixMillis(0),
            by: String::new(),
            rows: Some(BTreeMap::new()),
        };
        assert!(!is_due(&last, UnixMillis(7 * DAY_MS - 1), 7));
        assert!(is_due(&last, UnixMillis(7 * DAY_MS), 7));
    }
}

//! Gives visits, actions and their texts the small numbers by which clients of Matomo know them.
//!
//! Numbers follow the order of the log and are given once. Whoever asks needs them at once, and then
//! all that is in the tables is numbered. Between, every projector numbers now and then what came before its
//! last look: by then all partitions have brought it into the tables, so that the order is that of the log.
//! Projectors may do so at the same time: rows are inserted under the last number that was given, and
//! ClickHouse takes only the first rows that come under it.

use std::time::Duration;

use async_nats::Subscriber;
use clickhouse::{Client, Row};
use futures_util::StreamExt as _;
use nagare_runtime::{Context, Log};
use nagare_schema::{HitId, NumberReply, NumberRequest, Numbered, Partition, SUBJECT_NUMBERS};
use serde::Serialize;

use crate::error::ProjectorError;

/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Projectors that share the requests.
const GROUP: &str = "projectors";
/// Numbers given in one insert at most.
const STEP_MAX: u64 = 100_000;
/// Messages of the log before the last numbered one that are looked through again: a partition may be
/// this far behind. What comes even later is numbered when somebody meets it.
const BEHIND_MAX: u64 = 10_000;

/// The texts of a row of `actions` with their types, in the order in which they are numbered
/// (`tracking.md` §0.2, §5.2).
const ACTION_TEXTS: &str = "arrayConcat(multiIf(\
     kind = 1, [(4, ifNull(name, '')), (1, ifNull(url, ''))], \
     kind = 8, [(8, ifNull(name, ''))], \
     kind = 10, [(10, ifNull(url, '')), (10, event_category), (11, event_action), (12, ifNull(name, ''))], \
     kind = 13, [(13, ifNull(url, '')), (13, content_name), (14, content_piece), (15, content_target), \
                 (16, content_interaction)], \
     [(kind, ifNull(url, ''))]), \
     [(5, product_sku), (6, product_name)], arrayMap(category -> (7, category), product_categories))";
/// The same of a row of `conversion_items`.
const ITEM_TEXTS: &str = "arrayConcat([(5, sku), (6, name)], arrayMap(category -> (7, category), categories))";

/// A row of `numbers`.
#[derive(Debug, Row, Serialize)]
struct NumberRow {
    kind: u8,
    key: u64,
    number: u64,
}

/// Ids that are looked through: above the first, up to the second.
#[derive(Debug, Clone, Copy)]
struct Span(u64, u64);

/// Gives numbers.
pub(crate) struct Numberer {
    nats: async_nats::Client,
    log: Log,
    client: Client,
    requests: Subscriber,
}

impl Numberer {
    /// Begins to listen for requests.
    pub(crate) async fn open(context: &Context) -> Result<Self, ProjectorError> {
        let settings = [
            ("async_insert", "0"),
            ("insert_deduplicate", "1"),
            ("distributed_foreground_insert", "1"),
            ("max_insert_block_size", "1000000"),
        ];
        let client = settings
            .into_iter()
            .fold(context.clickhouse.clone(), |client, (name, value)| client.with_setting(name, value));
        let requests = context.nats.queue_subscribe(SUBJECT_NUMBERS, GROUP.to_owned()).await;
        let requests = requests.map_err(|error| ProjectorError::Requests(error.to_string()))?;
        Ok(Self { nats: context.nats.clone(), log: context.log.clone(), client, requests })
    }

    /// Numbers what is new now and then, and when it is asked to, for ever.
    pub(crate) async fn run(mut self) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        let mut seen = None;
        loop {
            tokio::select! {
                Some(message) = self.requests.next() => self.answer(&message).await,
                _ = tick.tick() => {
                    let known = std::mem::replace(&mut seen, self.newest().await);
                    let Some(upto) = known else { continue };
                    if let Err(error) = self.number(u64::MAX, upto).await {
                        tracing::warn!(%error, "what is new was not numbered");
                    }
                }
            }
        }
    }

    /// The largest id that a hit of the log may have now.
    async fn newest(&self) -> Option<u64> {
        let sequence = self.log.hits().get_info().await.ok()?.state.last_sequence;
        HitId::new(Partition(0), sequence + 1, 0).ok().map(|id| id.0)
    }

    async fn answer(&self, message: &async_nats::Message) {
        let Some(asker) = message.reply.clone() else { return };
        let numbered = match serde_json::from_slice::<NumberRequest>(&message.payload) {
            Ok(request) => self.number(request.from, u64::MAX).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let reply = numbered.map_or_else(
            |error| {
                tracing::warn!(%error, "a request for numbers failed");
                NumberReply::Failed
            },
            |()| NumberReply::Numbered,
        );
        let answered = self.nats.publish(asker, serde_json::to_vec(&reply).unwrap_or_default().into()).await;
        if let Err(error) = answered {
            tracing::warn!(%error, "who asked for numbers is not told that they are given");
        }
    }

    /// Numbers what has no number, from `from` or what may be behind, up to `upto`.
    async fn number(&self, from: u64, upto: u64) -> clickhouse::error::Result<()> {
        let visits = Span(from.saturating_sub(1).min(self.numbered(Numbered::Visit).await?), upto);
        let actions = Span(from.saturating_sub(1).min(self.numbered(Numbered::Action).await?), upto);
        self.give(Numbered::Visit, &fresh("visits", "visit_id", Numbered::Visit), visits).await?;
        self.give(Numbered::Text, &fresh_texts(), actions).await?;
        self.give(Numbered::Action, &fresh("actions", "action_id", Numbered::Action), actions).await
    }

    /// The id after which things may be that have no number.
    async fn numbered(&self, what: Numbered) -> clickhouse::error::Result<u64> {
        let sql = "SELECT key FROM numbers WHERE kind = {kind:UInt8} ORDER BY kind DESC, key DESC LIMIT 1";
        let last: Option<u64> = self.client.query(sql).param("kind", what.code()).fetch_optional().await?;
        let behind = HitId::new(Partition(0), BEHIND_MAX, 0).map_or(0, |id| id.0);
        Ok(last.unwrap_or(0).saturating_sub(behind))
    }

    /// Numbers the keys that a query finds, until it finds none.
    async fn give(&self, what: Numbered, fresh: &str, Span(after, upto): Span) -> clickhouse::error::Result<()> {
        let mut given = 0;
        loop {
            let query = self.client.query(fresh).param("after", after).param("upto", upto).param("step", STEP_MAX);
            let keys: Vec<u64> = query.fetch_all().await?;
            if keys.is_empty() {
                return Ok(());
            }
            given = self.given(what, given).await?;
            let client =
                self.client.clone().with_setting("insert_deduplication_token", format!("{}-{given}", what.code()));
            let mut insert = client.insert::<NumberRow>("numbers").await?;
            for (key, number) in keys.into_iter().zip(given + 1..) {
                insert.write(&NumberRow { kind: what.code(), key, number }).await?;
            }
            insert.end().await?;
        }
    }

    /// The last number that was given; it is not below `known`.
    async fn given(&self, what: Numbered, known: u64) -> clickhouse::error::Result<u64> {
        let sql = "SELECT max(number) FROM numbers WHERE kind = {kind:UInt8} AND number >= {known:UInt64}";
        self.client.query(sql).param("kind", what.code()).param("known", known).fetch_one().await
    }
}

/// Ids of a table without a number, in order.
fn fresh(table: &str, id: &str, what: Numbered) -> String {
    format!(
        "SELECT DISTINCT {id} FROM {table} WHERE {id} > {{after:UInt64}} AND {id} <= {{upto:UInt64}} \
         AND {id} GLOBAL NOT IN (SELECT key FROM numbers WHERE kind = {} AND key > {{after:UInt64}}) \
         ORDER BY {id} LIMIT {{step:UInt64}}",
        what.code()
    )
}

/// Keys of texts without a number, in the order in which they came.
fn fresh_texts() -> String {
    let came = format!(
        "SELECT cityHash64(text.1::UInt8, text.2) AS key, min((id, line, place)) AS first FROM (\
         SELECT action_id AS id, 0 AS line, {ACTION_TEXTS} AS texts FROM actions \
         WHERE action_id > {{after:UInt64}} AND action_id <= {{upto:UInt64}} UNION ALL \
         SELECT version, line, {ITEM_TEXTS} FROM conversion_items \
         WHERE version > {{after:UInt64}} AND version <= {{upto:UInt64}}) \
         ARRAY JOIN texts AS text, arrayEnumerate(texts) AS place WHERE text.2 != '' GROUP BY key"
    );
    format!(
        "SELECT key FROM ({came}) WHERE key GLOBAL NOT IN (\
         SELECT key FROM numbers WHERE kind = {} AND key GLOBAL IN (SELECT key FROM ({came}))) \
         ORDER BY first LIMIT {{step:UInt64}}",
        Numbered::Text.code()
    )
}

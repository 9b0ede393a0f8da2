//! The archived hits of a partition, in the order in which they were decided.

use anyhow::{Context as _, Result};
use clickhouse::{Client, Row, query::RowCursor};
use nagare_schema::{Bot, BotVerdicts, Cursor, Hit, HitId, Partition, decode};
use serde::Deserialize;

/// Sorting a large archive goes to disk.
const SETTINGS: &[(&str, &str)] =
    &[("max_bytes_before_external_sort", "500000000"), ("max_execution_time", "0"), ("max_threads", "2")];

/// Ids grow in the order of the log, and carry their partition.
const SQL: &str = "SELECT hit_id, codec_version, payload FROM hits \
     WHERE hit_id > {after:UInt64} AND bitAnd(bitShiftRight(hit_id, 10), 127) = {partition:UInt16} ORDER BY hit_id";

#[derive(Row, Deserialize)]
struct Archived {
    hit_id: u64,
    codec_version: u16,
    payload: Vec<u8>,
}

/// The archive of hits.
pub(super) struct Archive {
    client: Client,
    /// Verdicts that no longer hold.
    restored: Vec<BotVerdicts>,
}

/// Hits that are being read.
pub(super) struct Hits<'a> {
    rows: RowCursor<Archived>,
    restored: &'a [BotVerdicts],
}

impl Archive {
    pub(super) fn new(client: Client, restored: Vec<BotVerdicts>) -> Self {
        // A payload is no text, which validation would ask for.
        let client = client.with_validation(false);
        let client = SETTINGS.iter().fold(client, |client, (name, value)| client.with_setting(*name, *value));
        Self { client, restored }
    }

    /// The hits of a partition after a position.
    pub(super) fn after(&self, partition: Partition, position: Option<Cursor>) -> Result<Hits<'_>> {
        let after =
            position.map_or(Ok(HitId(0)), |at| HitId::new(partition, at.sequence, at.hits.saturating_sub(1)))?;
        let query = self.client.query_raw(SQL).param("after", after.0).param("partition", partition.0);
        Ok(Hits { rows: query.fetch().context("the archive cannot be read")?, restored: &self.restored })
    }
}

impl Hits<'_> {
    /// At most so many of those that follow; fewer only at the end.
    pub(super) async fn next(&mut self, count: usize) -> Result<Vec<(HitId, Hit)>> {
        let mut hits = Vec::new();
        while hits.len() < count {
            let Some(row) = self.rows.next().await.context("the archive cannot be read")? else { break };
            let hit = decode(row.codec_version, &row.payload);
            let mut hit: Hit = hit.with_context(|| format!("hit {} of the archive", row.hit_id))?;
            let restored = |bot: &mut Bot| self.restored.iter().any(|verdicts| verdicts.include(*bot));
            hit.bot.take_if(restored);
            hits.push((HitId(row.hit_id), hit));
        }
        Ok(hits)
    }
}

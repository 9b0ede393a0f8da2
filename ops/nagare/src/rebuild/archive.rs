//! The archived hits of a partition, in the order in which they were decided.

use anyhow::{Context as _, Result};
use clickhouse::{Client, Row, query::RowCursor};
use nagare_schema::{Cursor, Hit, HitId, Partition, decode};
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
pub(super) struct Archive(Client);

/// Hits that are being read.
pub(super) struct Hits(RowCursor<Archived>);

impl Archive {
    pub(super) fn new(client: Client) -> Self {
        // A payload is no text, which validation would ask for.
        let client = client.with_validation(false);
        Self(SETTINGS.iter().fold(client, |client, (name, value)| client.with_setting(*name, *value)))
    }

    /// The hits of a partition after a position.
    pub(super) fn after(&self, partition: Partition, position: Option<Cursor>) -> Result<Hits> {
        let after =
            position.map_or(Ok(HitId(0)), |at| HitId::new(partition, at.sequence, at.hits.saturating_sub(1)))?;
        let query = self.0.query_raw(SQL).param("after", after.0).param("partition", partition.0);
        Ok(Hits(query.fetch().context("the archive cannot be read")?))
    }
}

impl Hits {
    /// At most so many of those that follow; fewer only at the end.
    pub(super) async fn next(&mut self, count: usize) -> Result<Vec<(HitId, Hit)>> {
        let mut hits = Vec::new();
        while hits.len() < count {
            let Some(row) = self.0.next().await.context("the archive cannot be read")? else { break };
            let hit = decode(row.codec_version, &row.payload);
            hits.push((HitId(row.hit_id), hit.with_context(|| format!("hit {} of the archive", row.hit_id))?));
        }
        Ok(hits)
    }
}

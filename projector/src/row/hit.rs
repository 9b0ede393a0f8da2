use clickhouse::Row;
use nagare_schema::{Fact, Hit, HitId, HitKind, VisitId, encode};
use serde::Serialize;

use super::columns::{Blob, date_time};

/// A row of `hits`.
#[derive(Debug, Clone, PartialEq, Row, Serialize)]
pub(crate) struct HitRow {
    site_id: u32,
    hit_id: u64,
    visit_id: u64,
    at: u32,
    received_at: i64,
    kind: &'static str,
    visitor_id: u64,
    codec_version: u16,
    payload: Blob,
    bot_rule: &'static str,
    bot_version: u32,
}

impl HitRow {
    pub(crate) fn new(id: HitId, visit: Option<VisitId>, hit: &Hit) -> Self {
        Self {
            site_id: hit.site.0,
            hit_id: id.0,
            visit_id: visit.map_or(0, |visit| visit.0),
            at: date_time(hit.at),
            received_at: hit.received_at.0,
            kind: kind(&hit.kind),
            visitor_id: hit.visitor.map_or(0, |visitor| visitor.0),
            codec_version: Hit::VERSION,
            // What was decoded can be encoded: an error would be one of the codec itself.
            payload: Blob(encode(hit).unwrap_or_default()),
            bot_rule: hit.bot.map_or("", |bot| bot.rule.label()),
            bot_version: hit.bot.map_or(0, |bot| bot.version),
        }
    }
}

fn kind(kind: &HitKind) -> &'static str {
    match kind {
        HitKind::PageView => "page_view",
        HitKind::Search { .. } => "search",
        HitKind::Content(_) => "content",
        HitKind::Event(_) => "event",
        HitKind::Outlink(_) => "outlink",
        HitKind::Download(_) => "download",
        HitKind::Goal(_) => "goal",
        HitKind::Order(_) => "order",
        HitKind::Cart(_) => "cart",
        HitKind::Ping => "ping",
    }
}

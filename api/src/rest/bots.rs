//! Hits of a site that rules judged to be robots' (`tracking.md` §4.1): they are kept, and in no report.

use axum::{Json, extract::State};
use nagare_schema::UnixSeconds;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{given::Viewed, problem::Problem};
use crate::{plan, server::Shared};

/// Days that are counted, as of refused hits.
const DAYS_MAX: i64 = 92;
const DAY_S: i64 = 24 * 3600;

/// Hits of one day and rule.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BotHits {
    /// Date in UTC.
    #[schema(example = "2024-05-01")]
    date: String,
    /// `pattern` or `name` of the user agent, or `network`.
    rule: String,
    /// Version of the rule, a checksum of its list: `nagare rebuild --from-hits --restore-bots RULE@VERSION`
    /// takes these hits for people's.
    #[schema(example = "1c291ca3")]
    version: String,
    hits: u64,
}

/// Hits of robots in the last 92 days, by date, rule and version of the rule.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/bots",
    operation_id = "listBots",
    tag = "sites",
    params(("site" = u32, Path, description = "id of the site", example = 1)),
    responses(
        (status = 200, body = [BotHits]),
        (status = 401, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn counts(State(shared): State<Shared>, viewed: Viewed) -> Result<Json<Vec<BotHits>>, Problem> {
    let now = UnixSeconds::from(shared.context.clock.now());
    let since = UnixSeconds(now.0 - DAYS_MAX * DAY_S);
    let rows = shared.endpoint.engine().rows(&plan::bot_hits(viewed.site, since)).await?;
    Ok(Json(rows.iter().map(|row| counted(row)).collect()))
}

fn counted(row: &[Value]) -> BotHits {
    let text = |at: usize| row.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    BotHits { date: text(0), rule: text(1), version: text(2), hits: row.get(3).and_then(Value::as_u64).unwrap_or(0) }
}

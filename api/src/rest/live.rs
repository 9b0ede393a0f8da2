//! What happens on a site now.

use axum::{Json, extract::State};
use nagare_schema::UnixSeconds;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    given::{Given, Viewed, within},
    problem::Problem,
};
use crate::{plan, segment, segment::Segment, server::Shared};

const MINUTES_DEFAULT: u64 = 30;
/// Minutes that a snapshot may look back.
const MINUTES_MAX: u64 = 2880;
const MINUTE_S: i64 = 60;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// How far to look back; 30 unless given.
    #[param(minimum = 1, maximum = 2880)]
    minutes: Option<u64>,
    /// Only visits of this segment.
    #[param(example = "actions>1")]
    segment: Option<String>,
}

/// Counts of the last minutes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Snapshot {
    /// Seconds since 1970 up to which was counted.
    at: i64,
    minutes: u64,
    visits: u64,
    actions: u64,
    visitors: u64,
    conversions: u64,
}

/// Counts of the last minutes; the socket `/live` tells every change of them.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/live",
    operation_id = "getLive",
    tag = "live",
    params(("site" = u32, Path, description = "id of the site", example = 1), Asked),
    responses(
        (status = 200, body = Snapshot),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn snapshot(
    State(shared): State<Shared>,
    Viewed { caller, site }: Viewed,
    Given(asked): Given<Asked>,
) -> Result<Json<Snapshot>, Problem> {
    let minutes = within("minutes", asked.minutes.unwrap_or(MINUTES_DEFAULT), 1..=MINUTES_MAX)?;
    let sites = [site];
    let segment = Segment::parse(asked.segment.as_deref(), segment::Context::new(&caller, &sites))?;
    let now = UnixSeconds::from(shared.context.clock.now());
    let since = UnixSeconds(now.0 - minutes.cast_signed() * MINUTE_S);
    let rows = shared.endpoint.engine().rows(&plan::counters(&sites, since, segment.as_ref())).await?;
    let row = rows.into_iter().next().unwrap_or_default();
    let number = |at: usize| row.get(at).and_then(serde_json::Value::as_u64).unwrap_or(0);
    Ok(Json(Snapshot {
        at: now.0,
        minutes,
        visits: number(0),
        actions: number(1),
        visitors: number(2),
        conversions: number(3),
    }))
}

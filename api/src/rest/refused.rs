//! Hits of a site that were not recorded (`tracking.md` §4).

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use nagare_runtime::RefusalStore;

use super::{given::Viewed, problem::Problem};
use crate::server::Shared;

/// Hits of a site that were not recorded, by local date and reason.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/refused",
    operation_id = "listRefused",
    tag = "sites",
    params(("site" = u32, Path, description = "id of the site", example = 1)),
    responses(
        (status = 200, body = Object),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn days(State(shared): State<Shared>, viewed: Viewed) -> Response {
    let context = &shared.context;
    let read =
        async { RefusalStore::open(&context.jetstream, context.log.replicas()).await?.of_site(viewed.site).await };
    match read.await {
        Ok(days) => Json(days).into_response(),
        Err(error) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

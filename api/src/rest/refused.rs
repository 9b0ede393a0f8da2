//! `/api/v1/sites/{id}/refused`: hits of a site that were not recorded, by local date and reason
//! (`tracking.md` §4).

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use nagare_runtime::RefusalStore;
use nagare_schema::{GrantLevel, SiteId};

use super::{caller_of, problem};
use crate::server::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/v1/sites/{id}/refused", get(refused))
}

async fn refused(State(shared): State<Shared>, Path(id): Path<u32>, headers: HeaderMap) -> Response {
    let caller = caller_of(&shared, &headers);
    if !caller.sites_with(GrantLevel::View).contains(&SiteId(id)) {
        return problem(StatusCode::UNAUTHORIZED, "view access to the site is needed");
    }
    let context = &shared.context;
    let read =
        async { RefusalStore::open(&context.jetstream, context.log.replicas()).await?.of_site(SiteId(id)).await };
    match read.await {
        Ok(days) => Json(days).into_response(),
        Err(error) => problem(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
    }
}

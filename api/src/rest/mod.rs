//! `/api/v1` and the watermark: plain JSON, errors as `application/problem+json`.

mod refused;
mod settings;

use std::time::Duration;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use nagare_runtime::{WatermarkError, caught_up, partition_lags};
use nagare_schema::{GrantLevel, SiteId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    auth::{Caller, Credentials},
    request::Params,
    server::Shared,
};

/// Longest time that `/health/caughtup` waits, seconds.
const CAUGHT_UP_S_MAX: u64 = 300;

/// The paths of this module.
pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/api/v1/sites", get(sites))
        .route("/api/v1/lag", get(lag))
        .merge(refused::router())
        .merge(settings::router())
        .route("/health/caughtup", get(caughtup))
}

/// An error as RFC 9457 writes it.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("error");
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

pub(crate) fn caller_of(shared: &Shared, headers: &HeaderMap) -> Caller {
    shared.caller(&Credentials::of(headers, &Params::default(), &Params::default()))
}

#[derive(Serialize)]
struct SiteSummary {
    id: SiteId,
    name: String,
    main_url: String,
    timezone: String,
    currency: String,
}

/// The sites that the caller may view.
async fn sites(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let caller = caller_of(&shared, &headers);
    if !caller.is_user() {
        return problem(StatusCode::UNAUTHORIZED, "sign in first");
    }
    let visible = caller.sites_with(GrantLevel::View);
    let listed = visible.iter().filter_map(|id| caller.config.sites.get(id)).map(|site| SiteSummary {
        id: site.id,
        name: site.name.clone(),
        main_url: site.urls.first().cloned().unwrap_or_default(),
        timezone: site.timezone.clone(),
        currency: site.currency.clone(),
    });
    Json(listed.collect::<Vec<_>>()).into_response()
}

/// How far each partition is behind.
async fn lag(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if !caller_of(&shared, &headers).is_superuser() {
        return problem(StatusCode::UNAUTHORIZED, "superusers only");
    }
    match partition_lags(&shared.context).await {
        Ok(lags) => Json(lags).into_response(),
        Err(error) => problem(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
    }
}

#[derive(Deserialize)]
struct CaughtUp {
    #[serde(default = "default_timeout")]
    timeout: u64,
}

fn default_timeout() -> u64 {
    30
}

/// 200 once every hit that was acknowledged before the call is in the tables.
async fn caughtup(State(shared): State<Shared>, Query(asked): Query<CaughtUp>) -> Response {
    let timeout = Duration::from_secs(asked.timeout.min(CAUGHT_UP_S_MAX));
    match Box::pin(caught_up(&shared.context, timeout)).await {
        Ok(()) => "caught up\n".into_response(),
        Err(WatermarkError::Behind(lags)) => (StatusCode::SERVICE_UNAVAILABLE, Json(lags)).into_response(),
        Err(error) => problem(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
    }
}

//! `/api/v1` and the watermark: plain JSON, errors as `application/problem+json`.

mod refused;
mod settings;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    Extension, Json, Router,
    extract::{ConnectInfo, Query, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use nagare_runtime::{WatermarkError, caught_up, partition_lags};
use nagare_schema::{GrantLevel, SiteId, UnixSeconds};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    auth::{Caller, Credentials, SESSION_SECONDS},
    request::Params,
    server::{Shared, address_of},
};

/// Longest time that `/health/caughtup` waits, seconds.
const CAUGHT_UP_S_MAX: u64 = 300;

/// The paths of this module.
pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/api/v1/session", post(sign_in))
        .route("/api/v1/sites", get(sites))
        .route("/api/v1/lag", get(lag))
        .merge(refused::router())
        .merge(settings::router())
        .route("/health/caughtup", get(caughtup))
}

/// An error as RFC 9457 writes it.
fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("error");
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

#[derive(Deserialize)]
struct SignIn {
    login: String,
    password: String,
}

#[derive(Serialize)]
struct Session {
    access_token: String,
    expires_in: i64,
    user: SessionUser,
}

#[derive(Serialize)]
struct SessionUser {
    login: String,
    superuser: bool,
}

/// A session for a login and password. Unknown accounts and wrong passwords answer alike.
async fn sign_in(
    State(shared): State<Shared>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Response {
    let Ok(Json(SignIn { login, password })) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object with login and password is expected");
    };
    let address = address_of(connection);
    if let Some(wait) = shared.throttle.wait(&login, address, Instant::now()) {
        shared.metrics.sign_ins.with_label_values(&["throttled"]).inc();
        let mut response = problem(StatusCode::TOO_MANY_REQUESTS, "too many failed sign-ins; try again later");
        response.headers_mut().insert(header::RETRY_AFTER, (wait.as_secs() + 1).into());
        return response;
    }
    let user = shared.context.directory.snapshot().users.get(&login).cloned();
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let matches = shared.passwords.matches(stored, password).await;
    let session = user.filter(|_| matches).and_then(|user| {
        let access_token =
            shared.authenticator.sessions.issue(&user.login, UnixSeconds::from(shared.context.clock.now()))?;
        let user = SessionUser { login: user.login.clone(), superuser: user.superuser };
        Some(Session { access_token, expires_in: SESSION_SECONDS, user })
    });
    let Some(session) = session else {
        shared.throttle.failed(&login, address, Instant::now());
        shared.metrics.sign_ins.with_label_values(&["refused"]).inc();
        return problem(StatusCode::UNAUTHORIZED, "login or password is wrong");
    };
    shared.throttle.succeeded(&login, address);
    shared.metrics.sign_ins.with_label_values(&["accepted"]).inc();
    ([(header::CACHE_CONTROL, "no-store")], Json(session)).into_response()
}

fn caller_of(shared: &Shared, headers: &HeaderMap) -> Caller {
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

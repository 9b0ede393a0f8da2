//! How far what reports show is behind what was accepted.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use nagare_runtime::{Lag, Role, caught_up, owners, partition_lags};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{
    given::{Given, Superuser, within},
    problem::Problem,
};
use crate::server::Shared;

/// Longest time that `/health/caughtup` waits, seconds.
const CAUGHT_UP_S_MAX: u64 = 300;

/// How far each partition is behind, and whose it is.
#[utoipa::path(
    get,
    path = "/api/v1/lag",
    operation_id = "getLag",
    tag = "health",
    responses((status = 200, body = [Object]), (status = 401, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn lag(State(shared): State<Shared>, _: Superuser) -> Response {
    match partition_lags(&shared.context).await {
        Ok(lags) => Json(owned(&shared, lags).await).into_response(),
        Err(error) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

/// A partition and the processes that it falls to.
#[derive(Serialize)]
struct Owned {
    #[serde(flatten)]
    lag: Lag,
    processor: Option<String>,
    projector: Option<String>,
}

/// Whose partitions they are; nobody's while that cannot be told.
async fn owned(shared: &Shared, lags: Vec<Lag>) -> Vec<Owned> {
    let partitions = u16::try_from(lags.len()).unwrap_or(u16::MAX);
    let of = async |role| owners(&shared.context.jetstream, role, partitions).await.unwrap_or_default();
    let (processors, projectors) = tokio::join!(of(Role::Processor), of(Role::Projector));
    let owner = |names: &[String], lag: &Lag| names.get(usize::from(lag.partition)).cloned();
    let told = |lag: Lag| Owned { processor: owner(&processors, &lag), projector: owner(&projectors, &lag), lag };
    lags.into_iter().map(told).collect()
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CaughtUp {
    /// Seconds to wait; 30 unless given.
    #[param(maximum = 300)]
    #[serde(default = "default_timeout")]
    timeout: u64,
}

fn default_timeout() -> u64 {
    30
}

/// 200 once every hit that was acknowledged before the call is in the tables.
#[utoipa::path(
    get,
    path = "/health/caughtup",
    operation_id = "waitUntilCaughtUp",
    tag = "health",
    params(CaughtUp),
    responses((status = 200, body = String), (status = 400, body = Problem), (status = 503, body = Problem)),
    security(())
)]
pub(super) async fn caughtup(State(shared): State<Shared>, Given(asked): Given<CaughtUp>) -> Response {
    let timeout = match within("timeout", asked.timeout, 0..=CAUGHT_UP_S_MAX) {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(problem) => return problem.into_response(),
    };
    match Box::pin(caught_up(&shared.context, timeout)).await {
        Ok(()) => "caught up\n".into_response(),
        Err(error) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

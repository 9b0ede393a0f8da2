//! `/api/v1/audit`: the security log, for superusers.

use axum::{Json, extract::State, http::StatusCode};
use nagare_runtime::ChainedEntry;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    given::{Given, Superuser, within},
    problem::Problem,
};
use crate::server::Shared;

/// Entries of one answer at most, and unless fewer are asked for.
const ENTRIES_MAX: u64 = 500;
/// Sequences are numbers that every language has.
const SEQUENCE_MAX: u64 = i64::MAX.cast_unsigned();

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Only entries before this one.
    #[param(maximum = 9223372036854775807_i64)]
    before: Option<u64>,
    /// Entries of the answer.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// An entry and its link to the one before.
#[derive(Serialize, ToSchema)]
pub(super) struct Listed {
    /// Its place in the log.
    sequence: u64,
    /// Hash of the entry before; empty: the first.
    previous: String,
    /// SHA-256 of `previous` and the entry.
    hash: String,
    /// Who did what, to whom or what, and how it ended.
    #[schema(value_type = Object)]
    entry: serde_json::Value,
}

impl From<(u64, ChainedEntry)> for Listed {
    fn from((sequence, stored): (u64, ChainedEntry)) -> Self {
        let entry = serde_json::to_value(stored.entry).unwrap_or_default();
        Self { sequence, previous: stored.previous, hash: stored.hash, entry }
    }
}

/// The newest entries of the security log, the newest first, for superusers.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "listAudit",
    tag = "audit",
    params(Asked),
    responses(
        (status = 200, body = [Listed]),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn list(
    State(shared): State<Shared>,
    _: Superuser,
    Given(asked): Given<Asked>,
) -> Result<Json<Vec<Listed>>, Problem> {
    let limit = within("limit", asked.limit.unwrap_or(ENTRIES_MAX), 1..=ENTRIES_MAX)?;
    let before = asked.before.map(|before| within("before", before, 0..=SEQUENCE_MAX)).transpose()?;
    match shared.audit.newest(before, usize::try_from(limit).unwrap_or(usize::MAX)).await {
        Ok(entries) => Ok(Json(entries.into_iter().map(Listed::from).collect())),
        Err(error) => {
            tracing::error!(%error, "the security log cannot be read");
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the security log cannot be read now"))
        }
    }
}

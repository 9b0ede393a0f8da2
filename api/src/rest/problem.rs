//! Errors of `/api/v1`, as RFC 9457 writes them.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Fault;

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Problem {
    /// What kind of problem it is; `about:blank` when its status says it all.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    /// What to do differently.
    detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("error");
        Self { kind: "about:blank", title, status: status.as_u16(), detail: detail.into() }
    }

    pub(super) fn unauthorised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign in first")
    }

    /// Sites that a caller may not see are as if they were not there.
    pub(super) fn no_site() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such site, or you may not view it")
    }
}

/// Errors that Matomo's API answers with 200 are errors of the request here.
impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let status = if fault.status == StatusCode::OK { StatusCode::BAD_REQUEST } else { fault.status };
        Self::new(status, fault.message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).unwrap_or_default();
        (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_api_has_a_status_that_is_one() {
        assert_eq!(Problem::from(Fault::new("x")).status, 400);
        assert_eq!(Problem::from(Fault::denied("x")).status, 401);
        let response = Problem::no_site().into_response();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}

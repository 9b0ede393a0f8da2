//! `/api/v1` and the watermark: plain JSON, errors as `application/problem+json`, an OpenAPI document of it
//! all at `/api/v1/openapi.json`.

mod audit;
mod cursor;
mod etag;
mod fields;
mod given;
mod health;
mod live;
mod problem;
mod query;
mod refused;
mod settings;
mod sites;
mod subjects;
mod visits;

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::problem::Problem;
use crate::{
    auth::{Caller, Credentials},
    request::Params,
    server::Shared,
};

/// The name of the way to authenticate, in the document.
const BEARER: &str = "bearer";

/// What the document says beside its paths.
#[derive(OpenApi)]
#[openapi(
    info(title = "Nagare", description = "Reports, visits and live counts of sites."),
    modifiers(&Security),
    security(("bearer" = []))
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A session or a token."));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(BEARER, SecurityScheme::Http(scheme.build()));
    }
}

/// Every path with its documentation.
fn documented() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(sites::list))
        .routes(routes!(sites::one))
        .routes(routes!(query::report))
        .routes(routes!(query::vocabulary))
        .routes(routes!(visits::log))
        .routes(routes!(live::snapshot))
        .routes(routes!(refused::days))
        .routes(routes!(settings::list, settings::change))
        .routes(routes!(audit::list))
        .routes(routes!(subjects::find, subjects::erase))
        .routes(routes!(subjects::export))
        .routes(routes!(health::lag))
        .routes(routes!(health::caughtup))
}

/// The paths of this module.
pub(crate) fn router() -> Router<Shared> {
    let (router, document) = documented().split_for_parts();
    router
        .route("/api/v1/openapi.json", get(move || std::future::ready(Json(document))))
        .route("/api/v1/{*path}", any(nothing))
        .layer(middleware::from_fn(etag::tag))
}

async fn nothing() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is no such path; see /api/v1/openapi.json")
}

/// An error of `/api/v1`.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    Problem::new(status, detail).into_response()
}

/// Who asks by a bearer token.
pub(crate) fn caller_of(shared: &Shared, headers: &HeaderMap) -> Caller {
    shared.caller(&Credentials::of(headers, &Params::default(), &Params::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document is read by generators of clients: a change of it shows in the file.
    #[test]
    fn the_document_is_as_recorded() {
        let (_, document) = documented().split_for_parts();
        let text = document.to_pretty_json().unwrap();
        crate::snapshot::check("src/rest/openapi.json", &(text + "\n"));
    }
}

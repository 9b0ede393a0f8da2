//! `/api/v1` and the watermark: plain JSON, errors as `application/problem+json`, an OpenAPI document of it
//! all at `/api/v1/openapi.json`.

mod audit;
mod bots;
mod change;
mod cursor;
mod etag;
mod fields;
mod given;
mod health;
mod live;
mod privacy;
mod problem;
mod query;
mod refused;
mod retention;
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
    openapi::{
        OpenApi as Paths, RefOr, ResponseBuilder,
        path::Operation,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
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
    fn modify(&self, document: &mut Paths) {
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
        .routes(routes!(bots::counts))
        .routes(routes!(settings::list, settings::change))
        .routes(routes!(privacy::read, privacy::change))
        .routes(routes!(retention::read, retention::change))
        .routes(routes!(retention::removals, retention::remove))
        .routes(routes!(audit::list))
        .routes(routes!(subjects::find, subjects::erase))
        .routes(routes!(subjects::export))
        .routes(routes!(health::lag))
        .routes(routes!(health::caughtup))
}

/// The paths, and the document with what holds for all of them.
fn described() -> (Router<Shared>, Paths) {
    let (router, mut document) = documented().split_for_parts();
    for path in document.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch];
        operations.into_iter().flatten().for_each(describe_refusals);
    }
    (router, document)
}

/// Any request may come too soon after others, and problems are problems.
fn describe_refusals(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    for (status, response) in responses.iter_mut() {
        if let (false, RefOr::T(response)) = (status.starts_with('2'), response)
            && let Some(content) = response.content.swap_remove("application/json")
        {
            response.content.insert("application/problem+json".to_owned(), content);
        }
    }
    let too_many = ResponseBuilder::new().description("too many requests of this address, token or site");
    responses.insert(StatusCode::TOO_MANY_REQUESTS.as_str().to_owned(), RefOr::T(too_many.build()));
}

/// The paths of this module.
pub(crate) fn router() -> Router<Shared> {
    let (router, document) = described();
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
        let (_, document) = described();
        let text = document.to_pretty_json().unwrap();
        crate::snapshot::check("src/rest/openapi.json", &(text + "\n"));
    }

    /// Generators name functions after them.
    #[test]
    fn every_operation_has_an_id_of_its_own() {
        let (_, document) = described();
        let of_path = |path: &utoipa::openapi::PathItem| {
            let operations = [&path.get, &path.put, &path.post, &path.delete, &path.patch];
            operations.into_iter().flatten().filter_map(|operation| operation.operation_id.clone()).collect::<Vec<_>>()
        };
        let ids: Vec<String> = document.paths.paths.values().flat_map(of_path).collect();
        let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{ids:?}");
    }
}

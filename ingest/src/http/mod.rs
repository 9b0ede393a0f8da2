//! The Tracking HTTP API (`tracking.md` §1) as a router.

mod answer;
mod body;
pub(crate) mod envelope;
mod script;
#[cfg(test)]
mod tests;
mod track;

pub(crate) use body::{LARGE_KIB_MAX, form};

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::Method,
    response::Response,
    routing::{any, get},
};

use crate::{intake::Intake, salt::SaltStore};

/// Paths that take hits.
const TRACKING_PATHS: [&str; 2] = ["/matomo.php", "/piwik.php"];
/// Paths that take hits when a query or a POST comes, and serve the tracker else.
const MIXED_PATHS: [&str; 3] = ["/js/", "/js/index.php", "/js/tracker.php"];
/// Paths that serve the tracker.
const SCRIPT_PATHS: [&str; 3] = ["/matomo.js", "/piwik.js", "/nagare.js"];

/// The routes of ingest.
pub(crate) fn router<S: SaltStore>(intake: Arc<Intake<S>>) -> Router {
    let mut router = Router::new();
    for path in TRACKING_PATHS {
        router = router.route(path, any(track::track::<S>));
    }
    for path in MIXED_PATHS {
        router = router.route(path, any(script_or_track::<S>));
    }
    for path in SCRIPT_PATHS {
        router = router.route(path, get(script::script));
    }
    router.with_state(intake)
}

async fn script_or_track<S: SaltStore>(intake: State<Arc<Intake<S>>>, request: Request) -> Response {
    let has_query = request.uri().query().is_some_and(|query| !query.is_empty());
    if has_query || matches!(*request.method(), Method::POST | Method::OPTIONS) {
        return track::track(intake, request).await;
    }
    script::script(request.headers().clone()).await
}

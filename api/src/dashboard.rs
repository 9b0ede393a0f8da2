//! The dashboard and the demo page: files that are part of the binary.

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::server::Shared;

/// What pages may load: their own origin's files, nothing inline, nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";
/// The same for the one view that other sites may show in theirs.
const EMBEDDED_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors *";
/// A report that a link shares, for pages of others: it knows no session.
const EMBEDDED_VIEW: &str = "embed";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/web/dist"]
#[allow_missing = true]
struct Files;

/// The paths of this module.
pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/demo", get(|| async { page("text/html; charset=utf-8", include_str!("demo/page.html")) }))
        .route("/demo/page.js", get(|| async { page("text/javascript; charset=utf-8", include_str!("demo/page.js")) }))
        .route("/demo/page.css", get(|| async { page("text/css; charset=utf-8", include_str!("demo/page.css")) }))
        .fallback(file)
}

/// The dashboard's page.
pub(crate) fn index() -> Response {
    match Files::get("index.html") {
        Some(index) => secured(embedded(&index, "text/html; charset=utf-8", "no-cache")),
        None => (StatusCode::NOT_FOUND, "the dashboard is not part of this build: run `make web` before building\n")
            .into_response(),
    }
}

/// A file of the dashboard; any other path is a view of it.
async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let Some(found) = Files::get(path) else {
        // A missing file must not answer with a page, nor a misspelt path of the API.
        let is_view = !path.starts_with("assets/") && !path.starts_with("api/") && !path.contains('.');
        return if path == EMBEDDED_VIEW {
            embeddable(index())
        } else if is_view {
            index()
        } else {
            (StatusCode::NOT_FOUND, "not found\n").into_response()
        };
    };
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == etag(&found).as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    // Vite puts a hash into the names of assets.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    secured(embedded(&found, found.metadata.mimetype(), caching))
}

fn embedded(file: &EmbeddedFile, kind: &str, caching: &str) -> Response {
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::ETAG, etag(file)),
    ];
    (head, file.data.to_vec()).into_response()
}

fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    format!("\"{}\"", crate::auth::hex(&hash[..8]))
}

fn page(kind: &'static str, text: &'static str) -> Response {
    secured(([(header::CONTENT_TYPE, kind)], text).into_response())
}

fn embeddable(mut view: Response) -> Response {
    view.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(EMBEDDED_POLICY));
    view
}

/// Adds the headers that keep a page to itself.
fn secured(mut response: Response) -> Response {
    let headers = [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

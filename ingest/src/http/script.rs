//! The JavaScript tracker, embedded in the binary.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

/// Ten days, as pages expect of a tracker.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=864000");
const JAVASCRIPT: HeaderValue = HeaderValue::from_static("application/javascript; charset=UTF-8");
const FILE: &str = "matomo.js";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/tracker/dist"]
#[allow_missing = true]
struct Dist;

/// `/matomo.js` and its other names.
pub(super) async fn script(headers: HeaderMap) -> Response {
    let Some(file) = Dist::get(FILE) else {
        return (StatusCode::NOT_FOUND, "The tracker was not built into this server: run `make web` first.\n")
            .into_response();
    };
    let hash: String = file.metadata.sha256_hash()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hash}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let unchanged =
        known.is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let mut response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { file.data.into_owned().into_response() };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, JAVASCRIPT);
    answer.insert(header::CACHE_CONTROL, CACHE_CONTROL);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    response
}

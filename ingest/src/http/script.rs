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
/// The same, packed once and better than a server could in passing.
const PACKED: &str = "matomo.js.gz";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/tracker/dist"]
#[allow_missing = true]
struct Dist;

/// `/matomo.js` and its other names.
pub(super) async fn script(headers: HeaderMap) -> Response {
    let packed = if takes_gzip(&headers) { Dist::get(PACKED) } else { None };
    let is_packed = packed.is_some();
    let Some(file) = packed.or_else(|| Dist::get(FILE)) else {
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
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_packed {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    response
}

/// True when the client names gzip, and not to refuse it.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_by_those_who_say_so() {
        let takes = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            takes_gzip(&headers)
        };
        assert!(["gzip", "gzip, deflate, br", "br;q=1, GZIP;q=0.5"].into_iter().all(takes));
        assert!(!["", "br", "gzip;q=0", "deflate, gzip; q=0", "gzip;q=x"].into_iter().any(takes));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}

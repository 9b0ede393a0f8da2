//! Answers that a client already has are not sent again (RFC 9110 §13).

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// Bytes of an answer at most.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// Bytes of a tag: enough that no two answers of a client share one.
const TAG_BYTES: usize = 16;

/// Tags what a `GET` answers by its content.
pub(super) async fn tag(request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    let is_stored = response.headers().get(header::CACHE_CONTROL).is_none_or(|control| control != "no-store");
    if !is_get || !is_stored || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_BYTES_MAX).await else {
        return Problem::new(StatusCode::BAD_REQUEST, "the answer is too large; ask for less").into_response();
    };
    let tag = tag_of(&bytes);
    let is_known = known.is_some_and(|known| matches(&known, &tag));
    set(&mut parts.headers, header::ETAG, &tag);
    set(&mut parts.headers, header::CACHE_CONTROL, "private, no-cache");
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn tag_of(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().take(TAG_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Weak and strong tags are alike to `If-None-Match`.
fn matches(known: &HeaderValue, tag: &str) -> bool {
    let Ok(known) = known.to_str() else { return false };
    known.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_matched_in_any_of_its_forms() {
        let tag = tag_of(b"x");
        assert_eq!(tag.len(), 2 + 2 * TAG_BYTES);
        assert_ne!(tag, tag_of(b"y"));
        for (known, expected) in [(tag.clone(), true), (format!("\"a\", W/{tag}"), true), ("\"a\"".to_owned(), false)] {
            assert_eq!(matches(&HeaderValue::from_str(&known).unwrap(), &tag), expected, "{known}");
        }
    }
}

//! Answers of the tracking endpoint (`tracking.md` §1.4, §1.5).

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::Response,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use nagare_schema::{
    DropReason, NamedSettings,
    named_setting::{CORS_DOMAINS, CUSTOM_IMAGE},
};
use serde_json::json;

use crate::intake::{BulkFailure, BulkTally, is_error};

/// The transparent image; clients compare its bytes.
pub(super) const GIF: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
/// Shown to who opens the endpoint in a browser.
pub(super) const NOTICE: &str = "<!DOCTYPE html><title>Nagare</title><p>This is the tracking endpoint of <b>Nagare</b>, \
    which speaks Matomo's Tracking HTTP API. It takes hits; it has no pages.</p>\n";
/// When a client that was turned away may come back.
fn retry_after(status: StatusCode) -> Option<HeaderValue> {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => Some(HeaderValue::from_static("5")),
        StatusCode::TOO_MANY_REQUESTS => Some(HeaderValue::from_static("1")),
        _ => None,
    }
}

/// How images of each kind begin.
const IMAGES: [(&[u8], &str); 3] =
    [(b"GIF8", "image/gif"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg")];

/// What of a request, and of the settings, shapes its answer.
pub(super) struct Asked {
    method: Method,
    origin: Option<HeaderValue>,
    /// `send_image=0`.
    pub(super) without_image: bool,
    sharing: Sharing,
    /// In place of [`GIF`], with its type.
    image: Option<(Vec<u8>, &'static str)>,
}

/// Whether pages of another origin may read the answer to a GET.
#[derive(Debug, PartialEq, Eq)]
enum Sharing {
    /// No origin may, and nothing is said.
    Off,
    /// Some may; this one may not.
    Refused,
    /// This one may.
    With(HeaderValue),
}

impl Sharing {
    fn of(origin: Option<&HeaderValue>, domains: &str) -> Self {
        if domains.is_empty() {
            return Self::Off;
        }
        let is_listed = |origin: &&HeaderValue| {
            let mut listed = domains.split(',').map(str::trim);
            listed.any(|domain| domain == "*" || domain.as_bytes() == origin.as_bytes())
        };
        origin.filter(is_listed).map_or(Self::Refused, |origin| Self::With(origin.clone()))
    }
}

/// The image of a setting, unless it is none.
fn custom_image(encoded: &str) -> Option<(Vec<u8>, &'static str)> {
    let bytes = BASE64_STANDARD.decode(encoded.trim()).ok().filter(|bytes| !bytes.is_empty())?;
    let (_, kind) = IMAGES.into_iter().find(|(begin, _)| bytes.starts_with(begin))?;
    Some((bytes, kind))
}

/// The answer to a preflight request, if it is one.
pub(super) fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    let asks = [header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_REQUEST_HEADERS];
    if *method != Method::OPTIONS || !asks.iter().any(|name| headers.contains_key(name)) {
        return None;
    }
    let mut response = with_status(StatusCode::NO_CONTENT, Body::empty());
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Some(response)
}

impl Asked {
    pub(super) fn of(parts: &Parts, settings: &NamedSettings) -> Self {
        let origin = parts.headers.get(header::ORIGIN);
        Self {
            method: parts.method.clone(),
            origin: origin.cloned(),
            without_image: false,
            sharing: Sharing::of(origin, settings.text(&CORS_DOMAINS)),
            image: custom_image(settings.text(&CUSTOM_IMAGE)),
        }
    }

    /// The answer to a single hit.
    pub(super) fn single(&self, outcome: Result<(), DropReason>) -> Response {
        match outcome {
            Err(reason) if is_error(reason) => self.image(StatusCode::BAD_REQUEST),
            Err(
                reason @ (DropReason::TooLarge
                | DropReason::MalformedBody
                | DropReason::Overload
                | DropReason::SpoolFull
                | DropReason::TooMany),
            ) => self.refused(reason),
            Err(DropReason::DoNotTrack) => {
                let mut response = self.tracked();
                response.headers_mut().insert("tk", HeaderValue::from_static("N"));
                response
            }
            Ok(()) | Err(_) => self.tracked(),
        }
    }

    /// The answer to a bulk request.
    pub(super) fn bulk(&self, outcome: Result<BulkTally, BulkFailure>, without_answer: bool) -> Response {
        match outcome {
            Ok(_) if without_answer => self.finish(with_status(StatusCode::NO_CONTENT, Body::empty())),
            Ok(tally) => self.tally(StatusCode::OK, "success", &tally),
            Err(BulkFailure::Ended(tally)) => self.tally(StatusCode::INTERNAL_SERVER_ERROR, "error", &tally),
            Err(BulkFailure::Unavailable) => self.later(StatusCode::SERVICE_UNAVAILABLE),
            Err(BulkFailure::TooMany) => self.later(StatusCode::TOO_MANY_REQUESTS),
        }
    }

    /// The answer to a bulk request of which nothing is stored, and which may come again.
    fn later(&self, status: StatusCode) -> Response {
        let mut response = self.tally(status, "error", &BulkTally::default());
        if let Some(seconds) = retry_after(status) {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }

    /// The answer while nothing is recorded at all (§1.4).
    pub(super) fn disabled(&self) -> Response {
        if self.without_image { self.tracked() } else { self.image(StatusCode::SERVICE_UNAVAILABLE) }
    }

    /// The answer to a request without parameters.
    pub(super) fn notice(&self) -> Response {
        let status = if self.method == Method::GET { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        let mut response = with_status(status, Body::from(NOTICE));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
        self.finish(response)
    }

    /// The answer to a request that is not looked into.
    pub(super) fn refused(&self, reason: DropReason) -> Response {
        let status = match reason {
            DropReason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            DropReason::MalformedBody => StatusCode::BAD_REQUEST,
            DropReason::TooMany => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = with_status(status, Body::empty());
        if let Some(seconds) = retry_after(status) {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        self.finish(response)
    }

    fn tracked(&self) -> Response {
        if self.without_image {
            return self.finish(with_status(StatusCode::NO_CONTENT, Body::empty()));
        }
        self.image(StatusCode::OK)
    }

    fn image(&self, status: StatusCode) -> Response {
        let (body, kind) = match &self.image {
            Some((bytes, kind)) => (Body::from(bytes.clone()), *kind),
            None => (Body::from(GIF), "image/gif"),
        };
        let mut response = with_status(status, body);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        self.finish(response)
    }

    fn tally(&self, status: StatusCode, word: &str, tally: &BulkTally) -> Response {
        let mut body = json!({ "status": word, "tracked": tally.tracked, "invalid": tally.invalid.len() });
        if tally.tells_places && status == StatusCode::OK {
            body["invalid_indices"] = json!(tally.invalid);
        }
        let mut response = with_status(status, Body::from(body.to_string()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.finish(response)
    }

    /// Caching of GET; access of other sites' pages to everything else.
    fn finish(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if self.method == Method::GET {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            if self.sharing != Sharing::Off {
                headers.insert(header::VARY, HeaderValue::from_static("origin"));
            }
            if let Sharing::With(origin) = &self.sharing {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
        } else {
            let origin = self.origin.clone().unwrap_or(HeaderValue::from_static("*"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        response
    }
}

fn with_status(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

//! What the headers of a request say about its hits.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
};

use axum::http::{HeaderMap, HeaderName, header};
use nagare_schema::UnixMillis;
use serde_json::{Map, Value};

use crate::{params::from_bytes, pipeline::Envelope};

/// The opt-out cookie as it is on the wire (§4.6).
const OPT_OUT_COOKIE: &str = "matomo_ignore=ignore%3DKg%3D%3D";
/// Client hints by header and by the name they have in `uadata` (§8.4).
const HINTS: [(&str, &str); 7] = [
    ("sec-ch-ua", "brands"),
    ("sec-ch-ua-full-version-list", "fullVersionList"),
    ("sec-ch-ua-mobile", "mobile"),
    ("sec-ch-ua-model", "model"),
    ("sec-ch-ua-platform", "platform"),
    ("sec-ch-ua-platform-version", "platformVersion"),
    ("sec-ch-ua-full-version", "uaFullVersion"),
];

/// Reads the headers.
pub(super) fn read(headers: &HeaderMap, peer: Option<IpAddr>, received_at: UnixMillis) -> Envelope<'_> {
    let is = |name: &'static str, values: &[&str]| {
        let value = text(headers, HeaderName::from_static(name));
        value.is_some_and(|value| values.iter().any(|known| value.trim().eq_ignore_ascii_case(known)))
    };
    let starts = |name: &'static str, start: &str| {
        text(headers, HeaderName::from_static(name)).is_some_and(|value| value.starts_with(start))
    };
    Envelope {
        received_at,
        peer: peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        user_agent: text(headers, header::USER_AGENT).unwrap_or_default(),
        language: text(headers, header::ACCEPT_LANGUAGE).unwrap_or_default(),
        referer: text(headers, header::REFERER),
        hints: hints(headers),
        do_not_track: starts("dnt", "1") || is("x-do-not-track", &["1"]) || is("sec-gpc", &["1"]),
        opted_out: text(headers, header::COOKIE).is_some_and(|cookies| cookies.contains(OPT_OUT_COOKIE)),
        prefetch: is("x-purpose", &["preview", "instant"]) || is("x-moz", &["prefetch"]),
        data_saver: text(headers, header::VIA).is_some_and(|via| via.contains("chrome-compression-proxy")),
        token: None,
        token_in_body: false,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<Cow<'_, str>> {
    headers.get(name).map(|value| from_bytes(value.as_bytes()))
}

/// The hints as JSON; `None` when there are none.
fn hints(headers: &HeaderMap) -> Option<String> {
    let found = HINTS.iter().filter_map(|(header, name)| {
        let value = headers.get(*header)?.to_str().ok()?;
        Some(((*name).to_owned(), Value::String(value.to_owned())))
    });
    let found: Map<String, Value> = found.collect();
    (!found.is_empty()).then(|| Value::Object(found).to_string())
}

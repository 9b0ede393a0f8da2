//! What the headers of a request say about its hits.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::HeaderMap;
use nagare_schema::UnixMillis;
use serde_json::{Map, Value, json};

use crate::{
    params::{from_bytes, from_form},
    pipeline::Envelope,
};

/// Name and decoded value of the opt-out cookie (§4.6).
const OPT_OUT_COOKIE: &str = "matomo_ignore";
const OPT_OUT_VALUE: &str = "ignore=Kg==";
/// Header of a client hint, the name it has in `uadata`, and what it becomes there.
type Hint = (&'static str, &'static str, fn(&str) -> Option<Value>);

/// The client hints (§8.4).
const HINTS: [Hint; 11] = [
    ("sec-ch-ua", "brands", brands),
    ("sec-ch-ua-full-version-list", "fullVersionList", brands),
    ("sec-ch-ua-model", "model", unquoted),
    ("sec-ch-ua-platform", "platform", unquoted),
    ("sec-ch-ua-platform-version", "platformVersion", unquoted),
    ("sec-ch-ua-full-version", "uaFullVersion", unquoted),
    ("sec-ch-ua-arch", "architecture", unquoted),
    ("sec-ch-ua-bitness", "bitness", unquoted),
    // The app that shows the page; that it is a hint is Matomo's reading.
    ("x-requested-with", "requestedWith", unquoted),
    ("sec-ch-ua-form-factors", "formFactors", texts),
    ("sec-ch-ua-mobile", "mobile", |mobile| Some(Value::Bool(mobile == "?1"))),
];
/// Brands of one list.
const BRANDS_MAX: usize = 16;

/// The first value of each header that tells of hits.
#[derive(Default)]
struct Told<'a> {
    user_agent: Option<&'a [u8]>,
    language: Option<&'a [u8]>,
    referer: Option<&'a [u8]>,
    do_not_track: [Option<&'a [u8]>; 3],
    purpose: [Option<&'a [u8]>; 2],
    via: Option<&'a [u8]>,
    forwarded_scheme: Option<&'a [u8]>,
    cookie: Option<&'a [u8]>,
    opted_out: bool,
}

impl<'a> Told<'a> {
    fn read(headers: &'a HeaderMap) -> Self {
        let mut told = Self::default();
        for (name, value) in headers {
            let slot = match name.as_str() {
                "user-agent" => &mut told.user_agent,
                "accept-language" => &mut told.language,
                "referer" => &mut told.referer,
                "dnt" => &mut told.do_not_track[0],
                "x-do-not-track" => &mut told.do_not_track[1],
                "sec-gpc" => &mut told.do_not_track[2],
                "x-purpose" => &mut told.purpose[0],
                "x-moz" => &mut told.purpose[1],
                "via" => &mut told.via,
                "x-forwarded-proto" => &mut told.forwarded_scheme,
                "cookie" => {
                    told.opted_out |= has_opted_out(value.as_bytes());
                    &mut told.cookie
                }
                _ => continue,
            };
            slot.get_or_insert(value.as_bytes());
        }
        told
    }
}

/// Reads the headers.
pub(crate) fn read(headers: &HeaderMap, peer: Option<IpAddr>, received_at: UnixMillis) -> Envelope<'_> {
    let told = Told::read(headers);
    let is = |value: Option<&[u8]>, known: &[&str]| {
        value.is_some_and(|value| known.iter().any(|known| value.trim_ascii().eq_ignore_ascii_case(known.as_bytes())))
    };
    let [dnt, do_not_track, privacy_control] = told.do_not_track;
    Envelope {
        received_at,
        peer: peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        user_agent: told.user_agent.map(from_bytes).unwrap_or_default(),
        language: told.language.map(from_bytes).unwrap_or_default(),
        referer: told.referer.map(from_bytes),
        hints: hints(headers),
        do_not_track: dnt.is_some_and(|value| value.starts_with(b"1"))
            || is(do_not_track, &["1"])
            || is(privacy_control, &["1"]),
        opted_out: told.opted_out,
        prefetch: is(told.purpose[0], &["preview", "instant"]) || is(told.purpose[1], &["prefetch"]),
        data_saver: told.via.is_some_and(|via| from_bytes(via).contains("chrome-compression-proxy")),
        cookies: told.cookie.unwrap_or_default(),
        is_secure: is(told.forwarded_scheme, &["https"]),
        in_bulk: false,
        token: None,
        token_in_body: false,
    }
}

fn has_opted_out(cookies: &[u8]) -> bool {
    cookies.split(|byte| *byte == b';').any(|cookie| {
        let value = cookie.trim_ascii().strip_prefix(OPT_OUT_COOKIE.as_bytes());
        value.and_then(|value| value.strip_prefix(b"=")).is_some_and(|value| from_form(value) == OPT_OUT_VALUE)
    })
}

/// The hints in the shape of `uadata`; `None` when there are none.
fn hints(headers: &HeaderMap) -> Option<String> {
    let mut values = [const { None }; HINTS.len()];
    for (header, value) in headers {
        let place = HINTS.iter().position(|(name, ..)| *name == header.as_str());
        if let (Some(place), Ok(text)) = (place, value.to_str())
            && values[place].is_none()
        {
            values[place] = HINTS[place].2(text);
        }
    }
    if values.iter().all(Option::is_none) {
        return None;
    }
    let found = HINTS.iter().zip(values).filter_map(|((_, name, _), value)| Some(((*name).to_owned(), value?)));
    Some(Value::Object(found.collect::<Map<_, _>>()).to_string())
}

/// `"Chromium";v="124", "Not-A.Brand";v="99"` as in `uadata`.
fn brands(list: &str) -> Option<Value> {
    let mut brands = Vec::new();
    let mut rest = list;
    while brands.len() < BRANDS_MAX {
        let Some((brand, after)) = quoted(rest) else { break };
        let version = after.trim_start().strip_prefix(';').and_then(quoted);
        let (version, after) = version.unwrap_or(("", after));
        brands.push(json!({ "brand": brand, "version": version }));
        rest = after;
    }
    (!brands.is_empty()).then_some(Value::Array(brands))
}

/// `"Tablet", "Mobile"` as in `uadata`.
fn texts(list: &str) -> Option<Value> {
    let mut rest = list;
    let mut texts = Vec::new();
    while texts.len() < BRANDS_MAX
        && let Some((text, after)) = quoted(rest)
    {
        texts.push(text);
        rest = after;
    }
    (!texts.is_empty()).then(|| Value::from(texts))
}

/// A text, in quotes or not.
fn unquoted(text: &str) -> Option<Value> {
    let text = text.trim().trim_matches('"');
    (!text.is_empty()).then(|| Value::from(text))
}

/// The next text in quotes, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let (_, text) = text.split_once('"')?;
    text.split_once('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_4_headers_take_the_shape_of_uadata() {
        let mut headers = HeaderMap::new();
        headers.insert("sec-ch-ua", r#""Chromium";v="124", "Not-A;Brand" ; v="99""#.parse().unwrap());
        headers.insert("sec-ch-ua-platform", r#""Linux""#.parse().unwrap());
        headers.insert("sec-ch-ua-mobile", "?0".parse().unwrap());
        headers.insert("sec-ch-ua-form-factors", r#""Tablet", "Mobile""#.parse().unwrap());
        headers.insert("x-requested-with", "com.example.app".parse().unwrap());
        let expected = json!({
            "brands": [{ "brand": "Chromium", "version": "124" }, { "brand": "Not-A;Brand", "version": "99" }],
            "platform": "Linux",
            "requestedWith": "com.example.app",
            "formFactors": ["Tablet", "Mobile"],
            "mobile": false,
        });
        assert_eq!(hints(&headers).unwrap(), expected.to_string());
        assert_eq!(hints(&HeaderMap::new()), None);
    }

    #[test]
    fn the_first_value_of_a_header_counts_and_every_cookie_may_opt_out() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("user-agent", "first"),
            ("user-agent", "second"),
            ("cookie", "a=b"),
            ("cookie", "matomo_ignore=ignore%3DKg%3D%3D"),
            ("sec-gpc", "1"),
            ("x-purpose", "Preview"),
            ("x-forwarded-proto", "https"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        let envelope = read(&headers, None, UnixMillis(0));
        assert_eq!((envelope.user_agent.as_ref(), envelope.cookies), ("first", &b"a=b"[..]));
        assert!(envelope.opted_out && envelope.do_not_track && envelope.prefetch && envelope.is_secure);
        assert!(!envelope.data_saver && envelope.referer.is_none() && envelope.hints.is_none());
    }

    #[test]
    fn section_4_6_the_opt_out_cookie_has_a_value() {
        for cookies in
            ["matomo_ignore=ignore%3DKg%3D%3D", "a=b; matomo_ignore=ignore=Kg==;c", "x;matomo_ignore=ignore%3dKg=="]
        {
            assert!(has_opted_out(cookies.as_bytes()), "{cookies}");
        }
        for cookies in ["", "matomo_ignore=", "matomo_ignore", "xmatomo_ignore=ignore%3DKg%3D%3D", "matomo_ignore=Kg=="]
        {
            assert!(!has_opted_out(cookies.as_bytes()), "{cookies}");
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_hints_stay_bounded(list in r#"[";v=a, ]{0,300}"#) {
            let brands = brands(&list);
            proptest::prop_assert!(brands.is_none_or(|brands| brands.as_array().is_some_and(|brands| brands.len() <= BRANDS_MAX)));
        }
    }
}

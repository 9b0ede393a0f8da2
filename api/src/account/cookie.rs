//! The cookie that renews a session. It authorises nothing else, and is sent to no other path.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::auth::SESSION_MAX;

/// Its name.
const NAME: &str = "nagare_session";
/// The only path that it is sent to.
const PATH: &str = "/api/v1/session";
/// A header that pages of other sites cannot send without being allowed to, which nobody is.
const PROOF: &str = "x-nagare-request";

/// `id.secret` of the session that a cookie renews.
pub(super) fn read(headers: &HeaderMap) -> Option<(String, String)> {
    let (id, secret) = named(headers, NAME)?.split_once('.')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// The value of a cookie.
pub(super) fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Sets it: not for scripts, not for other sites, and over HTTPS alone where that is spoken.
pub(super) fn set(headers: &mut HeaderMap, id: &str, secret: &str, is_secure: bool) {
    write(headers, &format!("{id}.{secret}"), SESSION_MAX.as_secs(), is_secure);
}

/// Takes it back.
pub(super) fn clear(headers: &mut HeaderMap, is_secure: bool) {
    write(headers, "", 0, is_secure);
}

fn write(headers: &mut HeaderMap, value: &str, seconds: u64, is_secure: bool) {
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie = format!("{NAME}={value}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// True when the request was made by a page of this origin, not by another site with our cookie.
pub(super) fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text(PROOF).is_none() || text("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return false;
    }
    let Some(origin) = text("origin") else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text("host")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_cookie_is_for_no_script_no_other_site_and_one_path() {
        let mut answer = HeaderMap::new();
        set(&mut answer, "id", "secret", true);
        let cookie = answer[header::SET_COOKIE].to_str().unwrap().to_owned();
        for flag in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/api/v1/session;"] {
            assert!(cookie.contains(flag), "{flag}: {cookie}");
        }
        let sent = headers(&[("cookie", "other=1; nagare_session=id.secret")]);
        assert_eq!(read(&sent), Some(("id".to_owned(), "secret".to_owned())));
        assert_eq!(read(&headers(&[("cookie", "nagare_session=junk")])), None);
    }

    #[test]
    fn only_pages_of_this_origin_may_use_it() {
        let own = ("host", "stats.example");
        let check = |more: &[(&'static str, &str)]| is_same_origin(&headers(&[&[own], more].concat()));
        assert!(check(&[("x-nagare-request", "1")]));
        assert!(check(&[("x-nagare-request", "1"), ("origin", "https://stats.example")]));
        assert!(!check(&[]));
        assert!(!check(&[("origin", "https://stats.example")]));
        assert!(!check(&[("x-nagare-request", "1"), ("origin", "https://evil.example")]));
        assert!(!check(&[("x-nagare-request", "1"), ("origin", "null")]));
        assert!(!check(&[("x-nagare-request", "1"), ("sec-fetch-site", "cross-site")]));
        assert!(!check(&[("x-nagare-request", "1"), ("sec-fetch-site", "same-site")]));
    }
}

//! The opt-out page and script (`tracking.md` §4.6): visitors refuse to be measured.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use nagare_schema::UnixSeconds;

use crate::{
    auth::{Purpose, Signer, generate_token},
    request::Params,
    server::is_secure,
};

/// Name and value of the cookie that ingest honours.
const COOKIE: &str = "matomo_ignore=ignore%3DKg%3D%3D";
/// The cookie of a visitor across sites, which goes when they refuse.
const VISITOR_COOKIE: &str = "_pk_uid";
const YEARS_30_SECONDS: i64 = 30 * 365 * 24 * 3600;
const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("script.js");

/// Which of the two a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The page that is shown in a frame.
    Page,
    /// The script for the page of a site.
    Script,
}

impl Asked {
    /// `module=CoreAdminHome` with `action=optOut` or `action=optOutJS`.
    pub(crate) fn of(params: &Params) -> Option<Self> {
        match (params.text("module")?, params.text("action")?) {
            ("CoreAdminHome", "optOut") => Some(Self::Page),
            ("CoreAdminHome", "optOutJS") => Some(Self::Script),
            _ => None,
        }
    }
}

/// Answers with the script, or with the page: after a form with a valid nonce the other choice holds.
pub(crate) fn answer(asked: Asked, signer: &Signer, headers: &HeaderMap, form: &Params, now: UnixSeconds) -> Response {
    if asked == Asked::Script {
        let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
        return (kind, SCRIPT).into_response();
    }
    let is_out = has_refused(headers);
    let nonce = form.filled("nonce");
    let chosen = nonce.is_some_and(|nonce| signer.read(Purpose::OptOut, nonce, now).is_some());
    if nonce.is_some() && !chosen {
        return (StatusCode::FORBIDDEN, "The form has expired: open the page again.\n").into_response();
    }
    let mut response = page(is_out != chosen, signer, now);
    if chosen {
        let secure = is_secure(headers);
        set(&mut response, COOKIE, if is_out { 0 } else { YEARS_30_SECONDS }, secure);
        if !is_out {
            set(&mut response, &format!("{VISITOR_COOKIE}="), 0, secure);
        }
    }
    response
}

fn has_refused(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).any(|cookie| cookie.trim() == COOKIE)
}

fn page(is_out: bool, signer: &Signer, now: UnixSeconds) -> Response {
    let (state, button) = if is_out {
        ("You are not measured.", "Allow to be measured")
    } else {
        ("You are measured, without being known by name.", "Refuse to be measured")
    };
    let (nonce, style) = (signer.issue(Purpose::OptOut, "", "", now).unwrap_or_default(), generate_token());
    let text = [("{state}", state), ("{button}", button), ("{nonce}", nonce.as_str()), ("{style}", style.as_str())]
        .iter()
        .fold(PAGE.to_owned(), |text, (name, value)| text.replace(name, value));
    // Sites show it in a frame.
    let policy = format!("default-src 'none'; style-src 'nonce-{style}'; form-action 'self'; frame-ancestors *");
    let head = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (head, text).into_response()
}

/// In a frame of another site a cookie is kept only when it says so, which takes HTTPS.
fn set(response: &mut Response, cookie: &str, seconds: i64, is_secure: bool) {
    let site = if is_secure { "SameSite=None; Secure" } else { "SameSite=Lax" };
    if let Ok(value) = HeaderValue::from_str(&format!("{cookie}; Path=/; Max-Age={seconds}; {site}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

    fn answered(cookie: &str, form: &str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        answer(Asked::Page, &Signer::new("secret"), &headers, &Params::parse(form).unwrap(), NOW)
    }

    fn set_cookies(response: &Response) -> Vec<String> {
        response.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn section_4_6_a_form_toggles_the_cookie() {
        let nonce = Signer::new("secret").issue(Purpose::OptOut, "", "", NOW).unwrap();
        let form = format!("nonce={nonce}");
        let refused = set_cookies(&answered("a=b", &form));
        assert!(refused[0].starts_with("matomo_ignore=ignore%3DKg%3D%3D; Path=/; Max-Age=946080000"), "{refused:?}");
        assert!(refused[1].starts_with("_pk_uid=; Path=/; Max-Age=0"), "{refused:?}");
        let allowed = set_cookies(&answered(COOKIE, &form));
        assert!(allowed.len() == 1 && allowed[0].contains("Max-Age=0"), "{allowed:?}");
    }

    #[test]
    fn section_4_6_without_a_nonce_nothing_changes() {
        assert!(set_cookies(&answered("a=b", "")).is_empty());
        let forged = answered("a=b", "nonce=forged");
        assert_eq!((forged.status(), set_cookies(&forged).len()), (StatusCode::FORBIDDEN, 0));
        let session = Signer::new("secret").issue(Purpose::Access, "root", "s1", NOW).unwrap();
        assert_eq!(answered("a=b", &format!("nonce={session}")).status(), StatusCode::FORBIDDEN);
    }

    #[test]
    fn section_4_6_page_and_script_are_told_apart() {
        let asked = |query: &str| Asked::of(&Params::parse(query).unwrap());
        assert_eq!(asked("module=CoreAdminHome&action=optOut"), Some(Asked::Page));
        assert_eq!(asked("module=CoreAdminHome&action=optOutJS&divId=x"), Some(Asked::Script));
        assert_eq!(asked("module=API&action=optOut"), None);
    }
}

//! The visitor's cookie of this server, which follows them across sites; off by default (`tracking.md` §2.6).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use nagare_schema::{
    DropReason, Settings,
    named_setting::{COOKIE_NAME, COOKIE_SECONDS, THIRD_PARTY_COOKIE},
};

use super::Envelope;
use crate::params::{Name, Params, from_form};

/// Characters of a visitor id.
const ID_CHARS: usize = 16;
/// What stands before the id in the value.
const FIELD: &str = "0=";

/// The id in the request's cookie.
pub(super) fn id(settings: &Settings, envelope: &Envelope<'_>) -> Option<String> {
    if !settings.named.flag(&THIRD_PARTY_COOKIE) {
        return None;
    }
    let name = settings.named.text(&COOKIE_NAME).as_bytes();
    let mut cookies = envelope.cookies.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let value = cookies.find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix(b"="))?;
    let value = from_form(value);
    let stored = value.strip_prefix(FIELD)?;
    let id =
        if is_id(stored) { stored.to_owned() } else { String::from_utf8(BASE64_STANDARD.decode(stored).ok()?).ok()? };
    is_id(&id).then_some(id)
}

fn is_id(text: &str) -> bool {
    text.len() == ID_CHARS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The `Set-Cookie` of the answer to a hit: a tracked one keeps the id, a visitor who does not want to be
/// tracked loses it.
pub(crate) fn set_cookie(
    settings: &Settings,
    params: &Params<'_>,
    envelope: &Envelope<'_>,
    outcome: Result<(), DropReason>,
) -> Option<String> {
    if !settings.named.flag(&THIRD_PARTY_COOKIE) || envelope.opted_out {
        return None;
    }
    let sent = || params.text(Name::VisitorId)?.get(..ID_CHARS).filter(|id| is_id(id)).map(str::to_owned);
    let (value, seconds) = match outcome {
        Ok(()) => (written(&id(settings, envelope).or_else(sent)?), settings.named.number(&COOKIE_SECONDS)),
        Err(DropReason::DoNotTrack) => (String::new(), 0),
        Err(_) => return None,
    };
    let site = if envelope.is_secure { "SameSite=None; Secure" } else { "SameSite=Lax" };
    Some(format!("{}={value}; Path=/; Max-Age={seconds}; {site}", settings.named.text(&COOKIE_NAME)))
}

/// Digits as they are, everything else encoded.
fn written(id: &str) -> String {
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let stored = if is_number { id.to_owned() } else { BASE64_STANDARD.encode(id) };
    format!("{FIELD}{stored}").replace('=', "%3D").replace('+', "%2B").replace('/', "%2F")
}

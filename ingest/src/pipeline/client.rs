//! How the client presents itself (`tracking.md` §1.2, §8.2, §8.4).

use std::borrow::Cow;

use nagare_schema::{DropReason, Text};

use super::{Draft, Envelope};
use crate::{
    params::{Name, Params, cut},
    place::language,
};

/// Bytes of a user agent.
const USER_AGENT_BYTES_MAX: usize = 1024;
/// Bytes of client hints.
const HINTS_BYTES_MAX: usize = 4096;
/// Bytes of a resolution.
const RESOLUTION_BYTES_MAX: usize = 9;

/// `ua` and `lang`, else the headers.
pub(super) fn describe(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    let sent = draft.params.text(Name::UserAgent);
    let user_agent = sent.unwrap_or(Cow::Borrowed(draft.envelope.user_agent.as_ref()));
    draft.user_agent = match user_agent {
        Cow::Borrowed(text) => Cow::Borrowed(cut(text, USER_AGENT_BYTES_MAX)),
        Cow::Owned(text) => Cow::Owned(cut(&text, USER_AGENT_BYTES_MAX).to_owned()),
    };
    let sent = draft.params.text(Name::Language);
    draft.languages = language::normalize(sent.as_deref().unwrap_or(&draft.envelope.language));
    draft.hints = hints(draft.params, draft.envelope);
    draft.agent = draft.agents.of(&draft.user_agent, draft.hints.as_deref());
    Ok(())
}

/// `uadata`, else the headers, as JSON.
fn hints<'a>(params: &'a Params<'_>, envelope: &'a Envelope<'_>) -> Option<Cow<'a, str>> {
    let sent = params.object(Name::Hints).or_else(|| envelope.hints.as_deref().map(Cow::Borrowed));
    sent.filter(|hints| hints.len() <= HINTS_BYTES_MAX)
}

/// `res`; `unknown` when absent.
pub(super) fn resolution(params: &Params<'_>) -> Text {
    params.text(Name::Resolution).map_or_else(|| "unknown".into(), |text| cut(text.trim(), RESOLUTION_BYTES_MAX).into())
}

/// Bit of the cookie flag.
pub(super) const COOKIE: u8 = 1 << 7;

/// Plugin flags as bits, flash lowest.
pub(super) fn plugins(params: &Params<'_>) -> u8 {
    const BITS: [Name; 8] = [
        Name::Flash,
        Name::Java,
        Name::Pdf,
        Name::QuickTime,
        Name::RealPlayer,
        Name::Silverlight,
        Name::WindowsMedia,
        Name::Cookie,
    ];
    BITS.iter().enumerate().fold(0, |bits, (bit, name)| bits | u8::from(params.flag(*name)) << bit)
}

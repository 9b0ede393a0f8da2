//! Who the visitor is, as far as a hit tells (`tracking.md` §2.1, §2.2).

use std::{borrow::Cow, hash::Hasher, net::IpAddr};

use nagare_schema::{ConfigId, DropReason, Identity, Text, VisitorId, named_setting::USER_ID_IS_VISITOR_ID};
use sha1::Sha1;
use sha2::Digest;
use siphasher::sip::SipHasher24;

use super::{Draft, access::enriching, client, third_party};
use crate::{
    params::{Name, cut, cut_chars},
    rules::Rules,
    salt::DayKey,
};

/// Characters of a user id.
const USER_ID_CHARS_MAX: usize = 200;
/// Characters of a visitor id.
const VISITOR_ID_CHARS: usize = 16;
/// Bytes of the language list that tell devices apart.
const LANGUAGE_BYTES: usize = 20;

/// `uid`, `cid`, a cookie, `_id`: the first that is there.
pub(super) fn visitor(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    let params = draft.params;
    draft.user = params.filled(Name::UserId).map(|user| pseudonym(draft.rules, &user));
    let settings = draft.rules.settings();
    if settings.random_fingerprints {
        draft.identity = Identity::None;
    } else if let Some(user) = draft.user.as_ref().filter(|_| settings.named.flag(&USER_ID_IS_VISITOR_ID)) {
        let digest = Sha1::digest(user.as_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        draft.visitor = Some(VisitorId(u64::from_be_bytes(bytes)));
        draft.identity = Identity::User;
    } else if let Some(forced) = params.text(Name::ForcedId) {
        if forced.chars().count() != VISITOR_ID_CHARS {
            return Err(DropReason::InvalidParameter);
        }
        draft.visitor = hexadecimal(&forced);
        draft.identity = if draft.visitor.is_some() { Identity::Forced } else { Identity::None };
    } else if let Some(id) = cookie(draft) {
        draft.visitor = id.get(..VISITOR_ID_CHARS).and_then(hexadecimal);
        draft.identity = if draft.visitor.is_some() { Identity::Cookie } else { Identity::None };
    }
    Ok(())
}

/// The cookie of this server, or `_id`, unless cookies are ignored (§9).
fn cookie<'a>(draft: &Draft<'a>) -> Option<Cow<'a, str>> {
    let settings = draft.rules.settings();
    if settings.cookieless {
        return None;
    }
    let sent = || draft.params.text(Name::VisitorId).filter(|id| id.len() >= VISITOR_ID_CHARS);
    third_party::id(settings, draft.envelope).map(Cow::Owned).or_else(sent)
}

/// The user id, or a hash of it that only this deployment can make (§9).
fn pseudonym(rules: &Rules, user: &str) -> String {
    if !rules.settings().pseudonymous_user_ids {
        return user.to_owned();
    }
    format!("{:x}", Sha1::new().chain_update(user).chain_update(&rules.secret).finalize())
}

fn hexadecimal(id: &str) -> Option<VisitorId> {
    id.parse().ok()
}

/// `uid`, as it is stored.
pub(super) fn user_id(draft: &Draft<'_>) -> Option<Text> {
    draft.user.as_deref().map(|user| cut_chars(user, USER_ID_CHARS_MAX).into())
}

/// The fingerprint: equal for equal devices on one site and day, and of no use on another day, since
/// the key, which stands for deployment, site and day, is forgotten.
pub(super) fn fingerprint(draft: &Draft<'_>, key: DayKey) -> ConfigId {
    if draft.rules.settings().random_fingerprints {
        return ConfigId(rand::random());
    }
    let mut hasher = SipHasher24::new_with_key(&key.0);
    let address = match enriching(draft) {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    };
    draft.agent.mark(&draft.user_agent, &mut hasher);
    for part in [&address[..], cut(&draft.languages, LANGUAGE_BYTES).as_bytes()] {
        hasher.write(part);
        hasher.write_u8(0xff);
    }
    let plugins = client::plugins(draft.params);
    hasher.write_u8(if draft.agent.hides_cookie() { plugins & !client::COOKIE } else { plugins });
    ConfigId(hasher.finish())
}

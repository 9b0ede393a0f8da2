//! Who the visitor is, as far as a hit tells (`tracking.md` §2.1, §2.2).

use std::{hash::Hasher, net::IpAddr, sync::Arc};

use nagare_schema::{ConfigId, DropReason, Identity, VisitorId};
use sha1::Sha1;
use sha2::Digest;
use siphasher::sip::SipHasher24;

use super::{Draft, access::enriching, client};
use crate::{
    params::{Name, Params, cut, cut_chars},
    salt::DayKey,
};

/// Characters of a user id.
const USER_ID_CHARS_MAX: usize = 200;
/// Characters of a visitor id.
const VISITOR_ID_CHARS: usize = 16;
/// Bytes of the language list that tell devices apart.
const LANGUAGE_BYTES: usize = 20;

/// `uid`, `cid`, `_id`: the first that is there.
pub(super) fn visitor(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    let params = draft.params;
    if let Some(user) = params.filled(Name::UserId) {
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
    } else if let Some(id) = params.text(Name::VisitorId).filter(|id| id.len() >= VISITOR_ID_CHARS) {
        draft.visitor = id.get(..VISITOR_ID_CHARS).and_then(hexadecimal);
        draft.identity = if draft.visitor.is_some() { Identity::Cookie } else { Identity::None };
    }
    Ok(())
}

fn hexadecimal(id: &str) -> Option<VisitorId> {
    id.parse().ok()
}

/// `uid`, as it is stored.
pub(super) fn user_id(params: &Params<'_>) -> Option<Arc<str>> {
    params.filled(Name::UserId).map(|user| cut_chars(&user, USER_ID_CHARS_MAX).into())
}

/// The fingerprint: equal for equal devices on one site and day, and of no use on another day, since
/// the key, which stands for deployment, site and day, is forgotten.
pub(super) fn fingerprint(draft: &Draft<'_>, key: DayKey) -> ConfigId {
    let mut hasher = SipHasher24::new_with_key(&key.0);
    let address = match enriching(draft) {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    };
    for part in [draft.user_agent.as_bytes(), &address, cut(&draft.languages, LANGUAGE_BYTES).as_bytes()] {
        hasher.write(part);
        hasher.write_u8(0xff);
    }
    hasher.write_u8(client::plugins(draft.params));
    ConfigId(hasher.finish())
}

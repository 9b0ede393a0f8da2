//! Privileged parameters: who may set them, and what they set (`tracking.md` §1.6, §8.1, §9).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nagare_schema::{
    Config, DropReason, GrantLevel, Place, Token,
    named_setting::{BULK_NEEDS_TOKEN, PRIVILEGE_NEEDS_TOKEN},
};
use sha2::{Digest, Sha256};

use super::{Draft, Envelope, SHORT_BYTES_MAX};
use crate::{
    params::{Name, Params, cut, cut_chars, float},
    place::three_decimals,
};

/// Characters of a country or region.
const CODE_CHARS_MAX: usize = 3;
/// Bytes of a token; a longer text is none.
const TOKEN_BYTES_MAX: usize = 256;

/// True when the hit's token belongs to a superuser, or to somebody with write access to the site.
/// Looked at only when a parameter asks for it.
fn is_trusted(draft: &Draft<'_>) -> bool {
    !draft.rules.settings().named.flag(&PRIVILEGE_NEEDS_TOKEN) || has_token(draft)
}

fn has_token(draft: &Draft<'_>) -> bool {
    let (envelope, config) = (draft.envelope, &draft.rules.config);
    let Some(token) = envelope.token.or_else(|| draft.params.raw(Name::Token)) else { return false };
    let in_body = envelope.token.is_none() && envelope.token_in_body;
    let Some(token) = valid(config, token, in_body, envelope) else { return false };
    let level = config.level_of(&token.login, draft.site.id);
    let level = level.and_then(|level| token.scope.narrowed(draft.site.id, level));
    level.is_some_and(|level| level >= GrantLevel::Write)
}

/// True when the token belongs to a superuser.
pub(crate) fn is_superuser(config: &Config, token: &str, envelope: &Envelope<'_>) -> bool {
    let token = valid(config, token, false, envelope).filter(|token| token.scope.is_whole());
    token.and_then(|token| config.users.get(&token.login)).is_some_and(|user| user.superuser)
}

fn valid<'c>(config: &'c Config, token: &str, in_body: bool, envelope: &Envelope<'_>) -> Option<&'c Token> {
    if token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let hash = format!("{:x}", Sha256::digest(token.as_bytes()));
    let token = config.tokens.get(&hash)?;
    let fresh = token.expires_at.is_none_or(|until| until > envelope.received_at);
    (fresh && (!token.secure_only || in_body)).then_some(token)
}

/// Hits of bulk requests may need a token (§1.5).
pub(super) fn bulk(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    let needs_token = draft.envelope.in_bulk && draft.rules.settings().named.flag(&BULK_NEEDS_TOKEN);
    if needs_token && !has_token(draft) { Err(DropReason::Unauthorized) } else { Ok(()) }
}

/// `cip` (§8.1), which is kept as it is written: an IPv4 address may be mapped into IPv6.
pub(super) fn address(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    if let Some(text) = draft.params.text(Name::Address) {
        require(draft)?;
        draft.address = text.trim().parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    } else {
        draft.address = draft.address.to_canonical();
    }
    Ok(())
}

/// `country`, `region`, `city`, `lat`, `long` need a token.
pub(super) fn place_override(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    if PLACE.iter().any(|name| draft.params.text(*name).is_some()) { require(draft) } else { Ok(()) }
}

const PLACE: [Name; 5] = [Name::Country, Name::Region, Name::City, Name::Latitude, Name::Longitude];

/// Refuses the hit unless its token allows privileged parameters.
pub(super) fn require(draft: &Draft<'_>) -> Result<(), DropReason> {
    if is_trusted(draft) { Ok(()) } else { Err(DropReason::Unauthorized) }
}

/// The place that the request forces; parts that it does not name stay as located.
pub(super) fn forced_place(params: &Params<'_>, located: &Place) -> Option<Place> {
    if PLACE.iter().all(|name| params.text(*name).is_none()) {
        return None;
    }
    let mut place = located.clone();
    if let Some(country) = params.text(Name::Country) {
        place = Place { country: cut_chars(&country.to_lowercase(), CODE_CHARS_MAX).into(), ..Place::default() };
    }
    if let Some(region) = params.text(Name::Region) {
        place.region = cut_chars(&region, CODE_CHARS_MAX).into();
    }
    if let Some(city) = params.text(Name::City) {
        place.city = cut(&city, SHORT_BYTES_MAX).into();
    }
    // Any number is kept: who may send a place is trusted with it.
    let degrees = |name| params.text(name).and_then(|text| float(text.trim())).map(three_decimals);
    place.latitude = degrees(Name::Latitude).or(place.latitude);
    place.longitude = degrees(Name::Longitude).or(place.longitude);
    Some(place)
}

/// The address for what only enriches the hit, place and fingerprint: the whole one, unless settings
/// ask for the masked one (§2.2, §9).
pub(super) fn enriching(draft: &Draft<'_>) -> IpAddr {
    let settings = draft.rules.settings();
    let address = draft.address.to_canonical();
    if settings.locate_masked { masked(address, settings.mask_bytes) } else { address }
}

/// The address without its last bytes (§9): IPv6 keeps /64, /48, /24 or nothing by level.
pub(super) fn masked(address: IpAddr, bytes: u8) -> IpAddr {
    match address.to_canonical() {
        _ if bytes == 0 => address,
        IpAddr::V4(address) => {
            let kept = u32::MAX.checked_shl(8 * u32::from(bytes)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from(u32::from(address) & kept))
        }
        IpAddr::V6(address) => {
            let kept: u32 = match bytes {
                1 => 64,
                2 => 48,
                3 => 24,
                _ => 0,
            };
            let mask = u128::MAX.checked_shl(128 - kept).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_9_addresses_are_masked_from_the_end() {
        let check = |address: &str, bytes, expected: &str| {
            assert_eq!(masked(address.parse().unwrap(), bytes).to_string(), expected);
        };
        check("1.2.3.4", 0, "1.2.3.4");
        check("1.2.3.4", 2, "1.2.0.0");
        check("1.2.3.4", 4, "0.0.0.0");
        check("::ffff:1.2.3.4", 0, "::ffff:1.2.3.4");
        check("::ffff:1.2.3.4", 1, "1.2.3.0");
        check("2001:db8:1:2:3::4", 1, "2001:db8:1:2::");
        check("2001:db8:1:2:3::4", 2, "2001:db8:1::");
        check("2001:db8:1:2:3::4", 4, "::");
    }
}

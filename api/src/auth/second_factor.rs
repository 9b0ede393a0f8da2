//! Codes by time (RFC 6238) and recovery codes.

use nagare_runtime::{Vault, VaultError};
use nagare_schema::{SecondFactor, UnixSeconds};
use rand::RngCore;
use totp_rs::{Builder, Secret, Totp};

use super::{generate_token, token_hash};

/// Bytes of a shared secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// Recovery codes of an account.
const RECOVERY_CODES: usize = 10;
/// Hexadecimal digits of a recovery code: 64 bits.
const RECOVERY_DIGITS: usize = 16;
/// Bytes of a code that is looked at.
const CODE_BYTES_MAX: usize = 64;

/// A shared secret as its owner types or scans it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) secret: String,
    pub(crate) url: String,
}

/// A fresh second factor, not confirmed yet.
pub(crate) fn enrol(vault: &Vault, login: &str) -> Result<(SecondFactor, Shown), VaultError> {
    let mut bytes = [0_u8; SECRET_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    let secret = Secret::from(bytes).to_base32();
    let label = percent_encoding::utf8_percent_encode(login, percent_encoding::NON_ALPHANUMERIC);
    let url = format!("otpauth://totp/Nagare:{label}?secret={secret}&issuer=Nagare");
    let sealed_secret = vault.seal(&place(login), &bytes)?;
    Ok((SecondFactor { sealed_secret, ..SecondFactor::default() }, Shown { secret, url }))
}

/// The factor after a code was accepted; `None` when it is not.
pub(crate) fn accept(
    vault: &Vault,
    login: &str,
    factor: &SecondFactor,
    code: &str,
    now: UnixSeconds,
) -> Result<Option<SecondFactor>, VaultError> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).take(CODE_BYTES_MAX).collect();
    if factor.confirmed {
        let hash = token_hash(&code.to_ascii_lowercase());
        if factor.recovery.contains(&hash) {
            let recovery = factor.recovery.iter().filter(|left| **left != hash).cloned().collect();
            return Ok(Some(SecondFactor { recovery, ..factor.clone() }));
        }
    }
    let totp = totp(&vault.open(&place(login), &factor.sealed_secret)?)?;
    let step = totp.check(&code, u64::try_from(now.0).unwrap_or(0));
    let fresh = step.filter(|step| *step > factor.last_step);
    Ok(fresh.map(|last_step| SecondFactor { last_step, ..factor.clone() }))
}

/// The factor from now on asked for, with fresh recovery codes to be shown once.
pub(crate) fn confirm(factor: SecondFactor) -> (SecondFactor, Vec<String>) {
    let codes: Vec<String> =
        (0..RECOVERY_CODES).map(|_| generate_token().chars().take(RECOVERY_DIGITS).collect()).collect();
    let recovery = codes.iter().map(|code| token_hash(code)).collect();
    (SecondFactor { confirmed: true, recovery, ..factor }, codes)
}

fn totp(secret: &[u8]) -> Result<Totp, VaultError> {
    Builder::new().with_secret(secret.to_vec()).build().map_err(|_| VaultError::Damaged)
}

/// What the secret of an account is sealed for: nobody else's can be put in its place.
pub fn place(login: &str) -> String {
    format!("second factor of {login}")
}

#[cfg(test)]
mod tests {
    use nagare_runtime::VaultOptions;

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

    fn vault() -> Vault {
        VaultOptions::default().open("0123456789abcdef0123456789abcdef").unwrap()
    }

    fn code_at(shown: &Shown, at: i64) -> String {
        let secret = Secret::try_from_base32(&shown.secret).unwrap();
        Builder::new().with_secret(secret).build().unwrap().generate(u64::try_from(at).unwrap()).to_string()
    }

    #[test]
    fn a_code_is_accepted_once_and_in_its_time() {
        let (factor, shown) = enrol(&vault(), "jane").unwrap();
        let take = |factor: &SecondFactor, code: &str| accept(&vault(), "jane", factor, code, NOW).unwrap();
        let taken = take(&factor, &code_at(&shown, NOW.0)).unwrap();
        assert_eq!(take(&taken, &code_at(&shown, NOW.0)), None);
        assert_eq!(take(&taken, &code_at(&shown, NOW.0 - 30)), None);
        assert!(take(&taken, &code_at(&shown, NOW.0 + 30)).is_some());
        assert_eq!(take(&factor, &code_at(&shown, NOW.0 + 300)), None);
        for bad in ["", "0", "abcdef", "99999999999999999999"] {
            assert_eq!(take(&factor, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_recovery_code_is_accepted_once() {
        let (factor, codes) = confirm(enrol(&vault(), "jane").unwrap().0);
        assert_eq!(codes.len(), RECOVERY_CODES);
        let left = accept(&vault(), "jane", &factor, &codes[3], NOW).unwrap().unwrap();
        assert_eq!(left.recovery.len(), RECOVERY_CODES - 1);
        assert_eq!(accept(&vault(), "jane", &left, &codes[3], NOW).unwrap(), None);
    }

    #[test]
    fn a_secret_of_another_account_is_of_no_use() {
        let (factor, shown) = enrol(&vault(), "jane").unwrap();
        assert!(accept(&vault(), "john", &factor, &code_at(&shown, NOW.0), NOW).is_err());
    }
}

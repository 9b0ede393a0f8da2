use argon2::{
    Argon2, PasswordHash, PasswordVerifier,
    password_hash::{PasswordHasher, SaltString},
};
use rand::RngCore;

use crate::error::ApiError;

/// Bytes of a password that are looked at; longer ones are refused before hashing.
pub(crate) const PASSWORD_BYTES_MAX: usize = 1024;

/// The argon2id hash of a password in PHC form, with a fresh salt.
///
/// # Errors
/// [`ApiError::Hash`] when it cannot be hashed.
pub fn hash_password(password: &str) -> Result<String, ApiError> {
    let mut bytes = [0_u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    let salt = SaltString::encode_b64(&bytes).map_err(|error| ApiError::Hash(error.to_string()))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| ApiError::Hash(error.to_string()))
}

/// Checks passwords; an unknown account costs the same time as a known one.
#[derive(Clone)]
pub(crate) struct PasswordChecker {
    /// What an unknown account's password is compared with.
    decoy: String,
}

impl PasswordChecker {
    pub(crate) fn new() -> Result<Self, ApiError> {
        Ok(Self { decoy: hash_password("no account has this password")? })
    }

    /// True when the account exists and the password is its own. Slow: runs on the blocking pool.
    pub(crate) async fn matches(&self, stored: Option<String>, password: String) -> bool {
        let stored = stored.filter(|hash| !hash.is_empty());
        let known = stored.is_some() && password.len() <= PASSWORD_BYTES_MAX;
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let verified = tokio::task::spawn_blocking(move || verify(&stored, &password)).await;
        known && verified.unwrap_or(false)
    }
}

fn verify(stored: &str, password: &str) -> bool {
    let end = password.len().min(PASSWORD_BYTES_MAX);
    let bytes = &password.as_bytes()[..end];
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(bytes, &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_matches() {
        let checker = PasswordChecker::new().unwrap();
        let stored = hash_password("secret").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(checker.matches(Some(stored.clone()), "secret".to_owned()).await);
        assert!(!checker.matches(Some(stored), "Secret".to_owned()).await);
        assert!(!checker.matches(None, "no account has this password".to_owned()).await);
        assert!(!checker.matches(Some(String::new()), "no account has this password".to_owned()).await);
    }
}

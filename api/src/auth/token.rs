use rand::RngCore;
use sha2::{Digest, Sha256};

/// A fresh `token_auth`: 32 hexadecimal digits, 128 bits.
pub fn generate_token() -> String {
    let mut bytes = [0_u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

/// What is stored of a token: its SHA-256 in hexadecimal. Tokens are random, so that a slow hash adds nothing.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_their_hash_is_known() {
        assert_eq!(generate_token().len(), 32);
        assert_ne!(generate_token(), generate_token());
        assert_eq!(token_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

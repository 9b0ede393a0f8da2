//! What is kept secret at rest: AES-256-GCM under a master key that can be replaced while running.

use std::{path::PathBuf, process::Command, sync::Arc};

use aes_gcm::{
    Aes256Gcm, Key, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use clap::Args;
use rand::RngCore;
use sha2::{Digest, Sha256};

/// Marks the form of a sealed text.
const FORM: &str = "v1";
/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;
/// Characters of a master key at least, before it is hashed.
const KEY_CHARS_MIN: usize = 32;
/// Master keys that are tried: the current one and those it replaced.
const KEYS_MAX: usize = 16;

/// Where the master key comes from: one key a line, the current one first, then those that it replaced.
#[derive(Clone, Default, Args)]
pub struct VaultOptions {
    /// File of the master key.
    #[arg(long, env = "NAGARE_MASTER_KEY_FILE")]
    pub master_key_file: Option<PathBuf>,
    /// The master key itself.
    #[arg(long, env = "NAGARE_MASTER_KEY", default_value = "", hide_env_values = true)]
    pub master_key: String,
    /// Command that prints the master key, as that of a key service does; run without a shell.
    #[arg(long, env = "NAGARE_MASTER_KEY_COMMAND", default_value = "")]
    pub master_key_command: String,
}

impl std::fmt::Debug for VaultOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VaultOptions").field("is_given", &self.is_given()).finish_non_exhaustive()
    }
}

/// Why secrets cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The source of the master key cannot be read.
    #[error("the master key cannot be read: {0}")]
    Source(String),
    /// A key is too short to be one.
    #[error("a master key has at least {KEY_CHARS_MIN} characters, one key a line")]
    TooShort,
    /// The sealed text is damaged, or belongs to something else.
    #[error("a secret cannot be opened: it is damaged or was not sealed for this")]
    Damaged,
    /// It was sealed under a key that is not given any more.
    #[error("a secret was sealed under the master key {0}, which is not among the keys given")]
    UnknownKey(String),
}

impl VaultOptions {
    /// True when a key is given.
    pub fn is_given(&self) -> bool {
        self.master_key_file.is_some() || !self.master_key.is_empty() || !self.master_key_command.is_empty()
    }

    /// The keys; without any, one derived from `fallback`, the secret of the deployment.
    ///
    /// # Errors
    /// When the source cannot be read, or a key is too short.
    pub fn open(&self, fallback: &str) -> Result<Vault, VaultError> {
        let text = if let Some(path) = &self.master_key_file {
            std::fs::read_to_string(path).map_err(|error| VaultError::Source(error.to_string()))?
        } else if !self.master_key_command.is_empty() {
            printed_by(&self.master_key_command)?
        } else if self.master_key.is_empty() {
            fallback.to_owned()
        } else {
            self.master_key.clone()
        };
        Vault::of(&text)
    }
}

fn printed_by(command: &str) -> Result<String, VaultError> {
    let mut words = command.split_whitespace();
    let program = words.next().ok_or_else(|| VaultError::Source("the command is empty".to_owned()))?;
    let output = Command::new(program).args(words).output();
    let output = output.map_err(|error| VaultError::Source(error.to_string()))?;
    if !output.status.success() {
        return Err(VaultError::Source(format!("{program} ended with {}", output.status)));
    }
    String::from_utf8(output.stdout).map_err(|_| VaultError::Source("the command prints no text".to_owned()))
}

/// Seals and opens secrets. Cheap to clone; never prints its keys.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<Vec<MasterKey>>,
}

struct MasterKey {
    /// The first digits of the key's hash: tells which key sealed a text, and nothing about it.
    id: String,
    cipher: Aes256Gcm,
}

impl Vault {
    fn of(text: &str) -> Result<Self, VaultError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(KEYS_MAX);
        let keys = lines.map(MasterKey::of).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(VaultError::TooShort);
        }
        Ok(Self { keys: Arc::new(keys) })
    }

    /// Seals a text for one place: what is sealed for another cannot be put here.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when it cannot be encrypted.
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<String, VaultError> {
        let key = self.keys.first().ok_or(VaultError::TooShort)?;
        let mut nonce = [0_u8; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: secret, aad: place.as_bytes() };
        let sealed = key.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| VaultError::Damaged)?;
        Ok(format!("{FORM}.{}.{}", key.id, BASE64_STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// When it was not sealed for it, is damaged, or its key is not given any more.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, VaultError> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(FORM), Some(id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VaultError::Damaged);
        };
        let key = self.keys.iter().find(|key| key.id == id).ok_or_else(|| VaultError::UnknownKey(id.to_owned()))?;
        let bytes = BASE64_STANDARD_NO_PAD.decode(text).map_err(|_| VaultError::Damaged)?;
        let (nonce, msg) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Damaged)?;
        let payload = Payload { msg, aad: place.as_bytes() };
        key.cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| VaultError::Damaged)
    }

    /// True when it was sealed under a key that has been replaced.
    pub fn is_outdated(&self, sealed: &str) -> bool {
        let id = sealed.split('.').nth(1);
        self.keys.first().is_none_or(|key| Some(key.id.as_str()) != id)
    }
}

impl MasterKey {
    fn of(text: &str) -> Result<Self, VaultError> {
        if text.chars().count() < KEY_CHARS_MIN {
            return Err(VaultError::TooShort);
        }
        let digest = |label: &[u8]| Sha256::new().chain_update(label).chain_update(text.as_bytes()).finalize();
        let key: [u8; 32] = digest(b"nagare vault key\0").into();
        let id = digest(b"nagare vault key id\0")[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { id, cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(key)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn a_secret_opens_in_its_place_only() {
        let vault = Vault::of(OLD).unwrap();
        let sealed = vault.seal("totp:jane", b"secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(vault.open("totp:jane", &sealed).unwrap(), b"secret");
        assert!(matches!(vault.open("totp:john", &sealed), Err(VaultError::Damaged)));
        assert_ne!(vault.seal("totp:jane", b"secret").unwrap(), sealed);
        for damaged in ["", "v1", "v1..", "v2.a.b", &sealed[..sealed.len() - 2]] {
            assert!(vault.open("totp:jane", damaged).is_err(), "{damaged}");
        }
    }

    #[test]
    fn a_replaced_key_still_opens_until_it_is_taken_away() {
        let sealed = Vault::of(OLD).unwrap().seal("a", b"secret").unwrap();
        let rotated = Vault::of(&format!("{NEW}\n{OLD}\n")).unwrap();
        assert_eq!(rotated.open("a", &sealed).unwrap(), b"secret");
        assert!(rotated.is_outdated(&sealed));
        let resealed = rotated.seal("a", b"secret").unwrap();
        assert!(!rotated.is_outdated(&resealed));
        assert!(matches!(Vault::of(NEW).unwrap().open("a", &sealed), Err(VaultError::UnknownKey(_))));
    }

    #[test]
    fn keys_come_from_a_file_a_text_or_a_command() {
        let of = |options: VaultOptions| options.open(OLD).unwrap().seal("a", b"x").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, NEW).unwrap();
        let by_file = VaultOptions { master_key_file: Some(file.clone()), ..VaultOptions::default() };
        let by_text = VaultOptions { master_key: NEW.to_owned(), ..VaultOptions::default() };
        let by_command =
            VaultOptions { master_key_command: format!("cat {}", file.display()), ..VaultOptions::default() };
        let vault = Vault::of(NEW).unwrap();
        for options in [by_file, by_text, by_command] {
            assert!(options.is_given() && vault.open("a", &of(options)).is_ok());
        }
        assert!(matches!(Vault::of("short"), Err(VaultError::TooShort)));
    }
}

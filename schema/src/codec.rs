//! Facts as bytes: MessagePack with named fields, the version in the message header.
//! Fields are only added; every version ever written keeps a fixture that a test decodes forever.

use serde::{Serialize, de::DeserializeOwned};

/// Name of the message header that holds the version.
pub const HEADER_VERSION: &str = "Nagare-Version";

/// A type that is stored in the log.
pub trait Fact: Serialize + DeserializeOwned {
    /// What it is called in errors and fixtures.
    const NAME: &'static str;
    /// The version that is written; older ones are read.
    const VERSION: u16;
}

impl Fact for crate::HitBatch {
    const NAME: &'static str = "hit_batch";
    const VERSION: u16 = 1;
}

impl Fact for crate::EventBatch {
    const NAME: &'static str = "event_batch";
    const VERSION: u16 = 1;
}

impl Fact for crate::Hit {
    const NAME: &'static str = "hit";
    const VERSION: u16 = 1;
}

/// Why bytes are not a fact, or a fact has no bytes.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// Written by a newer release.
    #[error("{name} version {found} is newer than {known}")]
    TooNew {
        /// The fact.
        name: &'static str,
        /// Version found.
        found: u16,
        /// Newest version known.
        known: u16,
    },
    /// Not MessagePack, or not of the expected shape.
    #[error("{name} cannot be read: {source}")]
    Malformed {
        /// The fact.
        name: &'static str,
        /// Cause.
        source: rmp_serde::decode::Error,
    },
    /// Cannot be written.
    #[error("{name} cannot be written: {source}")]
    Unwritable {
        /// The fact.
        name: &'static str,
        /// Cause.
        source: rmp_serde::encode::Error,
    },
}

/// The bytes of a fact in its newest version.
///
/// # Errors
/// [`CodecError::Unwritable`], only when a type breaks MessagePack's rules.
pub fn encode<T: Fact>(fact: &T) -> Result<Vec<u8>, CodecError> {
    rmp_serde::to_vec_named(fact).map_err(|source| CodecError::Unwritable { name: T::NAME, source })
}

/// A fact from bytes of any version up to the newest.
///
/// # Errors
/// [`CodecError::TooNew`] and [`CodecError::Malformed`].
pub fn decode<T: Fact>(version: u16, bytes: &[u8]) -> Result<T, CodecError> {
    if version > T::VERSION {
        return Err(CodecError::TooNew { name: T::NAME, found: version, known: T::VERSION });
    }
    rmp_serde::from_slice(bytes).map_err(|source| CodecError::Malformed { name: T::NAME, source })
}

//! Facts as bytes: MessagePack, the version in the message header.
//!
//! Since version 2 batches are lists of their fields, compressed with LZ4; before, they were maps by the
//! names of the fields, as hits in the archive still are. Both are read. Fields are only added, at the end and with a
//! default; every version ever written keeps a fixture that a test decodes forever.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

/// Name of the message header that holds the version.
pub const HEADER_VERSION: &str = "Nagare-Version";

/// Bound of one HITS or EVENTS message in bytes (design §4): half of what a broker accepts.
pub const MESSAGE_BYTES_MAX: usize = 512 * 1024;

/// A type that is stored in the log.
pub trait Fact: Serialize + DeserializeOwned {
    /// What it is called in errors and fixtures.
    const NAME: &'static str;
    /// The version that is written; older ones are read.
    const VERSION: u16;
    /// A compressed list of fields: worth it where many facts are alike and soon read.
    const PACKED: bool = true;
}

/// The byte before compressed MessagePack; MessagePack itself never begins with it.
const PACKED_MARK: u8 = 0xc1;
/// Bytes that compressed MessagePack may unpack to.
const UNPACKED_BYTES_MAX: usize = 16 * crate::MESSAGE_BYTES_MAX;

impl Fact for crate::HitBatch {
    const NAME: &'static str = "hit_batch";
    // Version 3 added the verdict on robots.
    const VERSION: u16 = 3;
}

impl Fact for crate::EventBatch {
    const NAME: &'static str = "event_batch";
    // Version 3 added the event of late page timings, version 4 the verdict on robots, version 5 what
    // stands for the visit before a change.
    const VERSION: u16 = 5;
}

impl Fact for crate::Hit {
    const NAME: &'static str = "hit";
    // Version 2 added the verdict on robots.
    const VERSION: u16 = 2;
    // The archive is kept for years: it names its fields, and its column is compressed as a whole.
    const PACKED: bool = false;
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
    /// Compressed, but not as it should be.
    #[error("{name} cannot be unpacked: {reason}")]
    Packing {
        /// The fact.
        name: &'static str,
        /// Cause.
        reason: String,
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
    let written = if T::PACKED { rmp_serde::to_vec(fact) } else { rmp_serde::to_vec_named(fact) };
    let plain = written.map_err(|source| CodecError::Unwritable { name: T::NAME, source })?;
    if !T::PACKED {
        return Ok(plain);
    }
    let mut packed = vec![PACKED_MARK];
    packed.extend(lz4_flex::compress_prepend_size(&plain));
    Ok(packed)
}

/// A fact from bytes of any version up to the newest.
///
/// # Errors
/// [`CodecError::TooNew`], [`CodecError::Packing`] and [`CodecError::Malformed`].
pub fn decode<T: Fact>(version: u16, bytes: &[u8]) -> Result<T, CodecError> {
    if version > T::VERSION {
        return Err(CodecError::TooNew { name: T::NAME, found: version, known: T::VERSION });
    }
    let plain = unpack(bytes).map_err(|reason| CodecError::Packing { name: T::NAME, reason })?;
    rmp_serde::from_slice(&plain).map_err(|source| CodecError::Malformed { name: T::NAME, source })
}

fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let Some((&PACKED_MARK, packed)) = bytes.split_first() else { return Ok(Cow::Borrowed(bytes)) };
    let (size, _) = lz4_flex::block::uncompressed_size(packed).map_err(|error| error.to_string())?;
    if size > UNPACKED_BYTES_MAX {
        return Err(format!("{size} bytes are more than {UNPACKED_BYTES_MAX}"));
    }
    lz4_flex::decompress_size_prepended(packed).map(Cow::Owned).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_packed_as_it_should_be_is_an_error() {
        let claiming = |size: u32| [&[PACKED_MARK][..], &size.to_le_bytes(), &[0; 8]].concat();
        for (bytes, said) in
            [(vec![PACKED_MARK], "found none"), (claiming(100), "offset"), (claiming(u32::MAX), "are more than")]
        {
            let Err(CodecError::Packing { reason, .. }) = decode::<crate::HitBatch>(2, &bytes) else {
                panic!("no error")
            };
            assert!(reason.contains(said), "{reason}");
        }
    }
}

//! Identifiers. Each is a newtype, so that a visit cannot be taken for a visitor.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is not an identifier.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a valid identifier")]
pub struct IdError;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.parse().map(Self).map_err(|_| IdError)
            }
        }
    };
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.len() != 16 {
                    return Err(IdError);
                }
                u64::from_str_radix(text, 16).map(Self).map_err(|_| IdError)
            }
        }
    };
}

number_id!(
    /// A site ("measurable"), numbered from 1.
    SiteId(u32)
);
number_id!(
    /// A goal of one site, numbered from 1; 0 is an ecommerce order, -1 a cart (`tracking.md` §7.6).
    GoalId(i32)
);
number_id!(
    /// A partition of the log, from 0.
    Partition(u16)
);
hex_id!(
    /// A visitor: 8 bytes, shown as 16 hexadecimal digits (`tracking.md` §2.1).
    VisitorId
);
hex_id!(
    /// A device fingerprint (`tracking.md` §2.2).
    ConfigId
);
hex_id!(
    /// One run of an ingest process; its appends carry a counter per partition (design §4).
    ProducerId
);

impl GoalId {
    /// The pseudo goal of an ecommerce order.
    pub const ORDER: Self = Self(0);
    /// The pseudo goal of a cart that was not ordered.
    pub const CART: Self = Self(-1);
}

/// Where a hit stands in the log: partition, sequence of its message, index in that message.
///
/// Packed into 53 bits, so that a JavaScript client reads visit ids without loss:
/// 36 bits of sequence, 7 of partition, 10 of index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HitId(pub u64);

impl HitId {
    /// Hits in one message at most.
    pub const BATCH_MAX: usize = 1 << 10;
    /// The largest sequence that fits: 68 billion messages.
    pub const SEQUENCE_MAX: u64 = (1 << 36) - 1;

    /// Packs a position; parts beyond their width are an error of the caller.
    ///
    /// # Errors
    /// [`IdError`] when a part does not fit.
    pub fn new(partition: Partition, sequence: u64, index: u32) -> Result<Self, IdError> {
        let fits = usize::from(partition.0) < crate::PARTITIONS_MAX
            && sequence <= Self::SEQUENCE_MAX
            && (index as usize) < Self::BATCH_MAX;
        if !fits {
            return Err(IdError);
        }
        Ok(Self(sequence << 17 | u64::from(partition.0) << 10 | u64::from(index)))
    }

    /// The partition part.
    pub fn partition(self) -> Partition {
        Partition(((self.0 >> 10) & 0x7f) as u16)
    }

    /// The sequence of the message in HITS.
    pub fn sequence(self) -> u64 {
        self.0 >> 17
    }

    /// The index in the message.
    pub fn index(self) -> u32 {
        (self.0 & 0x3ff) as u32
    }
}

impl fmt::Display for HitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A visit, named after its first hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VisitId(pub u64);

impl From<HitId> for VisitId {
    fn from(hit: HitId) -> Self {
        Self(hit.0)
    }
}

impl fmt::Display for VisitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_id_unpacks_to_what_was_packed() {
        let id = HitId::new(Partition(127), HitId::SEQUENCE_MAX, 1023).unwrap();
        assert_eq!((id.partition(), id.sequence(), id.index()), (Partition(127), HitId::SEQUENCE_MAX, 1023));
        assert!(id.0 < 1 << 53, "a JavaScript number holds it");
    }

    #[test]
    fn a_part_that_does_not_fit_is_refused() {
        assert_eq!(HitId::new(Partition(128), 1, 0), Err(IdError));
        assert_eq!(HitId::new(Partition(0), HitId::SEQUENCE_MAX + 1, 0), Err(IdError));
        assert_eq!(HitId::new(Partition(0), 1, 1024), Err(IdError));
    }

    #[test]
    fn a_visitor_id_is_sixteen_hex_digits() {
        let id: VisitorId = "00000000000000ff".parse().unwrap();
        assert_eq!(id, VisitorId(255));
        assert_eq!(id.to_string(), "00000000000000ff");
        assert_eq!("ff".parse::<VisitorId>(), Err(IdError));
    }
}

//! Values as ClickHouse's columns hold them.

use std::collections::BTreeMap;

use nagare_schema::{Day, Text, UnixSeconds, Variables};
use serde::{Serialize, Serializer};

/// A `Date`: days that the column cannot hold become its nearest.
pub(super) fn date(day: Day) -> u16 {
    u16::try_from(day.0.max(0)).unwrap_or(u16::MAX)
}

/// A `DateTime`: seconds that the column cannot hold become its nearest.
pub(super) fn date_time(at: UnixSeconds) -> u32 {
    u32::try_from(at.0.max(0)).unwrap_or(u32::MAX)
}

/// Money in ten-thousandths, so that sums are exact; beyond the column it becomes its nearest.
pub(super) fn ten_thousandths(amount: f64) -> i64 {
    (amount * 10_000.0).round() as i64
}

/// An unknown text is empty.
pub(super) fn text(text: &Option<Text>) -> &str {
    text.as_deref().unwrap_or("")
}

/// Numbered values.
pub(super) type Numbered<'a> = Vec<(u32, &'a str)>;

pub(super) fn numbered(values: &BTreeMap<u32, Text>) -> Numbered<'_> {
    values.iter().map(|(number, value)| (*number, &**value)).collect()
}

/// Names and values by slot.
pub(super) type Slots<'a> = Vec<(u8, (&'a str, &'a str))>;

pub(super) fn slots(variables: &Variables) -> Slots<'_> {
    variables.iter().map(|(slot, (name, value))| (*slot, (&**name, &**value))).collect()
}

/// Values by name.
pub(super) type Named<'a> = Vec<(&'a str, &'a str)>;

pub(super) fn named(values: &BTreeMap<Text, Text>) -> Named<'_> {
    values.iter().map(|(name, value)| (&**name, &**value)).collect()
}

/// A `String` of any bytes; serde would write them one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blob(pub(super) Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_beyond_a_column_become_its_nearest() {
        assert_eq!((date(Day(-1)), date(Day(20_000)), date(Day(70_000))), (0, 20_000, u16::MAX));
        assert_eq!((date_time(UnixSeconds(-5)), date_time(UnixSeconds(i64::MAX))), (0, u32::MAX));
    }

    #[test]
    fn money_is_exact_to_four_places() {
        assert_eq!(ten_thousandths(19.99), 199_900);
        assert_eq!(ten_thousandths(-0.1), -1_000);
        assert_eq!(ten_thousandths(f64::INFINITY), i64::MAX);
    }
}

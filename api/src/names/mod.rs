//! Names of what visits hold codes of.

mod countries;
mod devices;
mod referrers;

pub(crate) use countries::{UNKNOWN, continent, continent_code, countries, country, language, region};
pub(crate) use devices::{UNKNOWN_CODE, brand, browser, engine_name, family, is_listed_browser, model, system};
pub(crate) use referrers::{engine, social};

use std::{collections::HashMap, sync::LazyLock};

/// A table of a code and what belongs to it, by lines after a line of headings.
fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}

/// Device types by their numbers (`tracking.md` §8.5).
pub(crate) const DEVICE_TYPES: [&str; 14] = [
    "desktop",
    "smartphone",
    "tablet",
    "feature phone",
    "console",
    "tv",
    "car browser",
    "smart display",
    "camera",
    "portable media player",
    "phablet",
    "smart speaker",
    "wearable",
    "peripheral",
];

/// Names with a capital.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A table by its first column.
type Table<T> = LazyLock<HashMap<&'static str, T>>;

//! Codes and names of systems, browsers and brands, in Matomo's vocabulary.

use std::{collections::HashMap, sync::LazyLock};

/// Something with a short code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Short code, as visits store it.
    pub code: &'static str,
    /// Name, as people read it.
    pub name: &'static str,
    /// What it is made from, as `Chrome` for browsers on Chromium; empty when it has none.
    pub family: &'static str,
    /// A browser that runs on mobile devices only.
    pub mobile_only: bool,
}

/// A list of the vocabulary.
#[derive(Debug)]
pub struct Names {
    by_code: HashMap<&'static str, Named>,
    by_name: HashMap<String, &'static str>,
}

static SYSTEMS: LazyLock<Names> = LazyLock::new(|| Names::read(include_str!("../data/systems.tsv")));
static BROWSERS: LazyLock<Names> = LazyLock::new(|| Names::read(include_str!("../data/browsers.tsv")));
static BRANDS: LazyLock<Names> = LazyLock::new(|| Names::read(include_str!("../data/brands.tsv")));

/// Operating systems.
pub fn systems() -> &'static Names {
    &SYSTEMS
}

/// Browsers.
pub fn browsers() -> &'static Names {
    &BROWSERS
}

/// Makers of devices.
pub fn brands() -> &'static Names {
    &BRANDS
}

impl Names {
    /// Reads lines of code, name, family and flag, after a line of headings.
    fn read(table: &'static str) -> Self {
        let rows = table.lines().skip(1).map(|line| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or_default();
            Named { code: cell(), name: cell(), family: cell(), mobile_only: !cell().is_empty() }
        });
        let by_code: HashMap<_, _> = rows.map(|named| (named.code, named)).collect();
        let by_name = by_code.values().map(|named| (named.name.to_lowercase(), named.code)).collect();
        Self { by_code, by_name }
    }

    /// By short code.
    pub fn of_code(&self, code: &str) -> Option<&Named> {
        self.by_code.get(code)
    }

    /// By name, without regard to case.
    pub fn of_name(&self, name: &str) -> Option<&Named> {
        self.by_code.get(self.by_name.get(&name.to_lowercase())?)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Named> {
        self.by_code.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_5_codes_and_names_lead_to_each_other() {
        assert_eq!(systems().of_code("WIN").unwrap().name, "Windows");
        assert_eq!(systems().of_name("gnu/linux").unwrap().code, "LIN");
        assert_eq!(browsers().of_name("Microsoft Edge").unwrap().code, "PS");
        assert_eq!(browsers().of_code("CM").unwrap().family, "Chrome");
        assert_eq!(brands().of_name("Apple").unwrap().code, "AP");
        assert_eq!(brands().of_code("SA").unwrap().name, "Samsung");
        for names in [systems(), browsers(), brands()] {
            assert!(names.iter().all(|named| names.of_name(named.name) == Some(named)));
        }
    }
}

//! Countries, continents, regions and languages in English (CLDR, ISO 3166-2).

use std::{collections::HashMap, sync::LazyLock};

use super::{Table, lines};

/// What has no name.
pub(crate) const UNKNOWN: &str = "Unknown";

/// Countries: continent and name by code.
static COUNTRIES: Table<(&str, &str)> = LazyLock::new(|| {
    let rows = lines(include_str!("../../data/countries.tsv"));
    rows.filter_map(|cells| Some((*cells.first()?, (*cells.get(1)?, *cells.get(2)?)))).collect()
});

static LANGUAGES: Table<&str> = LazyLock::new(|| {
    let rows = lines(include_str!("../../data/languages.tsv"));
    rows.filter_map(|cells| Some((*cells.first()?, *cells.get(1)?))).collect::<HashMap<_, _>>()
});

/// Codes and names of all countries, by code.
pub(crate) fn countries() -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = COUNTRIES.iter().map(|(code, (_, name))| (*code, *name)).collect();
    all.sort_unstable();
    all
}

/// The name of a country by its lower-case code.
pub(crate) fn country(code: &str) -> &'static str {
    COUNTRIES.get(code).map_or(UNKNOWN, |(_, name)| name)
}

/// The code of the continent of a country.
pub(crate) fn continent_code(country: &str) -> &'static str {
    COUNTRIES.get(country).map_or("unk", |(continent, _)| *continent)
}

/// The name of the continent of a country.
pub(crate) fn continent(country: &str) -> &'static str {
    match continent_code(country) {
        "afr" => "Africa",
        "amc" => "Central America",
        "amn" => "North America",
        "ams" => "South America",
        "ant" => "Antarctica",
        "asi" => "Asia",
        "eur" => "Europe",
        "oce" => "Oceania",
        _ => UNKNOWN,
    }
}

/// The name of a region by its code within its country.
pub(crate) fn region(country: &str, region: &str) -> Option<&'static str> {
    let code = format!("{}-{region}", country.to_ascii_uppercase());
    rust_iso3166::iso3166_2::SUBDIVISION_MAP.get(code.as_str()).map(|subdivision| subdivision.name)
}

/// The name of a language by its code.
pub(crate) fn language(code: &str) -> Option<&'static str> {
    LANGUAGES.get(code).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_names() {
        assert_eq!((country("fr"), continent("fr"), country("??")), ("France", "Europe", UNKNOWN));
        assert_eq!(
            (continent("mx"), continent("cu"), continent("br")),
            ("North America", "Central America", "South America")
        );
        assert_eq!((region("us", "VA"), region("us", "??")), (Some("Virginia"), None));
        assert_eq!((language("fr"), language("xx")), (Some("French"), None));
        assert_eq!(countries().first(), Some(&("ad", "Andorra")));
    }
}

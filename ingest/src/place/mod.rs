//! Where a visitor is (`tracking.md` §8.3).

mod database;
pub(crate) mod language;

use std::{net::IpAddr, path::Path, sync::Arc};

use hashbrown::HashMap;
use nagare_schema::{
    Place, Settings,
    named_setting::{LANGUAGE_IS_COUNTRY, LANGUAGE_LOCATES},
};
use quick_cache::sync::Cache;

use database::PlaceDatabase;
pub(crate) use database::three_decimals;

/// Addresses whose place is remembered.
const PLACES_CACHED_MAX: usize = 16_384;
/// The country of nowhere.
pub(crate) const COUNTRY_UNKNOWN: &str = "xx";

/// Finds places: by address, else by language.
pub(crate) struct Locator {
    database: PlaceDatabase,
    by_address: Cache<IpAddr, Option<Arc<Place>>>,
    by_country: HashMap<&'static str, Arc<Place>>,
    unknown: Arc<Place>,
}

impl Locator {
    /// Reads the databases of a folder.
    pub(crate) fn open(folder: Option<&Path>) -> Self {
        let place = |country: &str| Arc::new(Place { country: country.into(), ..Place::default() });
        Self {
            database: PlaceDatabase::open(folder),
            by_address: Cache::new(PLACES_CACHED_MAX),
            by_country: language::countries().map(|country| (country, place(country))).collect(),
            unknown: place(COUNTRY_UNKNOWN),
        }
    }

    /// The place of an address and a normalised language list, by the provider that is set.
    pub(crate) fn locate(&self, settings: &Settings, address: IpAddr, languages: &str) -> Arc<Place> {
        let by_language = || {
            let country = language::country(languages, settings.named.flag(&LANGUAGE_IS_COUNTRY));
            country.and_then(|country| self.by_country.get(&*country)).unwrap_or(&self.unknown).clone()
        };
        match settings.location_provider.as_str() {
            "disabled" => self.unknown.clone(),
            "default" => by_language(),
            _ if settings.named.flag(&LANGUAGE_LOCATES) => self.by_address(address).unwrap_or_else(by_language),
            _ => self.by_address(address).unwrap_or_else(|| self.unknown.clone()),
        }
    }

    fn by_address(&self, address: IpAddr) -> Option<Arc<Place>> {
        if self.database.is_empty() {
            return None;
        }
        if let Some(known) = self.by_address.get(&address) {
            return known;
        }
        let found = self.database.place(address).map(Arc::new);
        self.by_address.insert(address, found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_3_guesses_can_be_switched_off() {
        let locator = Locator::open(None);
        let locate = |name: &str, languages: &str| {
            let mut settings = Settings::default();
            settings.named.set(name, "0").unwrap();
            locator.locate(&settings, IpAddr::from([8, 8, 8, 8]), languages).country.to_string()
        };
        assert_eq!(locate("Tracker.enable_language_to_country_guess", "fr"), "xx");
        assert_eq!(locate("Tracker.enable_language_to_country_guess", "fr-be"), "be");
        assert_eq!(locate("Tracker.enable_default_location_provider", "fr-be"), "xx");
    }

    #[test]
    fn section_8_3_without_a_database_the_language_decides() {
        let locator = Locator::open(None);
        let locate = |provider: &str| {
            let settings = Settings { location_provider: provider.to_owned(), ..Settings::default() };
            locator.locate(&settings, IpAddr::from([8, 8, 8, 8]), "fr-be").country.to_string()
        };
        assert_eq!(locate("geoip2php"), "be");
        assert_eq!(locate("default"), "be");
        assert_eq!(locate("disabled"), "xx");
    }
}

//! Places by address, from files in MaxMind's format.

use std::{net::IpAddr, path::Path};

use maxminddb::{PathElement, Reader, geoip2};
use nagare_schema::{Place, Text};

use crate::params::cut;

/// Files that are read, in order of their names.
const FILES_MAX: usize = 4;
/// Bytes of a city's name.
const CITY_BYTES_MAX: usize = 255;

/// The databases of a folder.
pub(crate) struct PlaceDatabase {
    readers: Vec<Reader<Vec<u8>>>,
}

impl PlaceDatabase {
    /// Reads the first files ending in `.mmdb`; says in the log what is missing.
    pub(crate) fn open(folder: Option<&Path>) -> Self {
        let Some(folder) = folder else {
            tracing::info!("no folder of place databases is given; countries are guessed from languages");
            return Self { readers: Vec::new() };
        };
        let mut files: Vec<_> = match std::fs::read_dir(folder) {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).filter(|path| is_database(path)).collect(),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "the folder of place databases cannot be read");
                Vec::new()
            }
        };
        files.sort();
        let readers: Vec<_> = files.iter().take(FILES_MAX).filter_map(|file| open_file(file)).collect();
        if readers.is_empty() {
            tracing::warn!(folder = %folder.display(), "no place database is found; countries are guessed from languages");
        }
        Self { readers }
    }

    /// True when there is nothing to ask.
    pub(crate) fn is_empty(&self) -> bool {
        self.readers.is_empty()
    }

    /// The place of an address, from the first database that knows its country.
    pub(crate) fn place(&self, address: IpAddr) -> Option<Place> {
        self.readers.iter().find_map(|reader| place_in(reader, address))
    }
}

fn is_database(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mmdb"))
}

fn open_file(file: &Path) -> Option<Reader<Vec<u8>>> {
    match Reader::open_readfile(file) {
        Ok(reader) => {
            tracing::info!(file = %file.display(), kind = reader.metadata().database_type, "place database read");
            Some(reader)
        }
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "a place database cannot be read; it is left out");
            None
        }
    }
}

fn place_in(reader: &Reader<Vec<u8>>, address: IpAddr) -> Option<Place> {
    let found = reader.lookup(address).ok()?;
    let text = |key| found.decode_path::<&str>(&[PathElement::Key(key)]).ok().flatten();
    let number = |key| found.decode_path::<f64>(&[PathElement::Key(key)]).ok().flatten();
    // Some makers write one flat record, others MaxMind's nested one.
    if let Some(country) = text("country_code").filter(|country| !country.is_empty()) {
        return Some(Place {
            country: lower(country),
            region: Text::default(),
            city: text("city").map(short).unwrap_or_default(),
            latitude: number("latitude").map(three_decimals),
            longitude: number("longitude").map(three_decimals),
        });
    }
    let city: geoip2::City<'_> = found.decode().ok()??;
    let country = city.country.iso_code?;
    let subdivision = if country == "GB" { city.subdivisions.last() } else { city.subdivisions.first() };
    Some(Place {
        country: lower(country),
        region: subdivision.and_then(|subdivision| subdivision.iso_code).map(Text::from).unwrap_or_default(),
        city: city.city.names.english.map(short).unwrap_or_default(),
        latitude: city.location.latitude.map(three_decimals),
        longitude: city.location.longitude.map(three_decimals),
    })
}

fn lower(country: &str) -> Text {
    country.to_ascii_lowercase().into()
}

fn short(city: &str) -> Text {
    cut(city, CITY_BYTES_MAX).into()
}

/// Degrees as they are kept.
pub(crate) fn three_decimals(degrees: f64) -> f64 {
    (degrees * 1000.0).round() / 1000.0
}

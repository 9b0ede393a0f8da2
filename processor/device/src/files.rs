//! The files of the patterns, as they are written.

use std::{collections::BTreeMap, fmt, fs, marker::PhantomData, path::Path};

use serde::{
    Deserialize,
    de::{DeserializeOwned, MapAccess, Visitor},
};

/// Why the patterns cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file is missing or unreadable.
    #[error("{0} cannot be read: {1}")]
    File(String, std::io::Error),
    /// A file is not what it should be.
    #[error("{0} is not a list of patterns: {1}")]
    Format(String, String),
}

/// A client, system, engine or robot.
#[derive(Debug, Deserialize)]
pub(crate) struct NamedEntry {
    pub regex: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub versions: Vec<VersionEntry>,
    #[serde(default)]
    pub engine: EngineEntry,
}

/// A version that a system has when its pattern is found, too.
#[derive(Debug, Deserialize)]
pub(crate) struct VersionEntry {
    pub regex: String,
    pub version: String,
}

/// The engine of a browser, and from which of its versions on it has another.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct EngineEntry {
    #[serde(default)]
    pub default: String,
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
}

/// The devices of a brand.
#[derive(Debug, Deserialize)]
pub(crate) struct BrandEntry {
    pub regex: String,
    #[serde(default)]
    pub device: String,
    #[serde(default)]
    pub model: Option<String>,
    #[serde(default)]
    pub models: Vec<ModelEntry>,
}

/// A model of a brand.
#[derive(Debug, Deserialize)]
pub(crate) struct ModelEntry {
    pub regex: String,
    pub model: String,
    #[serde(default)]
    pub device: Option<String>,
    #[serde(default)]
    pub brand: Option<String>,
}

/// A map whose order counts.
#[derive(Debug)]
pub(crate) struct Ordered<T>(pub Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

/// Reads one file of the folder.
pub(crate) fn read<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T, DataError> {
    let text = fs::read_to_string(folder.join(name)).map_err(|error| DataError::File(name.to_owned(), error))?;
    serde_saphyr::from_str(&text).map_err(|error| DataError::Format(name.to_owned(), error.to_string()))
}

//! Custom dimensions: values that a site defines for its visits or actions (`tracking.md` §5.8).

use serde::{Deserialize, Serialize};

/// What a custom dimension belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DimensionScope {
    /// The whole visit.
    #[default]
    Visit,
    /// One action.
    Action,
}

/// Where an extraction looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtractionSource {
    /// The raw page URL.
    #[default]
    Url,
    /// The value of a query parameter, which the pattern names.
    UrlParam,
    /// The title.
    ActionName,
}

/// How a value is taken from a hit that does not send it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Extraction {
    /// Where it looks.
    pub source: ExtractionSource,
    /// A regular expression with one capture group, or the name of a parameter.
    pub pattern: String,
}

/// A custom dimension of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomDimension {
    /// Its id in the site, from 1: hits name it `dimension<id>`.
    pub id: u32,
    /// Its place among those of its scope, from 1.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// What it belongs to.
    pub scope: DimensionScope,
    /// Values are recorded.
    pub active: bool,
    /// Letters' case matters to its extractions.
    pub case_sensitive: bool,
    /// Tried in order where a hit sends no value.
    pub extractions: Vec<Extraction>,
}

impl Default for CustomDimension {
    fn default() -> Self {
        Self {
            id: 0,
            index: 0,
            name: String::new(),
            scope: DimensionScope::Visit,
            active: true,
            case_sensitive: true,
            extractions: Vec::new(),
        }
    }
}

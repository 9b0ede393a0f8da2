//! Client hints: what a browser says of itself besides its user agent (`tracking.md` §8.4).

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Brands that are read.
const BRANDS_MAX: usize = 16;

/// Client hints; what was not sent is empty.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Hints {
    /// With major versions.
    #[serde(deserialize_with = "brands")]
    brands: Vec<Brand>,
    /// With whole versions; preferred.
    #[serde(deserialize_with = "brands")]
    full_version_list: Vec<Brand>,
    /// Of the device.
    #[serde(deserialize_with = "text")]
    pub model: String,
    /// Name of the system.
    #[serde(deserialize_with = "text")]
    pub platform: String,
    /// Version of the system.
    #[serde(deserialize_with = "text")]
    pub platform_version: String,
    /// Version of the browser.
    #[serde(deserialize_with = "text")]
    pub ua_full_version: String,
    /// What kind of device it is.
    #[serde(deserialize_with = "texts")]
    pub form_factors: Vec<String>,
    /// The app that shows the page in a view of its own.
    #[serde(deserialize_with = "text")]
    pub requested_with: String,
}

/// A brand that a browser counts itself to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Brand {
    pub name: String,
    pub version: String,
}

impl Hints {
    /// Reads `uadata`; what is not as it should be counts as not sent.
    pub(crate) fn read(json: Option<&str>) -> Self {
        let mut hints: Self = json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        if hints.requested_with.eq_ignore_ascii_case("xmlhttprequest") {
            hints.requested_with.clear();
        }
        hints
    }

    /// Brands with the best versions there are.
    pub(crate) fn brands(&self) -> &[Brand] {
        if self.full_version_list.is_empty() { &self.brands } else { &self.full_version_list }
    }
}

/// A text without markup.
fn plain(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !text.contains('<'))
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(plain(&Value::deserialize(deserializer)?).unwrap_or_default().to_owned())
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(values.iter().filter_map(plain).take(BRANDS_MAX).map(str::to_owned).collect())
}

fn brands<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Brand>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let brand = |value: &Value| {
        let name = plain(value.get("brand")?)?.to_owned();
        let version = value.get("version").and_then(plain).unwrap_or_default().to_owned();
        Some(Brand { name, version })
    };
    Ok(values.iter().filter_map(brand).take(BRANDS_MAX).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_4_the_full_versions_win() {
        let hints = Hints::read(Some(
            r#"{"brands":[{"brand":"Chrome","version":"99"}],"fullVersionList":[{"brand":"Chrome","version":"99.1"}],
                "model":"Pixel","platform":"Android","mobile":true,"other":1}"#,
        ));
        assert_eq!(hints.brands(), [Brand { name: "Chrome".into(), version: "99.1".into() }]);
        assert_eq!((hints.model.as_str(), hints.platform.as_str()), ("Pixel", "Android"));
    }

    #[test]
    fn section_8_4_markup_and_nonsense_are_not_read() {
        let hints = Hints::read(Some(r#"{"model":"<b>x","platform":5,"brands":"x","requestedWith":"XMLHttpRequest"}"#));
        assert_eq!(hints, Hints::default());
        assert_eq!(Hints::read(Some("[")), Hints::default());
        assert_eq!(Hints::read(None), Hints::default());
    }
}

//! The device: its kind, brand and model, by user agent.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use crate::{
    files::{BrandEntry, DataError, ModelEntry, Ordered, read},
    hints::Hints,
    kind::Kind,
    list::{Entry, List},
    pattern::Pattern,
};

/// Lists of devices in the order in which they are asked, with what has to be there to ask them.
const FILES: [(&str, &str); 8] = [
    ("device/televisions.yml", r"(?:HbbTV|SmartTvA)/([1-9]{1}(?:\.[0-9]{1}){1,2})"),
    ("device/shell_tv.yml", r"[a-z]+[ _]Shell[ _]\w{6}|tclwebkit(\d+[.\d]*)"),
    ("device/notebooks.yml", "FBMD/"),
    ("device/consoles.yml", ""),
    ("device/car_browsers.yml", ""),
    ("device/cameras.yml", ""),
    ("device/portable_media_player.yml", ""),
    ("device/mobiles.yml", ""),
];
/// User agents of desktops …
const DESKTOP: &str = "(?:Windows (?:NT|IoT)|X11; Linux x86_64)";
/// … unless they hold one of these.
const NO_DESKTOP: &str = "CE-HTML| Mozilla/|Andr[o0]id|Tablet|Mobile|iPhone|Windows Phone|ricoh|OculusBrowser|\
     PicoBrowser|Lenovo|compatible; MSIE|Trident/|Tesla/|XBOX|FBMD/|ARM; ?([^)]+)";

/// A device; what is unknown is empty.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Hardware {
    pub kind: Option<Kind>,
    /// Name of the brand.
    pub brand: String,
    pub model: String,
}

#[derive(Debug)]
struct Brand {
    name: Arc<str>,
    kind: Option<Kind>,
    model: String,
    /// Taken when the models are first needed.
    entries: Vec<ModelEntry>,
    models: OnceLock<List<Model>>,
}

#[derive(Debug)]
struct Model {
    name: String,
    kind: Option<Kind>,
    brand: Option<String>,
}

#[derive(Debug)]
struct DeviceFile {
    /// `None`: always asked.
    condition: Option<Pattern>,
    brands: List<Brand>,
}

/// The patterns of devices.
#[derive(Debug)]
pub(crate) struct Devices {
    files: Vec<DeviceFile>,
    /// Brands by the parts that makers add to the user agents of desktops.
    fragments: List<String>,
    desktop: Pattern,
    no_desktop: Pattern,
    frozen: Pattern,
}

impl Devices {
    /// Reads the patterns of a folder.
    pub(crate) fn load(folder: &Path) -> Result<Self, DataError> {
        let files: Result<Vec<_>, DataError> = FILES
            .iter()
            .map(|(name, condition)| {
                let Ordered(brands): Ordered<BrandEntry> = read(folder, name)?;
                let brands = List::new(brands.into_iter().map(|(name, entry)| brand(&name, entry)));
                Ok(DeviceFile { condition: (!condition.is_empty()).then(|| Pattern::new(condition)), brands })
            })
            .collect();
        let Ordered(fragments): Ordered<Vec<String>> = read(folder, "vendorfragments.yml")?;
        let fragments = fragments.into_iter().flat_map(|(brand, patterns)| {
            patterns.into_iter().map(move |pattern| (format!("(?:{pattern})[^a-z0-9]+"), brand.clone()))
        });
        Ok(Self {
            files: files?,
            fragments: List::new(fragments),
            desktop: Pattern::new(DESKTOP),
            no_desktop: Pattern::new(NO_DESKTOP),
            frozen: Pattern::new(r"Android (?:10[.\d]*; K(?: Build/|[;)])|1[1-9]\))"),
        })
    }

    /// The device of a client.
    pub(crate) fn detect(&self, user_agent: &str, hints: &Hints) -> Hardware {
        let mut hardware = self.of_lists(user_agent, hints).unwrap_or_else(|| Hardware {
            kind: hints.form_factors.iter().find_map(|factor| Kind::of_form_factor(factor)),
            brand: String::new(),
            model: hints.model.clone(),
        });
        if hardware.brand.is_empty()
            && let Some(brand) = self.fragments.find(user_agent)
        {
            hardware.brand.clone_from(&brand.value);
        }
        hardware
    }

    fn of_lists(&self, user_agent: &str, hints: &Hints) -> Option<Hardware> {
        let is_desktop = self.desktop.matches(user_agent) && !self.no_desktop.matches(user_agent);
        if hints.model.is_empty() && is_desktop {
            return None;
        }
        let restored = self.restore(user_agent, hints, is_desktop);
        let asked = self.files.iter().filter(|file| file.condition.as_ref().is_none_or(|must| must.matches(&restored)));
        asked.filter_map(|file| file.brands.find(&restored)).map(|brand| device(brand, &restored)).next()
    }

    /// Browsers leave the model out of their user agents by now; the patterns expect it there.
    fn restore(&self, user_agent: &str, hints: &Hints, is_desktop: bool) -> String {
        if hints.model.is_empty() {
            return user_agent.to_owned();
        }
        if self.frozen.matches(user_agent) {
            let (before, rest) = user_agent.split_once("Android ").unwrap_or((user_agent, ""));
            let after = rest.find([')', 'B']).map_or("", |end| &rest[end..]);
            let version = if hints.platform_version.is_empty() { "10" } else { &hints.platform_version };
            return format!("{before}Android {version}; {}{after}", hints.model);
        }
        if is_desktop {
            return user_agent.replace("X11; Linux x86_64", &format!("X11; Linux x86_64; {}", hints.model));
        }
        user_agent.to_owned()
    }
}

fn brand(name: &str, entry: BrandEntry) -> (String, Brand) {
    let brand = Brand {
        name: name.into(),
        kind: Kind::of_name(&entry.device),
        model: entry.model.unwrap_or_default(),
        entries: entry.models,
        models: OnceLock::new(),
    };
    (entry.regex, brand)
}

/// The device of a brand that a user agent tells of.
fn device(found: &Entry<Brand>, user_agent: &str) -> Hardware {
    let brand = &found.value;
    if brand.entries.is_empty() {
        let model = clean_model(&found.fill(&brand.model, user_agent));
        return Hardware { kind: brand.kind, brand: known_name(&brand.name), model };
    }
    match brand.models().find(user_agent) {
        None => Hardware { kind: brand.kind, brand: known_name(&brand.name), model: String::new() },
        Some(model) => Hardware {
            kind: model.value.kind.or(brand.kind),
            brand: known_name(model.value.brand.as_deref().unwrap_or(&brand.name)),
            model: clean_model(&model.fill(&model.value.name, user_agent)),
        },
    }
}

/// `Unknown` stands for devices without a brand.
fn known_name(name: &str) -> String {
    if name == "Unknown" { String::new() } else { name.to_owned() }
}

impl Brand {
    fn models(&self) -> &List<Model> {
        self.models.get_or_init(|| {
            List::new(self.entries.iter().map(|entry| {
                let kind = entry.device.as_deref().and_then(Kind::of_name);
                let model = Model { name: entry.model.clone(), kind, brand: entry.brand.clone() };
                (entry.regex.clone(), model)
            }))
        })
    }
}

/// A model as it is read: spaces for underscores, without the ending of test devices.
fn clean_model(model: &str) -> String {
    let model = model.replace('_', " ");
    let model = model.strip_suffix(" TD").unwrap_or(&model).trim();
    if model == "Build" { String::new() } else { model.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_cleaned() {
        assert_eq!(clean_model("Galaxy_S5 TD"), "Galaxy S5");
        assert_eq!(clean_model("Build"), "");
    }
}

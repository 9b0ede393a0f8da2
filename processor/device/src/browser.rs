//! The browser: from the user agent, from client hints, or the better of both.

use std::{cmp::Ordering, collections::HashMap, path::Path};

use crate::{
    files::{DataError, NamedEntry, read},
    hints::Hints,
    list::List,
    names::{Named, browsers},
    pattern::Pattern,
    version::{clean, compare},
};

/// Names that client hints give to browsers of another name here.
const HINTED: [(&str, &str); 13] = [
    ("google chrome", "Chrome"),
    ("android webview", "Chrome Webview"),
    ("duckduckgo", "DuckDuckGo Privacy Browser"),
    ("microsoft edge webview2", "Edge WebView"),
    ("miui browser", "Mi Browser"),
    ("xiaomibrowser", "Mi Browser"),
    ("edge", "Microsoft Edge"),
    ("norton secure browser", "Norton Private Browser"),
    ("opera gx android", "Opera GX"),
    ("opera mini android", "Opera Mini"),
    ("puffin", "Puffin Cloud Browser"),
    ("vewd core", "Vewd Browser"),
    ("yasearchbrowser", "Yandex Browser"),
];

/// A browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Browser {
    pub named: Named,
    pub version: String,
    pub engine: String,
}

#[derive(Debug)]
struct Entry {
    name: String,
    version: String,
    engine: String,
    /// Engines by the version from which on they are used.
    engines: Vec<(String, String)>,
}

/// The patterns of browsers and engines.
#[derive(Debug)]
pub(crate) struct Browsers {
    list: List<Entry>,
    engines: List<String>,
    /// Browsers by the app that shows the page.
    apps: HashMap<String, String>,
    blink: Pattern,
}

impl Browsers {
    /// Reads the patterns of a folder.
    pub(crate) fn load(folder: &Path) -> Result<Self, DataError> {
        let entries: Vec<NamedEntry> = read(folder, "client/browsers.yml")?;
        let engines: Vec<NamedEntry> = read(folder, "client/browser_engine.yml")?;
        let list = List::new(entries.into_iter().map(|entry| {
            let mut engines: Vec<_> = entry.engine.versions.into_iter().collect();
            engines.sort_by(|left, right| compare(&left.0, &right.0));
            let (version, engine) = (entry.version.unwrap_or_default(), entry.engine.default);
            (entry.regex, Entry { name: entry.name, version, engine, engines })
        }));
        Ok(Self {
            list,
            engines: List::new(engines.into_iter().map(|engine| (engine.regex, engine.name))),
            apps: read(folder, "client/hints/browsers.yml")?,
            blink: Pattern::new(r"Chrome/.+ Safari/537\.36"),
        })
    }

    /// The browser of a client.
    pub(crate) fn detect(&self, user_agent: &str, hints: &Hints) -> Option<Browser> {
        let told = self.of_user_agent(user_agent);
        let browser = match of_hints(hints) {
            Some((named, version)) => Some(self.merge(named, version, told, user_agent)),
            None => told,
        };
        let app = self.apps.get(&hints.requested_with).and_then(|name| browsers().of_name(name));
        match app {
            Some(app) if browser.as_ref().is_none_or(|browser| browser.named.code != app.code) => {
                let engine = if self.blink.matches(user_agent) {
                    "Blink".to_owned()
                } else {
                    browser.map(|browser| browser.engine).unwrap_or_default()
                };
                Some(Browser { named: *app, version: String::new(), engine })
            }
            _ => browser,
        }
    }

    fn of_user_agent(&self, user_agent: &str) -> Option<Browser> {
        let entry = self.list.find(user_agent)?;
        let named = *browsers().of_name(&entry.fill(&entry.value.name, user_agent))?;
        let version = clean(&entry.fill(&entry.value.version, user_agent));
        let later = entry.value.engines.iter().rev().find(|(from, _)| compare(&version, from) != Ordering::Less);
        let mut engine = later.map_or(&entry.value.engine, |(_, engine)| engine).clone();
        if engine.is_empty() {
            engine = self.engine(user_agent);
        }
        Some(Browser { named, version, engine })
    }

    fn engine(&self, user_agent: &str) -> String {
        self.engines.find(user_agent).map(|entry| entry.fill(&entry.value, user_agent)).unwrap_or_default()
    }

    /// What hints and user agent say together.
    fn merge(&self, named: Named, version: String, told: Option<Browser>, user_agent: &str) -> Browser {
        let Some(told) = told else {
            return Browser { named, version, engine: self.engine(user_agent) };
        };
        if named.name == "Chromium" && told.named.name != "Chromium" {
            return told;
        }
        let mut browser = Browser { named, version, engine: told.engine };
        if told.named.name.strip_suffix(" Mobile") == Some(named.name) {
            browser.named = told.named;
        }
        if told.version.starts_with(&browser.version) && compare(&browser.version, &told.version) == Ordering::Less {
            browser.version = told.version;
        }
        if browser.named.name == "DuckDuckGo Privacy Browser" {
            browser.version.clear();
        }
        browser
    }
}

/// The most telling brand: the last resorts are Chromium, and Edge, which its views name, too.
fn of_hints(hints: &Hints) -> Option<(Named, String)> {
    let mut found: Option<(Named, &str)> = None;
    for brand in hints.brands() {
        let Some(named) = by_brand(&brand.name) else { continue };
        found = Some((named, &brand.version));
        if !matches!(named.name, "Chromium" | "Microsoft Edge") {
            break;
        }
    }
    let (named, version) = found?;
    let version = if hints.ua_full_version.is_empty() { version } else { &hints.ua_full_version };
    (!version.is_empty()).then(|| (named, clean(version)))
}

fn by_brand(brand: &str) -> Option<Named> {
    let brand = brand.to_lowercase();
    let name = HINTED.iter().find(|(hinted, _)| *hinted == brand).map_or(brand.as_str(), |(_, name)| name);
    let named = browsers().of_name(name);
    let named = named.or_else(|| browsers().of_name(&format!("{name} browser")));
    named.or_else(|| browsers().of_name(name.strip_suffix(" browser")?)).copied()
}

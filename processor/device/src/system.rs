//! The operating system: from the user agent, from client hints, or the better of both.

use std::path::Path;

use crate::{
    files::{DataError, NamedEntry, read},
    hints::Hints,
    list::List,
    names::{Named, systems},
    pattern::{Pattern, fill},
    version::clean,
};

/// Names that client hints give to systems of another name here.
const HINTED: [(&str, &str); 5] = [
    ("linux", "GNU/Linux"),
    ("macos", "Mac"),
    ("mac os x", "Mac"),
    ("macintel", "Mac"),
    ("cloud phone 2.4", "Puffin OS"),
];
/// Apps of Android alone, whatever their user agent says.
const ANDROID_APPS: [&str; 4] =
    ["com.hisense.odinbrowser", "com.seraphic.openinet.pre", "com.appssppa.idesktoppcbrowser", "every.browser.inc"];
/// Families that are found on desktops.
const DESKTOP_FAMILIES: [&str; 10] =
    ["AmigaOS", "IBM", "GNU/Linux", "Mac", "Unix", "Windows", "BeOS", "Chrome OS", "Chromium OS", "OpenVMS"];
/// Systems of Apple's devices.
const APPLE: [&str; 5] = ["ATV", "WAS", "IPA", "IOS", "MAC"];

/// An operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct System {
    pub named: Named,
    pub version: String,
}

impl System {
    /// One of a desktop.
    pub(crate) fn is_desktop(&self) -> bool {
        DESKTOP_FAMILIES.contains(&self.named.family)
    }

    /// One of Apple's.
    pub(crate) fn is_apple(&self) -> bool {
        APPLE.contains(&self.named.code)
    }

    fn named(name: &str, version: String) -> Option<Self> {
        Some(Self { named: *systems().of_name(name)?, version })
    }
}

#[derive(Debug)]
struct Entry {
    name: String,
    version: String,
    versions: Vec<(Pattern, String)>,
}

/// The patterns of systems.
#[derive(Debug)]
pub(crate) struct Systems {
    list: List<Entry>,
}

impl Systems {
    /// Reads the patterns of a folder.
    pub(crate) fn load(folder: &Path) -> Result<Self, DataError> {
        let entries: Vec<NamedEntry> = read(folder, "oss.yml")?;
        let list = List::new(entries.into_iter().map(|entry| {
            let versions = entry.versions.into_iter().map(|known| (Pattern::new(&known.regex), known.version));
            let version = entry.version.unwrap_or_default();
            (entry.regex, Entry { name: entry.name, version, versions: versions.collect() })
        }));
        Ok(Self { list })
    }

    /// The system of a client.
    pub(crate) fn detect(&self, user_agent: &str, hints: &Hints) -> Option<System> {
        let told = self.of_user_agent(user_agent);
        let system = match of_hints(hints) {
            Some(hinted) => Some(merge(hinted, told, hints)),
            None => told,
        };
        if ANDROID_APPS.contains(&hints.requested_with.as_str())
            && system.as_ref().is_none_or(|system| system.named.code != "AND")
        {
            return System::named("Android", String::new());
        }
        system
    }

    fn of_user_agent(&self, user_agent: &str) -> Option<System> {
        let entry = self.list.find(user_agent)?;
        let special = entry.value.versions.iter().find_map(|(pattern, version)| {
            let captures = pattern.captures(user_agent)?;
            Some(fill(version, &captures))
        });
        let version = special.unwrap_or_else(|| entry.fill(&entry.value.version, user_agent));
        System::named(&entry.fill(&entry.value.name, user_agent), clean(&version))
    }
}

fn of_hints(hints: &Hints) -> Option<System> {
    let platform = hints.platform.to_lowercase();
    let name = HINTED.iter().find(|(hinted, _)| *hinted == platform).map_or(platform.as_str(), |(_, name)| name);
    let mut system = System::named(name, clean(&hints.platform_version))?;
    if system.named.code == "WIN" {
        system.version = windows_version(&system.version);
    } else if is_zero(&system.version) {
        system.version.clear();
    }
    Some(system)
}

/// Hints count Windows in another way: by the version of one of its interfaces.
fn windows_version(interface: &str) -> String {
    let mut parts = interface.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = match (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) {
        (0, 1) => "7",
        (0, 2) => "8",
        (0, 3) => "8.1",
        (0, _) => "",
        (1..=10, _) => "10",
        _ => "11",
    };
    version.to_owned()
}

fn is_zero(version: &str) -> bool {
    !version.is_empty() && version.split('.').all(|part| part == "0")
}

/// What hints and user agent say together.
fn merge(hinted: System, told: Option<System>, hints: &Hints) -> System {
    let Some(told) = told else { return hinted };
    let same_family = told.named.family == hinted.named.family && !told.named.family.is_empty();
    let mut system = hinted;
    if system.version.is_empty() && same_family {
        let unsure = system.named.code == "WIN" && is_zero(&hints.platform_version) && told.version == "10";
        system.version = if unsure { String::new() } else { told.version.clone() };
    }
    // The user agent often names the system more exactly: Ubuntu, HarmonyOS.
    if told.named.family == system.named.name && told.named.code != system.named.code {
        system.named = told.named;
        match told.named.name {
            "LeafOS" | "HarmonyOS" => system.version.clear(),
            "PICO OS" | "Fire OS" | "Lineage OS" => system.version = told.version.clone(),
            _ => {}
        }
    }
    match (system.named.name, told.named.name) {
        ("GNU/Linux", "Chrome OS") if system.version == told.version => told,
        ("GNU/Linux", "Meta Horizon") => System { version: system.version, ..told },
        ("Android", "Chrome OS") => System { version: String::new(), ..told },
        _ => system,
    }
}

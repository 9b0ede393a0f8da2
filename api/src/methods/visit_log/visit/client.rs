//! With what a visit came (`reports.md` §12).

use super::{VisitRow, icon};
use crate::{
    names::{self, DEVICE_TYPES, UNKNOWN, UNKNOWN_CODE, capitalised},
    value::{Record, Value},
};

/// Plugins with their bit, as they are listed.
const PLUGINS: [(&str, u8); 8] = [
    ("cookie", 7),
    ("flash", 0),
    ("java", 1),
    ("pdf", 2),
    ("quicktime", 3),
    ("realplayer", 4),
    ("silverlight", 5),
    ("windowsmedia", 6),
];

/// The system of bots, of which there is neither logo nor version.
const BOT: &str = "BOT";

fn or_code(code: &str) -> &str {
    if code.is_empty() { UNKNOWN_CODE } else { code }
}

/// A name with its version; what is unknown has none.
fn versioned(name: &str, version: &str) -> String {
    if name == UNKNOWN { name.to_owned() } else { format!("{name} {version}").trim_end().to_owned() }
}

impl VisitRow {
    pub(super) fn language(&self, record: &mut Record) {
        let own = self.language.split('-').next().unwrap_or_default();
        record.set("languageCode", self.language.as_str());
        record.set("language", names::language(own).unwrap_or(UNKNOWN));
    }

    pub(super) fn device(&self, record: &mut Record) {
        let kind = self.device_type.parse::<usize>().ok().and_then(|kind| DEVICE_TYPES.get(kind));
        let kind = kind.copied().unwrap_or("unknown");
        record.set("deviceType", capitalised(kind));
        record.set("deviceTypeIcon", icon("devices", &kind.replace(' ', "_")));
        record.set("deviceBrand", names::brand(&self.device_brand));
        record.set("deviceModel", self.model());
        self.system(record);
        self.browser(record);
    }

    /// Models that are only known by their type are stored as `generic <type>`.
    fn model(&self) -> String {
        match self.device_model.as_str() {
            "" => UNKNOWN.to_owned(),
            model => match model.strip_prefix("generic ") {
                Some(kind) => format!("Generic {}", capitalised(kind)),
                None => model.to_owned(),
            },
        }
    }

    fn system(&self, record: &mut Record) {
        let (code, name) = (or_code(&self.os), names::system(&self.os));
        let is_known = name != UNKNOWN && code != BOT;
        let version = if is_known { self.os_version.as_str() } else { UNKNOWN_CODE };
        record.set("operatingSystem", versioned(name, if is_known { version } else { "" }));
        record.set("operatingSystemName", name);
        record.set("operatingSystemIcon", icon("os", if is_known { code } else { UNKNOWN_CODE }));
        record.set("operatingSystemCode", code);
        record.set("operatingSystemVersion", version);
    }

    fn browser(&self, record: &mut Record) {
        let (code, name) = (or_code(&self.browser), names::browser(&self.browser));
        let logo = if names::is_listed_browser(code) { code } else { UNKNOWN_CODE };
        record.set("browserFamily", self.engine.as_str());
        record.set("browserFamilyDescription", names::engine_name(&self.engine));
        record.set("browser", versioned(name, &self.browser_version));
        record.set("browserName", name);
        record.set("browserIcon", icon("browsers", logo));
        record.set("browserCode", code);
        record.set("browserVersion", self.browser_version.as_str());
    }

    pub(super) fn plugins(&self, record: &mut Record) {
        let plugins = PLUGINS.iter().filter(|(_, bit)| self.plugins >> bit & 1 == 1);
        let plugins: Vec<&str> = plugins.map(|(name, _)| *name).collect();
        record.set("resolution", self.resolution.as_str());
        record.set("plugins", plugins.join(", "));
        let icons = plugins.iter().map(|name| {
            Value::Record(Record::default().with("pluginIcon", icon("plugins", name)).with("pluginName", *name))
        });
        record.set("pluginsIcons", if plugins.is_empty() { Value::Null } else { Value::List(icons.collect()) });
    }
}

//! What system and client tell of a device that no list knows.

use crate::{client::Client, hardware::Hardware, kind::Kind, pattern::Pattern, system::System, version::compare};

/// Browsers of televisions.
const TV_CLIENTS: [&str; 15] = [
    "Kylo",
    "Espial TV Browser",
    "LUJO TV Browser",
    "LogicUI TV Browser",
    "Open TV Browser",
    "Seraphic Sraf",
    "Opera Devices",
    "Crow Browser",
    "Vewd Browser",
    "TiviMate",
    "Quick Search TV",
    "QJY TV Browser",
    "TV Bro",
    "Redline",
    "Odin",
];

/// What is known besides the device.
pub(crate) struct Clues<'a> {
    pub user_agent: &'a str,
    pub system: Option<&'a System>,
    pub client: Option<&'a Client>,
}

impl Clues<'_> {
    fn family(&self) -> &str {
        self.system.map_or("", |system| system.named.family)
    }

    fn system_name(&self) -> &str {
        self.system.map_or("", |system| system.named.name)
    }

    /// True when the version of the system is known and at least this.
    fn is_from(&self, version: &str) -> bool {
        self.system.is_some_and(|system| !system.version.is_empty() && compare(&system.version, version).is_ge())
    }

    fn is_desktop(&self) -> bool {
        let mobile_only = self.client.and_then(Client::browser).is_some_and(|browser| browser.named.mobile_only);
        !mobile_only && self.system.is_some_and(System::is_desktop)
    }
}

/// A kind that a text in the user agent tells of.
#[derive(Debug)]
struct Sign {
    pattern: Pattern,
    kind: Kind,
}

impl Sign {
    fn new(pattern: &str, kind: Kind) -> Self {
        Self { pattern: Pattern::new(pattern), kind }
    }
}

/// The rules, in their order.
#[derive(Debug)]
pub(crate) struct Rules {
    chrome_mobile: Pattern,
    chrome: Pattern,
    pad: Pattern,
    /// Said outright.
    said: Vec<Sign>,
    touch: Pattern,
    puffin: Vec<Sign>,
    opera_store: Pattern,
    tv_name: Pattern,
    smart_tv: Pattern,
    desktop: Pattern,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            chrome_mobile: Pattern::new("Chrome/[.0-9]* Mobile"),
            chrome: Pattern::new("Chrome/[.0-9]*"),
            pad: Pattern::new("Pad/APad"),
            said: vec![
                Sign::new(r"Android(?: [.0-9]+)?; Tablet;|Tablet(?! PC)|Opera Tablet|.*-tablet$", Kind::Tablet),
                Sign::new(r"Android(?: [.0-9]+)?; Mobile;|.*-mobile$", Kind::Smartphone),
            ],
            touch: Pattern::new("Touch"),
            puffin: vec![
                Sign::new(r"Puffin/(?:\d+[.\d]+)[LMW]D", Kind::Desktop),
                Sign::new(r"Puffin/(?:\d+[.\d]+)[AIFLW]P", Kind::Smartphone),
                Sign::new(r"Puffin/(?:\d+[.\d]+)[AILW]T", Kind::Tablet),
            ],
            opera_store: Pattern::new("Opera TV Store| OMI/"),
            tv_name: Pattern::new(r"Andr0id|(?:Android(?: UHD)?|Google) TV|\(lite\) TV|BRAVIA|Firebolt| TV$"),
            smart_tv: Pattern::new(r"SmartTV|Tizen.+ TV .+$|\(TV;"),
            desktop: Pattern::new("Desktop(?: (?:x(?:32|64)|WOW64))?;"),
        }
    }
}

impl Rules {
    /// Completes what the lists know of a device.
    pub(crate) fn apply(&self, hardware: &mut Hardware, clues: &Clues<'_>) {
        let is_apple = clues.system.is_some_and(System::is_apple);
        if is_apple && hardware.brand.is_empty() {
            hardware.brand = "Apple".to_owned();
        } else if !is_apple && hardware.brand == "Apple" {
            *hardware = Hardware::default();
        }
        if hardware.kind == Some(Kind::Smartphone) && self.pad.matches(clues.user_agent) {
            hardware.kind = Some(Kind::Tablet);
        }
        if hardware.kind.is_none() {
            hardware.kind = self.of_mobile(clues);
        }
        let is_phone = matches!(hardware.kind, Some(Kind::FeaturePhone));
        if is_phone && clues.family() == "Android" {
            hardware.kind = Some(Kind::Smartphone);
        } else if clues.system_name() == "KaiOS" {
            hardware.kind = Some(Kind::FeaturePhone);
        }
        self.televisions(hardware, clues);
        if hardware.kind != Some(Kind::Desktop) && self.desktop.matches(clues.user_agent) {
            hardware.kind = Some(Kind::Desktop);
        }
        if hardware.kind.is_none() && clues.is_desktop() {
            hardware.kind = Some(Kind::Desktop);
        }
    }

    /// Phones and tablets that no list knows.
    fn of_mobile(&self, clues: &Clues<'_>) -> Option<Kind> {
        let is_chrome = clues.client.and_then(Client::browser).is_some_and(|browser| browser.named.family == "Chrome");
        if clues.family() == "Android" && is_chrome {
            if self.chrome_mobile.matches(clues.user_agent) {
                return Some(Kind::Smartphone);
            }
            if self.chrome.matches(clues.user_agent) {
                return Some(Kind::Tablet);
            }
        }
        if let Some(said) = self.said.iter().find(|sign| sign.pattern.matches(clues.user_agent)) {
            return Some(said.kind);
        }
        let has_version = clues.system.is_some_and(|system| !system.version.is_empty());
        match clues.system_name() {
            // Android 2 ran on both; before there were phones only, and 3 was for tablets.
            "Android" if has_version && !clues.is_from("2.0") => return Some(Kind::Smartphone),
            "Android" if clues.is_from("3.0") && !clues.is_from("4.0") => return Some(Kind::Tablet),
            "Java ME" => return Some(Kind::FeaturePhone),
            "Windows RT" if self.touch.matches(clues.user_agent) => return Some(Kind::Tablet),
            "Windows" if clues.is_from("8") && self.touch.matches(clues.user_agent) => return Some(Kind::Tablet),
            _ => {}
        }
        self.puffin.iter().find(|sign| sign.pattern.matches(clues.user_agent)).map(|sign| sign.kind)
    }

    fn televisions(&self, hardware: &mut Hardware, clues: &Clues<'_>) {
        if clues.system_name() == "Coolita OS" {
            *hardware = Hardware { kind: Some(Kind::Tv), brand: "coocaa".to_owned(), ..std::mem::take(hardware) };
        }
        let named =
            !matches!(hardware.kind, Some(Kind::Tv | Kind::Peripheral)) && self.tv_name.matches(clues.user_agent);
        let is_tv = named
            || self.opera_store.matches(clues.user_agent)
            || clues.client.is_some_and(|client| TV_CLIENTS.contains(&client.name()))
            || (hardware.kind.is_none() && self.smart_tv.matches(clues.user_agent));
        if is_tv {
            hardware.kind = Some(Kind::Tv);
        }
    }
}

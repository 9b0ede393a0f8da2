//! All of it: robots, systems, clients, devices, and what follows from one for another.

use std::path::Path;

use crate::{
    client::{Client, ClientKind, Clients},
    files::{DataError, NamedEntry, read},
    hardware::{Devices, Hardware},
    hints::Hints,
    kind::Kind,
    list::List,
    names::brands,
    rules::{Clues, Rules},
    system::{System, Systems},
    version::shorten,
};

/// Characters of a model.
const MODEL_CHARS_MAX: usize = 100;
/// Characters of the name and version of a client.
const CLIENT_CHARS_MAX: usize = 70;
const VERSION_CHARS_MAX: usize = 20;
/// Code of what is not known.
const UNKNOWN: &str = "UNK";
/// The system of robots.
const ROBOT: &str = "BOT";

/// What a client is (`tracking.md` §8.5), as visits store it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detected {
    /// What the device is.
    pub kind: Option<Kind>,
    /// Brand code; empty when unknown.
    pub brand: String,
    /// Model; `generic` and the kind when unknown.
    pub model: String,
    /// System code; `UNK` when unknown, `BOT` of robots.
    pub system: String,
    /// Two parts of its version.
    pub system_version: String,
    /// Browser code, or the name of another client; `UNK` when unknown.
    pub browser: String,
    /// Two parts of its version.
    pub browser_version: String,
    /// Browser engine; empty when unknown.
    pub engine: String,
    /// What the client is.
    pub client_kind: Option<ClientKind>,
}

impl Default for Detected {
    fn default() -> Self {
        Self {
            kind: None,
            brand: String::new(),
            model: String::new(),
            system: UNKNOWN.to_owned(),
            system_version: String::new(),
            browser: UNKNOWN.to_owned(),
            browser_version: String::new(),
            engine: String::new(),
            client_kind: None,
        }
    }
}

/// Detects devices by the patterns of a folder.
#[derive(Debug)]
pub struct Detector {
    robots: Robots,
    systems: Systems,
    clients: Clients,
    devices: Devices,
    rules: Rules,
}

impl Detector {
    /// Reads the patterns of a folder.
    ///
    /// # Errors
    /// When a file is missing or not what it should be.
    pub fn load(folder: &Path) -> Result<Self, DataError> {
        Ok(Self {
            robots: Robots::load(folder)?,
            systems: Systems::load(folder)?,
            clients: Clients::load(folder)?,
            devices: Devices::load(folder)?,
            rules: Rules::default(),
        })
    }

    /// The robots.
    pub fn robots(&self) -> &Robots {
        &self.robots
    }

    /// What a client is, by its user agent and its hints as JSON.
    pub fn detect(&self, user_agent: &str, hints: Option<&str>) -> Detected {
        if self.robots.has(user_agent) {
            return Detected { system: ROBOT.to_owned(), ..Detected::default() };
        }
        let hints = Hints::read(hints);
        let system = self.systems.detect(user_agent, &hints);
        let client = self.clients.detect(user_agent, &hints);
        let mut hardware = self.devices.detect(user_agent, &hints);
        let clues = Clues { user_agent, system: system.as_ref(), client: client.as_ref() };
        self.rules.apply(&mut hardware, &clues);
        describe(&hardware, system.as_ref(), client.as_ref())
    }
}

fn describe(hardware: &Hardware, system: Option<&System>, client: Option<&Client>) -> Detected {
    let version = |version: &str| cut(shorten(version), VERSION_CHARS_MAX);
    let (browser, browser_version, engine, client_kind) = match client {
        Some(Client::Browser(browser)) => (
            browser.named.code.to_owned(),
            version(&browser.version),
            browser.engine.clone(),
            Some(ClientKind::Browser),
        ),
        Some(Client::Other { kind, name, version: of }) => {
            (cut(name, CLIENT_CHARS_MAX), version(of), String::new(), Some(*kind))
        }
        None => (UNKNOWN.to_owned(), String::new(), String::new(), None),
    };
    Detected {
        kind: hardware.kind,
        brand: brands().of_name(&hardware.brand).map_or("", |brand| brand.code).to_owned(),
        model: model(hardware, system),
        system: system.map_or(UNKNOWN, |system| system.named.code).to_owned(),
        system_version: system.map_or_else(String::new, |system| version(&system.version)),
        browser,
        browser_version,
        engine,
        client_kind,
    }
}

fn model(hardware: &Hardware, system: Option<&System>) -> String {
    match hardware.kind {
        _ if !hardware.model.is_empty() => cut(&hardware.model, MODEL_CHARS_MAX),
        Some(kind) => format!("generic {}", kind.name()),
        None if system.is_some_and(|system| !system.is_desktop()) => "generic mobile".to_owned(),
        None => String::new(),
    }
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

/// Robots, by their user agents.
#[derive(Debug)]
pub struct Robots {
    list: List<()>,
    version: u32,
}

impl Robots {
    /// Reads the patterns of a folder.
    ///
    /// # Errors
    /// When the file is missing or not what it should be.
    pub fn load(folder: &Path) -> Result<Self, DataError> {
        let entries: Vec<NamedEntry> = read(folder, "bots.yml")?;
        let mut version = crc32fast::Hasher::new();
        entries.iter().for_each(|entry| version.update(entry.regex.as_bytes()));
        let list = List::new(entries.into_iter().map(|entry| (entry.regex, ())));
        Ok(Self { list, version: version.finalize() })
    }

    /// A checksum of the patterns.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// True for the user agent of a robot.
    pub fn has(&self, user_agent: &str) -> bool {
        self.list.find(user_agent).is_some()
    }
}

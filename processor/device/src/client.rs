//! What asks: an app, a player, a library, or a browser.

use std::{collections::HashMap, path::Path};

use crate::{
    browser::{Browser, Browsers},
    files::{DataError, NamedEntry, read},
    hints::Hints,
    list::List,
    version::clean,
};

/// What a client is; the number is what visits store (`tracking.md` §8.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ClientKind {
    /// Browser.
    Browser = 1,
    /// Library of a program.
    Library = 2,
    /// Reader of feeds.
    FeedReader = 3,
    /// Player.
    MediaPlayer = 4,
    /// App.
    MobileApp = 5,
    /// Mail and calendar.
    Pim = 6,
}

/// A client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Client {
    Browser(Browser),
    Other { kind: ClientKind, name: String, version: String },
}

impl Client {
    /// The name of either.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Browser(browser) => browser.named.name,
            Self::Other { name, .. } => name,
        }
    }

    /// The browser, if it is one.
    pub(crate) fn browser(&self) -> Option<&Browser> {
        match self {
            Self::Browser(browser) => Some(browser),
            Self::Other { .. } => None,
        }
    }
}

/// Asked before browsers, in this order.
const BEFORE_BROWSERS: [(ClientKind, &str); 4] = [
    (ClientKind::FeedReader, "client/feed_readers.yml"),
    (ClientKind::MobileApp, "client/mobile_apps.yml"),
    (ClientKind::MediaPlayer, "client/mediaplayers.yml"),
    (ClientKind::Pim, "client/pim.yml"),
];

#[derive(Debug)]
struct Entry {
    name: String,
    version: String,
}

/// The patterns of clients.
#[derive(Debug)]
pub(crate) struct Clients {
    before: Vec<(ClientKind, List<Entry>)>,
    browsers: Browsers,
    libraries: List<Entry>,
    /// Names of apps by their ids.
    apps: HashMap<String, String>,
}

impl Clients {
    /// Reads the patterns of a folder.
    pub(crate) fn load(folder: &Path) -> Result<Self, DataError> {
        let list = |file: &str| {
            let entries: Vec<NamedEntry> = read(folder, file)?;
            Ok(List::new(entries.into_iter().map(|entry| {
                let version = entry.version.unwrap_or_default();
                (entry.regex, Entry { name: entry.name, version })
            })))
        };
        let before: Result<_, DataError> =
            BEFORE_BROWSERS.map(|(kind, file)| Ok((kind, list(file)?))).into_iter().collect();
        Ok(Self {
            before: before?,
            browsers: Browsers::load(folder)?,
            libraries: list("client/libraries.yml")?,
            apps: read(folder, "client/hints/apps.yml")?,
        })
    }

    /// The client.
    pub(crate) fn detect(&self, user_agent: &str, hints: &Hints) -> Option<Client> {
        for (kind, list) in &self.before {
            if let Some(client) = of_list(*kind, list, user_agent) {
                return Some(self.by_app(client, hints));
            }
            if *kind == ClientKind::MobileApp
                && let Some(name) = self.apps.get(&hints.requested_with)
            {
                return Some(Client::Other { kind: *kind, name: name.clone(), version: String::new() });
            }
        }
        let browser = self.browsers.detect(user_agent, hints).map(Client::Browser);
        browser.or_else(|| of_list(ClientKind::Library, &self.libraries, user_agent))
    }

    /// The id of an app says more than a user agent.
    fn by_app(&self, client: Client, hints: &Hints) -> Client {
        match (client, self.apps.get(&hints.requested_with)) {
            (Client::Other { kind: ClientKind::MobileApp, name, .. }, Some(app)) if name != *app => {
                Client::Other { kind: ClientKind::MobileApp, name: app.clone(), version: String::new() }
            }
            (client, _) => client,
        }
    }
}

fn of_list(kind: ClientKind, list: &List<Entry>, user_agent: &str) -> Option<Client> {
    let entry = list.find(user_agent)?;
    Some(Client::Other {
        kind,
        name: entry.fill(&entry.value.name, user_agent),
        version: clean(&entry.fill(&entry.value.version, user_agent)),
    })
}

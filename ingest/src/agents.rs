//! Who speaks: a robot or not, and what tells one device from another (`tracking.md` §2.2, §4.1),
//! by user agent and client hints.

use std::{hash::Hasher, path::Path, sync::Arc};

use nagare_device::{ClientKind, Detected, Detections};
use nagare_schema::{Bot, BotRule};

use crate::rules::bots;

/// The system of robots, and the browser whose cookie flag says nothing.
const ROBOT: &str = "BOT";
const INTERNET_EXPLORER: &str = "IE";
/// Ends a part of what is hashed.
const END: u8 = 0xff;

/// Tells agents apart.
pub(crate) struct Agents {
    detections: Option<Arc<Detections>>,
}

/// What a user agent and its hints tell; nothing where no patterns are installed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Agent(Option<Arc<Detected>>);

impl Agents {
    /// By the patterns of a folder; without them robots are told by name, devices by the whole user agent.
    pub(crate) fn open(folder: Option<&Path>) -> Self {
        let detections = folder.and_then(|folder| match Detections::open(folder) {
            Ok(detections) => Some(detections),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "robots are told by a few names only");
                None
            }
        });
        Self { detections }
    }

    /// The agent of a user agent and its hints as JSON.
    pub(crate) fn of(&self, user_agent: &str, hints: Option<&str>) -> Agent {
        Agent(self.detections.as_ref().map(|detections| detections.of(user_agent, hints)))
    }

    /// The rule that tells robots by their agents.
    pub(crate) fn robot_rule(&self) -> Bot {
        match &self.detections {
            Some(detections) => Bot { rule: BotRule::Pattern, version: detections.robots_version() },
            None => Bot { rule: BotRule::Name, version: bots::names_version() },
        }
    }
}

impl Agent {
    /// True of a robot.
    pub(crate) fn is_robot(&self, user_agent: &str) -> bool {
        self.0.as_ref().map_or_else(|| bots::is_bot_agent(user_agent), |detected| detected.system == ROBOT)
    }

    /// The cookie flag is no part of the fingerprint.
    pub(crate) fn hides_cookie(&self) -> bool {
        self.0.as_ref().is_some_and(|detected| browser(detected).0 == INTERNET_EXPLORER)
    }

    /// Adds what tells devices apart to a fingerprint (§2.2).
    pub(crate) fn mark(&self, user_agent: &str, hasher: &mut impl Hasher) {
        let parts = match &self.0 {
            Some(detected) => {
                let (name, version) = browser(detected);
                [&detected.system, name, version]
            }
            None => [user_agent, "", ""],
        };
        for part in parts {
            hasher.write(part.as_bytes());
            hasher.write_u8(END);
        }
    }
}

/// Name and version, which count only of a browser.
fn browser(detected: &Detected) -> (&str, &str) {
    if detected.client_kind == Some(ClientKind::Browser) {
        (&detected.browser, &detected.browser_version)
    } else {
        ("UNK", "")
    }
}

#[cfg(test)]
mod tests {
    use siphasher::sip::SipHasher24;

    use super::*;

    fn browser(name: &str, version: &str) -> Detected {
        Detected {
            system: "WIN".to_owned(),
            browser: name.to_owned(),
            browser_version: version.to_owned(),
            client_kind: Some(ClientKind::Browser),
            ..Detected::default()
        }
    }

    fn mark(detected: Detected) -> u64 {
        let mut hasher = SipHasher24::new();
        Agent(Some(detected.into())).mark("ignored", &mut hasher);
        hasher.finish()
    }

    #[test]
    fn section_2_2_system_browser_and_version_tell_devices_apart() {
        let chrome = mark(browser("CH", "124.0"));
        assert_eq!(chrome, mark(Detected { model: "other".to_owned(), ..browser("CH", "124.0") }));
        assert_ne!(chrome, mark(browser("CH", "125.0")));
        assert_ne!(chrome, mark(browser("FF", "124.0")));
        assert_ne!(chrome, mark(Detected { system: "MAC".to_owned(), ..browser("CH", "124.0") }));
    }

    #[test]
    fn section_2_2_other_clients_are_told_by_their_system_alone() {
        let app = |name| Detected { client_kind: Some(ClientKind::MobileApp), ..browser(name, "1.0") };
        assert_eq!(mark(app("One")), mark(app("Other")));
        assert!(Agent(Some(browser("IE", "11.0").into())).hides_cookie());
        assert!(!Agent(Some(app("IE").into())).hides_cookie());
        let robot = Detected { system: ROBOT.to_owned(), ..Detected::default() };
        assert!(Agent(Some(robot.into())).is_robot("Firefox"));
    }

    #[test]
    fn without_patterns_robots_are_told_by_name_and_devices_by_the_user_agent() {
        let agent = Agents::open(None).of("Firefox/125", Some("{}"));
        assert!(!agent.is_robot("Firefox/125") && agent.is_robot("Googlebot/2.1") && !agent.hides_cookie());
        let mark = |user_agent: &str| {
            let mut hasher = SipHasher24::new();
            agent.mark(user_agent, &mut hasher);
            hasher.finish()
        };
        assert_ne!(mark("Firefox/125"), mark("Firefox/126"));
    }
}

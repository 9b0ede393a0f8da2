//! What a client is: device, system and browser (`tracking.md` §8.5), by user agent and client hints.

use std::sync::Arc;

use nagare_device::{Detected, Detector};
use nagare_schema::{Client, Device};
use quick_cache::unsync::Cache;

use crate::language;

/// Clients whose device is remembered.
const CLIENTS_MAX: usize = 10_000;

/// Devices by client; equal clients share one.
pub struct DeviceBook {
    detector: Option<Arc<Detector>>,
    known: Cache<Arc<Client>, Arc<Device>>,
}

impl DeviceBook {
    /// Without a detector every device is unknown.
    pub fn new(detector: Option<Arc<Detector>>) -> Self {
        Self { detector, known: Cache::new(CLIENTS_MAX) }
    }

    /// The device of a client.
    pub fn of(&mut self, client: &Arc<Client>) -> Arc<Device> {
        if let Some(device) = self.known.get(client) {
            return device.clone();
        }
        let detector = self.detector.as_deref();
        let detected = detector.map(|detector| detector.detect(&client.user_agent, client.hints.as_deref()));
        let device = Arc::new(describe(client, detected.unwrap_or_default()));
        self.known.insert(client.clone(), device.clone());
        device
    }
}

/// What was detected, with what the client says itself.
fn describe(client: &Client, detected: Detected) -> Device {
    Device {
        kind: detected.kind.map(|kind| kind as u8),
        brand: detected.brand.into(),
        model: detected.model.into(),
        system: detected.system.into(),
        system_version: detected.system_version.into(),
        browser: detected.browser.into(),
        browser_version: detected.browser_version.into(),
        engine: detected.engine.into(),
        client_kind: detected.client_kind.map(|kind| kind as u8),
        resolution: client.resolution.clone(),
        plugins: client.plugins,
        language: language::main(&client.language).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_5_without_patterns_a_device_is_unknown() {
        let client =
            Arc::new(Client { user_agent: "Mozilla/5.0".into(), language: "fr-ca,en".into(), ..Client::default() });
        let mut book = DeviceBook::new(None);
        let device = book.of(&client);
        assert_eq!((device.kind, &*device.system, &*device.browser), (None, "UNK", "UNK"));
        assert_eq!(&*device.language, "fr-ca");
        assert!(Arc::ptr_eq(&device, &book.of(&client)));
    }
}

//! What a client is: device, system and browser (`tracking.md` §8.5), by user agent and client hints.

use std::sync::Arc;

use nagare_device::{Detected, Detections};
use nagare_schema::{Client, Device};
use quick_cache::unsync;

use crate::language;

/// Clients whose device is remembered by a partition.
const CLIENTS_MAX: usize = 10_000;

/// Devices by client; equal clients share one.
pub struct DeviceBook {
    detections: Option<Arc<Detections>>,
    known: unsync::Cache<Arc<Client>, Arc<Device>>,
}

impl DeviceBook {
    /// Without patterns every device is unknown.
    pub fn new(detections: Option<Arc<Detections>>) -> Self {
        Self { detections, known: unsync::Cache::new(CLIENTS_MAX) }
    }

    /// The device of a client.
    pub fn of(&mut self, client: &Arc<Client>) -> Arc<Device> {
        if let Some(device) = self.known.get(client) {
            return device.clone();
        }
        let detected = self
            .detections
            .as_ref()
            .map(|detections| detections.of(&client.user_agent, client.hints.as_deref()))
            .unwrap_or_default();
        let device = Arc::new(describe(client, &detected));
        self.known.insert(client.clone(), device.clone());
        device
    }
}

/// What was detected, with what the client says itself.
fn describe(client: &Client, detected: &Detected) -> Device {
    Device {
        kind: detected.kind.map(|kind| kind as u8),
        brand: detected.brand.as_str().into(),
        model: detected.model.as_str().into(),
        system: detected.system.as_str().into(),
        system_version: detected.system_version.as_str().into(),
        browser: detected.browser.as_str().into(),
        browser_version: detected.browser_version.as_str().into(),
        engine: detected.engine.as_str().into(),
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

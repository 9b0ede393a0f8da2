//! What a client is: device, system and browser (`tracking.md` §8.5), by user agent.

use std::sync::Arc;

use nagare_schema::{Client, Device};
use quick_cache::unsync::Cache;

/// Clients whose device is remembered.
const CLIENTS_MAX: usize = 10_000;

/// Devices by client; equal clients share one.
pub struct DeviceBook {
    known: Cache<Arc<Client>, Arc<Device>>,
}

impl Default for DeviceBook {
    fn default() -> Self {
        Self { known: Cache::new(CLIENTS_MAX) }
    }
}

impl DeviceBook {
    /// The device of a client.
    pub fn of(&mut self, client: &Arc<Client>) -> Arc<Device> {
        if let Some(device) = self.known.get(client) {
            return device.clone();
        }
        let device = Arc::new(describe(client));
        self.known.insert(client.clone(), device.clone());
        device
    }
}

/// System and browser are unknown until their patterns are part of the product; what the client says
/// itself is kept.
fn describe(client: &Client) -> Device {
    Device {
        kind: None,
        brand: "".into(),
        model: "".into(),
        system: "UNK".into(),
        system_version: "".into(),
        browser: "UNK".into(),
        browser_version: "".into(),
        engine: "".into(),
        client_kind: None,
        resolution: client.resolution.clone(),
        plugins: client.plugins,
        language: main_language(&client.language).into(),
    }
}

/// The first language with its region (§8.2); `xx` when there is none.
fn main_language(list: &str) -> &str {
    let first = list.split(',').next().unwrap_or_default().split(';').next().unwrap_or_default();
    if first.is_empty() && !list.is_empty() { "xx" } else { first }
}

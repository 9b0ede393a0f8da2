//! `nats-server` with JetStream, for one machine.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::broker::{Blueprint, Broker, StopBy, start_on_free_ports};
use super::data::DataDir;
use super::locate;
use super::probe::Probe;
use super::tether::Tether;

/// The largest message. Appends are at most 512 KiB, so this leaves room for headers.
const MAX_PAYLOAD_BYTES: u32 = 1024 * 1024;
/// Nothing of ours is kept in memory streams.
const MAX_MEMORY_STORE_BYTES: u32 = 64 * 1024 * 1024;
/// The server's default is a share of the space that is *free* at its start, which a
/// well-filled log would shrink below its own size. Streams bound themselves; a disk
/// that is really full is refused by the write.
const MAX_FILE_STORE_BYTES: u64 = 1024 * 1024 * 1024 * 1024;

/// Starts it and waits until it answers.
pub(super) async fn start(data: &DataDir, port: Option<u16>) -> Result<Broker> {
    let program = locate::nats_server()?;
    start_on_free_ports([port], |[port]| {
        let server_name = format!("nagare-{:016x}", rand::random::<u64>());
        let config_file = data.join("nats.conf");
        fs::write(&config_file, config(port, &server_name, &data.join("nats")))
            .with_context(|| format!("cannot write {}", config_file.display()))?;
        let mut args = vec!["broker-guard".into()];
        args.extend(Tether::arguments(&data.join("nats.lock")));
        args.extend(["--".into(), program.clone().into(), "--config".into(), config_file.into()]);
        Ok(Blueprint {
            name: "nats",
            args,
            log: data.join("nats.log"),
            pid_file: data.join("nats.pid"),
            ports: vec![port],
            probe: Probe::Nats { port, server_name },
            // JetStream flushes and the server exits with 0.
            stop_by: StopBy::Terminating,
        })
    })
    .await
}

/// Where clients connect.
pub(super) fn url(ports: &[u16]) -> String {
    format!("nats://127.0.0.1:{}", ports[0])
}

/// `sync_interval: always`: the default acknowledges before fsync and syncs every two
/// minutes, and acknowledged hits would be lost with the machine's power.
fn config(port: u16, server_name: &str, store: &Path) -> String {
    let store = store.to_string_lossy().replace('\\', r"\\").replace('"', r#"\""#);
    format!(
        r#"# Written by nagare at every start.
server_name: "{server_name}"
listen: "127.0.0.1:{port}"
max_payload: {MAX_PAYLOAD_BYTES}
jetstream {{
    store_dir: "{store}"
    max_memory_store: {MAX_MEMORY_STORE_BYTES}
    max_file_store: {MAX_FILE_STORE_BYTES}
    sync_interval: always
}}
"#
    )
}

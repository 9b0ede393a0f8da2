//! Free loopback ports.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;

use anyhow::{Result, bail};

/// Below Linux's ephemeral range (32768-60999). In that range an outgoing connection may
/// take the port of a broker that is being restarted; worst of all a client that dials
/// it again and again, which on loopback can end up connected to itself.
const PORTS: Range<u16> = 20_000..32_768;
const TRIES: usize = 200;

/// A port that nobody listens on now. Another process may still take it first, so
/// whoever binds it must be ready to ask again.
pub(super) fn free_port() -> Result<u16> {
    for _ in 0..TRIES {
        let port = rand::random_range(PORTS);
        if is_free(port) {
            return Ok(port);
        }
    }
    bail!("no free port on 127.0.0.1 between {} and {}", PORTS.start, PORTS.end)
}

/// Whether nobody listens on it now.
pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

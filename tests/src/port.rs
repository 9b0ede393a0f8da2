use std::{
    net::{Ipv4Addr, TcpListener},
    ops::Range,
};

use anyhow::bail;

/// Apart from the ports that outgoing connections and embedded brokers choose from.
const PORTS: Range<u16> = 10_000..20_000;
const TRIES: usize = 200;

/// A loopback port that nobody listens on now.
///
/// # Errors
/// When none is found.
pub fn free_port() -> anyhow::Result<u16> {
    for _ in 0..TRIES {
        let port = rand::random_range(PORTS);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port between {} and {}", PORTS.start, PORTS.end)
}

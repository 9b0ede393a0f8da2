//! Asks whether a port is served by the broker that we started there.
//!
//! The port may have been taken by another process in the meantime, so an answer is not
//! enough: the broker has to know something that only ours knows.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpStream;

const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// NATS' greeting is about 500 bytes.
const GREETING_BYTES_MAX: u64 = 64 * 1024;

/// How a broker is asked.
#[derive(Debug, Clone)]
pub(super) enum Probe {
    /// Greets with this server name, once JetStream has recovered.
    Nats {
        /// Client port.
        port: u16,
        /// Name in the generated configuration.
        server_name: String,
    },
    /// Answers queries and stores its data here.
    ClickHouse {
        /// HTTP port.
        port: u16,
        /// Absolute data folder.
        path: PathBuf,
    },
}

impl Probe {
    /// `Ok` when our broker answers.
    pub(super) async fn ask(&self) -> Result<()> {
        let asked = async {
            match self {
                Self::Nats { port, server_name } => ask_nats(*port, server_name).await,
                Self::ClickHouse { port, path } => ask_clickhouse(*port, path).await,
            }
        };
        tokio::time::timeout(ANSWER_WITHIN, asked).await.context("no answer in time")?
    }
}

#[derive(serde::Deserialize)]
struct Greeting {
    server_name: String,
    #[serde(default)]
    jetstream: bool,
}

async fn ask_nats(port: u16, server_name: &str) -> Result<()> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let mut line = String::new();
    BufReader::new(stream.take(GREETING_BYTES_MAX)).read_line(&mut line).await?;
    let json = line.strip_prefix("INFO ").context("it does not greet like NATS")?;
    let greeting: Greeting = serde_json::from_str(json)?;
    ensure!(greeting.server_name == server_name, "another NATS server has the port");
    ensure!(greeting.jetstream, "JetStream is not enabled");
    Ok(())
}

async fn ask_clickhouse(port: u16, path: &std::path::Path) -> Result<()> {
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()?
        .post(format!("http://127.0.0.1:{port}/"))
        .body("SELECT path FROM system.disks WHERE name = 'default'")
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?;
    let served = PathBuf::from(answer.trim_end_matches('\n'));
    ensure!(served == path, "another ClickHouse server has the port");
    Ok(())
}

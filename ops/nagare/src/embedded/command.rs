//! `nagare brokers`: the brokers alone, for tests and for running the roles one by one.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::broker::Broker;
use super::clickhouse::{self, ClickHousePorts};
use super::data::DataDir;
use super::nats;

/// Arguments of the hidden subcommand `nagare brokers`.
#[derive(Debug, clap::Args)]
pub(crate) struct BrokersArgs {
    /// Data directory; only one process may use it at a time.
    #[arg(long)]
    data: PathBuf,
    /// NATS clients; free if not given.
    #[arg(long)]
    nats_port: Option<u16>,
    /// ClickHouse over HTTP; free if not given.
    #[arg(long)]
    clickhouse_http_port: Option<u16>,
    /// ClickHouse's native protocol; free if not given.
    #[arg(long)]
    clickhouse_tcp_port: Option<u16>,
    /// Start only this one.
    #[arg(long)]
    only: Option<Only>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    Nats,
    Clickhouse,
}

/// Starts the brokers, prints one JSON line with their addresses and process ids, and
/// stops them when standard input ends or SIGTERM or SIGINT arrives.
pub(crate) async fn run_brokers(args: BrokersArgs) -> Result<()> {
    let data = DataDir::open(&args.data)?;
    let ports = ClickHousePorts { http: args.clickhouse_http_port, tcp: args.clickhouse_tcp_port };
    let nats = async {
        let wanted = args.only != Some(Only::Clickhouse);
        Ok::<_, anyhow::Error>(if wanted { Some(nats::start(&data, args.nats_port).await?) } else { None })
    };
    let clickhouse = async {
        let wanted = args.only != Some(Only::Nats);
        Ok(if wanted { Some(clickhouse::start(&data, ports).await?) } else { None })
    };
    let stopping = until_told_to_stop()?;
    let (nats, clickhouse) = tokio::select! {
        started = async { tokio::try_join!(nats, clickhouse) } => started?,
        () = stopping.cancelled() => return Ok(()),
    };
    announce(nats.as_ref(), clickhouse.as_ref())?;
    stopping.cancelled().await;
    tokio::join!(stop(nats), stop(clickhouse));
    Ok(())
}

async fn stop(broker: Option<Broker>) {
    if let Some(broker) = broker {
        broker.stop().await;
    }
}

fn announce(nats: Option<&Broker>, clickhouse: Option<&Broker>) -> Result<()> {
    let line = json!({
        "nats": nats.map(|broker| json!({
            "url": nats::url(broker.ports()),
            "port": broker.ports()[0],
            "pid": broker.pid(),
        })),
        "clickhouse": clickhouse.map(|broker| json!({
            "url": clickhouse::url(broker.ports()),
            "http_port": broker.ports()[0],
            "tcp_port": broker.ports()[1],
            "pid": broker.pid(),
        })),
    });
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush()).context("cannot print")
}

/// Cancelled by a signal or the end of standard input.
fn until_told_to_stop() -> Result<CancellationToken> {
    let token = CancellationToken::new();
    let by_input = token.clone();
    // Not the runtime's own stdin: its blocking read would hold up the exit after a signal.
    std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        // Whether it ends or breaks, there is nothing more to come.
        let _ended = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        by_input.cancel();
    })?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let by_signal = token.clone();
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        by_signal.cancel();
    });
    Ok(token)
}

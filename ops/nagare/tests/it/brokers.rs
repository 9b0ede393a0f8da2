//! `nagare brokers`: what acknowledged stays, who dies with whom, who returns.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use async_nats::jetstream;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

const WITHIN: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(10);

/// A running `nagare brokers`.
struct Brokers {
    process: Child,
    told: Value,
}

fn command(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nagare"));
    command.arg("brokers").arg("--data").arg(data).args(more);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Brokers {
    fn start(data: &Path) -> Result<Self> {
        let mut process = command(data, &[]).stderr(Stdio::inherit()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let told = serde_json::from_str(&line).context("the brokers did not start")?;
        Ok(Self { process, told })
    }

    fn nats_url(&self) -> Result<&str> {
        self.told["nats"]["url"].as_str().context("no URL")
    }

    fn pids(&self) -> Vec<i32> {
        let pid = |broker: &str| self.told[broker]["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok());
        ["nats", "clickhouse"].into_iter().filter_map(pid).collect()
    }

    async fn query(&self, query: &str, settings: &str) -> Result<String> {
        let url = self.told["clickhouse"]["url"].as_str().context("no URL")?;
        let answer = reqwest::Client::new().post(format!("{url}/?{settings}")).body(query.to_owned()).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{query}: {text}");
        Ok(text.trim().to_owned())
    }

    fn end_input(mut self) -> Result<ExitStatus> {
        drop(self.process.stdin.take());
        Ok(self.process.wait()?)
    }

    fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

/// What it says when it does not start though its input stays open.
fn fails(data: &Path, more: &[&str]) -> Result<String> {
    let mut process = command(data, more).spawn()?;
    let input = process.stdin.take();
    let Output { status, stderr, .. } = process.wait_with_output()?;
    drop(input);
    ensure!(!status.success(), "it started");
    Ok(String::from_utf8_lossy(&stderr).into_owned())
}

fn is_alive(pid: i32) -> bool {
    // A zombie has ended; only its new parent has not looked yet.
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')))
}

fn until_gone(pids: &[i32]) -> Result<()> {
    let deadline = Instant::now() + WITHIN;
    while pids.iter().any(|&pid| is_alive(pid)) {
        ensure!(Instant::now() < deadline, "one of {pids:?} still runs");
        std::thread::sleep(POLL);
    }
    Ok(())
}

async fn stored_messages(brokers: &Brokers) -> Result<jetstream::stream::Stream> {
    let client = async_nats::connect(brokers.nats_url()?).await?;
    let config = jetstream::stream::Config { name: "KEPT".to_owned(), ..Default::default() };
    Ok(jetstream::new(client).get_or_create_stream(config).await?)
}

#[tokio::test]
async fn acknowledged_data_outlives_a_killed_parent_and_the_children_do_not() -> Result<()> {
    let data = tempfile::tempdir()?;
    let brokers = Brokers::start(data.path())?;
    brokers.query("CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n", "").await?;
    brokers.query("INSERT INTO kept SELECT number FROM numbers(1000)", "").await?;
    stored_messages(&brokers).await?;
    let client = jetstream::new(async_nats::connect(brokers.nats_url()?).await?);
    client.publish("KEPT", "a hit".into()).await?.await?;

    let pids = brokers.pids();
    ensure!(pids.len() == 2 && pids.iter().all(|&pid| is_alive(pid)), "no children");
    brokers.kill()?;
    until_gone(&pids)?;

    let brokers = Brokers::start(data.path())?;
    assert_eq!(brokers.query("SELECT count() FROM kept", "").await?, "1000");
    assert_eq!(stored_messages(&brokers).await?.cached_info().state.messages, 1);
    let pids = brokers.pids();
    assert!(brokers.end_input()?.success());
    until_gone(&pids)
}

#[tokio::test]
async fn a_repeated_insert_counts_once_in_table_and_view_even_after_a_kill() -> Result<()> {
    let data = tempfile::tempdir()?;
    let mut brokers = Brokers::start(data.path())?;
    let window = "SETTINGS non_replicated_deduplication_window = 100";
    for query in [
        format!("CREATE TABLE hits (site UInt32, n UInt64) ENGINE = MergeTree ORDER BY site {window}"),
        format!(
            "CREATE TABLE sums (site UInt32, n SimpleAggregateFunction(sum, UInt64)) \
             ENGINE = AggregatingMergeTree ORDER BY site {window}"
        ),
        "CREATE MATERIALIZED VIEW to_sums TO sums AS SELECT site, sum(n) AS n FROM hits GROUP BY site".to_owned(),
    ] {
        brokers.query(&query, "").await?;
    }
    let insert = "INSERT INTO hits SELECT number % 10, 1 FROM numbers(1000)";
    let once = "insert_deduplication_token=first&deduplicate_blocks_in_dependent_materialized_views=1";
    brokers.query(insert, once).await?;
    brokers.query(insert, once).await?;
    brokers.kill()?;
    brokers = Brokers::start(data.path())?;
    brokers.query(insert, once).await?;
    assert_eq!(brokers.query("SELECT count(), (SELECT sum(n) FROM sums) FROM hits", "").await?, "1000\t1000");
    assert!(brokers.end_input()?.success());
    Ok(())
}

#[tokio::test]
async fn a_killed_broker_returns_on_its_port() -> Result<()> {
    let data = tempfile::tempdir()?;
    let brokers = Brokers::start(data.path())?;
    for pid in brokers.pids() {
        kill_process(Pid::from_raw(pid).context("no process")?, Signal::KILL)?;
    }
    until_gone(&brokers.pids())?;
    let deadline = Instant::now() + WITHIN;
    while brokers.query("SELECT 1", "").await.is_err() || async_nats::connect(brokers.nats_url()?).await.is_err() {
        ensure!(Instant::now() < deadline, "they did not return");
        tokio::time::sleep(POLL).await;
    }
    assert!(brokers.end_input()?.success());
    Ok(())
}

#[tokio::test]
async fn sigterm_ends_it_well() -> Result<()> {
    let data = tempfile::tempdir()?;
    let mut brokers = Brokers::start(data.path())?;
    let pids = brokers.pids();
    let id = i32::try_from(brokers.process.id())?;
    kill_process(Pid::from_raw(id).context("no process")?, Signal::TERM)?;
    assert!(brokers.process.wait()?.success());
    until_gone(&pids)
}

#[test]
fn a_data_directory_has_one_user() -> Result<()> {
    let data = tempfile::tempdir()?;
    let brokers = Brokers::start(data.path())?;
    let message = fails(data.path(), &[])?;
    let owner = brokers.process.id();
    assert!(message.contains(&format!("in use by process {owner}")), "{message}");
    assert!(brokers.end_input()?.success());
    Ok(())
}

#[test]
fn a_given_port_that_is_taken_is_named() -> Result<()> {
    let data = tempfile::tempdir()?;
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = taken.local_addr()?.port().to_string();
    for option in ["--nats-port", "--clickhouse-http-port", "--clickhouse-tcp-port"] {
        let message = fails(data.path(), &[option, &port])?;
        if !message.to_lowercase().contains("address already in use") || !message.contains(&port) {
            bail!("{option}: {message}");
        }
    }
    Ok(())
}

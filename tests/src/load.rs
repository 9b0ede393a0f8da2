use std::{
    collections::BTreeMap,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use rustix::process::Signal;
use serde::Deserialize;
use tempfile::TempDir;

use crate::{Expectation, Process, nagare};

/// What `nagare load` is asked to do.
#[derive(Debug, Clone)]
pub struct LoadPlan {
    /// Where to.
    pub url: String,
    /// Sites.
    pub sites: Vec<u32>,
    /// Hits per second; 0 is as fast as possible.
    pub rate: f64,
    /// Seconds.
    pub seconds: f64,
    /// Visitors at the same time.
    pub visitors: usize,
    /// Connections.
    pub connections: usize,
    /// Hits per request.
    pub bulk: usize,
}

impl LoadPlan {
    /// A thousand hits per second on these sites.
    pub fn thousand(url: &str, sites: &[u32], seconds: f64) -> Self {
        Self {
            url: url.to_owned(),
            sites: sites.to_vec(),
            rate: 1000.0,
            seconds,
            visitors: 400,
            connections: 48,
            bulk: 0,
        }
    }

    /// Starts the generator.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self) -> anyhow::Result<LoadRun> {
        let folder = tempfile::Builder::new().prefix("nagare-load-").tempdir()?;
        let sites = self.sites.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let mut command = Command::new(nagare()?);
        command.args(["load", "--json", "--url", &self.url, "--site", &sites]);
        for (name, value) in [
            ("--rate", self.rate.to_string()),
            ("--duration", self.seconds.to_string()),
            ("--visitors", self.visitors.to_string()),
            ("--connections", self.connections.to_string()),
            ("--bulk", self.bulk.to_string()),
            ("--record", folder.path().join("record.jsonl").display().to_string()),
        ] {
            command.args([name, &value]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let process = Process::start("load", &mut command, folder.path())?;
        Ok(LoadRun { process, folder, seconds: self.seconds })
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it fails.
    pub async fn run(&self) -> anyhow::Result<LoadReport> {
        self.start()?.finish().await
    }
}

/// A generator at work.
#[derive(Debug)]
pub struct LoadRun {
    process: Process,
    folder: TempDir,
    seconds: f64,
}

/// What a generator did.
#[derive(Debug)]
pub struct LoadReport {
    /// Its summary.
    pub summary: LoadSummary,
    /// What the tables must show.
    pub expectation: Expectation,
}

/// The JSON summary of `nagare load`.
#[derive(Debug, Clone, Deserialize)]
pub struct LoadSummary {
    /// Hits sent.
    pub sent: u64,
    /// Hits answered with success.
    pub accepted: u64,
    /// Hits refused, by status.
    pub refused: BTreeMap<String, u64>,
    /// Hits without an answer.
    pub unknown: u64,
    /// Accepted hits per second.
    pub rate: f64,
    /// Latency of answers.
    pub latency_ms: LoadLatency,
}

/// Latencies in milliseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct LoadLatency {
    /// Median.
    pub p50: f64,
    /// 99 of 100.
    pub p99: f64,
}

impl LoadRun {
    /// Waits for its end.
    ///
    /// # Errors
    /// When it fails, or takes much longer than planned.
    pub async fn finish(mut self) -> anyhow::Result<LoadReport> {
        let deadline = Duration::from_secs_f64(self.seconds + 60.0);
        let status = self.process.exited(deadline).await?;
        self.report(status.success())
    }

    /// Ends it early.
    ///
    /// # Errors
    /// When it fails.
    pub async fn stop(mut self) -> anyhow::Result<LoadReport> {
        let status = self.process.stop(Signal::INT, Duration::from_secs(60)).await?;
        self.report(status.success())
    }

    fn report(mut self, success: bool) -> anyhow::Result<LoadReport> {
        ensure!(success, "nagare load failed:\n{}", self.process.last_lines());
        let mut text = String::new();
        let stdout = self.process.child().stdout.as_mut().context("no output")?;
        stdout.read_to_string(&mut text)?;
        let summary = serde_json::from_str(&text).with_context(|| text.clone())?;
        let expectation = read_record(&self.folder.path().join("record.jsonl"))?;
        Ok(LoadReport { summary, expectation })
    }
}

fn read_record(path: &Path) -> anyhow::Result<Expectation> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Expectation::read(&text)
}

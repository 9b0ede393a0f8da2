//! `nagare import`: access logs to hits.
//!
//! What was sent is written down after every answered request, by the first line of a log, so that a
//! run that was interrupted goes on where it ended, a log that grew or was renamed continues, and one
//! that is imported again sends nothing. A kill between an answer and its note repeats one request.

mod combined;
mod extended;
mod format;
mod line;
mod objects;
mod progress;
mod sender;
mod source;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use format::{Format, Reader};
use line::{HitRules, Skipped};
use progress::{Done, Progress};
use sender::Sender;
use source::{Line, Source};

/// Hits of a request.
const BATCH_HITS: usize = 200;
/// Lines between two notes of progress, though none of them made a hit.
const BATCH_LINES_MAX: u64 = 20_000;
/// How often progress is told.
const TELL_INTERVAL: Duration = Duration::from_secs(2);

/// What to import, and where to.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportOptions {
    /// Where Nagare is.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The site that the hits are for.
    #[arg(long)]
    site: u32,
    /// A token with write access to it.
    #[arg(long, env = "NAGARE_TOKEN", hide_env_values = true)]
    token: String,
    /// How the lines are written; found out by each line when not given.
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,
    /// Scheme and host of URLs, where lines name no host; the main URL of the site when not given.
    #[arg(long)]
    base_url: Option<String>,
    /// File in which is noted what was sent.
    #[arg(long, default_value = "nagare-import.json")]
    progress: PathBuf,
    /// Records errors and redirects too.
    #[arg(long)]
    with_errors: bool,
    /// Records images, scripts and styles too.
    #[arg(long)]
    with_static_files: bool,
    /// Records robots too.
    #[arg(long)]
    with_robots: bool,
    /// Access logs, plain or compressed (`.gz`).
    #[arg(required = true)]
    logs: Vec<PathBuf>,
}

/// What became of the lines.
#[derive(Debug, Default)]
struct Tally {
    lines: u64,
    sent: u64,
    refused: u64,
    skipped: BTreeMap<Skipped, u64>,
}

/// Imports the logs in their order.
///
/// # Errors
/// When a log cannot be read, or the hits cannot be delivered.
pub async fn run(options: ImportOptions) -> anyhow::Result<()> {
    let sender = Sender::new(&options.url, &options.token)?;
    let base = match &options.base_url {
        Some(base) => base.clone(),
        None => sender.main_url(options.site).await.context("the main URL of the site is not known")?,
    };
    let rules = HitRules {
        site: options.site,
        base,
        with_errors: options.with_errors,
        with_static_files: options.with_static_files,
        with_robots: options.with_robots,
    };
    let mut import = Import {
        progress: Progress::open(&options.progress)?,
        target: format!("{} {}", options.url, options.site),
        format: options.format,
        rules,
        sender,
        tally: Tally::default(),
        told: Instant::now(),
    };
    for log in &options.logs {
        import.log(log).await.with_context(|| log.display().to_string())?;
    }
    import.tell();
    Ok(())
}

struct Import {
    progress: Progress,
    /// Part of the key of what was sent.
    target: String,
    format: Format,
    rules: HitRules,
    sender: Sender,
    tally: Tally,
    told: Instant,
}

impl Import {
    async fn log(&mut self, path: &Path) -> anyhow::Result<()> {
        let Some(first) = Source::open(path)?.first_line()? else { return Ok(()) };
        let key = progress::key(&self.target, &first);
        let mut done = self.progress.of(&key);
        let mut source = Source::open(path)?;
        source.skip(done.bytes)?;
        let mut reader = Reader::new(self.format, &done.header);
        let (mut hits, mut lines) = (Vec::new(), 0);
        while let Some(line) = source.next_line()? {
            lines += 1;
            hits.extend(self.hit(&mut reader, &line));
            if hits.len() == BATCH_HITS || lines == BATCH_LINES_MAX {
                done = Done { bytes: source.position(), header: reader.header().to_owned() };
                self.send(&mut hits, &key, &done).await?;
                lines = 0;
            }
        }
        done = Done { bytes: source.position(), header: reader.header().to_owned() };
        self.send(&mut hits, &key, &done).await
    }

    fn hit(&mut self, reader: &mut Reader, line: &Line) -> Option<Value> {
        self.tally.lines += 1;
        let read = match line {
            Line::Whole(text) if reader.note(text) => return None,
            Line::Whole(text) => reader.read(text).ok_or(Skipped::Unreadable),
            Line::TooLong => Err(Skipped::Unreadable),
        };
        let hit = read.and_then(|line| line.hit(&self.rules));
        hit.map_err(|reason| *self.tally.skipped.entry(reason).or_default() += 1).ok()
    }

    async fn send(&mut self, hits: &mut Vec<Value>, key: &str, done: &Done) -> anyhow::Result<()> {
        if !hits.is_empty() {
            let sent = hits.len() as u64;
            let refused = self.sender.send(std::mem::take(hits)).await?;
            ensure!(refused <= sent, "more hits were refused than sent");
            self.tally.sent += sent - refused;
            self.tally.refused += refused;
        }
        self.progress.note(key, done)?;
        if self.told.elapsed() > TELL_INTERVAL {
            self.tell();
            self.told = Instant::now();
        }
        Ok(())
    }

    #[expect(clippy::print_stderr, reason = "progress is for who waits at the terminal")]
    fn tell(&self) {
        let Tally { lines, sent, refused, skipped } = &self.tally;
        let of = |reason| skipped.get(&reason).copied().unwrap_or_default();
        eprintln!(
            "{lines} lines: {sent} hits sent, {refused} refused; left out: {} other methods, {} not answered with a \
             page, {} files of pages, {} not understood",
            of(Skipped::Method),
            of(Skipped::Status),
            of(Skipped::StaticFile),
            of(Skipped::Unreadable),
        );
    }
}

//! `make bench`: speed, latency and memory of the release build, each with the bound it must keep.

mod bulk;
mod http;
mod latency;
mod memory;
mod reading;
mod reports;
mod sessionizer;
mod sockets;
mod summary;
mod traffic;

use std::{env, process::ExitCode};

use anyhow::{Context as _, bail};
use summary::Summary;

/// Runs all measurements, or, for the processes that they start, one part of them.
///
/// # Errors
/// When something cannot be measured.
#[expect(clippy::print_stdout, reason = "the parts tell their number on stdout")]
pub fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = env::args().skip(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match arguments.next().as_deref() {
        None => runtime.block_on(all(&[])),
        Some("only") => runtime.block_on(all(&arguments.collect::<Vec<_>>())),
        Some("reports") => {
            let visits = arguments.next().context("reports VISITS")?.parse()?;
            let kept = runtime.block_on(reports::measure(visits))?;
            Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Some("noop") => {
            let address = arguments.next().context("noop ADDRESS")?;
            runtime.block_on(http::serve_noop(&address)).map(|()| ExitCode::SUCCESS)
        }
        Some("visits") => {
            println!("{}", memory::bytes_per_visit()?);
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => bail!("{other} is no part of the benchmark"),
    }
}

/// Runs the named groups; all when none is named.
async fn all(groups: &[String]) -> anyhow::Result<ExitCode> {
    let wanted = |group: &str| groups.is_empty() || groups.iter().any(|name| name == group);
    let mut summary = Summary::default();
    if wanted("reading") {
        reading::measure(&mut summary).await?;
    }
    if wanted("sessionizer") {
        sessionizer::measure(&mut summary)?;
    }
    if wanted("memory") {
        memory::measure(&mut summary).await?;
    }
    if wanted("http") {
        http::measure(&mut summary).await?;
    }
    if wanted("latency") {
        latency::measure(&mut summary).await?;
    }
    if wanted("sockets") {
        sockets::measure(&mut summary).await?;
    }
    if wanted("bulk") {
        bulk::measure(&mut summary).await?;
    }
    summary.write()?;
    Ok(if summary.all_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

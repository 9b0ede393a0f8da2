use std::{
    collections::{HashMap, HashSet},
    process::Command,
};

use anyhow::{Context as _, ensure};
use nagare_processor::{Lookups, State};

use super::{
    sessionizer::apply,
    summary::{Bound, Summary},
    traffic::Traffic,
};
use crate::{Stack, until};

const VISITS: u32 = 1_000_000;
const VISIT_BYTES_MAX: f64 = 600.0;
const IDLE_MEGABYTES_MAX: f64 = 600.0;
/// Time for what the start allocated to be given back.
const SETTLE: std::time::Duration = std::time::Duration::from_secs(20);

/// Memory of an open visit, and of a product that has nothing to do.
pub(super) async fn measure(summary: &mut Summary) -> anyhow::Result<()> {
    // A process of its own: nothing else has grown or shrunk its memory.
    let output = Command::new(std::env::current_exe()?).arg("visits").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes: f64 = text.trim().parse().with_context(|| text.clone())?;
    let note = "resident memory of the state, one million open visits, by visits";
    summary.add("bytes_per_open_visit", (bytes, "bytes"), Bound::Below(VISIT_BYTES_MAX), note);

    let mut stack = Stack::up().await?;
    let site = stack.matomo().add_site("Idle", &[]).await?;
    stack.tracker(site).hit(&[("url", "https://site.example/")]).await?;
    stack.caught_up().await?;
    let settled = std::time::Instant::now() + SETTLE;
    until("the start to settle", SETTLE * 2, || async { Ok((std::time::Instant::now() > settled).then_some(())) })
        .await?;
    let mut processes = stack.children();
    processes.push(stack.process().id());
    let mut bytes = 0;
    for id in &processes {
        bytes += resident(*id)?;
    }
    let note = format!("{} processes, after one hit", processes.len());
    let megabytes = bytes as f64 / 1e6;
    summary.add("idle_resident_megabytes", (megabytes, "MB"), Bound::Below(IDLE_MEGABYTES_MAX), &note);
    stack.finish().await
}

/// Fills a state with open visits and returns the bytes that each takes.
pub(super) fn bytes_per_visit() -> anyhow::Result<f64> {
    let mut traffic = Traffic::new()?;
    let lists = traffic.lists.clone();
    let (previous, orders) = (HashMap::new(), HashSet::new());
    let lookups = Lookups { previous: &previous, orders: &orders, lists: &lists };
    // Caches fill first, so that they are not counted.
    for hit in traffic.batch(0, VISITS)? {
        apply(&mut State::default(), &hit, &lookups);
    }
    let before = resident(std::process::id())?;
    let mut state = State::default();
    for first in (0..VISITS).step_by(Traffic::batch_hits() as usize) {
        for hit in traffic.batch(first, VISITS)? {
            apply(&mut state, &hit, &lookups);
        }
    }
    let after = resident(std::process::id())?;
    ensure!(state.len() == VISITS as usize, "{} visits are open", state.len());
    Ok(after.saturating_sub(before) as f64 / f64::from(VISITS))
}

/// Resident memory of a process, in bytes.
pub(super) fn resident(id: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}

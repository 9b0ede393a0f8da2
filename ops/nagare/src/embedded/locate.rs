//! Finds the brokers' programs: on PATH, else where `make setup` put them; and the patterns of devices.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

/// Per-message time to live, which the heartbeats of partition owners need, came with 2.11;
/// 2.12 is the first whose durability settings were tested.
const NATS_MIN: (u32, u32) = (2, 12);
const INSTALL: &str = "run `make setup`, put it on PATH, or set NAGARE_DEPS to a folder made by `make setup`";

/// How ClickHouse is run on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ClickHouseEngine {
    /// The `clickhouse` program.
    Program(PathBuf),
    /// `libchdb.so`, hosted by this binary.
    Library(PathBuf),
}

/// `nats-server`, new enough.
pub(super) fn nats_server() -> Result<PathBuf> {
    if let Some(program) = on_path("nats-server") {
        match version(&program) {
            Some(found) if found >= NATS_MIN => return Ok(program),
            found => {
                tracing::warn!(program = %program.display(), ?found, minimum = ?NATS_MIN, "nats-server on PATH is too old");
            }
        }
    }
    match in_deps("bin/nats-server") {
        Some(program) => Ok(program),
        None => bail!("nats-server {}.{} or later not found: {INSTALL}", NATS_MIN.0, NATS_MIN.1),
    }
}

/// `clickhouse`, else the library.
pub(super) fn clickhouse() -> Result<ClickHouseEngine> {
    if let Some(program) = on_path("clickhouse") {
        return Ok(ClickHouseEngine::Program(program));
    }
    match in_deps("lib/libchdb.so") {
        Some(library) => Ok(ClickHouseEngine::Library(library)),
        None => bail!("neither clickhouse nor libchdb.so found: {INSTALL}"),
    }
}

/// The patterns of devices, where `make setup` put them.
pub fn device_patterns() -> Option<PathBuf> {
    deps_folders().into_iter().map(|deps| deps.join("devices")).find(|folder| folder.is_dir())
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn in_deps(name: &str) -> Option<PathBuf> {
    deps_folders().into_iter().map(|deps| deps.join(name)).find(|file| file.is_file())
}

/// `$NAGARE_DEPS`, `./.deps`, and `.deps` in any folder above this executable.
fn deps_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os("NAGARE_DEPS").map(PathBuf::from).into_iter().collect();
    if let Ok(current) = env::current_dir() {
        folders.push(current.join(".deps"));
    }
    if let Ok(executable) = env::current_exe() {
        folders.extend(executable.ancestors().skip(1).map(|above| above.join(".deps")));
    }
    folders
}

fn version(nats_server: &Path) -> Option<(u32, u32)> {
    let output = Command::new(nats_server).arg("--version").output().ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `nats-server: v2.15.1`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let numbers = text.trim().rsplit('v').next()?;
    let mut parts = numbers.split('.').map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_and_nonsense_is_not() {
        assert_eq!(parse_version("nats-server: v2.15.1\n"), Some((2, 15)));
        assert_eq!(parse_version("nats-server: v2.9.25"), Some((2, 9)));
        assert!(parse_version("nats-server: v2.9.25") < Some(NATS_MIN));
        assert_eq!(parse_version("command not found"), None);
    }
}

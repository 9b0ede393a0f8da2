//! Ties a child's life to its parent's, and its data to one process at a time.
//!
//! Every broker is started through this binary: `nagare broker-guard … -- program args`
//! ties the knot and becomes the program with `exec`. So no process stands between
//! parent and broker, the parent knows the broker's own id, and no `unsafe` code has to
//! run between fork and exec.
//!
//! The tie is `PR_SET_PDEATHSIG`, which survives exec and fires when the *thread* that
//! started the child ends: the threads of [`super::broker`] live as long as their child.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, getppid};

/// A killed predecessor needs a moment to be gone.
const LOCK_WAIT: Duration = Duration::from_secs(10);
const LOCK_POLL: Duration = Duration::from_millis(20);

/// Whose child this process is, and the lock on the data it serves.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Tether {
    /// Process id of the parent, which this process must not outlive.
    #[arg(long)]
    parent: i32,
    /// Held as long as this process lives.
    #[arg(long)]
    lock: PathBuf,
}

/// Arguments of the hidden subcommand `nagare broker-guard`.
#[derive(Debug, clap::Args)]
pub(crate) struct BrokerGuardArgs {
    #[command(flatten)]
    tether: Tether,
    /// The program to become, and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Becomes the given program, tied to the parent. Returns only an error.
pub(crate) fn guard(args: BrokerGuardArgs) -> Result<()> {
    let BrokerGuardArgs { tether, command } = args;
    let lock = tether.tie()?;
    // The program inherits the lock, so it lasts exactly as long as the program.
    fcntl_setfd(&lock, FdFlags::empty()).context("cannot keep the lock open")?;
    let (program, rest) = command.split_first().context("no program given")?;
    let error = Command::new(program).args(rest).exec();
    Err(error).with_context(|| format!("cannot execute {}", Path::new(program).display()))
}

impl Tether {
    /// The arguments that a child of this process is started with.
    pub(super) fn arguments(lock: &Path) -> [OsString; 4] {
        let parent = std::process::id().to_string();
        ["--parent".into(), parent.into(), "--lock".into(), lock.into()]
    }

    /// Ties this process to its parent and takes the lock, which lasts until drop.
    pub(crate) fn tie(&self) -> Result<File> {
        die_with_parent()?;
        // From here on the parent's death is noticed; it may have died before.
        if getppid() != Pid::from_raw(self.parent) {
            bail!("parent {} is gone", self.parent);
        }
        self.take_lock()
    }

    fn take_lock(&self) -> Result<File> {
        let shown = self.lock.display();
        let lock = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.lock)
            .with_context(|| format!("cannot open {shown}"))?;
        let deadline = Instant::now() + LOCK_WAIT;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(LOCK_POLL),
                Err(TryLockError::WouldBlock) => bail!("{shown} is held by another process"),
                Err(TryLockError::Error(error)) => return Err(anyhow!(error).context(format!("cannot lock {shown}"))),
            }
        }
    }
}

/// SIGKILL, because nothing must survive: both brokers keep what they acknowledged.
#[cfg(target_os = "linux")]
fn die_with_parent() -> Result<()> {
    use rustix::process::{Signal, set_parent_process_death_signal};
    set_parent_process_death_signal(Some(Signal::KILL)).context("cannot tie this process to its parent")
}

/// Other systems have no such signal: there, children end with a graceful stop only.
#[cfg(not(target_os = "linux"))]
fn die_with_parent() -> Result<()> {
    Ok(())
}

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use rustix::process::{Pid, Signal, kill_process};

use crate::until;

const LAST_LINES: usize = 60;

/// A process under test. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with what it prints appended to `<folder>/<name>.log`; standard output is
    /// left to the caller when `command` has set it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &str, command: &mut Command, folder: &Path) -> anyhow::Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let open = || OpenOptions::new().create(true).append(true).open(&log);
        let file: File = open().with_context(|| format!("cannot write {}", log.display()))?;
        let child = command.stderr(Stdio::from(file)).spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// The process, for pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// When it is gone.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        signal_id(self.id(), signal).with_context(|| self.name.clone())
    }

    /// `kill -9`, and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends `signal` and waits until the process has exited by itself.
    ///
    /// # Errors
    /// When it has not by the deadline.
    pub async fn stop(&mut self, signal: Signal, deadline: Duration) -> anyhow::Result<ExitStatus> {
        self.signal(signal)?;
        self.exited(deadline).await
    }

    /// Waits until the process has exited.
    ///
    /// # Errors
    /// When it has not by the deadline.
    pub async fn exited(&mut self, deadline: Duration) -> anyhow::Result<ExitStatus> {
        let what = format!("{} to exit", self.name);
        let child = &mut self.child;
        until(&what, deadline, || std::future::ready(child.try_wait().map_err(Into::into))).await
    }

    /// Fails when the process has ended, with the last lines of its log.
    ///
    /// # Errors
    /// As said.
    pub fn must_run(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(anyhow!("{} ended ({status}):\n{}", self.name, self.last_lines())),
        }
    }

    /// The end of what it logged.
    pub fn last_lines(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
    }
}

impl Drop for Process {
    #[expect(clippy::print_stderr, reason = "the log explains why a test failed")]
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() || std::env::var_os("NAGARE_TEST_LOGS").is_some() {
            eprintln!("--- {}\n{}", self.name, self.last_lines());
        }
    }
}

/// Sends a signal to a process that somebody else started.
pub(crate) fn signal_id(id: u32, signal: Signal) -> anyhow::Result<()> {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw).context("no process id")?;
    Ok(kill_process(pid, signal)?)
}

/// Whether a process of that id exists and is no zombie.
pub(crate) fn is_alive(id: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // pid (name) state: the name may hold anything, so the state is after the last bracket.
    status.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

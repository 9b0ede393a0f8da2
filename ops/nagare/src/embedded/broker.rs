//! One broker as a child process: started, watched, started again, stopped.
//!
//! Each broker has its own thread, because the child dies with the thread that started
//! it (see [`super::tether`]) and runtime threads may come and go.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::log::ChildLog;
use super::port::{free_port, is_free};
use super::probe::Probe;

/// Recovering a large log takes NATS a while.
const READY_WITHIN: Duration = Duration::from_secs(60);
const PROBE_PAUSE: Duration = Duration::from_millis(15);
const STOP_WITHIN: Duration = Duration::from_secs(8);
const RESTART_PAUSE_MIN: Duration = Duration::from_millis(50);
const RESTART_PAUSE_MAX: Duration = Duration::from_secs(5);
/// A child that lived this long was well: the next restart is quick again.
const WELL_AFTER: Duration = Duration::from_secs(10);
const LOG_CHECK_EVERY: Duration = Duration::from_secs(60);
/// How often other ports are tried when somebody else took them.
const PORT_TRIES: usize = 5;

/// All there is to know for running a broker.
#[derive(Debug, Clone)]
pub(super) struct Blueprint {
    /// Names it in messages.
    pub(super) name: &'static str,
    /// Arguments to this binary, which becomes or hosts the broker.
    pub(super) args: Vec<OsString>,
    /// Receives what the child prints.
    pub(super) log: PathBuf,
    /// Holds the child's current process id.
    pub(super) pid_file: PathBuf,
    /// What it listens on.
    pub(super) ports: Vec<u16>,
    /// Tells when it is ready.
    pub(super) probe: Probe,
    /// How it is asked to stop.
    pub(super) stop_by: StopBy,
}

/// How a broker is asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopBy {
    /// SIGTERM.
    Terminating,
    /// The end of its standard input.
    ClosingInput,
}

/// A running broker. Dropping it stops it without waiting.
#[derive(Debug)]
pub(super) struct Broker {
    ports: Vec<u16>,
    pid: Arc<AtomicU32>,
    stop: CancellationToken,
    thread: JoinHandle<()>,
}

/// Why a broker did not start.
enum StartFailure {
    PortTaken(anyhow::Error),
    Other(anyhow::Error),
}

impl Broker {
    /// Starts it and waits until it is ready.
    async fn start(blueprint: Blueprint) -> Result<Self, StartFailure> {
        let name = blueprint.name;
        let ports = blueprint.ports.clone();
        let pid = Arc::new(AtomicU32::new(0));
        let stop = CancellationToken::new();
        let stop_on_error = stop.clone().drop_guard();
        let (ready, when_ready) = oneshot::channel();
        let this_binary = std::env::current_exe()
            .map_err(|error| StartFailure::Other(anyhow!(error).context("cannot find this executable")))?;
        let supervisor = Supervisor { this_binary, blueprint, pid: pid.clone(), stop: stop.clone() };
        let thread = std::thread::Builder::new()
            .name(format!("{name}-broker"))
            .spawn(move || supervisor.run_on_this_thread(ready))
            .map_err(|error| StartFailure::Other(anyhow!(error).context("cannot start a thread")))?;
        match when_ready.await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => return Err(failure),
            Err(_) => return Err(StartFailure::Other(anyhow!("the thread of {name} ended"))),
        }
        stop_on_error.disarm();
        Ok(Self { ports, pid, stop, thread })
    }

    /// What it listens on, in the order of its blueprint.
    pub(super) fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// Its process id; `None` while it is being restarted.
    pub(super) fn pid(&self) -> Option<u32> {
        Some(self.pid.load(Ordering::Relaxed)).filter(|&pid| pid != 0)
    }

    /// Stops it and waits until it is gone.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        while !self.thread.is_finished() {
            sleep(PROBE_PAUSE).await;
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts a broker on the given ports; where none is given, on a free one, and on others
/// when somebody else was quicker to bind it.
pub(super) async fn start_on_free_ports<const N: usize>(
    wanted: [Option<u16>; N],
    blueprint: impl Fn([u16; N]) -> Result<Blueprint>,
) -> Result<Broker> {
    let mut tries_left = PORT_TRIES;
    loop {
        let mut ports = [0; N];
        for (port, wanted) in ports.iter_mut().zip(wanted) {
            *port = wanted.map_or_else(free_port, Ok)?;
        }
        tries_left -= 1;
        match Broker::start(blueprint(ports)?).await {
            Ok(broker) => return Ok(broker),
            Err(StartFailure::PortTaken(error)) if tries_left > 0 && wanted.into_iter().flatten().all(is_free) => {
                tracing::info!(?ports, error = format!("{error:#}"), "a port was taken, trying others");
            }
            Err(StartFailure::PortTaken(error) | StartFailure::Other(error)) => return Err(error),
        }
    }
}

/// A child and the write end of its input, apart because waiting on a child closes the
/// input it still has.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
}

/// Runs on the broker's thread.
struct Supervisor {
    /// Found once: after an upgrade in place its path can no longer be asked for.
    this_binary: PathBuf,
    blueprint: Blueprint,
    pid: Arc<AtomicU32>,
    stop: CancellationToken,
}

impl Supervisor {
    fn run_on_this_thread(self, ready: oneshot::Sender<Result<(), StartFailure>>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => runtime.block_on(self.run(ready)),
            Err(error) => drop(ready.send(Err(StartFailure::Other(anyhow!(error))))),
        }
    }

    async fn run(self, ready: oneshot::Sender<Result<(), StartFailure>>) {
        let (running, log) = match self.first_start().await {
            Ok(started) => started,
            Err(failure) => return drop(ready.send(Err(failure))),
        };
        if ready.send(Ok(())).is_ok() {
            self.watch(running, log).await;
        } else {
            self.shut_down(running).await;
        }
    }

    async fn first_start(&self) -> Result<(Running, ChildLog), StartFailure> {
        let log = ChildLog::create(&self.blueprint.log).map_err(StartFailure::Other)?;
        let mut running = self.spawn(&log).map_err(StartFailure::Other)?;
        let Err(error) = self.until_ready(&mut running.child).await else {
            return Ok((running, log));
        };
        self.shut_down(running).await;
        let port_taken = log.says_port_taken();
        let error = error.context(format!("{} does not start; {}", self.blueprint.name, log.last_lines()));
        Err(if port_taken { StartFailure::PortTaken(error) } else { StartFailure::Other(error) })
    }

    fn spawn(&self, log: &ChildLog) -> Result<Running> {
        let name = self.blueprint.name;
        let input = match self.blueprint.stop_by {
            StopBy::Terminating => Stdio::null(),
            StopBy::ClosingInput => Stdio::piped(),
        };
        let mut child = Command::new(&self.this_binary)
            .args(&self.blueprint.args)
            .stdin(input)
            .stdout(log.writer()?)
            .stderr(log.writer()?)
            // A signal to our group (Ctrl-C) is ours to act on: the log must outlive the drain.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        self.note_pid(child.id());
        let input = child.stdin.take();
        Ok(Running { child, input })
    }

    fn note_pid(&self, pid: Option<u32>) {
        self.pid.store(pid.unwrap_or(0), Ordering::Relaxed);
        let file = &self.blueprint.pid_file;
        let noted = match pid {
            Some(pid) => replace(file, &format!("{pid}\n")),
            None => std::fs::remove_file(file),
        };
        if let Err(error) = noted {
            tracing::warn!(file = %file.display(), %error, "cannot note a process id");
        }
    }

    async fn until_ready(&self, child: &mut Child) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let answer = tokio::select! {
                status = child.wait() => return Err(anyhow!("it exited ({})", describe(status))),
                () = self.stop.cancelled() => return Err(anyhow!("it was told to stop")),
                answer = self.blueprint.probe.ask() => answer,
            };
            match answer {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() > deadline => {
                    return Err(error.context(format!("it is not ready after {} s", READY_WITHIN.as_secs())));
                }
                Err(_) => sleep(PROBE_PAUSE).await,
            }
        }
    }

    /// Keeps the broker running until told to stop.
    async fn watch(&self, mut running: Running, log: ChildLog) {
        let name = self.blueprint.name;
        let mut pause = RESTART_PAUSE_MIN;
        loop {
            let started = Instant::now();
            let Some(status) = self.until_exit(&mut running.child, &log).await else {
                return self.shut_down(running).await;
            };
            self.note_pid(None);
            pause = if started.elapsed() > WELL_AFTER { RESTART_PAUSE_MIN } else { pause };
            loop {
                tracing::warn!(broker = name, %status, pause_ms = pause.as_millis(), log = %self.blueprint.log.display(), "a broker exited, starting it again");
                if timeout(pause, self.stop.cancelled()).await.is_ok() {
                    return;
                }
                pause = (pause * 2).min(RESTART_PAUSE_MAX);
                match self.spawn(&log) {
                    Ok(next) => {
                        running = next;
                        break;
                    }
                    Err(error) => tracing::error!(broker = name, error = format!("{error:#}"), "cannot restart"),
                }
            }
        }
    }

    /// How the child exited; `None` when it is time to stop it.
    async fn until_exit(&self, child: &mut Child, log: &ChildLog) -> Option<String> {
        let mut log_check = interval(LOG_CHECK_EVERY);
        log_check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                status = child.wait() => return Some(describe(status)),
                () = self.stop.cancelled() => return None,
                _ = log_check.tick() => log.bound(),
            }
        }
    }

    async fn shut_down(&self, running: Running) {
        let name = self.blueprint.name;
        let Running { mut child, input } = running;
        drop(input);
        // `id` is `None` once the child was waited for, so no other process can be hit.
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| self.blueprint.stop_by == StopBy::Terminating)
            && let Err(error) = kill_process(pid, Signal::TERM)
        {
            tracing::warn!(broker = name, %error, "cannot send SIGTERM");
        }
        if timeout(STOP_WITHIN, child.wait()).await.is_err() {
            tracing::warn!(broker = name, "still running after {} s, killing it", STOP_WITHIN.as_secs());
            if let Err(error) = child.kill().await {
                tracing::error!(broker = name, %error, "cannot kill");
            }
        }
        self.note_pid(None);
    }
}

fn describe(status: std::io::Result<ExitStatus>) -> String {
    status.map_or_else(|error| error.to_string(), |status| status.to_string())
}

/// Readers see the old text or the new, never half of it.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let new = file.with_extension("pid.new");
    std::fs::write(&new, text)?;
    std::fs::rename(new, file)
}

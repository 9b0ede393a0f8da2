use std::{fmt::Display, future::Future, time::Duration};

use tokio::{signal::unix::SignalKind, sync::mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Failures that wait to be read; later ones change nothing.
const FAILURES_MAX: usize = 8;

/// The tasks of a process: a task that ends with an error stops all, and so does a signal.
pub struct Lifecycle {
    stop: CancellationToken,
    tasks: TaskTracker,
    failed: mpsc::Sender<String>,
    failures: mpsc::Receiver<String>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        let (failed, failures) = mpsc::channel(FAILURES_MAX);
        Self { stop: CancellationToken::new(), tasks: TaskTracker::new(), failed, failures }
    }
}

impl Lifecycle {
    /// Cancelled when the process is to stop.
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a task until it ends; it should end soon after [`Self::stop`] is cancelled.
    pub fn spawn<E: Display + Send>(
        &self,
        name: &'static str,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        let (stop, failed) = (self.stop.clone(), self.failed.clone());
        self.tasks.spawn(async move {
            let outcome = task.await;
            if stop.is_cancelled() {
                return;
            }
            let why = outcome.err().map_or_else(|| "ended".to_owned(), |error| error.to_string());
            // A full channel already holds a reason to stop.
            let _ = failed.try_send(format!("{name}: {why}"));
        });
    }

    /// Waits for SIGINT, SIGTERM, [`Self::stop`] or a failed task.
    ///
    /// # Errors
    /// The reason, when a task failed or ended early.
    pub async fn run(&mut self) -> Result<(), String> {
        let mut terminate = tokio::signal::unix::signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Ok(()),
            _ = terminate.recv() => Ok(()),
            () = self.stop.cancelled() => Ok(()),
            failure = self.failures.recv() => Err(failure.unwrap_or_default()),
        }
    }

    /// Tells all tasks to stop and waits for them; false when `deadline` passed first.
    pub async fn drain(self, deadline: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(deadline, self.tasks.wait()).await.is_ok()
    }
}

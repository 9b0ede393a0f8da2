//! Reads and decodes ahead, so that the broker, the decoding and ClickHouse work at the same time.

use nagare_runtime::{LogError, LogMessage, LogReader};
use nagare_schema::{CodecError, EventBatch, decode};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::task::AbortOnDropHandle;

/// Messages that are read ahead of the batch. With [`nagare_schema::MESSAGE_BYTES_MAX`] it bounds what a
/// partition holds beside its batches.
const AHEAD_MAX: usize = 4;

/// What comes from the log, in order.
pub(crate) enum Fetched {
    /// A message that is being decoded.
    Message(LogMessage, JoinHandle<Result<EventBatch, CodecError>>),
    /// There is no more now.
    CaughtUp,
    /// The log cannot be read; nothing follows.
    Failed(LogError),
}

/// Reads a subject until it is dropped.
pub(crate) struct Fetcher {
    fetched: mpsc::Receiver<Fetched>,
    _task: AbortOnDropHandle<()>,
}

impl Fetcher {
    pub(crate) fn start(reader: LogReader) -> Self {
        let (sender, fetched) = mpsc::channel(AHEAD_MAX);
        Self { fetched, _task: AbortOnDropHandle::new(tokio::spawn(fetch(reader, sender))) }
    }

    /// What comes next; waits until there is something. Cancelling loses nothing.
    pub(crate) async fn next(&mut self) -> Fetched {
        let ended = || Fetched::Failed(LogError::Unavailable("the reader ended".to_owned()));
        self.fetched.recv().await.unwrap_or_else(ended)
    }
}

/// Ends when the other side is gone, or with a failure that was told.
async fn fetch(mut reader: LogReader, sender: mpsc::Sender<Fetched>) {
    let mut told = false;
    loop {
        let fetched = match reader.try_next().await {
            Ok(Some(message)) => {
                told = false;
                let (version, payload) = (message.version, message.payload.clone());
                Fetched::Message(message, tokio::spawn(async move { decode(version, &payload) }))
            }
            Ok(None) if told => {
                reader.announced().await;
                continue;
            }
            Ok(None) => {
                told = true;
                Fetched::CaughtUp
            }
            Err(error) => {
                // The receiver may be gone, too: either way this is the end.
                let _ = sender.send(Fetched::Failed(error)).await;
                return;
            }
        };
        if sender.send(fetched).await.is_err() {
            return;
        }
    }
}

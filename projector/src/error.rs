use nagare_runtime::{ErasedError, LogError, MembershipError, RemovalError};

/// Why the projector cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// It cannot join the others.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    /// The bucket of progress cannot be opened.
    #[error("the PROGRESS bucket cannot be opened: {0}")]
    Bucket(String),
    /// The bucket of erased visits cannot be opened.
    #[error(transparent)]
    Erased(#[from] ErasedError),
    /// The records of removals cannot be opened.
    #[error(transparent)]
    Removals(#[from] RemovalError),
    /// The security log cannot be opened.
    #[error(transparent)]
    Audit(#[from] LogError),
    /// It cannot listen for requests.
    #[error("requests cannot be listened for: {0}")]
    Requests(String),
    /// Metrics cannot be registered: two projectors in one registry.
    #[error("metrics cannot be registered: {0}")]
    Metrics(#[from] prometheus::Error),
}

/// Why the task of a partition ends; it begins anew unless it was told to stop.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// Another process wrote the progress of the partition.
    #[error("another projector works on the partition")]
    Fenced,
    /// The log cannot be reached.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Progress cannot be read or written.
    #[error("progress cannot be read or written: {0}")]
    Progress(String),
    /// The decoding of a message ended by itself: a bug.
    #[error("a message was not decoded: {0}")]
    Decoder(String),
    /// Written by a newer release: passing it would lose what it says.
    #[error("message {sequence} waits for a newer release of the projector: {reason}")]
    TooNew {
        /// The message.
        sequence: u64,
        /// What the codec says.
        reason: String,
    },
    /// It was told to stop.
    #[error("stopped")]
    Stopped,
}

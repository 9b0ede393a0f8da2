use nagare_runtime::{AppendError, DirectoryError, LogError, MembershipError};

use crate::search_engine::ListError;

/// Why the processor, or one of its partitions, stopped. A partition begins anew from the log.
#[derive(Debug, thiserror::Error)]
pub enum ProcessorError {
    /// Another process owns the partition.
    #[error("the partition was taken over by another process")]
    Deposed,
    /// The log cannot be reached.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An append was refused.
    #[error(transparent)]
    Append(AppendError),
    /// The directory cannot be reached.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The members cannot be joined.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    /// An EVENTS message of this partition cannot be read; deciding on without it would decide wrongly.
    #[error("events {sequence} of partition {partition} cannot be read: {reason}")]
    Unreadable {
        /// Partition.
        partition: nagare_schema::Partition,
        /// Sequence of the message.
        sequence: u64,
        /// Why.
        reason: String,
    },
    /// The build is broken.
    #[error(transparent)]
    Lists(#[from] ListError),
    /// A metric's name is taken.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
}

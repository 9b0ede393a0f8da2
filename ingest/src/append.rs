//! The log as ingest sees it: the edge that tests replace.

use std::future::Future;

use async_nats::connection::State;
use bytes::Bytes;
use nagare_runtime::{AppendError, Log};
use nagare_schema::Partition;

/// Appends encoded batches of hits.
pub(crate) trait Append: Clone + Send + Sync + 'static {
    /// Returns once the batch is on disk.
    fn append(&self, partition: Partition, payload: Bytes) -> impl Future<Output = Result<(), AppendError>> + Send;
}

/// The HITS stream.
#[derive(Clone)]
pub(crate) struct HitsLog {
    pub(crate) log: Log,
    pub(crate) nats: async_nats::Client,
}

impl Append for HitsLog {
    async fn append(&self, partition: Partition, payload: Bytes) -> Result<(), AppendError> {
        // Without a connection the client would keep every try in memory and send them all later.
        if self.nats.connection_state() != State::Connected {
            return Err(AppendError::Unanswered("not connected".to_owned()));
        }
        self.log.append_hits(partition, payload).await.map(|_| ())
    }
}

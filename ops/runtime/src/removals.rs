//! Which days were removed from the tables for their age: records that are only ever appended. A removal
//! is told before it begins and when it has ended, so that whoever reads the tables knows which days are
//! whole.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use async_nats::jetstream::{
    self,
    stream::{self, DiscardPolicy, LastRawMessageErrorKind, RawMessageErrorKind, StorageType},
};
use nagare_schema::{Day, Removable, Removal, RemovalRequest, STREAM_REMOVALS, SUBJECT_REMOVE, removals_subject};
use tokio_util::sync::CancellationToken;

use crate::Context;

/// Bytes of records that are kept; a removal a day is a few hundred kilobytes a year.
const BYTES_MAX: i64 = 64 << 20;
/// Pause between two looks at the newest record.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Time that the one who removes has to say that it has heard a request.
const HEARD_WITHIN: Duration = Duration::from_secs(5);

/// The records cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the records of removals cannot be reached: {0}")]
pub struct RemovalError(String);

fn unavailable(error: impl std::fmt::Display) -> RemovalError {
    RemovalError(error.to_string())
}

/// The records of removals. Cheap to clone.
#[derive(Clone)]
pub struct Removals {
    nats: async_nats::Client,
    jetstream: jetstream::Context,
    stream: stream::Stream,
    /// The first day whose visits are all kept, as last read.
    visits_from: Arc<AtomicI32>,
}

impl Removals {
    /// Opens the stream; the broker refuses to delete or purge its messages.
    ///
    /// # Errors
    /// [`RemovalError`] when the broker refuses.
    pub async fn open(context: &Context) -> Result<Self, RemovalError> {
        let config = stream::Config {
            name: STREAM_REMOVALS.to_owned(),
            subjects: Removable::ALL.map(removals_subject).to_vec(),
            storage: StorageType::File,
            num_replicas: context.log.replicas(),
            max_bytes: BYTES_MAX,
            discard: DiscardPolicy::Old,
            deny_delete: true,
            deny_purge: true,
            ..Default::default()
        };
        context.jetstream.create_or_update_stream(config).await.map_err(unavailable)?;
        let stream = context.jetstream.get_stream(STREAM_REMOVALS).await.map_err(unavailable)?;
        let (nats, jetstream) = (context.nats.clone(), context.jetstream.clone());
        let removals = Self { nats, jetstream, stream, visits_from: Arc::new(AtomicI32::new(i32::MIN)) };
        removals.look().await?;
        Ok(removals)
    }

    /// Appends a record.
    ///
    /// # Errors
    /// [`RemovalError`] when it is not stored.
    pub async fn append(&self, removal: &Removal) -> Result<(), RemovalError> {
        let payload = serde_json::to_vec(removal).map_err(unavailable)?;
        let sent = self.jetstream.publish(removals_subject(removal.what), payload.into()).await;
        sent.map_err(unavailable)?.await.map_err(unavailable)?;
        Ok(())
    }

    /// The newest record: all days before the one it names are removed, or being removed.
    ///
    /// # Errors
    /// [`RemovalError`] when the broker cannot be asked.
    pub async fn last(&self, what: Removable) -> Result<Option<Removal>, RemovalError> {
        match self.stream.get_last_raw_message_by_subject(&removals_subject(what)).await {
            Ok(message) => serde_json::from_slice(&message.payload).map(Some).map_err(unavailable),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The first day of which all is kept; the first of all when nothing was removed.
    ///
    /// # Errors
    /// [`RemovalError`] when the broker cannot be asked.
    pub async fn kept_from(&self, what: Removable) -> Result<Day, RemovalError> {
        Ok(self.last(what).await?.map_or(Day(i32::MIN), |removal| removal.before))
    }

    /// The newest records, the newest first: at most `limit`.
    ///
    /// # Errors
    /// [`RemovalError`] when the broker cannot be asked.
    pub async fn newest(&self, limit: usize) -> Result<Vec<Removal>, RemovalError> {
        let state = self.stream.get_info().await.map_err(unavailable)?.state;
        let mut found = Vec::new();
        for sequence in (state.first_sequence.max(1)..=state.last_sequence).rev().take(limit) {
            match self.stream.get_raw_message(sequence).await {
                Ok(message) => found.push(serde_json::from_slice(&message.payload).map_err(unavailable)?),
                Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => {}
                Err(error) => return Err(unavailable(error)),
            }
        }
        Ok(found)
    }

    /// Asks for a removal now; it goes on when this returns.
    ///
    /// # Errors
    /// [`RemovalError`] when nobody has heard it.
    pub async fn request(&self, by: &str) -> Result<(), RemovalError> {
        let payload = serde_json::to_vec(&RemovalRequest { by: by.to_owned() }).map_err(unavailable)?;
        let request = async_nats::Request::new().payload(payload.into()).timeout(Some(HEARD_WITHIN));
        self.nats.send_request(SUBJECT_REMOVE, request).await.map(drop).map_err(unavailable)
    }

    /// The first day whose visits are all kept, a few seconds late at most while it is followed.
    pub fn visits_from(&self) -> Day {
        Day(self.visits_from.load(Ordering::Relaxed))
    }

    /// Follows the records until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "which visits are removed is not known anew");
            }
        }
    }

    async fn look(&self) -> Result<(), RemovalError> {
        let from = self.kept_from(Removable::Visits).await?;
        self.visits_from.store(from.0, Ordering::Relaxed);
        Ok(())
    }
}

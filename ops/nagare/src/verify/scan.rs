//! Reads a part of the log that is already written, as fast as the broker sends it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use async_nats::jetstream::{
    consumer::{AckPolicy, DeliverPolicy, pull},
    stream::{DirectGetErrorKind, Stream},
};
use futures_util::StreamExt;
use nagare_schema::{CodecError, Fact, HEADER_VERSION, decode};

/// Messages that are sent ahead: with [`nagare_schema::MESSAGE_BYTES_MAX`] they bound the memory that
/// a scan takes.
const AHEAD_MAX: usize = 128;
/// The broker forgets a scan that asked for nothing for this long.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// Messages of a subject, in order, up to the last one that is stored when it begins or to a given one.
pub(super) struct Scan {
    messages: Option<pull::Stream>,
    received: u64,
    until: u64,
}

/// A message.
pub(super) struct Scanned {
    pub(super) sequence: u64,
    message: async_nats::Message,
}

impl Scan {
    /// Begins after the message `after`; ends with the message `until`.
    pub(super) async fn begin(stream: &Stream, subject: &str, after: u64, until: u64) -> Result<Self> {
        let until = match stream.direct_get_last_for_subject(subject).await {
            Ok(last) => until.min(last.sequence),
            Err(error) if error.kind() == DirectGetErrorKind::NotFound => 0,
            Err(error) => return Err(error).context("cannot read the log"),
        };
        if after >= until {
            return Ok(Self { messages: None, received: 0, until });
        }
        let consumer = stream.create_consumer(pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: after + 1 },
            ack_policy: AckPolicy::None,
            filter_subject: subject.to_owned(),
            inactive_threshold: FORGOTTEN_AFTER,
            memory_storage: true,
            num_replicas: 1,
            ..Default::default()
        });
        let consumer = consumer.await.context("cannot scan the log")?;
        let messages = consumer.stream().max_messages_per_batch(AHEAD_MAX).messages();
        Ok(Self { messages: Some(messages.await.context("cannot scan the log")?), received: 0, until })
    }

    /// The next message; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Scanned>> {
        let Some(messages) = &mut self.messages else { return Ok(None) };
        let message = messages.next().await.context("the scan of the log ended early")?;
        let message = message.context("cannot scan the log")?;
        let info = message.info().map_err(|error| anyhow::anyhow!(error)).context("not a message of the log")?;
        let (sequence, pending) = (info.stream_sequence, info.pending);
        self.received += 1;
        ensure!(info.consumer_sequence == self.received, "the scan of the log missed a message");
        if sequence >= self.until || pending == 0 {
            self.messages = None;
        }
        Ok((sequence <= self.until).then(|| Scanned { sequence, message: message.message }))
    }
}

impl Scanned {
    pub(super) fn decode<T: Fact>(&self) -> Result<T, CodecError> {
        let version = self.message.headers.as_ref().and_then(|headers| headers.get(HEADER_VERSION));
        let version = version.and_then(|version| version.as_str().parse().ok()).unwrap_or(0);
        decode(version, &self.message.payload)
    }
}

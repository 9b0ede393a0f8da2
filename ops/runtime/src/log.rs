use std::time::Duration;

use async_nats::{
    HeaderMap, Subscriber,
    jetstream::{
        self,
        context::PublishErrorKind,
        message::{PublishMessage, StreamMessage},
        stream::{self, DirectGetErrorKind, DiscardPolicy, Republish, StorageType},
    },
};
use bytes::Bytes;
use clap::Args;
use futures_util::StreamExt;
use nagare_schema::{
    Cursor, Fact, HEADER_VERSION, Partition, STREAM_DEAD, STREAM_EVENTS, STREAM_HITS, committed_subject, dead_subject,
    encode, events_subject, hits_subject,
};

/// Header of an EVENTS message: where its hits end, `sequence:hits:complete`, so that watermarks
/// need not decode it.
pub const HEADER_HITS_TO: &str = "Nagare-Hits-To";
/// Header of a DEAD message: why it could not be read.
const HEADER_REASON: &str = "Nagare-Reason";

/// A reader that was told of nothing asks again after this long: an announcement may be lost.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// Messages that could not be read are kept for this long.
const DEAD_AGE_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

/// How the streams are stored.
#[derive(Debug, Clone, Args)]
pub struct LogOptions {
    /// Copies of every stream and bucket: 1, or 3 in a cluster.
    #[arg(long, env = "NAGARE_LOG_REPLICAS", default_value_t = 1)]
    pub log_replicas: usize,
    /// Bytes of HITS and of EVENTS, each, before appends are refused (ingest then spools).
    #[arg(long, env = "NAGARE_LOG_BYTES_MAX", default_value_t = 64 << 30)]
    pub log_bytes_max: i64,
}

/// Why the log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The broker cannot be reached, or refuses; try again.
    #[error("the log cannot be reached: {0}")]
    Unavailable(String),
}

/// Why an append was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended first: the caller no longer owns the partition.
    #[error("another process appended to the partition")]
    Fenced,
    /// No answer: the append may or may not have happened.
    #[error("the append was not answered: {0}")]
    Unanswered(String),
    /// The log refuses, for lack of space as a rule.
    #[error("the log refuses the append: {0}")]
    Refused(String),
}

/// The streams of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    nats: async_nats::Client,
    jetstream: jetstream::Context,
    hits: stream::Stream,
    events: stream::Stream,
    replicas: usize,
}

/// A stored message.
#[derive(Debug, Clone)]
pub struct LogMessage {
    /// Its sequence in the stream.
    pub sequence: u64,
    /// Version of the fact in it.
    pub version: u16,
    /// The fact.
    pub payload: Bytes,
    /// Where the hits of an EVENTS message end.
    pub hits_to: Option<Cursor>,
    /// When the broker stored it, milliseconds since 1970.
    pub stored_at_ms: i64,
}

impl Log {
    /// Opens the streams, creating those that do not exist.
    ///
    /// # Errors
    /// [`LogError::Unavailable`].
    pub async fn open(
        nats: &async_nats::Client,
        jetstream: &jetstream::Context,
        options: &LogOptions,
    ) -> Result<Self, LogError> {
        for (name, subjects) in [(STREAM_HITS, "hits"), (STREAM_EVENTS, "events")] {
            jetstream.create_or_update_stream(fact_stream(name, subjects, options)).await.map_err(unavailable)?;
        }
        jetstream
            .create_or_update_stream(stream::Config {
                name: STREAM_DEAD.to_owned(),
                subjects: vec!["dead.>".to_owned()],
                storage: StorageType::File,
                num_replicas: options.log_replicas,
                max_age: DEAD_AGE_MAX,
                ..Default::default()
            })
            .await
            .map_err(unavailable)?;
        Ok(Self {
            nats: nats.clone(),
            jetstream: jetstream.clone(),
            hits: jetstream.get_stream(STREAM_HITS).await.map_err(unavailable)?,
            events: jetstream.get_stream(STREAM_EVENTS).await.map_err(unavailable)?,
            replicas: options.log_replicas,
        })
    }

    /// Copies of every stream.
    pub fn replicas(&self) -> usize {
        self.replicas
    }

    /// The HITS stream.
    pub fn hits(&self) -> &stream::Stream {
        &self.hits
    }

    /// The EVENTS stream.
    pub fn events(&self) -> &stream::Stream {
        &self.events
    }

    /// Reads the hits of a partition, from the message after `after`.
    ///
    /// # Errors
    /// [`LogError::Unavailable`].
    pub async fn read_hits(&self, partition: Partition, after: u64) -> Result<LogReader, LogError> {
        LogReader::open(&self.nats, self.hits.clone(), hits_subject(partition), after).await
    }

    /// Reads the events of a partition, from the message after `after`.
    ///
    /// # Errors
    /// [`LogError::Unavailable`].
    pub async fn read_events(&self, partition: Partition, after: u64) -> Result<LogReader, LogError> {
        LogReader::open(&self.nats, self.events.clone(), events_subject(partition), after).await
    }

    /// The newest message of a partition's hits.
    ///
    /// # Errors
    /// [`LogError::Unavailable`].
    pub async fn last_hits(&self, partition: Partition) -> Result<Option<LogMessage>, LogError> {
        last(&self.hits, hits_subject(partition)).await
    }

    /// The newest message of a partition's events: its committed offset.
    ///
    /// # Errors
    /// [`LogError::Unavailable`].
    pub async fn last_events(&self, partition: Partition) -> Result<Option<LogMessage>, LogError> {
        last(&self.events, events_subject(partition)).await
    }

    /// Appends hits; returns the sequence once they are on disk.
    ///
    /// # Errors
    /// [`AppendError`].
    pub async fn append_hits(&self, partition: Partition, payload: Bytes) -> Result<u64, AppendError> {
        let message = PublishMessage::build().payload(payload).headers(version_header::<nagare_schema::HitBatch>());
        self.append(hits_subject(partition), message).await
    }

    /// Appends events if `previous` is still the newest sequence of the partition.
    ///
    /// # Errors
    /// [`AppendError::Fenced`] when it is not.
    pub async fn append_events(
        &self,
        partition: Partition,
        payload: Bytes,
        to: Cursor,
        previous: u64,
    ) -> Result<u64, AppendError> {
        let mut headers = version_header::<nagare_schema::EventBatch>();
        headers.insert(HEADER_HITS_TO, write_cursor(to));
        let message =
            PublishMessage::build().payload(payload).headers(headers).expected_last_subject_sequence(previous);
        self.append(events_subject(partition), message).await
    }

    async fn append(&self, subject: String, message: PublishMessage) -> Result<u64, AppendError> {
        let answered = match self.jetstream.send_publish(subject, message).await {
            Ok(ack) => ack.await,
            Err(error) => Err(error),
        };
        answered.map(|ack| ack.sequence).map_err(|error| match error.kind() {
            PublishErrorKind::WrongLastSequence => AppendError::Fenced,
            PublishErrorKind::Other | PublishErrorKind::MaxPayloadExceeded => AppendError::Refused(error.to_string()),
            _ => AppendError::Unanswered(error.to_string()),
        })
    }

    /// Sets a message that cannot be read aside, with the reason.
    ///
    /// # Errors
    /// [`LogError::Unavailable`]; the message must then not be passed.
    pub async fn bury(
        &self,
        stream: &str,
        partition: Partition,
        message: &LogMessage,
        reason: &str,
    ) -> Result<(), LogError> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER_VERSION, message.version.to_string());
        headers.insert(HEADER_REASON, reason.replace(['\r', '\n'], " "));
        // The same message may be met again after a crash; its id keeps it buried once.
        headers.insert("Nats-Msg-Id", format!("{stream}-{partition}-{}", message.sequence));
        let publish = PublishMessage::build().payload(message.payload.clone()).headers(headers);
        let ack = self.jetstream.send_publish(dead_subject(stream, partition), publish).await.map_err(unavailable)?;
        ack.await.map(|_| ()).map_err(unavailable)
    }
}

/// Reads one subject of a stream in order, without leaving anything behind in the broker: it asks
/// for the next message, and waits for the broker's announcement when there is none.
pub struct LogReader {
    stream: stream::Stream,
    subject: String,
    announcements: Subscriber,
    after: u64,
}

impl LogReader {
    async fn open(
        nats: &async_nats::Client,
        stream: stream::Stream,
        subject: String,
        after: u64,
    ) -> Result<Self, LogError> {
        let announcements = nats.subscribe(committed_subject(&subject)).await.map_err(unavailable)?;
        Ok(Self { stream, subject, announcements, after })
    }

    /// Sequence of the last message that was read.
    pub fn position(&self) -> u64 {
        self.after
    }

    /// The next message, if there is one now.
    ///
    /// # Errors
    /// [`LogError::Unavailable`]; the position is unchanged.
    pub async fn try_next(&mut self) -> Result<Option<LogMessage>, LogError> {
        let found = self.stream.direct_get_next_for_subject(self.subject.as_str(), Some(self.after + 1)).await;
        let message = match found {
            Ok(message) => LogMessage::from(message),
            Err(error) if error.kind() == DirectGetErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unavailable(error)),
        };
        self.after = message.sequence;
        Ok(Some(message))
    }

    /// The next message; waits until there is one. Cancelling loses nothing.
    ///
    /// # Errors
    /// [`LogError::Unavailable`]; the position is unchanged.
    pub async fn next(&mut self) -> Result<LogMessage, LogError> {
        loop {
            if let Some(message) = self.try_next().await? {
                return Ok(message);
            }
            self.announced().await;
        }
    }

    /// Waits until a message may have come: an announcement, or a while. Cancelling loses nothing.
    pub async fn announced(&mut self) {
        let waited = tokio::time::timeout(ASK_AGAIN, async {
            loop {
                match self.announcements.next().await {
                    Some(announcement) if announced_sequence(&announcement) > self.after => return,
                    Some(_) => {}
                    // The connection is gone; the pause keeps the caller from spinning.
                    None => std::future::pending().await,
                }
            }
        });
        let _ = waited.await;
    }
}

/// The broker adds the sequence to what it republishes; without one, assume there is something new.
fn announced_sequence(announcement: &async_nats::Message) -> u64 {
    let headers = announcement.headers.as_ref();
    let sequence = headers.and_then(|headers| headers.get("Nats-Sequence"));
    sequence.and_then(|value| value.as_str().parse().ok()).unwrap_or(u64::MAX)
}

impl From<StreamMessage> for LogMessage {
    fn from(message: StreamMessage) -> Self {
        let header = |name: &str| message.headers.get(name).map(|value| value.as_str());
        Self {
            sequence: message.sequence,
            version: header(HEADER_VERSION).and_then(|version| version.parse().ok()).unwrap_or(0),
            hits_to: header(HEADER_HITS_TO).and_then(read_cursor),
            stored_at_ms: i64::try_from(message.time.unix_timestamp_nanos() / 1_000_000).unwrap_or(0),
            payload: message.payload,
        }
    }
}

async fn last(stream: &stream::Stream, subject: String) -> Result<Option<LogMessage>, LogError> {
    match stream.direct_get_last_for_subject(subject).await {
        Ok(message) => Ok(Some(message.into())),
        Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(None),
        Err(error) => Err(unavailable(error)),
    }
}

fn fact_stream(name: &str, subjects: &str, options: &LogOptions) -> stream::Config {
    stream::Config {
        name: name.to_owned(),
        subjects: vec![format!("{subjects}.*")],
        storage: StorageType::File,
        num_replicas: options.log_replicas,
        max_bytes: options.log_bytes_max,
        // A full log refuses what is new; it never forgets what is unread.
        discard: DiscardPolicy::New,
        allow_direct: true,
        republish: Some(Republish {
            source: format!("{subjects}.*"),
            destination: format!("committed.{subjects}.{{{{wildcard(1)}}}}"),
            headers_only: true,
        }),
        ..Default::default()
    }
}

fn version_header<T: Fact>() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(HEADER_VERSION, T::VERSION.to_string());
    headers
}

fn write_cursor(cursor: Cursor) -> String {
    format!("{}:{}:{}", cursor.sequence, cursor.hits, u8::from(cursor.complete))
}

fn read_cursor(text: &str) -> Option<Cursor> {
    let mut parts = text.split(':');
    let sequence = parts.next()?.parse().ok()?;
    let hits = parts.next()?.parse().ok()?;
    Some(Cursor { sequence, hits, complete: parts.next()? == "1" })
}

fn unavailable(error: impl std::fmt::Display) -> LogError {
    LogError::Unavailable(error.to_string())
}

/// Encodes a fact for an append.
///
/// # Errors
/// [`AppendError::Refused`], only when the type breaks the codec's rules.
pub fn encode_fact<T: Fact>(fact: &T) -> Result<Bytes, AppendError> {
    encode(fact).map(Bytes::from).map_err(|error| AppendError::Refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_from_its_header() {
        let cursor = Cursor { sequence: 7, hits: 3, complete: false };
        assert_eq!(read_cursor(&write_cursor(cursor)), Some(cursor));
        assert_eq!(read_cursor("7:x:1"), None);
    }
}

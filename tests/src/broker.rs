use std::time::Duration;

use anyhow::Context as _;
use async_nats::{
    HeaderMap,
    jetstream::{self, stream::DirectGetErrorKind},
};
use nagare_schema::{
    BUCKET_CONFIG, Deployment, Fact, HEADER_VERSION, Partition, STREAM_DEAD, SiteId, decode, partition_of,
};

/// NATS, as an operator sees it.
#[derive(Debug, Clone)]
pub struct Broker {
    jetstream: jetstream::Context,
}

impl Broker {
    /// Connects.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let client = async_nats::connect(url).await.with_context(|| format!("NATS at {url}"))?;
        let mut jetstream = jetstream::new(client);
        jetstream.set_timeout(Duration::from_secs(10));
        Ok(Self { jetstream })
    }

    /// Messages that were dead-lettered.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub async fn dead_letters(&self) -> anyhow::Result<u64> {
        self.messages(STREAM_DEAD).await
    }

    /// Messages in a stream.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn messages(&self, stream: &str) -> anyhow::Result<u64> {
        let stream = self.jetstream.get_stream(stream).await?;
        Ok(stream.get_info().await?.state.messages)
    }

    /// The facts of all messages of a stream.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub async fn facts<T: Fact>(&self, stream: &str) -> anyhow::Result<Vec<T>> {
        let subjects = format!("{}.*", stream.to_ascii_lowercase());
        let stream = self.jetstream.get_stream(stream).await?;
        let (mut facts, mut from) = (Vec::new(), 1);
        loop {
            match stream.direct_get_next_for_subject(subjects.as_str(), Some(from)).await {
                Ok(message) => {
                    from = message.sequence + 1;
                    let version = message.headers.get(HEADER_VERSION).and_then(|version| version.as_str().parse().ok());
                    facts.push(decode(version.context("no version")?, &message.payload)?);
                }
                Err(error) if error.kind() == DirectGetErrorKind::NotFound => return Ok(facts),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The partition that the hits of a site with one shard go to.
    ///
    /// # Errors
    /// When the deployment is not initialised.
    pub async fn partition_of(&self, site: u32) -> anyhow::Result<Partition> {
        let bucket = self.jetstream.get_key_value(BUCKET_CONFIG).await?;
        let stored = bucket.get("deployment").await?.context("the deployment is not initialised")?;
        let deployment: Deployment = serde_json::from_slice(&stored)?;
        Ok(partition_of(SiteId(site), 0, deployment.partitions))
    }

    /// Appends bytes that are no fact to a subject of the log.
    ///
    /// # Errors
    /// When the append is not confirmed.
    pub async fn poison(&self, subject: String) -> anyhow::Result<()> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER_VERSION, "1");
        let ack = self.jetstream.publish_with_headers(subject, headers, "not a fact".into()).await?;
        ack.await?;
        Ok(())
    }
}

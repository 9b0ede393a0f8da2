use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde::de::DeserializeOwned;

/// ClickHouse over HTTP, as a test reads it.
#[derive(Debug, Clone)]
pub struct ClickHouse {
    http: reqwest::Client,
    url: String,
    database: String,
}

impl ClickHouse {
    /// The tables of a server.
    pub fn new(url: &str) -> Self {
        Self { http: http_client(), url: url.to_owned(), database: "nagare".to_owned() }
    }

    /// The same server with another database.
    pub fn database(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The answer of a statement as text.
    ///
    /// # Errors
    /// When the server refuses it.
    pub async fn text(&self, sql: &str) -> anyhow::Result<String> {
        let request = self.http.post(&self.url).query(&[("database", self.database.as_str())]).body(sql.to_owned());
        let answer = request.send().await.context("clickhouse does not answer")?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "clickhouse: {text}");
        Ok(text)
    }

    /// The answer of a statement as bytes.
    ///
    /// # Errors
    /// When the server refuses it.
    pub(crate) async fn bytes(&self, sql: &str) -> anyhow::Result<bytes::Bytes> {
        let request = self.http.post(&self.url).query(&[("database", self.database.as_str())]).body(sql.to_owned());
        Ok(request.send().await?.error_for_status()?.bytes().await?)
    }

    /// Inserts data by a statement that says where and in which format.
    ///
    /// # Errors
    /// When the server refuses it.
    pub(crate) async fn insert(&self, sql: &str, data: bytes::Bytes) -> anyhow::Result<()> {
        let query = [("database", self.database.as_str()), ("query", sql)];
        let answer = self.http.post(&self.url).query(&query).body(data).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "clickhouse: {text}");
        Ok(())
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// When the server refuses it, or rows have another shape.
    pub async fn rows<T: DeserializeOwned>(&self, sql: &str) -> anyhow::Result<Vec<T>> {
        let settings = "output_format_json_quote_64bit_integers = 0";
        let text = self.text(&format!("{sql} SETTINGS {settings} FORMAT JSONEachRow")).await?;
        text.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
    }

    /// The one number that a query answers.
    ///
    /// # Errors
    /// When the server refuses it, or it is no number.
    pub async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        let text = self.text(sql).await?;
        text.trim().parse().with_context(|| format!("no number: {text}"))
    }
}

/// A client for loopback: no proxy, and no request for ever.
pub(crate) fn http_client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
    builder.build().unwrap_or_default()
}

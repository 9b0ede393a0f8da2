use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::ensure;
use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::clickhouse::http_client;

/// A client of the Tracking API for one site.
#[derive(Debug, Clone)]
pub struct Tracker {
    http: reqwest::Client,
    base: String,
    site: u32,
    token: Option<String>,
}

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Tracker {
    /// Tracks to `site` at `base`.
    pub fn new(base: &str, site: u32) -> Self {
        Self { http: http_client(), base: base.to_owned(), site, token: None }
    }

    /// The same with a token in every hit.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Sends one hit, which must be accepted.
    ///
    /// # Errors
    /// When it is not.
    pub async fn hit(&self, parameters: &[(&str, &str)]) -> anyhow::Result<()> {
        let answer = self.try_hit(parameters).await?;
        ensure!((200..300).contains(&answer.status), "{parameters:?}: {}", answer.status);
        Ok(())
    }

    /// Sends one hit.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_hit(&self, parameters: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let site = self.site.to_string();
        let mut query = vec![("idsite", site.as_str()), ("rec", "1")];
        query.extend(self.token.as_deref().map(|token| ("token_auth", token)));
        query.extend(parameters);
        Answer::of(self.http.get(format!("{}/matomo.php", self.base)).query(&query).send().await?).await
    }

    /// Sends many hits as one request; all must be accepted.
    ///
    /// # Errors
    /// When they are not.
    pub async fn bulk(&self, hits: &[Vec<(&str, String)>]) -> anyhow::Result<()> {
        let requests: Vec<Value> = hits.iter().map(|hit| self.bulk_hit(hit)).collect();
        let body = json!({ "requests": requests, "token_auth": self.token }).to_string();
        let answer = self.post("/matomo.php", &[("content-type", "application/json")], body.into()).await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let result: Value = serde_json::from_str(&text).unwrap_or_default();
        let all = result["tracked"] == hits.len() && result["invalid"] == 0;
        ensure!(answer.status == 200 && all, "bulk of {}: {} {text}", hits.len(), answer.status);
        Ok(())
    }

    fn bulk_hit(&self, hit: &[(&str, String)]) -> Value {
        let mut object = json!({ "idsite": self.site, "rec": 1 });
        for (name, value) in hit {
            object[*name] = json!(value);
        }
        object
    }

    /// Posts a body as it is.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: Bytes) -> anyhow::Result<Answer> {
        let mut request = self.http.post(format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await?).await
    }

    /// Gets a path as it is.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        Answer::of(self.http.get(format!("{}{path}", self.base)).send().await?).await
    }
}

impl Answer {
    async fn of(response: reqwest::Response) -> anyhow::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { status, headers, body: response.bytes().await? })
    }

    /// A header as text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// Now, in seconds.
pub fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

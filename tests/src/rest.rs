use anyhow::Context as _;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::clickhouse::http_client;

/// A client of `/api/v1` that keeps no cookies by itself.
#[derive(Debug, Clone)]
pub struct Rest {
    http: reqwest::Client,
    base: String,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Body, `null` when it is no JSON.
    pub body: Value,
    /// The whole `Set-Cookie`, empty when there is none.
    pub set_cookie: String,
}

impl Reply {
    /// `name=value` of the cookie that was set.
    pub fn cookie(&self) -> &str {
        self.set_cookie.split(';').next().unwrap_or_default()
    }

    /// A text of the body.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn text(&self, name: &str) -> anyhow::Result<String> {
        let text = self.body[name].as_str().with_context(|| format!("no {name} in {self:?}"))?;
        Ok(text.to_owned())
    }
}

impl Rest {
    /// The server at `base`.
    pub fn new(base: &str) -> Self {
        Self { http: http_client(), base: base.to_owned() }
    }

    /// Sends a request; an empty bearer is none, and so is a body of `null`.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn send(&self, method: &str, path: &str, bearer: &str, body: &Value) -> anyhow::Result<Reply> {
        let mut request = self.request(method, path)?;
        if !bearer.is_empty() {
            request = request.bearer_auth(bearer);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        reply(request).await
    }

    /// Sends a request with these headers and nothing else.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn send_with(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> anyhow::Result<Reply> {
        let request = self.request(method, path)?;
        reply(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// Sends a request with these headers and a body.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn send_body(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> anyhow::Result<Reply> {
        let request = self.request(method, path)?.json(body);
        reply(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    fn request(&self, method: &str, path: &str) -> anyhow::Result<RequestBuilder> {
        Ok(self.http.request(Method::from_bytes(method.as_bytes())?, format!("{}{path}", self.base)))
    }
}

async fn reply(request: RequestBuilder) -> anyhow::Result<Reply> {
    let answer = request.send().await?;
    let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok());
    let (status, set_cookie) = (answer.status().as_u16(), cookie.unwrap_or_default().to_owned());
    let body = serde_json::from_slice(&answer.bytes().await?).unwrap_or(Value::Null);
    Ok(Reply { status, body, set_cookie })
}

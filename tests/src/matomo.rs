use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::clickhouse::http_client;

/// A client of Matomo's Reporting API, and of the health endpoints beside it.
#[derive(Debug, Clone)]
pub struct Matomo {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Matomo {
    /// The server at `base`, asked with `token`.
    pub fn new(base: &str, token: &str) -> Self {
        Self { http: http_client(), base: base.to_owned(), token: token.to_owned() }
    }

    /// Calls a method: parameters in the body, the answer as JSON.
    ///
    /// # Errors
    /// When the answer is no JSON, or says that the call failed.
    pub async fn call(&self, method: &str, parameters: &[(&str, &str)]) -> anyhow::Result<Value> {
        let fixed = [("module", "API"), ("method", method), ("format", "json"), ("token_auth", self.token.as_str())];
        let form: Vec<_> = fixed.iter().chain(parameters).collect();
        let answer = self.http.post(format!("{}/index.php", self.base)).form(&form).send().await?;
        let text = answer.text().await?;
        let value: Value = serde_json::from_str(&text).with_context(|| format!("{method}: {text}"))?;
        ensure!(value.get("result").is_none_or(|result| result != "error"), "{method}: {text}");
        Ok(value)
    }

    /// Creates a site.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn add_site(&self, name: &str, settings: &[(&str, &str)]) -> anyhow::Result<u32> {
        // Old enough for hits of yesterday.
        let fixed = [("siteName", name), ("urls[0]", "https://site.example"), ("startDate", "2020-01-01")];
        let parameters: Vec<_> = fixed.into_iter().chain(settings.iter().copied()).collect();
        id_of(&self.call("SitesManager.addSite", &parameters).await?)
    }

    /// Creates a goal.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn add_goal(&self, site: u32, settings: &[(&str, &str)]) -> anyhow::Result<u32> {
        let site = site.to_string();
        let parameters: Vec<_> = [("idSite", site.as_str())].into_iter().chain(settings.iter().copied()).collect();
        id_of(&self.call("Goals.addGoal", &parameters).await?)
    }

    /// A report of today.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn today(&self, method: &str, site: u32) -> anyhow::Result<Value> {
        let site = site.to_string();
        self.call(method, &[("idSite", site.as_str()), ("period", "day"), ("date", "today")]).await
    }

    /// Returns when every hit that was acknowledged before is in the tables.
    ///
    /// # Errors
    /// When that takes longer than `timeout`.
    pub async fn caught_up(&self, timeout: Duration) -> anyhow::Result<()> {
        let url = format!("{}/health/caughtup?timeout={}", self.base, timeout.as_secs());
        let answer = self.http.get(url).timeout(timeout + Duration::from_secs(10)).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "not caught up ({status}): {text}");
        Ok(())
    }

    /// The body of a GET.
    ///
    /// # Errors
    /// When the status is no success.
    pub async fn get(&self, path: &str) -> anyhow::Result<String> {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await?.error_for_status()?;
        Ok(answer.text().await?)
    }
}

/// `{"value": 3}`, or a bare number.
fn id_of(value: &Value) -> anyhow::Result<u32> {
    let id = value.get("value").unwrap_or(value);
    let parsed = id.as_u64().or_else(|| id.as_str().and_then(|text| text.parse().ok()));
    match parsed.and_then(|id| u32::try_from(id).ok()) {
        Some(id) => Ok(id),
        None => bail!("no id in {value}"),
    }
}

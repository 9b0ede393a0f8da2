//! Brings hits to the tracking endpoint.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// Time an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Times that a request is sent before the run ends.
const TRIES: u32 = 5;
/// Pause before the second try; it doubles.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Sender {
    client: Client,
    url: String,
    token: String,
}

impl Sender {
    pub(super) fn new(url: &str, token: &str) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(ANSWER_WITHIN).user_agent("nagare-import").build()?;
        Ok(Self { client, url: url.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    /// The main URL of a site.
    pub(super) async fn main_url(&self, site: u32) -> anyhow::Result<String> {
        let form = [
            ("module", "API".to_owned()),
            ("method", "SitesManager.getSiteFromId".to_owned()),
            ("format", "json".to_owned()),
            ("idSite", site.to_string()),
            ("token_auth", self.token.clone()),
        ];
        let asked = self.client.post(format!("{}/index.php", self.url)).form(&form);
        let answer: Value = asked.send().await?.json().await?;
        let site = if answer.is_array() { &answer[0] } else { &answer };
        site["main_url"].as_str().map(str::to_owned).with_context(|| format!("the answer was {answer}"))
    }

    /// Sends hits as one request; tells how many were refused.
    pub(super) async fn send(&self, hits: Vec<Value>) -> anyhow::Result<u64> {
        let body = json!({ "token_auth": self.token, "requests": hits }).to_string();
        let mut pause = PAUSE;
        for attempt in 1..=TRIES {
            let request = self.client.post(format!("{}/matomo.php", self.url));
            let sent = request.header("content-type", "application/json").body(body.clone()).send().await;
            match sent {
                Ok(answer) if answer.status() == StatusCode::OK => {
                    let tally: Value = answer.json().await.context("the answer is no JSON")?;
                    ensure!(tally["status"] == "success", "the answer was {tally}");
                    return Ok(tally["invalid"].as_u64().unwrap_or_default());
                }
                Ok(answer) if answer.status().is_client_error() => bail!("the hits were refused: {}", answer.status()),
                Ok(answer) => tracing::warn!(status = %answer.status(), attempt, "the hits were not taken"),
                Err(error) => tracing::warn!(%error, attempt, "the hits could not be sent"),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        bail!("the hits could not be delivered; run the same command again to go on")
    }
}

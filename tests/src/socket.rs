use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use nagare_schema::LiveFrame;
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

use crate::clickhouse::http_client;

/// A socket that receives the live numbers of a site.
pub struct LiveSocket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl LiveSocket {
    /// Opens it with an access token.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn open(base: &str, site: u32, access_token: &str) -> anyhow::Result<Self> {
        let url = format!("{}/live?site={site}", base.replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        let protocols = HeaderValue::from_str(&format!("nagare.live, bearer.{access_token}"))?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocols);
        let (stream, _) = connect_async(request).await.context("the live socket does not open")?;
        Ok(Self { stream })
    }

    /// The next snapshot.
    ///
    /// # Errors
    /// When the socket closes, says an error, or is silent until the deadline.
    pub async fn next(&mut self, deadline: Instant) -> anyhow::Result<LiveFrame> {
        loop {
            let message = timeout_at(deadline, self.stream.next()).await.context("the live socket is silent")?;
            match message.context("the live socket ended")?? {
                Message::Text(text) => {
                    let frame: LiveFrame = serde_json::from_str(&text).with_context(|| text.to_string())?;
                    if let LiveFrame::Error { status, detail } = frame {
                        bail!("the live socket says {status}: {detail}");
                    }
                    return Ok(frame);
                }
                Message::Close(reason) => bail!("the live socket closed: {reason:?}"),
                _ => {}
            }
        }
    }

    /// Reads snapshots until one has at least this many visitors in the last half hour.
    ///
    /// # Errors
    /// When none has by the deadline.
    pub async fn until_visitors(&mut self, visitors: u64, within: Duration) -> anyhow::Result<LiveFrame> {
        let deadline = Instant::now() + within;
        let mut last = None;
        loop {
            let frame = self.next(deadline).await.with_context(|| format!("{visitors} visitors; last was {last:?}"))?;
            if matches!(&frame, LiveFrame::Snapshot { visitors: now, .. } if now.m30 >= visitors) {
                return Ok(frame);
            }
            last = Some(frame);
        }
    }
}

/// Signs in and returns the access token.
///
/// # Errors
/// When the server refuses.
pub async fn sign_in(base: &str, login: &str, password: &str) -> anyhow::Result<String> {
    let credentials = json!({ "login": login, "password": password });
    let request = http_client().post(format!("{base}/api/v1/session")).json(&credentials);
    let answer: Value = request.send().await?.error_for_status()?.json().await?;
    Ok(answer["access_token"].as_str().context("no access token")?.to_owned())
}

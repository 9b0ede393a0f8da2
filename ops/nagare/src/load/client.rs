//! One HTTP/1.1 connection. Hyper directly, not a pooled client: the generator shares its
//! machine with what it measures.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, StatusCode, Uri,
    body::{Bytes, Incoming},
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

/// No answer within this time is no answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Where requests go.
#[derive(Debug)]
pub(super) struct Target {
    host: String,
    port: u16,
    pub(super) token: Option<String>,
}

/// What to send.
pub(super) enum Message {
    /// One hit by GET: its query, and the user agent.
    Single(String, &'static str),
    /// Many hits by POST: the JSON body.
    Bulk(String),
}

/// What came back.
pub(super) enum Reply {
    /// An answer.
    Answered(StatusCode, Bytes),
    /// The request never left.
    NotSent,
    /// It left, and nothing came back.
    Silence,
}

/// A connection that is opened on first use, and anew when it broke.
pub(super) struct Client<'a> {
    target: &'a Target,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Target {
    pub(super) fn new(url: &str, token: Option<String>) -> anyhow::Result<Self> {
        let uri: Uri = url.parse().with_context(|| format!("{url} is not a URL"))?;
        ensure!(uri.scheme_str() == Some("http"), "{url}: only http is spoken");
        let host = uri.host().with_context(|| format!("{url} has no host"))?.to_owned();
        Ok(Self { host, port: uri.port_u16().unwrap_or(80), token })
    }

    fn request(&self, message: Message) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let request = Request::builder().header(HOST, &self.host);
        match message {
            Message::Single(query, user_agent) => {
                let uri = format!("/matomo.php?{query}");
                request.uri(uri).header(USER_AGENT, user_agent).body(Full::default())
            }
            Message::Bulk(body) => request
                .method(Method::POST)
                .uri("/matomo.php")
                .header(CONTENT_TYPE, "application/json")
                .body(Full::from(body)),
        }
    }
}

impl<'a> Client<'a> {
    pub(super) fn new(target: &'a Target) -> Self {
        Self { target, sender: None }
    }

    pub(super) async fn send(&mut self, message: Message) -> Reply {
        let Ok(request) = self.target.request(message) else { return Reply::NotSent };
        let Some(mut sender) = self.ready().await else { return Reply::NotSent };
        let reply = timeout(ANSWER_WITHIN, exchange(&mut sender, request)).await.unwrap_or(Reply::Silence);
        if matches!(reply, Reply::Answered(..)) {
            self.sender = Some(sender);
        }
        reply
    }

    /// The open connection, or a new one; taken out, so that a broken one is not used again.
    async fn ready(&mut self) -> Option<SendRequest<Full<Bytes>>> {
        if let Some(mut sender) = self.sender.take()
            && sender.ready().await.is_ok()
        {
            return Some(sender);
        }
        let connecting = TcpStream::connect((self.target.host.as_str(), self.target.port));
        let stream = timeout(CONNECT_WITHIN, connecting).await.ok()?.ok()?;
        stream.set_nodelay(true).ok()?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        // Ends when the sender is dropped or the server hangs up; what broke shows in the exchange.
        tokio::spawn(async move { drop(connection.await) });
        sender.ready().await.ok()?;
        Some(sender)
    }
}

async fn exchange(sender: &mut SendRequest<Full<Bytes>>, request: Request<Full<Bytes>>) -> Reply {
    match sender.try_send_request(request).await {
        Ok(response) => {
            let status = response.status();
            match body(response.into_body()).await {
                Some(bytes) => Reply::Answered(status, bytes),
                None => Reply::Silence,
            }
        }
        // A request that is given back never left.
        Err(mut error) => error.take_message().map_or(Reply::Silence, |_| Reply::NotSent),
    }
}

async fn body(body: Incoming) -> Option<Bytes> {
    Some(body.collect().await.ok()?.to_bytes())
}

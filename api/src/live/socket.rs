//! One socket: who may watch, and when a frame is sent.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    http::{HeaderMap, header},
    response::Response,
};
use nagare_schema::{GrantLevel, LiveFrame, SiteId};
use serde::Deserialize;
use tokio::sync::watch;

use super::hub::Shown;
use crate::{
    auth::{Caller, Credentials},
    server::Shared,
};

/// Between two frames to one socket at least: with a pulse of 250 ms a hit is seen within a second.
const FRAME_MIN: Duration = Duration::from_millis(400);
/// Between two frames at most, so that a reader can tell silence from a broken line.
const FRAME_MAX: Duration = Duration::from_secs(5);
/// A new socket waits this long for a first pulse before it is told that nothing happens.
const FIRST_FRAME: Duration = Duration::from_millis(1200);
/// Time to say who asks, when the subprotocol does not.
const SIGN_IN_MAX: Duration = Duration::from_secs(5);
/// Time that a frame may take to be accepted by a slow reader before the socket is closed.
const SEND_MAX: Duration = Duration::from_secs(20);
/// Bytes of a message from a client.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Bytes that a socket reads at a time. Clients say little, and each socket keeps a buffer of this size.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// The subprotocol.
const PROTOCOL: &str = "nagare.live";

#[derive(Deserialize)]
pub(crate) struct Watched {
    site: u32,
}

/// `GET /live?site=N`: the session or token is in the subprotocol `bearer.<token>` or in a first message
/// `{"type":"auth","token":"…"}`, never in the URL.
pub(crate) async fn upgrade(
    State(shared): State<Shared>,
    Query(watched): Query<Watched>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let token = token_of(&headers);
    let socket = socket.protocols([PROTOCOL]).max_message_size(MESSAGE_BYTES_MAX).read_buffer_size(READ_BUFFER_BYTES);
    socket.on_upgrade(move |socket| Box::pin(serve(shared, SiteId(watched.site), token, socket)))
}

fn token_of(headers: &HeaderMap) -> Option<String> {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let mut offered = offered.flat_map(|value| value.split(','));
    offered.find_map(|protocol| protocol.trim().strip_prefix("bearer.").map(str::to_owned))
}

async fn serve(shared: Shared, site: SiteId, token: Option<String>, mut socket: WebSocket) {
    let token = match token {
        Some(token) => Some(token),
        None => first_message(&mut socket).await,
    };
    let credentials = token.map_or(Credentials::None, Credentials::Secure);
    let caller = shared.caller(&credentials);
    if let Err(refusal) = check(&caller, site) {
        return refuse(socket, refusal).await;
    }
    shared.metrics.live_sockets.inc();
    let watching = Watching { shared: &shared, site, caller, credentials };
    if let Some(refusal) = watching.send_frames(&mut socket).await {
        refuse(socket, refusal).await;
    }
    shared.metrics.live_sockets.dec();
}

#[derive(Deserialize)]
struct FirstMessage {
    token: String,
}

async fn first_message(socket: &mut WebSocket) -> Option<String> {
    let message = tokio::time::timeout(SIGN_IN_MAX, socket.recv()).await.ok()??.ok()?;
    serde_json::from_str::<FirstMessage>(message.to_text().ok()?).ok().map(|first| first.token)
}

/// Why a socket is closed.
#[derive(Debug, Clone, Copy)]
struct Refusal {
    status: u16,
    detail: &'static str,
}

/// The caller may view the site.
fn check(caller: &Caller, site: SiteId) -> Result<(), Refusal> {
    if caller.may(GrantLevel::View, site) {
        return Ok(());
    }
    if caller.is_user() {
        return Err(Refusal { status: 403, detail: "view access to the site is required" });
    }
    Err(Refusal { status: 401, detail: "a valid session or token is required" })
}

async fn refuse(mut socket: WebSocket, refusal: Refusal) {
    let frame = LiveFrame::Error { status: refusal.status, detail: refusal.detail.to_owned() };
    let close = CloseFrame { code: 4000 + refusal.status, reason: refusal.detail.into() };
    for message in [text_of(&frame), Message::Close(Some(close))] {
        if tokio::time::timeout(SEND_MAX, socket.send(message)).await.is_err() {
            return;
        }
    }
}

fn text_of(frame: &LiveFrame) -> Message {
    Message::Text(super::hub::text(frame))
}

struct Watching<'a> {
    shared: &'a Shared,
    site: SiteId,
    /// Who opened the socket.
    caller: Caller,
    credentials: Credentials,
}

impl Watching<'_> {
    /// The caller may view the site, by the directory and the sessions as they are now.
    fn check_again(&self) -> Result<(), Refusal> {
        let context = &self.shared.context;
        let (config, now) = (context.directory.snapshot(), context.clock.now());
        check(&self.shared.authenticator.again(&self.caller, &config, &self.credentials, now), self.site)
    }

    /// Sends frames until the socket closes, or its rights end.
    async fn send_frames(&self, socket: &mut WebSocket) -> Option<Refusal> {
        let channel = self.shared.hub.watch(self.site);
        let mut latest = channel.latest();
        let mut directory = self.shared.context.directory.changes();
        let mut due = Due { sent: Instant::now().checked_sub(FRAME_MIN), latest_by: Instant::now() + FIRST_FRAME };
        loop {
            tokio::select! {
                message = socket.recv() => match message {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => continue,
                },
                () = due.next(&mut latest) => {}
                // Rights that end close the socket at once, not with its next frame.
                Ok(()) = directory.changed() => {
                    if let Err(refusal) = self.check_again() {
                        return Some(refusal);
                    }
                    continue;
                }
                () = self.shared.context.stop.cancelled() => return None,
            }
            if let Err(refusal) = self.check_again() {
                return Some(refusal);
            }
            let frame = latest.borrow_and_update().clone();
            // A reader that is slow is sent the state of the time when it is ready, nothing in between.
            match tokio::time::timeout(SEND_MAX, socket.send(Message::Text(frame.text()))).await {
                Ok(Ok(())) => self.shared.metrics.live_frames.inc(),
                _ => return None,
            }
            due = Due { sent: Some(Instant::now()), latest_by: Instant::now() + FRAME_MAX };
        }
    }
}

/// When the next frame is due: on a change, [`FRAME_MIN`] after the last at the earliest; without a change at `latest_by`.
struct Due {
    sent: Option<Instant>,
    latest_by: Instant,
}

impl Due {
    async fn next(&self, latest: &mut watch::Receiver<Arc<Shown>>) {
        let earliest = self.sent.map_or_else(Instant::now, |sent| sent + FRAME_MIN);
        let change = async {
            tokio::time::sleep_until(earliest.into()).await;
            if latest.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = change => {}
            () = tokio::time::sleep_until(self.latest_by.into()) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nagare_runtime::Clock;

    #[test]
    fn a_token_is_read_from_the_subprotocols() {
        let mut headers = HeaderMap::new();
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, "nagare.live, bearer.a.b-c_d".parse().unwrap());
        assert_eq!(token_of(&headers), Some("a.b-c_d".to_owned()));
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, "nagare.live".parse().unwrap());
        assert_eq!(token_of(&headers), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_is_sent_at_once_but_not_too_soon_after_the_last() {
        let idle = Arc::new(Shown::from(super::super::sum::Pulses::default().frame(SiteId(1), Clock::system().now())));
        let (sender, mut latest) = watch::channel(idle.clone());
        let began = tokio::time::Instant::now();
        let start = began.into_std();
        sender.send_replace(idle.clone());
        Due { sent: Some(start - FRAME_MIN), latest_by: start + FRAME_MAX }.next(&mut latest).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        sender.send_replace(idle);
        Due { sent: Some(start), latest_by: start + FRAME_MAX }.next(&mut latest).await;
        assert_eq!(began.elapsed(), FRAME_MIN);
        Due { sent: Some(start), latest_by: start + FRAME_MAX }.next(&mut latest).await;
        assert_eq!(began.elapsed(), FRAME_MAX);
    }
}

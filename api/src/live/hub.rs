//! One upstream subscription per watched site, however many sockets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use futures_util::StreamExt;
use nagare_schema::{LiveFrame, SiteId, UnixMillis, live_subject};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::sum::Pulses;
use crate::server::now;

/// Pause before a broken subscription is opened anew.
const OPEN_AGAIN: Duration = Duration::from_millis(500);

/// The latest state of every watched site.
pub(crate) struct Hub {
    nats: async_nats::Client,
    sites: Mutex<HashMap<SiteId, Weak<Channel>>>,
}

/// A watched site; when the last watcher goes, so does its subscription.
pub(crate) struct Channel {
    latest: watch::Receiver<LiveFrame>,
    _following: DropGuard,
}

impl Channel {
    /// The latest state, and every change of it.
    pub(crate) fn latest(&self) -> watch::Receiver<LiveFrame> {
        self.latest.clone()
    }
}

impl Hub {
    pub(crate) fn new(nats: async_nats::Client) -> Self {
        Self { nats, sites: Mutex::default() }
    }

    /// The channel of a site; watched for as long as somebody holds it.
    pub(crate) fn watch(&self, site: SiteId) -> Arc<Channel> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = sites.get(&site).and_then(Weak::upgrade) {
            return channel;
        }
        sites.retain(|_, channel| channel.strong_count() > 0);
        let stop = CancellationToken::new();
        let (sender, latest) = watch::channel(Pulses::default().frame(site, now()));
        tokio::spawn(follow(self.nats.clone(), site, sender, stop.clone()));
        let channel = Arc::new(Channel { latest, _following: stop.drop_guard() });
        sites.insert(site, Arc::downgrade(&channel));
        channel
    }
}

async fn follow(nats: async_nats::Client, site: SiteId, sender: watch::Sender<LiveFrame>, stop: CancellationToken) {
    let mut pulses = Pulses::default();
    loop {
        if let Ok(mut subscription) = nats.subscribe(live_subject(site)).await {
            loop {
                let message = tokio::select! {
                    () = stop.cancelled() => return,
                    message = subscription.next() => message,
                };
                let Some(message) = message else { break };
                if let Ok(pulse) = serde_json::from_slice(&message.payload) {
                    pulses.take(pulse);
                    sender.send_replace(pulses.frame(site, now()));
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(OPEN_AGAIN) => {}
        }
    }
}

/// The state with the time of its sending, where nothing newer is known.
pub(crate) fn at_least(frame: LiveFrame, now: UnixMillis) -> LiveFrame {
    match frame {
        LiveFrame::Snapshot { site, visitors, hits_per_second, pages, referrers, countries, lag_ms, .. }
            if visitors.m30 == 0 =>
        {
            LiveFrame::Snapshot { site, at: now, visitors, hits_per_second, pages, referrers, countries, lag_ms }
        }
        frame => frame,
    }
}

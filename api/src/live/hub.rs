//! One upstream subscription per watched site, however many sockets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use nagare_runtime::Clock;
use nagare_schema::{LiveFrame, LivePulse, SiteId, live_subject};
use tokio::{sync::watch, time::MissedTickBehavior};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::sum::Pulses;

/// Pause before a broken subscription is opened anew.
const OPEN_AGAIN: Duration = Duration::from_millis(500);
/// The sum is made anew this often without a pulse, so that silent partitions stop counting.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Where pulses come from.
pub(crate) trait PulseSource: Send + Sync + 'static {
    /// The pulses of a site from now on; `None` when they cannot be had.
    fn pulses(&self, site: SiteId) -> BoxFuture<'_, Option<BoxStream<'static, LivePulse>>>;
}

impl PulseSource for async_nats::Client {
    fn pulses(&self, site: SiteId) -> BoxFuture<'_, Option<BoxStream<'static, LivePulse>>> {
        async move {
            let messages = self.subscribe(live_subject(site)).await.ok()?;
            let pulses = messages.filter_map(|message| async move { serde_json::from_slice(&message.payload).ok() });
            Some(pulses.boxed())
        }
        .boxed()
    }
}

/// The latest state of every watched site.
pub(crate) struct Hub {
    source: Arc<dyn PulseSource>,
    clock: Clock,
    sites: Mutex<HashMap<SiteId, Weak<Channel>>>,
}

/// A state, and its text, which is made once for all sockets.
pub(crate) struct Shown {
    frame: LiveFrame,
    text: OnceLock<Utf8Bytes>,
}

impl From<LiveFrame> for Shown {
    fn from(frame: LiveFrame) -> Self {
        Self { frame, text: OnceLock::new() }
    }
}

impl Shown {
    /// The frame as JSON.
    pub(crate) fn text(&self) -> Utf8Bytes {
        self.text.get_or_init(|| text(&self.frame)).clone()
    }
}

/// A frame as JSON.
pub(crate) fn text(frame: &LiveFrame) -> Utf8Bytes {
    serde_json::to_string(frame).unwrap_or_default().into()
}

/// A watched site; when the last watcher goes, so does its subscription.
pub(crate) struct Channel {
    latest: watch::Receiver<Arc<Shown>>,
    _following: DropGuard,
}

impl Channel {
    /// The latest state, and every change of it.
    pub(crate) fn latest(&self) -> watch::Receiver<Arc<Shown>> {
        self.latest.clone()
    }
}

impl Hub {
    pub(crate) fn new(source: impl PulseSource, clock: Clock) -> Self {
        Self { source: Arc::new(source), clock, sites: Mutex::default() }
    }

    /// The channel of a site; watched for as long as somebody holds it.
    pub(crate) fn watch(&self, site: SiteId) -> Arc<Channel> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = sites.get(&site).and_then(Weak::upgrade) {
            return channel;
        }
        sites.retain(|_, channel| channel.strong_count() > 0);
        let stop = CancellationToken::new();
        let (sender, latest) = watch::channel(Arc::new(Pulses::default().frame(site, self.clock.now()).into()));
        let (source, clock) = (self.source.clone(), self.clock.clone());
        let ended = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = follow(source, clock, site, sender) => {}
            }
        });
        let channel = Arc::new(Channel { latest, _following: stop.drop_guard() });
        sites.insert(site, Arc::downgrade(&channel));
        channel
    }
}

/// Keeps the sum of a site's pulses current, for ever.
async fn follow(source: Arc<dyn PulseSource>, clock: Clock, site: SiteId, sender: watch::Sender<Arc<Shown>>) {
    let mut pulses = Pulses::default();
    let mut ticks = tokio::time::interval(LOOK_AGAIN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut upstream = source.pulses(site).await.unwrap_or_else(|| stream::empty().boxed());
        loop {
            tokio::select! {
                pulse = upstream.next() => match pulse {
                    Some(pulse) => pulses.take(pulse),
                    None => break,
                },
                _ = ticks.tick() => {}
            }
            sender.send_replace(Arc::new(pulses.frame(site, clock.now()).into()));
        }
        tokio::time::sleep(OPEN_AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use nagare_schema::{LiveVisitors, Partition};
    use tokio::sync::broadcast;

    use super::*;

    /// Counts its subscriptions, and hands out what is sent.
    struct Fake {
        opened: Arc<AtomicUsize>,
        open: Arc<AtomicUsize>,
        pulses: broadcast::Sender<LivePulse>,
    }

    struct Open(Arc<AtomicUsize>);

    impl Drop for Open {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    impl PulseSource for Fake {
        fn pulses(&self, _: SiteId) -> BoxFuture<'_, Option<BoxStream<'static, LivePulse>>> {
            self.opened.fetch_add(1, Ordering::SeqCst);
            self.open.fetch_add(1, Ordering::SeqCst);
            let state = (self.pulses.subscribe(), Open(self.open.clone()));
            let pulses = stream::unfold(state, |mut state| async move {
                let pulse = state.0.recv().await.ok()?;
                Some((pulse, state))
            });
            async move { Some(pulses.boxed()) }.boxed()
        }
    }

    fn pulse(visitors: u64) -> LivePulse {
        LivePulse {
            site: SiteId(1),
            partition: Partition(0),
            at: Clock::system().now(),
            visitors: LiveVisitors { m1: visitors, m3: visitors, m5: visitors, m30: visitors },
            engaged: 0,
            hits_per_second: 0.0,
            pages: Vec::new(),
            sections: Vec::new(),
            referrers: Vec::new(),
            campaigns: Vec::new(),
            countries: Vec::new(),
            lag_ms: 0,
        }
    }

    fn visitors(shown: &Shown) -> u64 {
        match &shown.frame {
            LiveFrame::Snapshot { visitors, .. } => visitors.m30,
            LiveFrame::Error { .. } => panic!("a snapshot"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn sockets_of_a_site_share_one_subscription_that_ends_with_the_last() {
        let (opened, open, pulses) = (Arc::default(), Arc::default(), broadcast::Sender::new(8));
        let fake = Fake { opened: Arc::clone(&opened), open: Arc::clone(&open), pulses: pulses.clone() };
        let hub = Hub::new(fake, Clock::system());
        let (first, second) = (hub.watch(SiteId(1)), hub.watch(SiteId(1)));
        let mut latest = second.latest();
        while pulses.receiver_count() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        pulses.send(pulse(3)).unwrap();
        latest.wait_for(|frame| visitors(frame) == 3).await.unwrap();
        assert_eq!(visitors(&first.latest().borrow()), 3);
        assert_eq!((opened.load(Ordering::SeqCst), open.load(Ordering::SeqCst)), (1, 1));
        drop((first, latest));
        assert_eq!(open.load(Ordering::SeqCst), 1);
        drop(second);
        while open.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let again = hub.watch(SiteId(1));
        assert_eq!(visitors(&again.latest().borrow()), 0);
    }
}

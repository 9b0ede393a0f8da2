//! Ingest without brokers: a log in memory, salts in memory, a clock that stands still.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use bytes::Bytes;
use nagare_runtime::{AppendError, Clock};
use nagare_schema::{
    Config, Deployment, DropReason, Entity, Fact, Goal, Grant, GrantLevel, Hit, HitBatch, Partition, ProducerId, Site,
    SiteId, SiteKind, Token, TrackingFailure, UnixMillis, UnixSeconds, User, decode,
};
use prometheus::Registry;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{
    agents::Agents,
    append::Append,
    failures::Failures,
    http,
    intake::Intake,
    limit::Limits,
    metrics::Metrics,
    pipeline::Pipeline,
    place::Locator,
    queue::Queues,
    rules::RulesSource,
    salt::{Salts, fake::SaltMap},
    spool::{Spool, SpoolSpace},
    writer::{SpoolAccess, Writer},
};

/// When all hits arrive: 2023-11-14 22:13:20.
pub(crate) const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
/// A superuser's token.
pub(crate) const SUPER: &str = "0123456789abcdef0123456789abcdef";
/// A token with write access to site 1.
pub(crate) const WRITE: &str = "00000000000000000000000000writer";
/// A token with view access to site 1.
pub(crate) const VIEW: &str = "00000000000000000000000000viewer";
/// A superuser's token that is valid in a body only.
pub(crate) const SECURE: &str = "00000000000000000000000000secure";
/// A superuser's token that has expired.
pub(crate) const EXPIRED: &str = "0000000000000000000000000expired";

/// How the log behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mood {
    /// Stores and confirms.
    #[default]
    Confirms,
    /// Stores the next append but does not say so, then confirms.
    LosesOneAnswer,
    /// Cannot be reached.
    Down,
    /// Never answers.
    Hangs,
}

#[derive(Default)]
pub(crate) struct LogState {
    pub(crate) mood: Mood,
    /// What was stored, in order, repeats included.
    pub(crate) stored: Vec<(Partition, HitBatch)>,
    pub(crate) tries: usize,
}

/// A log in memory.
#[derive(Clone, Default)]
pub(crate) struct FakeLog(Arc<Mutex<LogState>>);

impl FakeLog {
    pub(crate) fn state(&self) -> MutexGuard<'_, LogState> {
        self.0.lock().unwrap()
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.state().mood = mood;
    }

    /// The stored hits, in order.
    pub(crate) fn hits(&self) -> Vec<Hit> {
        self.state().stored.iter().flat_map(|(_, batch)| batch.hits.clone()).collect()
    }

    /// Producer counters of the stored batches, in order.
    pub(crate) fn counters(&self) -> Vec<u64> {
        self.state().stored.iter().map(|(_, batch)| batch.counter).collect()
    }
}

impl Append for FakeLog {
    async fn append(&self, partition: Partition, payload: Bytes) -> Result<(), AppendError> {
        let mood = {
            let mut state = self.state();
            state.tries += 1;
            let mood = state.mood;
            if matches!(mood, Mood::Confirms | Mood::LosesOneAnswer) {
                state.stored.push((partition, decode(HitBatch::VERSION, &payload).unwrap()));
                state.mood = Mood::Confirms;
            }
            mood
        };
        match mood {
            Mood::Confirms => Ok(()),
            Mood::LosesOneAnswer | Mood::Down => Err(AppendError::Unanswered("test".to_owned())),
            Mood::Hangs => std::future::pending().await,
        }
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// A running ingest.
pub(crate) struct Stage {
    pub(crate) log: FakeLog,
    pub(crate) intake: Arc<Intake<Arc<SaltMap>>>,
    pub(crate) draining: CancellationToken,
    pub(crate) writers: JoinSet<()>,
    /// What is to be noted of requests that could not be believed.
    pub(crate) failures: mpsc::Receiver<TrackingFailure>,
    folder: TempDir,
}

impl Stage {
    /// One with two sites, a goal, and tokens.
    pub(crate) fn new() -> Self {
        Self::with(config(|_| {}), u64::MAX)
    }

    /// One with another directory and bound of the spool.
    pub(crate) fn with(config: Config, spool_bytes_max: u64) -> Self {
        let (queues, inboxes) = Queues::new(config.partitions());
        let metrics = Arc::new(Metrics::register(&Registry::new()).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let (log, draining) = (FakeLog::default(), CancellationToken::new());
        let space = SpoolSpace::new(spool_bytes_max, metrics.spool_bytes.clone());
        let mut writers = JoinSet::new();
        for (number, inbox) in inboxes.into_iter().enumerate() {
            let writer = Writer {
                partition: Partition(number as u16),
                log: log.clone(),
                spool: SpoolAccess::new(Spool::open(&folder.path().join(number.to_string()), &space).unwrap()),
                producer: ProducerId(7),
                inbox,
                metrics: metrics.clone(),
                draining: draining.clone(),
                counter: 0,
                waiting: None,
            };
            writers.spawn(writer.run());
        }
        let pipeline = Pipeline {
            rules: RulesSource::new(watch::channel(Arc::new(config)).1),
            salts: Salts::new(Arc::default()),
            locator: Locator::open(None),
            agents: Agents::open(None),
        };
        let (noted, failures) = Failures::new();
        let intake = Arc::new(Intake {
            pipeline,
            queues,
            metrics,
            refusals: Arc::default(),
            failures: noted,
            clock: Clock::fixed(NOW),
            limits: Limits::of(0, 0),
            in_flight: Semaphore::new(16),
            body_room: Semaphore::new(http::LARGE_KIB_MAX),
        });
        Self { log, intake, draining, writers, failures, folder }
    }

    pub(crate) fn router(&self) -> Router {
        http::router(self.intake.clone())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        answer(self.router(), request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        let form = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(form.body(body.into()).unwrap()).await
    }

    pub(crate) fn dropped(&self, reason: DropReason) -> u64 {
        self.intake.metrics.dropped(reason)
    }

    /// Received = accepted + dropped.
    pub(crate) fn assert_balanced(&self) {
        let metrics = &self.intake.metrics;
        let dropped: u64 = DropReason::ALL.into_iter().map(|reason| metrics.dropped(reason)).sum();
        assert_eq!(metrics.received.get(), metrics.accepted.get() + dropped);
    }

    /// Ends the writers and gives the spool folder to look into.
    pub(crate) async fn drain(mut self) -> TempDir {
        self.draining.cancel();
        while self.writers.join_next().await.is_some() {}
        self.folder
    }
}

pub(crate) async fn answer(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A directory with two sites, goal 1 of site 1, and the tokens above; changed by `change`.
pub(crate) fn config(change: impl FnOnce(&mut Config)) -> Config {
    let mut config = Config::default();
    let mut put = |entity: Entity| config.apply(1, &entity.key(), Some(entity));
    put(Entity::Deployment(Deployment { partitions: 2, secret: "secret".to_owned(), created_at: NOW }));
    for (id, kind) in [(1, SiteKind::Website), (2, SiteKind::Intranet)] {
        let urls = vec!["http://site.example".to_owned()];
        put(Entity::Site(Site { id: SiteId(id), urls, kind, created_at: UnixSeconds(0), ..Site::default() }));
    }
    put(Entity::Goal(SiteId(1), Goal { id: 1, ..Goal::default() }));
    put(Entity::Goal(SiteId(1), Goal { id: 2, deleted: true, ..Goal::default() }));
    for (login, token) in [("root", SUPER), ("writer", WRITE), ("viewer", VIEW), ("root", SECURE), ("root", EXPIRED)] {
        put(Entity::User(User { login: login.to_owned(), superuser: login == "root", ..User::default() }));
        put(Entity::Token(Token {
            hash: format!("{:x}", Sha256::digest(token)),
            login: login.to_owned(),
            description: String::new(),
            created_at: NOW,
            expires_at: (token == EXPIRED).then_some(UnixMillis(NOW.0 - 1)),
            secure_only: token == SECURE,
            scope: nagare_schema::Scope::default(),
        }));
    }
    for (login, level) in [("writer", GrantLevel::Write), ("viewer", GrantLevel::View)] {
        put(Entity::Grant(Grant { login: login.to_owned(), site: SiteId(1), level }));
    }
    change(&mut config);
    config
}

/// Changes site 1.
pub(crate) fn change_site(config: &mut Config, change: impl FnOnce(&mut Site)) {
    change(Arc::make_mut(config.sites.get_mut(&SiteId(1)).unwrap()));
}

//! A site and its visitors, for tests: hits go in, visits, actions and conversions are read.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use nagare_processor::{Enricher, Lookups, Previous, ReferrerLists, State, decide};
use nagare_schema::{
    Action, Client, Config, ConfigId, Conversion, Cursor, Entity, Goal, GoalId, Hit, HitId, HitKind, Identity,
    LocalTime, Partition, Place, Site, SiteId, Timings, UnixMillis, UnixSeconds, Visit, VisitEvent, VisitId, VisitorId,
};

static LISTS: LazyLock<Arc<ReferrerLists>> = LazyLock::new(|| Arc::new(ReferrerLists::embedded().unwrap()));

/// 2024-05-01 12:00:00 UTC.
pub const NOON: i64 = 1_714_564_800;

/// A page view of `http://shop.example/<path>` by visitor `aa…` at `seconds` after noon.
pub fn page(path: &str, seconds: i64) -> Hit {
    let at = UnixSeconds(NOON + seconds);
    Hit {
        site: SiteId(1),
        at,
        received_at: UnixMillis(at.0 * 1000),
        visitor: Some(VisitorId(0xaa)),
        identity: Identity::Cookie,
        config_id: ConfigId(1),
        user_id: None,
        new_visit: false,
        kind: HitKind::PageView,
        url: Some(format!("http://shop.example/{path}").into()),
        title: Some(format!("Title {path}").into()),
        referrer: None,
        pageview_id: None,
        timings: Timings::default(),
        client: Arc::new(Client { user_agent: "UA".into(), resolution: "unknown".into(), ..Client::default() }),
        local_time: LocalTime(0),
        place: Arc::new(Place { country: "xx".into(), ..Place::default() }),
        place_forced: false,
        address: None,
        revenue: None,
        campaign: BTreeMap::new(),
        attribution: None,
        dimensions: BTreeMap::new(),
        visit_variables: BTreeMap::new(),
        page_variables: BTreeMap::new(),
        product: None,
        bandwidth: None,
        charset: None,
        bot: None,
    }
}

/// The same visitor doing something else.
pub fn hit(kind: HitKind, seconds: i64) -> Hit {
    Hit { kind, title: None, ..page("", seconds) }
}

/// What a run of hits led to.
pub struct Shop {
    pub config: Config,
    pub state: State,
    pub events: Vec<VisitEvent>,
    pub orders: HashSet<(SiteId, u64)>,
    pub previous: HashMap<(SiteId, VisitorId), Previous>,
    enricher: Enricher,
    next: u64,
}

impl Shop {
    pub fn new() -> Self {
        Self::with(Site {
            id: SiteId(1),
            urls: vec!["http://shop.example".into()],
            search_keyword_parameters: vec!["q".into()],
            ..Site::default()
        })
    }

    pub fn with(site: Site) -> Self {
        let mut shop = Self {
            config: Config::default(),
            state: State::default(),
            events: Vec::new(),
            orders: HashSet::new(),
            previous: HashMap::new(),
            enricher: Enricher::new(LISTS.clone(), None),
            next: 1,
        };
        shop.configure(Entity::Site(site));
        shop
    }

    pub fn configure(&mut self, entity: Entity) {
        let revision = self.config.revision + 1;
        self.config.apply(revision, &entity.key(), Some(entity));
        self.enricher.rules.turn_to(&Arc::new(self.config.clone()));
    }

    pub fn goal(&mut self, goal: Goal) {
        self.configure(Entity::Goal(SiteId(1), goal));
    }

    pub fn send(&mut self, hits: impl IntoIterator<Item = Hit>) -> &mut Self {
        for hit in hits {
            let id = HitId::new(Partition(0), self.next, 0).unwrap();
            let received_at = hit.received_at;
            let enriched = self.enricher.enrich(id, Arc::new(hit));
            let lookups = Lookups { previous: &self.previous, orders: &self.orders, lists: self.enricher.lists() };
            let events = decide(&self.state, &enriched, &lookups);
            for event in &events {
                self.state.evolve(event);
            }
            self.state.commit(Cursor { sequence: self.next, hits: 1, complete: true }, received_at);
            self.events.extend(events);
            self.next += 1;
        }
        self
    }

    /// Visits by start, then id.
    pub fn visits(&self) -> Vec<Arc<Visit>> {
        let mut visits: Vec<_> = self.state.visits().cloned().collect();
        visits.sort_by_key(|visit| (visit.first_at, visit.id));
        visits
    }

    /// The only visit.
    pub fn visit(&self) -> Arc<Visit> {
        let visits = self.visits();
        assert_eq!(visits.len(), 1, "one visit expected");
        visits[0].clone()
    }

    pub fn actions(&self) -> Vec<&Action> {
        let recorded = self.events.iter().filter_map(|event| match event {
            VisitEvent::ActionRecorded(action) => Some(action.as_ref()),
            _ => None,
        });
        recorded.collect()
    }

    /// Conversions as they stand, by visit, goal and buster.
    pub fn conversions(&self) -> Vec<Arc<Conversion>> {
        let mut standing: BTreeMap<(VisitId, GoalId, u64), Arc<Conversion>> = BTreeMap::new();
        for event in &self.events {
            if let VisitEvent::ConversionChanged { before, after } = event {
                if let Some(before) = before {
                    standing.remove(&(before.visit, before.goal, before.buster));
                }
                standing.insert((after.visit, after.goal, after.buster), after.clone());
            }
        }
        standing.into_values().collect()
    }

    /// The visit that the last hit was accepted into.
    pub fn last_accepted(&self) -> Option<VisitId> {
        let accepted = |event: &VisitEvent| match event {
            VisitEvent::HitAccepted { visit, .. } => Some(*visit),
            _ => None,
        };
        self.events.iter().rev().find_map(accepted).flatten()
    }
}

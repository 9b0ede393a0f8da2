//! Hits as the log holds them, for measuring the core without a log.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context as _;
use nagare_processor::{EnrichedHit, Enricher, ReferrerLists};
use nagare_schema::{
    Client, Config, ConfigId, Entity, Fact, Hit, HitBatch, HitId, HitKind, Identity, LocalTime, Partition, Place,
    ProducerId, Site, SiteId, Timings, UnixMillis, UnixSeconds, VisitorId, decode, encode,
};

/// 2024-05-01 12:00:00 UTC: a run of some minutes crosses no midnight.
pub(super) const BEGIN: i64 = 1_714_564_800;
const HITS_PER_BATCH: u32 = 500;
const PAGES: u32 = 2000;
/// Of browsers that are often seen.
pub(super) const USER_AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
];

/// Traffic of one partition, read as the processor reads it: from encoded messages.
pub(super) struct Traffic {
    pub(super) lists: Arc<ReferrerLists>,
    pub(super) enricher: Enricher,
    sequence: u64,
}

impl Traffic {
    pub(super) fn new() -> anyhow::Result<Self> {
        let lists = Arc::new(ReferrerLists::embedded()?);
        let mut enricher = Enricher::new(lists.clone(), None);
        enricher.rules.turn_to(&Arc::new(config()));
        Ok(Self { lists, enricher, sequence: 0 })
    }

    /// The hits numbered `first` to `first + HITS_PER_BATCH` among `visitors` visitors who take turns,
    /// as one message, decoded and enriched.
    pub(super) fn batch(&mut self, first: u32, visitors: u32) -> anyhow::Result<Vec<EnrichedHit>> {
        let hits = (first..first + HITS_PER_BATCH).map(|number| hit(number, visitors)).collect();
        let batch = HitBatch { producer: ProducerId(1), counter: self.sequence + 1, config_revision: 0, hits };
        let bytes = encode(&batch)?;
        let read: HitBatch = decode(HitBatch::VERSION, &bytes)?;
        self.sequence += 1;
        let sequence = self.sequence;
        let enriched = read.hits.into_iter().zip(0..).map(|(hit, index)| {
            let id = HitId::new(Partition(0), sequence, index).context("a position that does not fit")?;
            Ok(self.enricher.enrich(id, Arc::new(hit)))
        });
        enriched.collect()
    }

    /// All hits up to `count`.
    pub(super) fn hits(&mut self, count: u32, visitors: u32) -> anyhow::Result<Vec<EnrichedHit>> {
        let mut all = Vec::with_capacity(count as usize);
        for first in (0..count).step_by(HITS_PER_BATCH as usize) {
            all.extend(self.batch(first, visitors)?);
        }
        Ok(all)
    }

    /// How many hits a batch has.
    pub(super) fn batch_hits() -> u32 {
        HITS_PER_BATCH
    }
}

/// Four sites.
pub(super) fn config() -> Config {
    let mut config = Config::default();
    for id in 1..=4 {
        let site = Site { id: SiteId(id), urls: vec!["https://www.daily.example".to_owned()], ..Site::default() };
        let entity = Entity::Site(site);
        config.apply(u64::from(id), &entity.key(), Some(entity));
    }
    config
}

fn hit(number: u32, visitors: u32) -> Hit {
    let visitor = number % visitors;
    let page = number.wrapping_mul(2_654_435_761) % PAGES;
    let at = UnixSeconds(BEGIN + i64::from(number / 2000));
    Hit {
        site: SiteId(1 + visitor % 4),
        at,
        received_at: UnixMillis(at.0 * 1000),
        visitor: Some(VisitorId(u64::from(visitor).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)),
        identity: Identity::Cookie,
        config_id: ConfigId(u64::from(visitor).wrapping_mul(0xbf58_476d_1ce4_e5b9)),
        user_id: None,
        new_visit: false,
        kind: HitKind::PageView,
        url: Some(format!("https://www.daily.example/section-{}/story-{page}", page % 12).into()),
        title: Some(format!("Story {page} of the day").into()),
        referrer: (number < visitors).then(|| "https://www.google.com/".into()),
        pageview_id: Some(format!("{number:06}").into()),
        timings: Timings::default(),
        client: Arc::new(Client {
            user_agent: USER_AGENTS[visitor as usize % USER_AGENTS.len()].into(),
            hints: None,
            language: "en-us,en".into(),
            resolution: "1920x1080".into(),
            plugins: 0b1000_0100,
        }),
        local_time: LocalTime(43_200),
        place: Arc::new(Place { country: "us".into(), ..Place::default() }),
        place_forced: false,
        address: Some("203.0.0.0".into()),
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

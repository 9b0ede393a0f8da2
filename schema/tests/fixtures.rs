//! Every version of a fact that was ever written is read forever. A new version adds a fixture; the
//! old ones stay as they are. `BLESS=1 cargo test` writes fixtures that do not exist.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use nagare_schema::{
    Action, ActionKind, Bot, BotRule, Client, ConfigId, Conversion, Cursor, Day, Device, EventBatch, EventDetail, Fact,
    GoalId, Hit, HitBatch, HitId, HitKind, Identity, LocalTime, PageTimed, PageUrl, Partition, Place, ProducerId,
    ProducerMark, Referrer, ReferrerKind, Returning, SiteId, Timings, UnixMillis, UnixSeconds, UrlPrefix, Visit,
    VisitEvent, VisitId, VisitorId, decode, encode,
};

fn check<T: Fact + PartialEq + std::fmt::Debug>(version: u16, expected: &T) {
    let name = format!("{}.v{version}.msgpack", T::NAME);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    if std::env::var_os("BLESS").is_some() && !path.exists() {
        assert_eq!(version, T::VERSION, "only the newest version is written");
        std::fs::write(&path, encode(expected).unwrap()).unwrap();
    }
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(&decode::<T>(version, &bytes).unwrap(), expected);
    assert!(decode::<T>(T::VERSION + 1, &bytes).is_err(), "a newer version is refused, not guessed");
}

fn id(index: u32) -> HitId {
    HitId::new(Partition(3), 17, index).unwrap()
}

fn page_url() -> PageUrl {
    PageUrl { name: "shop.example/a".into(), prefix: UrlPrefix::HttpsWww }
}

fn place() -> Arc<Place> {
    Arc::new(Place { country: "de".into(), region: "be".into(), latitude: Some(52.5), ..Place::default() })
}

fn hit() -> Hit {
    let event = EventDetail { category: "c".into(), action: "a".into(), name: Some("n".into()), value: Some(1.5) };
    Hit {
        site: SiteId(1),
        at: UnixSeconds(1_714_564_800),
        received_at: UnixMillis(1_714_564_800_123),
        visitor: Some(VisitorId(0xaa)),
        identity: Identity::User,
        config_id: ConfigId(0xbb),
        user_id: Some("u".into()),
        new_visit: false,
        kind: HitKind::Event(Box::new(event)),
        url: Some("https://www.shop.example/a".into()),
        title: Some("A".into()),
        referrer: Some("https://r.example/".into()),
        pageview_id: Some("abcdef".into()),
        timings: Timings { network: Some(3), ..Timings::default() },
        client: Arc::new(Client { user_agent: "UA".into(), plugins: 5, ..Client::default() }),
        local_time: LocalTime(3600),
        place: place(),
        place_forced: true,
        address: Some("10.0.0.0".into()),
        revenue: Some(9.5),
        campaign: BTreeMap::from([("mtm_campaign".to_owned(), "x".to_owned())]),
        attribution: None,
        dimensions: BTreeMap::from([(1, "v".into())]),
        visit_variables: BTreeMap::from([(1, ("n".into(), "v".into()))]),
        page_variables: BTreeMap::new(),
        product: None,
        bandwidth: Some(100),
        charset: None,
        bot: None,
    }
}

fn visit() -> Visit {
    Visit {
        id: VisitId::from(id(0)),
        revision: id(1),
        site: SiteId(1),
        visitor: VisitorId(0xaa),
        config_id: ConfigId(0xbb),
        user_id: Some("u".into()),
        address: None,
        first_at: UnixSeconds(1_714_564_800),
        last_at: UnixSeconds(1_714_564_860),
        touched_at: UnixMillis(1_714_564_860_123),
        day: Day(19_844),
        start_hour: 12,
        total_time: 61,
        actions: 2,
        interactions: 1,
        searches: 0,
        events: 1,
        entry_url: Some(page_url()),
        entry_title: Some("A".into()),
        exit_url: Some(page_url()),
        exit_title: None,
        exit_is_search: false,
        returning: Returning::Customer,
        visit_count: 2,
        seconds_since_first: Some(7200),
        seconds_since_last: Some(3600),
        seconds_since_order: None,
        converted: true,
        buyer: 1,
        goals: Arc::from([GoalId(1)]),
        profilable: true,
        local_time: LocalTime(3600),
        referrer: Arc::new(Referrer { kind: ReferrerKind::Website, name: "r.example".into(), ..Referrer::default() }),
        device: Arc::new(device()),
        place: place(),
        custom: None,
    }
}

fn device() -> Device {
    Device {
        kind: Some(1),
        brand: "AP".into(),
        model: "iPhone".into(),
        system: "IOS".into(),
        system_version: "17.4".into(),
        browser: "SF".into(),
        browser_version: "17.4".into(),
        engine: "WebKit".into(),
        client_kind: Some(1),
        resolution: "390x844".into(),
        plugins: 128,
        language: "de-de".into(),
    }
}

fn action() -> Action {
    Action {
        id: id(1),
        visit: VisitId::from(id(0)),
        site: SiteId(1),
        visitor: VisitorId(0xaa),
        at: UnixSeconds(1_714_564_860),
        day: Day(19_844),
        hour: 12,
        kind: ActionKind::Event,
        url: Some(page_url()),
        name: Some("n".into()),
        previous_url: Some(page_url()),
        previous_name: Some("A".into()),
        follows_search: true,
        time_spent_before: 60,
        position: Some(1),
        pageview_id: Some("abcdef".into()),
        timings: Timings::default(),
        search: None,
        event: Some(Box::new(EventDetail { category: "c".into(), action: "a".into(), name: None, value: None })),
        content: None,
        product: None,
        dimensions: BTreeMap::new(),
        variables: BTreeMap::new(),
        bandwidth: None,
    }
}

fn page_timed() -> PageTimed {
    PageTimed {
        revision: id(1),
        action: id(0),
        visit: VisitId::from(id(0)),
        site: SiteId(1),
        day: Day(19_844),
        url: Some(page_url()),
        name: Some("A".into()),
        before: Timings::default(),
        after: Timings { on_load: Some(30), ..Timings::default() },
    }
}

fn conversion() -> Conversion {
    Conversion {
        site: SiteId(1),
        visit: VisitId::from(id(0)),
        goal: GoalId(1),
        buster: 0,
        revision: id(1),
        visitor: VisitorId(0xaa),
        at: UnixSeconds(1_714_564_860),
        day: Day(19_844),
        hour: 12,
        url: Some(page_url()),
        action: Some(id(1)),
        order: None,
        revenue: 9.5,
        subtotal: None,
        tax: None,
        shipping: None,
        discount: None,
        items: Vec::new(),
        pageviews_before: Some(1),
        returning: Returning::Returning,
        visit_count: 2,
        seconds_since_first: Some(7200),
        seconds_since_order: None,
        referrer: Arc::default(),
        device: Arc::new(device()),
        place: place(),
        custom: None,
    }
}

#[test]
fn hits() {
    let batch = HitBatch { producer: ProducerId(7), counter: 3, config_revision: 12, hits: vec![hit()] };
    for version in 1..=2 {
        check(version, &batch);
    }
    check(1, &hit());
    let told = Hit { bot: Some(Bot { rule: BotRule::Network, version: 7 }), ..hit() };
    check(2, &told);
    check(3, &HitBatch { hits: vec![told], ..batch });
}

#[test]
fn events() {
    let after = Arc::new(visit());
    let mut batch = EventBatch {
        from: Cursor { sequence: 16, hits: 4, complete: true },
        to: Cursor { sequence: 17, hits: 2, complete: false },
        clock: UnixMillis(1_714_564_860_123),
        producers: vec![ProducerMark { producer: ProducerId(7), counter: 3, seen_at: UnixMillis(5) }],
        events: vec![
            VisitEvent::HitAccepted { id: id(1), visit: Some(after.id), hit: Arc::new(hit()) },
            VisitEvent::VisitChanged { before: None, after },
            VisitEvent::ActionRecorded(Arc::new(action())),
            VisitEvent::ConversionChanged { before: None, after: Arc::new(conversion()) },
        ],
        rebuild: None,
    };
    for version in 1..=2 {
        check(version, &batch);
    }
    batch.events.push(VisitEvent::PageTimed(Box::new(page_timed())));
    check(3, &batch);
    let bot = Hit { bot: Some(Bot { rule: BotRule::Network, version: 7 }), ..hit() };
    batch.events.push(VisitEvent::HitAccepted { id: id(2), visit: None, hit: Arc::new(bot) });
    check(4, &batch);
    batch.events.extend(changes());
    check(5, &batch);
}

/// A visit that goes on, and one that becomes another visitor's.
fn changes() -> [VisitEvent; 2] {
    let after = Arc::new(visit());
    let begun = Visit {
        revision: id(0),
        last_at: UnixSeconds(1_714_564_800),
        touched_at: UnixMillis(1_714_564_800_123),
        total_time: 0,
        actions: 1,
        interactions: 0,
        searches: 1,
        events: 0,
        exit_url: None,
        exit_title: Some("A".into()),
        exit_is_search: true,
        ..visit()
    };
    let stranger = Visit { visitor: VisitorId(0xcc), ..begun.clone() };
    [begun, stranger].map(|before| VisitEvent::VisitChanged { before: Some(Arc::new(before)), after: after.clone() })
}

#[test]
fn a_visit_that_goes_on_is_written_once() {
    let bytes = changes().map(|change| {
        let batch = EventBatch {
            from: Cursor::default(),
            to: Cursor::default(),
            clock: UnixMillis(0),
            producers: Vec::new(),
            events: vec![change],
            rebuild: None,
        };
        rmp_serde::to_vec(&batch).unwrap()
    });
    let [little, much] = bytes.map(|bytes| bytes.len());
    assert!(little * 4 < much * 3, "{little} bytes where little changed, {much} where much did");
    let told = serde_json::to_value(&changes()[0]).unwrap();
    assert_eq!(told["visit_changed"]["before"]["visitor"], told["visit_changed"]["after"]["visitor"]);
}

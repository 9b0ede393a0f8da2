//! Every parser of what comes from outside. `tests/fuzz` holds a fuzz target for each; the tests
//! give each a bounded number of inputs.

use std::{cell::RefCell, sync::Arc};

use nagare_processor::{Enricher, Lookups, ReferrerLists, State, UrlRules, decide, normalise};
use nagare_schema::{
    Config, CustomDimension, DimensionScope, Entity, EventBatch, Extraction, ExtractionSource, Goal, GoalAttribute,
    HitBatch, HitId, Partition, PatternKind, Site, SiteId, decode,
};
use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};

/// A parser that bears any bytes: it does not panic, and ends soon.
#[derive(Debug, Clone, Copy)]
pub struct Parser {
    /// The name of its fuzz target.
    pub name: &'static str,
    /// Pieces of what it reads.
    pub words: &'static [&'static str],
    /// Reads an input and drops what it made of it.
    pub read: fn(&[u8]),
}

const FORM_WORDS: &[&str] = &[
    "url=",
    "http://site.example/a",
    "&",
    "=",
    "action_name=",
    "%",
    "%41",
    "%00",
    "+",
    "&amp;",
    "&#x41;",
    "&hellip;",
    "e_c=",
    "e_a=",
    "e_v=1e5",
    "idgoal=0",
    "ec_id=1",
    "ec_items=",
    "[[\"sku\",\"name\",[\"a\",\"b\"],1.5,2]]",
    "cdt=",
    "2023-11-14 20:00:00",
    "-1 day",
    "cip=",
    "search=",
    "_cvar=",
    "{\"1\":[\"a\",\"b\"]}",
    "dimension1=",
    "pf_srv=-2",
    "uadata=",
    "{\"brands\":[{\"brand\":\"x\",\"version\":\"1\"}]}",
    "uid=",
    "_id=0123456789abcdef",
    "cid=",
    "lang=",
    "de-DE,de;q=0.9",
    "c_n=",
    "urlref=",
    "https://www.google.com/search?q=a",
    "ping=1",
    "pv_id=abcdef",
    "link=",
    "[]=",
    "send_image=0",
    "\u{fffd}",
    "ä",
    "\n",
    "user-agent:Mozilla/5.0 (X11)",
    "cookie:",
    "sec-ch-ua:",
];

/// All of them.
pub const PARSERS: [Parser; 12] = [
    Parser { name: "ingest_form", words: FORM_WORDS, read: nagare_ingest::fuzz::form },
    Parser {
        name: "ingest_bulk",
        words: &[
            "{\"requests\":[",
            "]}",
            "\"?url=a&rec=1\"",
            ",",
            "{\"idsite\":1}",
            "null",
            "[",
            "]",
            "{",
            "}",
            "\"",
            ":",
            "\"token_auth\":",
            "\"send_image\":0",
            "1e999",
            "\\u0000",
            "\\ud800",
            "{\"requests\":[\"?a\"]}",
        ],
        read: nagare_ingest::fuzz::bulk,
    },
    Parser {
        name: "ingest_multipart",
        words: &[
            "--x",
            "--x--",
            "\r\n",
            "\r\n\r\n",
            "content-disposition: form-data; name=\"",
            "url",
            "\"",
            "; filename=\"a\"",
        ],
        read: nagare_ingest::fuzz::multipart,
    },
    Parser {
        name: "ingest_headers",
        words: &[
            "\n",
            "accept-language:",
            "de-DE",
            ",",
            ";q=0.5",
            "cookie:",
            "matomo_ignore=",
            "ignore%3DKg%3D%3D",
            "dnt:1",
            "sec-ch-ua:",
            "\"Chromium\";v=\"120\"",
            "sec-ch-ua-platform:",
            "\"",
            "\\",
            "x-requested-with:",
            "via:",
        ],
        read: nagare_ingest::fuzz::headers,
    },
    Parser { name: "visit", words: FORM_WORDS, read: visit },
    Parser {
        name: "page_url",
        words: &[
            "http://",
            "https://www.",
            "a.example",
            "/",
            "?",
            "#",
            "&",
            "=",
            ";",
            ":80",
            ":99999",
            "[]",
            "%5B",
            "%",
            "@",
            "utm_source=x",
            "sid=1",
            "javascript:",
            "..",
            "ä",
            " ",
        ],
        read: page_url,
    },
    Parser {
        name: "api_request",
        words: &["method=", "&", "=", "[", "]", "[0]", "%5B", "%", "idSite=1", "format=json", "\n", "+", "urls"],
        read: |input| nagare_api::fuzz::request(&String::from_utf8_lossy(input)),
    },
    Parser {
        name: "api_segment",
        words: &[
            "country",
            "==",
            "!=",
            "=@",
            "!@",
            "=^",
            "=$",
            ">",
            "<",
            ">=",
            ";",
            ",",
            "\\",
            "%",
            "%2C",
            "visitorId",
            "pageUrl",
            "actions",
            "de",
            "1",
            "dimension1",
            "visitConvertedGoalId",
            "null",
        ],
        read: |input| nagare_api::fuzz::segment(&String::from_utf8_lossy(input)),
    },
    Parser {
        name: "api_period",
        words: &["2024-05-01", ",", "last", "previous", "7", "today", "yesterday", "-", "0", "9999-12-31", "now", " "],
        read: |input| nagare_api::fuzz::period(&String::from_utf8_lossy(input)),
    },
    Parser { name: "hit_batch", words: &[], read: |input| _ = decode::<HitBatch>(2, input) },
    Parser { name: "event_batch", words: &[], read: |input| _ = decode::<EventBatch>(3, input) },
    Parser {
        name: "address_range",
        words: &["1.2.3.4", "/", "24", ".*", "::", "2001:db8", ":*", "*", "-", "ffff", "0"],
        read: |input| _ = nagare_runtime::AddressRange::parse(&String::from_utf8_lossy(input)),
    },
];

/// Reads an input with the parser of a name.
pub fn read(name: &str, input: &[u8]) {
    PARSERS.iter().filter(|parser| parser.name == name).for_each(|parser| (parser.read)(input));
}

/// Words and bytes in any order, at most about `pieces`.
pub fn input(random: &mut StdRng, words: &[&str], pieces: usize) -> Vec<u8> {
    let mut input = Vec::new();
    for _ in 0..random.random_range(0..=pieces) {
        match words.choose(random) {
            Some(word) if random.random_ratio(4, 5) => input.extend_from_slice(word.as_bytes()),
            _ => input.push(random.random()),
        }
    }
    input
}

fn page_url(input: &[u8]) {
    let rules = UrlRules::new(["sid", "/^utm_/"], true);
    let _ = normalise(&String::from_utf8_lossy(input), &rules);
}

/// From the request to the visit: judged, enriched, decided.
fn visit(input: &[u8]) {
    thread_local! {
        static ENRICHER: RefCell<Option<Enricher>> = RefCell::new(enricher());
    }
    let Some(hit) = nagare_ingest::fuzz::hit(input) else { return };
    let Ok(id) = HitId::new(Partition(0), 1, 0) else { return };
    ENRICHER.with_borrow_mut(|enricher| {
        let Some(enricher) = enricher else { return };
        let hit = enricher.enrich(id, Arc::new(hit));
        let (previous, orders) = Default::default();
        let lookups = Lookups { previous: &previous, orders: &orders, lists: enricher.lists() };
        let mut state = State::default();
        for event in decide(&state, &hit, &lookups) {
            state.evolve(&event);
        }
    });
}

/// By the rules of a site with goals and dimensions.
fn enricher() -> Option<Enricher> {
    let mut enricher = Enricher::new(Arc::new(ReferrerLists::embedded().ok()?), None);
    let mut config = Config::default();
    let extraction = Extraction { source: ExtractionSource::Url, pattern: "a(.*)b".to_owned() };
    let entities = [
        Entity::Site(Site { id: SiteId(1), urls: vec!["http://site.example".to_owned()], ..Site::default() }),
        Entity::Goal(
            SiteId(1),
            Goal {
                id: 1,
                attribute: GoalAttribute::Url,
                pattern_kind: PatternKind::Regex,
                pattern: "(a|b)*c".to_owned(),
                ..Goal::default()
            },
        ),
        Entity::Dimension(
            SiteId(1),
            CustomDimension {
                id: 1,
                scope: DimensionScope::Action,
                active: true,
                extractions: vec![extraction],
                ..CustomDimension::default()
            },
        ),
    ];
    for (revision, entity) in (1..).zip(entities) {
        config.apply(revision, &entity.key(), Some(entity));
    }
    enricher.rules.turn_to(&Arc::new(config));
    Some(enricher)
}

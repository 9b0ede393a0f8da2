//! What a hit costs before it is appended: parsing, rules, encoding. Time on the processor, so that
//! other work of the machine counts less: `cargo test --release -p nagare-ingest speed -- --nocapture`.

use axum::http::HeaderMap;
use nagare_schema::{HitBatch, ProducerId, encode};

use super::{AGENT, Browser};
use crate::{
    fake::NOW,
    http::envelope,
    params::{BulkBody, Params},
};

const HITS: u32 = 20_000;
/// Far above what is measured on an idle machine.
const JUDGE_US_MAX: f64 = 15.0;
/// A build without optimisation, asked for by this variable of cargo, says nothing about speed.
const IS_OPTIMISED: bool = option_env!("CARGO_PROFILE_RELEASE_OPT_LEVEL").is_none();

/// What matomo.js sends for a page view.
const PAGE_VIEW: &str = "action_name=Shoes%20%26%20more&idsite=1&rec=1&r=123456&h=10&m=11&s=12\
    &url=https%3A%2F%2Fshop.example%2Fproducts%2Fshoes%3Fcolor%3Dred&urlref=https%3A%2F%2Fshop.example%2F\
    &_id=1234567890abcdef&_idn=1&send_image=0&_refts=0&pv_id=AbC123&pf_net=5&pf_srv=120&pf_tfr=10&pf_dm1=200&pf_dm2=300\
    &pf_onl=1&uadata=%7B%22brands%22%3A%5B%7B%22brand%22%3A%22Chromium%22%2C%22version%22%3A%22124%22%7D%5D%7D\
    &pdf=1&qt=0&realp=0&wma=0&fla=0&java=0&ag=0&cookie=1&res=1920x1080";

/// Nanoseconds that this thread was on a processor.
fn processor_ns() -> f64 {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    statistics.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0.0)
}

fn micros(begun: f64) -> f64 {
    (processor_ns() - begun) / 1000.0 / f64::from(HITS)
}

#[tokio::test]
async fn a_hit_is_judged_in_microseconds() {
    let browser = Browser::new();
    let pipeline = &browser.stage.intake.pipeline;
    let mut headers = HeaderMap::new();
    headers.insert("user-agent", AGENT.parse().unwrap());
    headers.insert("accept-language", "en-GB,en;q=0.9,de;q=0.8".parse().unwrap());
    let peer = Some([198, 51, 100, 77].into());
    let begun = processor_ns();
    let mut hits = Vec::new();
    for _ in 0..HITS {
        let envelope = envelope::read(&headers, peer, NOW);
        let params = Params::from_form(PAGE_VIEW.as_bytes());
        let rules = pipeline.rules.current();
        let accepted = pipeline.judge(&rules, &params, &envelope).await.unwrap();
        hits.push(accepted.hit);
        hits.truncate(100);
    }
    let judged = micros(begun);
    let begun = processor_ns();
    for _ in 0..HITS / 100 {
        let batch = HitBatch { producer: ProducerId(1), counter: 1, config_revision: 1, hits: hits.clone() };
        assert!(encode(&batch).unwrap().len() > 100);
    }
    println!("judge {judged:.2} us/hit, encode {:.2} us/hit", micros(begun));
    assert!(!IS_OPTIMISED || judged < JUDGE_US_MAX, "{judged} us");
}

#[test]
fn a_bulk_body_is_parsed_in_microseconds() {
    let requests: Vec<_> = (0..1000).map(|_| format!("?{PAGE_VIEW}")).collect();
    let body = serde_json::json!({ "requests": requests }).to_string();
    let begun = processor_ns();
    for _ in 0..HITS / 1000 {
        let bulk = BulkBody::parse(body.as_bytes()).unwrap();
        assert_eq!(bulk.requests.iter().filter(|element| !element.params().is_empty()).count(), 1000);
    }
    println!("bulk parse {:.2} us/hit", micros(begun));
}

//! What a hit costs before its visit is looked for: parsing, rules, enrichment, on one thread.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow};
use axum::http::HeaderMap;
use nagare_ingest::HitReader;
use nagare_schema::{HitId, Partition, UnixMillis};

use crate::workspace;

use super::{
    summary::{Bound, Summary, median},
    traffic::{BEGIN, Traffic, USER_AGENTS, config},
};

const HITS: u32 = 50_000;
/// Hits of one batch, about what a group commit takes under load.
const BATCH_HITS: usize = 200;
/// Hits of one bulk body.
const BULK_HITS: u32 = 1000;
const PAGES: u32 = 2000;
const ROUNDS: usize = 5;
/// Of a hit, with warm caches.
const CEILING_US: f64 = 5.0;

/// Reads and enriches what the tracker sends for page views, alone and in bulk.
pub(super) async fn measure(summary: &mut Summary) -> anyhow::Result<()> {
    let (mut reading, mut whole, mut bulk) = (Vec::new(), Vec::new(), Vec::new());
    let (reader, mut traffic, headers) =
        (HitReader::new(config(), Some(&workspace().join(".deps/devices"))), Traffic::new()?, headers()?);
    let queries: Vec<String> = (0..HITS).map(query).collect();
    let bodies: Vec<String> = queries.chunks(BULK_HITS as usize).map(body).collect();
    let at = UnixMillis(BEGIN * 1000);
    for _ in 0..ROUNDS {
        let (mut read, mut enriched) = (Duration::ZERO, Duration::ZERO);
        // In batches: a hit lives from its request to its batch, not for a whole run.
        let mut hits = Vec::with_capacity(BATCH_HITS);
        for (sequence, queries) in (1..).zip(queries.chunks(BATCH_HITS)) {
            let begun = Instant::now();
            for (query, headers) in queries.iter().zip(headers.iter().cycle()) {
                let hit = reader.read(query.as_bytes(), headers, at).await;
                hits.push(hit.map_err(|reason| anyhow!("dropped: {}", reason.label()))?);
            }
            read += begun.elapsed();
            let begun = Instant::now();
            for (hit, index) in hits.drain(..).zip(0..) {
                let id = HitId::new(Partition(0), sequence, index).context("a position that does not fit")?;
                traffic.enricher.enrich(id, Arc::new(hit));
            }
            enriched += begun.elapsed();
        }
        let (read, enriched) = (micros(read), micros(enriched));
        whole.push(read + enriched);
        reading.push(read);
        let begun = Instant::now();
        for body in &bodies {
            reader.read_bulk(body.as_bytes(), &headers[0], at).await.context("no bulk body")?;
        }
        bulk.push(micros(begun.elapsed()));
    }
    let note = "a page view's query, one thread, warm caches";
    summary.add("parse_and_enrich_microseconds", (median(whole), "us/hit"), Bound::Below(CEILING_US), note);
    summary.add("parse_microseconds", (median(reading), "us/hit"), Bound::None, "the part of it in ingest");
    summary.add("parse_bulk_microseconds", (median(bulk), "us/hit"), Bound::None, "the same in bodies of 1000 hits");
    Ok(())
}

fn micros(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1e6 / f64::from(HITS)
}

fn headers() -> anyhow::Result<Vec<HeaderMap>> {
    let of = |user_agent: &&str| {
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", user_agent.parse()?);
        headers.insert("accept-language", "en-GB,en;q=0.9,de;q=0.8".parse()?);
        Ok(headers)
    };
    USER_AGENTS.iter().map(of).collect()
}

/// What the tracker sends for a page view.
fn query(number: u32) -> String {
    let (page, visitor) = (number.wrapping_mul(2_654_435_761) % PAGES, number % 10_000);
    format!(
        "action_name=Story%20{page}%20%26%20more&idsite=1&rec=1&r={number}&h=10&m=11&s=12\
         &url=https%3A%2F%2Fwww.daily.example%2Fstory%2F{page}%3Fcolor%3Dred&urlref=https%3A%2F%2Fwww.google.com%2F\
         &_id={visitor:016x}&_idn=1&send_image=0&_refts=0&pv_id=AbC123&pf_net=5&pf_srv=120&pf_tfr=10&pf_dm1=200\
         &pf_dm2=300&pf_onl=1&pdf=1&qt=0&realp=0&wma=0&fla=0&java=0&ag=0&cookie=1&res=1920x1080\
         &uadata=%7B%22brands%22%3A%5B%7B%22brand%22%3A%22Chromium%22%2C%22version%22%3A%22141%22%7D%5D%7D"
    )
}

fn body(queries: &[String]) -> String {
    let requests: Vec<String> = queries.iter().map(|query| format!("?{query}")).collect();
    serde_json::json!({ "requests": requests }).to_string()
}

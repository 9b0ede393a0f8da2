use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use nagare_processor::{EnrichedHit, Lookups, ReferrerLists, State, decide};

use super::{
    summary::{Bound, Summary, median},
    traffic::Traffic,
};

const HITS: u32 = 300_000;
const VISITORS: u32 = 60_000;
const ROUNDS: usize = 5;
const FLOOR: f64 = 500_000.0;

/// The pure sessionizer on one thread: decide and evolve, of hits that are read and enriched.
pub(super) fn measure(summary: &mut Summary) -> anyhow::Result<()> {
    let mut traffic = Traffic::new()?;
    let begun = Instant::now();
    let hits = traffic.hits(HITS, VISITORS)?;
    let reading = f64::from(HITS) / begun.elapsed().as_secs_f64();
    let rates = (0..ROUNDS).map(|_| sessionize(&hits, &traffic.lists)).collect();
    let note = "decide and evolve, one thread, five hits a visit";
    summary.add("sessionizer_hits_per_second", (median(rates), "hits/s"), Bound::AtLeast(FLOOR), note);
    let note = "encode, decode and enrich, one thread: what comes before";
    summary.add("reading_hits_per_second", (reading, "hits/s"), Bound::None, note);
    Ok(())
}

fn sessionize(hits: &[EnrichedHit], lists: &ReferrerLists) -> f64 {
    let mut state = State::default();
    let (previous, orders) = (HashMap::new(), HashSet::new());
    let begun = Instant::now();
    for hit in hits {
        apply(&mut state, hit, &Lookups { previous: &previous, orders: &orders, lists });
    }
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(state.len(), VISITORS as usize, "every visitor has one visit");
    f64::from(HITS) / seconds
}

/// Advances the state by one hit.
pub(super) fn apply(state: &mut State, hit: &EnrichedHit, lookups: &Lookups<'_>) {
    for event in decide(state, hit, lookups) {
        state.evolve(&event);
    }
}

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::worker::Tally;

/// What a run did.
#[derive(Debug, Clone, Serialize)]
pub struct LoadSummary {
    /// Seed of the visitors.
    pub seed: u64,
    /// How long it took.
    pub seconds: f64,
    /// Requests tried.
    pub requests: u64,
    /// Hits in them.
    pub sent: u64,
    /// Hits answered with success.
    pub accepted: u64,
    /// Hits refused, by status, or `not_sent`.
    pub refused: BTreeMap<String, u64>,
    /// Hits without an answer: stored or not.
    pub unknown: u64,
    /// Accepted hits per second.
    pub rate: f64,
    /// Of answered requests, from when they were due.
    pub latency_ms: Latency,
    /// What the tables must show.
    pub expected: Expected,
}

/// Latencies in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Latency {
    /// Median.
    pub p50: f64,
    /// 99 of 100 are at most this.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// What the accepted hits of all certain visitors must make.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Expected {
    /// Visitors counted here.
    pub visitors: u64,
    /// Visitors left out, because a hit of theirs had no answer.
    pub uncertain_visitors: u64,
    /// Visits.
    pub visits: u64,
    /// Actions.
    pub actions: u64,
    /// Hits in the archive.
    pub hits: u64,
}

impl LoadSummary {
    pub(super) fn new(seed: u64, seconds: f64, tally: Tally) -> Self {
        let refused: u64 = tally.refused.values().sum();
        Self {
            seed,
            seconds,
            requests: tally.requests,
            sent: tally.accepted + refused + tally.unknown,
            accepted: tally.accepted,
            unknown: tally.unknown,
            rate: tally.accepted as f64 / seconds,
            latency_ms: latency(tally.latencies),
            expected: expected(&tally.visitors),
            refused: tally.refused,
        }
    }
}

fn expected(visitors: &[super::visitor::Visitor]) -> Expected {
    let mut expected = Expected::default();
    for visitor in visitors.iter().filter(|visitor| !visitor.accepted.is_empty() || !visitor.unknown.is_empty()) {
        if !visitor.certain {
            expected.uncertain_visitors += 1;
            continue;
        }
        expected.visitors += 1;
        expected.hits += visitor.accepted.len() as u64;
        expected.visits += visitor.model.visits().len() as u64;
        expected.actions += visitor.model.visits().iter().map(|visit| u64::from(visit.actions)).sum::<u64>();
    }
    expected
}

fn latency(mut micros: Vec<u32>) -> Latency {
    micros.sort_unstable();
    let at = |per_cent: usize| {
        let index = micros.len() * per_cent / 100;
        micros.get(index.min(micros.len().saturating_sub(1))).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    };
    Latency { p50: at(50), p99: at(99), max: at(100) }
}

impl fmt::Display for LoadSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, accepted, unknown, seconds, rate, latency_ms, expected, .. } = self;
        writeln!(f, "sent      {sent} hits in {seconds:.1} s, {rate:.0} accepted per second")?;
        writeln!(f, "accepted  {accepted}")?;
        for (reason, count) in &self.refused {
            writeln!(f, "refused   {count} ({reason})")?;
        }
        writeln!(f, "unknown   {unknown}")?;
        writeln!(
            f,
            "latency   p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms",
            latency_ms.p50, latency_ms.p99, latency_ms.max
        )?;
        write!(
            f,
            "expected  {} visits with {} actions of {} visitors ({} more uncertain)",
            expected.visits, expected.actions, expected.visitors, expected.uncertain_visitors
        )
    }
}

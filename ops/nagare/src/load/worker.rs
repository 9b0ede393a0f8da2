//! One connection at work: plans hits of its visitors, sends them, and takes note of the answers.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use hyper::{StatusCode, body::Bytes};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::{
    client::{Client, Message, Reply, Target},
    model::Moment,
    pace::Pace,
    visitor::{Outcome, Planned, Population, Visitor},
};

/// Pause after a connection was refused.
const RECONNECT_PAUSE: Duration = Duration::from_millis(20);
/// Why a hit was refused that never left.
const NOT_SENT: &str = "not_sent";

/// What happened, so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) accepted: u64,
    pub(super) unknown: u64,
    /// By status, or `not_sent`.
    pub(super) refused: BTreeMap<String, u64>,
    /// Of answered requests, from when they were due; microseconds.
    pub(super) latencies: Vec<u32>,
    pub(super) visitors: Vec<Visitor>,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.accepted += other.accepted;
        self.unknown += other.unknown;
        for (reason, count) in other.refused {
            *self.refused.entry(reason).or_default() += count;
        }
        self.latencies.extend(other.latencies);
        self.visitors.extend(other.visitors);
    }
}

/// One connection and its visitors.
pub(super) struct Worker {
    target: Arc<Target>,
    pace: Arc<Pace>,
    population: Population,
    bulk: usize,
    present: Vec<Visitor>,
    turn: usize,
    tally: Tally,
}

impl Worker {
    pub(super) fn new(target: Arc<Target>, pace: Arc<Pace>, mut population: Population, bulk: usize) -> Self {
        let present = (0..population.at_once).map(|_| population.introduce()).collect();
        Self { target, pace, population, bulk, present, turn: 0, tally: Tally::default() }
    }

    /// Sends until the pace says it is over.
    pub(super) async fn run(mut self) -> Tally {
        let target = self.target.clone();
        let mut client = Client::new(&target);
        while let Some(due) = self.pace.next().await {
            let sent_at = unix_seconds();
            let (planned, message) = self.compose(sent_at);
            let reply = client.send(message).await;
            let moment = Moment { earliest: sent_at, latest: unix_seconds() };
            self.settle(&planned, due, moment, &reply);
            if matches!(reply, Reply::NotSent) && !self.pace.pause(RECONNECT_PAUSE).await {
                break;
            }
        }
        self.tally.visitors.append(&mut self.present);
        self.tally
    }

    /// The hits of the next request, each with the index of its visitor.
    fn compose(&mut self, now: i64) -> (Vec<(usize, Planned)>, Message) {
        if self.bulk > 1 {
            return self.compose_bulk(now);
        }
        let turn = self.next_visitor();
        let mut query = String::with_capacity(400);
        if let Some(token) = &self.target.token {
            query.push_str(&format!("token_auth={token}&"));
        }
        let visitor = &mut self.present[turn];
        let planned = visitor.plan(now, &mut query);
        let message = Message::Single(query, visitor.user_agent());
        (vec![(turn, planned)], message)
    }

    fn compose_bulk(&mut self, now: i64) -> (Vec<(usize, Planned)>, Message) {
        let mut planned = Vec::with_capacity(self.bulk);
        let mut requests = Vec::with_capacity(self.bulk);
        for _ in 0..self.bulk {
            let turn = self.next_visitor();
            let visitor = &mut self.present[turn];
            let mut query = String::with_capacity(500);
            query.push('?');
            planned.push((turn, visitor.plan(now, &mut query)));
            query.push_str("&ua=");
            query.extend(visitor.user_agent().chars().map(|c| if c == ' ' { '+' } else { c }));
            requests.push(query);
        }
        let mut body = json!({ "requests": requests, "send_image": 1 });
        if let Some(token) = &self.target.token {
            body["token_auth"] = json!(token);
        }
        (planned, Message::Bulk(body.to_string()))
    }

    /// The visitor whose turn it is; one who is done makes room for a new one.
    ///
    /// In a bulk request a visitor is settled only with its answer, so one that is done but not yet
    /// settled stays where it is: `is_done` turns true with the last planned hit.
    fn next_visitor(&mut self) -> usize {
        let turn = self.turn % self.present.len();
        self.turn += 1;
        turn
    }

    fn settle(&mut self, planned: &[(usize, Planned)], due: Instant, moment: Moment, reply: &Reply) {
        let outcome = self.judge(planned.len(), moment, reply);
        for (turn, hit) in planned {
            self.present[*turn].settle(*hit, outcome);
        }
        self.tally.requests += 1;
        let count = planned.len() as u64;
        match outcome {
            Outcome::Accepted(_) => self.tally.accepted += count,
            Outcome::Unknown => self.tally.unknown += count,
            Outcome::Refused => {
                let reason = match reply {
                    Reply::Answered(status, _) => status.as_str().to_owned(),
                    _ => NOT_SENT.to_owned(),
                };
                *self.tally.refused.entry(reason).or_default() += count;
            }
        }
        if let Reply::Answered(..) = reply {
            self.tally.latencies.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        for (turn, _) in planned {
            if self.present[*turn].is_done() {
                let newcomer = self.population.introduce();
                self.tally.visitors.push(std::mem::replace(&mut self.present[*turn], newcomer));
            }
        }
    }

    /// What a reply says about the hits of its request.
    fn judge(&self, hits: usize, moment: Moment, reply: &Reply) -> Outcome {
        match reply {
            Reply::NotSent => Outcome::Refused,
            Reply::Silence => Outcome::Unknown,
            Reply::Answered(status, body) if status.is_success() => {
                if self.bulk <= 1 || all_tracked(body, hits) {
                    Outcome::Accepted(moment)
                } else {
                    Outcome::Unknown
                }
            }
            Reply::Answered(status, _) if is_refusal(*status) => Outcome::Refused,
            Reply::Answered(..) => Outcome::Unknown,
        }
    }
}

/// A status by which the server says that it stored nothing.
fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE
}

/// Whether a bulk answer says that every hit was tracked.
fn all_tracked(body: &Bytes, hits: usize) -> bool {
    #[derive(Deserialize)]
    struct Answer {
        tracked: usize,
        invalid: usize,
    }
    serde_json::from_slice(body).is_ok_and(|answer: Answer| answer.invalid == 0 && answer.tracked == hits)
}

fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

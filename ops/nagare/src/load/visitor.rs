//! Made-up visitors: who they are, what they do next, and what came of it.

use std::{collections::VecDeque, fmt::Write as _};

use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

use super::{
    model::{Kind, Model, Moment},
    phrase::{EVENTS, FLAGS, KEYWORDS, LANGUAGES, PAGES_PER_SECTION, REFERRERS, SECTIONS, USER_AGENTS},
};

/// One in so many visitors was here earlier today; those hits are sent late, with their own time.
const ONE_IN_WAS_HERE: u32 = 7;
/// How long ago that was, seconds: longer than half an hour after the last hit of it.
const WAS_HERE_AGO: std::ops::Range<i64> = 2600..10_800;
/// Seconds between the hits of an earlier visit.
const EARLIER_STEP: std::ops::Range<i64> = 5..60;
/// Actions of a visit at most.
const ACTIONS_MAX: u32 = 12;

/// Which visitors a connection sends. Visitors are numbered, and each connection has every n-th,
/// so that the hits of a visitor are sent one after the other.
#[derive(Debug, Clone)]
pub(super) struct Population {
    pub(super) seed: u64,
    pub(super) sites: Vec<u32>,
    pub(super) first: u64,
    pub(super) step: u64,
    pub(super) at_once: usize,
    pub(super) utc_offset_seconds: i64,
}

impl Population {
    /// The next visitor.
    pub(super) fn introduce(&mut self) -> Visitor {
        let number = self.first;
        self.first += self.step;
        Visitor::new(self, number)
    }
}

/// A hit about to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned {
    pub(super) kind: Kind,
    /// Number of the hit among those of its visitor; sent as `pv_id`.
    pub(super) marker: u32,
    /// When it happened, if not now.
    pub(super) at: Option<i64>,
}

/// What became of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Answered with success, within this moment.
    Accepted(Moment),
    /// Answered with a refusal, or never sent.
    Refused,
    /// No answer, or one that says nothing: it may be stored.
    Unknown,
}

/// One made-up visitor.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) id: u64,
    pub(super) site: u32,
    device: u64,
    random: SmallRng,
    next_marker: u32,
    earlier: VecDeque<i64>,
    actions_left: u32,
    /// The next hit is the first of a visit.
    arriving: bool,
    /// Markers of hits that were accepted, and of those that may have been.
    pub(super) accepted: Vec<u32>,
    pub(super) unknown: Vec<u32>,
    /// False once it cannot be told exactly what the tables must show.
    pub(super) certain: bool,
    pub(super) model: Model,
}

impl Visitor {
    fn new(population: &Population, number: u64) -> Self {
        let id = mix(population.seed ^ mix(number + 1));
        let mut random = SmallRng::seed_from_u64(id);
        let actions_left = (1..ACTIONS_MAX).find(|_| random.random_ratio(1, 4)).unwrap_or(ACTIONS_MAX);
        let was_here = random.random_ratio(1, ONE_IN_WAS_HERE);
        Self {
            id,
            site: population.sites[(number % population.sites.len() as u64) as usize],
            device: mix(population.seed).wrapping_add(number),
            earlier: if was_here { earlier_hits(&mut random) } else { VecDeque::new() },
            random,
            next_marker: 0,
            actions_left,
            arriving: true,
            accepted: Vec::new(),
            unknown: Vec::new(),
            certain: true,
            model: Model::new(population.utc_offset_seconds),
        }
    }

    /// True when there is nothing more to send.
    pub(super) fn is_done(&self) -> bool {
        !self.certain || self.actions_left == 0
    }

    /// The user agent.
    pub(super) fn user_agent(&self) -> &'static str {
        USER_AGENTS[(self.id % USER_AGENTS.len() as u64) as usize]
    }

    /// Plans the next hit and appends its query, without a question mark, to `query`.
    pub(super) fn plan(&mut self, now: i64, query: &mut String) -> Planned {
        let at = self.earlier.pop_front().map(|ago| now - ago);
        let kind = self.next_kind();
        let planned = Planned { kind, marker: self.next_marker, at };
        self.next_marker += 1;
        self.write_who(planned, query);
        self.write_what(kind, query);
        // The last of the earlier hits: what follows is a new visit.
        self.arriving = at.is_some() && self.earlier.is_empty();
        if at.is_none() {
            self.actions_left = self.actions_left.saturating_sub(1);
        }
        planned
    }

    /// Takes note of what became of a planned hit.
    pub(super) fn settle(&mut self, planned: Planned, outcome: Outcome) {
        match outcome {
            Outcome::Accepted(answered) => {
                self.accepted.push(planned.marker);
                let moment = planned.at.map_or(answered, |at| Moment { earliest: at, latest: at });
                self.certain &= self.model.accept(planned.kind, moment).is_ok();
            }
            Outcome::Refused => {}
            Outcome::Unknown => {
                self.unknown.push(planned.marker);
                self.certain = false;
            }
        }
    }

    fn next_kind(&mut self) -> Kind {
        if self.arriving {
            return Kind::Page;
        }
        match self.random.random_range(0..100) {
            0..62 => Kind::Page,
            62..68 => Kind::Search,
            68..84 => Kind::Event,
            84..88 => Kind::Download,
            88..92 => Kind::Outlink,
            _ => Kind::Ping,
        }
    }

    fn write_who(&self, planned: Planned, query: &mut String) {
        let Self { id, site, device, .. } = self;
        let language = |digit: u32| LANGUAGES[(device >> (8 + 5 * digit) & 31) as usize];
        // Writing to a string cannot fail.
        let _ = write!(
            query,
            "idsite={site}&rec=1&apiv=1&send_image=0&_id={id:016x}&pv_id={:06}&lang={},{},{}&res=1920x1080",
            planned.marker,
            language(0),
            language(1),
            language(2),
        );
        for (bit, flag) in FLAGS.iter().enumerate() {
            if device >> bit & 1 == 1 {
                let _ = write!(query, "&{flag}=1");
            }
        }
        if let Some(at) = planned.at {
            let _ = write!(query, "&cdt={at}");
        }
    }

    fn write_what(&mut self, kind: Kind, query: &mut String) {
        let section = pick(&mut self.random, &SECTIONS);
        let page = self.random.random_range(0..PAGES_PER_SECTION);
        let url = format!("https%3A%2F%2Fwww.daily.example%2F{section}%2Fstory-{page}");
        let _ = match kind {
            Kind::Page if self.arriving => {
                let campaign =
                    if self.random.random_ratio(1, 5) { "%3Fmtm_campaign%3Dspring%26mtm_kwd%3Dnews" } else { "" };
                let referrer = pick(&mut self.random, &REFERRERS);
                write!(query, "&url={url}{campaign}&action_name=Story+{page}+in+{section}&urlref={referrer}")
            }
            Kind::Page => write!(query, "&url={url}&action_name=Story+{page}+in+{section}"),
            Kind::Search => {
                let keyword = pick(&mut self.random, &KEYWORDS);
                write!(query, "&url={url}&search={keyword}&search_count={page}")
            }
            Kind::Event => {
                let (category, action) = pick(&mut self.random, &EVENTS);
                write!(query, "&url={url}&e_c={category}&e_a={action}&e_n=story-{page}&e_v={page}")
            }
            Kind::Download => {
                write!(query, "&url={url}&download=https%3A%2F%2Fwww.daily.example%2Fissue-{page}.pdf")
            }
            Kind::Outlink => write!(query, "&url={url}&link=https%3A%2F%2Fpartner.example.net%2F{page}"),
            Kind::Ping => write!(query, "&url={url}&ping=1"),
        };
    }
}

/// How long ago each hit of an earlier visit was, oldest first.
fn earlier_hits(random: &mut SmallRng) -> VecDeque<i64> {
    let mut ago = random.random_range(WAS_HERE_AGO);
    let count = random.random_range(1..=ACTIONS_MAX);
    (0..count)
        .map(|_| {
            ago -= random.random_range(EARLIER_STEP);
            ago
        })
        .collect()
}

fn pick<T: Copy>(random: &mut SmallRng, choices: &[T]) -> T {
    choices[random.random_range(0..choices.len())]
}

/// The finisher of SplitMix64: neighbours in, strangers out; and no two the same.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population(seed: u64) -> Population {
        Population { seed, sites: vec![1, 2], first: 0, step: 1, at_once: 1, utc_offset_seconds: 0 }
    }

    #[test]
    fn a_seed_makes_the_same_visitors() {
        let story = |seed| {
            let mut visitor = population(seed).introduce();
            let mut query = String::new();
            while !visitor.is_done() {
                visitor.plan(1_700_000_000, &mut query);
            }
            query
        };
        assert_eq!(story(7), story(7));
        assert_ne!(story(7), story(8));
    }

    #[test]
    fn no_two_visitors_share_a_device() {
        let mut people = population(1);
        let devices: std::collections::HashSet<u64> =
            (0..100_000).map(|_| people.introduce().device & 0x7f_ffff).collect();
        assert_eq!(devices.len(), 100_000);
    }

    #[test]
    fn an_earlier_visit_is_over_before_the_next_begins() {
        let mut random = SmallRng::seed_from_u64(1);
        for _ in 0..1000 {
            let hits = earlier_hits(&mut random);
            assert!(hits.iter().all(|ago| *ago > 1800), "{hits:?}");
        }
    }
}

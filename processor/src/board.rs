//! The live board of one partition: what the pulses say, counted from the visits that the state holds.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
};

use nagare_schema::{
    LiveCount, LivePulse, LiveVisitors, Partition, ReferrerKind, SiteId, Text, UnixMillis, UnixSeconds, Visit,
    VisitorId,
};

use crate::state::State;

/// Seconds over which hits per second are averaged.
const RATE_WINDOW_S: i64 = 10;
/// Visitors count on pages, sections, referrers, campaigns and countries for this long.
const LISTED_S: i64 = 300;
/// Visitors count at all for this long.
const COUNTED_S: i64 = 1800;

/// Who stays this long, or views more than one page, does more than look in.
const ENGAGED_S: u32 = 10;

/// Hits of a site in one second.
type Second = (i64, u64);

/// Which sites have something to say, and how many hits they had.
#[derive(Debug, Default)]
pub struct Board {
    hits: HashMap<SiteId, VecDeque<Second>>,
    changed: HashSet<SiteId>,
    /// Sites whose last pulse was not empty: they are told when they become so.
    lit: HashSet<SiteId>,
    lag_ms: u64,
}

impl Board {
    /// Notes a hit of a site.
    pub fn note_hit(&mut self, site: SiteId, received_at: UnixMillis) {
        let second = UnixSeconds::from(received_at).0;
        let seconds = self.hits.entry(site).or_default();
        match seconds.back_mut() {
            Some((last, count)) if *last >= second => *count += 1,
            _ => seconds.push_back((second, 1)),
        }
        while seconds.front().is_some_and(|(first, _)| *first < second - RATE_WINDOW_S) {
            seconds.pop_front();
        }
        self.changed.insert(site);
    }

    /// Notes how long the newest hit took to be stored as events.
    pub fn note_lag(&mut self, lag_ms: u64) {
        self.lag_ms = lag_ms;
    }

    /// True when a site has something new to say.
    pub fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// A pulse for every site with visitors, or that had some at the last pulse.
    pub fn pulses(&mut self, state: &State, partition: Partition, now: UnixMillis) -> Vec<LivePulse> {
        let mut counts: BTreeMap<SiteId, SiteCounts> = BTreeMap::new();
        let at = UnixSeconds::from(now);
        for visit in state.visits() {
            let age = at.since(visit.last_at);
            // An import of the past is no live visitor; a clock that is ahead by some seconds is.
            if (-60..COUNTED_S).contains(&age) {
                counts.entry(visit.site).or_default().count(visit, age);
            }
        }
        self.changed.clear();
        for site in self.lit.drain() {
            counts.entry(site).or_default();
        }
        self.hits.retain(|_, seconds| seconds.back().is_some_and(|(last, _)| *last >= at.0 - RATE_WINDOW_S));
        let pulses: Vec<LivePulse> = counts
            .into_iter()
            .map(|(site, counted)| {
                counted.into_pulse(Heading { site, partition, now }, self.rate(site, at), self.lag_ms)
            })
            .collect();
        self.lit = pulses.iter().filter(|pulse| pulse.visitors.m30 > 0).map(|pulse| pulse.site).collect();
        pulses
    }

    fn rate(&self, site: SiteId, at: UnixSeconds) -> f64 {
        let recent = |second: &&Second| second.0 > at.0 - RATE_WINDOW_S;
        let hits: u64 = self.hits.get(&site).map_or(0, |seconds| seconds.iter().filter(recent).map(|s| s.1).sum());
        hits as f64 / RATE_WINDOW_S as f64
    }
}

/// What a pulse is about.
#[derive(Clone, Copy)]
struct Heading {
    site: SiteId,
    partition: Partition,
    now: UnixMillis,
}

/// A site's visitors by the age of their last action.
#[derive(Default)]
struct SiteCounts {
    ages: HashMap<VisitorId, i64>,
    engaged: HashSet<VisitorId>,
    pages: HashMap<Text, u64>,
    referrers: HashMap<Text, u64>,
    campaigns: HashMap<Text, u64>,
    countries: HashMap<Text, u64>,
}

impl SiteCounts {
    fn count(&mut self, visit: &Visit, age: i64) {
        let youngest = self.ages.entry(visit.visitor).or_insert(age);
        *youngest = age.min(*youngest);
        if age >= LISTED_S {
            return;
        }
        if is_engaged(visit.interactions, visit.total_time) {
            self.engaged.insert(visit.visitor);
        }
        if visit.referrer.kind == ReferrerKind::Campaign {
            *self.campaigns.entry(visit.referrer.name.clone()).or_default() += 1;
        }
        if let Some(page) = &visit.exit_url {
            *self.pages.entry(page.name.clone()).or_default() += 1;
        }
        *self.referrers.entry(visit.referrer.name.clone()).or_default() += 1;
        *self.countries.entry(visit.place.country.clone()).or_default() += 1;
    }

    fn into_pulse(self, heading: Heading, hits_per_second: f64, lag_ms: u64) -> LivePulse {
        let mut sections: HashMap<Text, u64> = HashMap::new();
        for (page, visitors) in &self.pages {
            *sections.entry(section_of(page)).or_default() += visitors;
        }
        let within = |minutes: i64| self.ages.values().filter(|age| **age < minutes * 60).count() as u64;
        LivePulse {
            site: heading.site,
            partition: heading.partition,
            at: heading.now,
            visitors: LiveVisitors { m1: within(1), m3: within(3), m5: within(5), m30: within(30) },
            engaged: self.engaged.len() as u64,
            hits_per_second,
            pages: top(self.pages.into_iter().map(|(page, visitors)| (path_of(&page), visitors))),
            sections: top(sections),
            referrers: top(self.referrers),
            campaigns: top(self.campaigns),
            countries: top(self.countries),
            lag_ms,
        }
    }
}

/// A page without its host.
fn path_of(page: &str) -> Text {
    let without_scheme = page.split_once("://").map_or(page, |(_, rest)| rest);
    without_scheme.find('/').map_or("/", |slash| &without_scheme[slash..]).into()
}

/// The first folder of a page: what a newsroom calls a section.
fn section_of(page: &str) -> Text {
    let path = path_of(page);
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let folders = path.get(1..end).unwrap_or_default();
    folders.find('/').map_or("/", |slash| &path[..slash + 2]).into()
}

fn is_engaged(interactions: u32, total_time: u32) -> bool {
    interactions > 1 || total_time >= ENGAGED_S
}

/// Most first, ties by name.
fn top(counts: impl IntoIterator<Item = (Text, u64)>) -> Vec<LiveCount> {
    let mut listed: Vec<LiveCount> =
        counts.into_iter().map(|(label, visitors)| LiveCount { label, visitors }).collect();
    listed.sort_unstable_by(|a, b| (Reverse(a.visitors), &a.label).cmp(&(Reverse(b.visitors), &b.label)));
    listed.truncate(LivePulse::LISTED_MAX);
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_the_first_folder() {
        for (page, section) in [
            ("example.com/news/harbour?a=/b/", "/news/"),
            ("https://example.com/shop/", "/shop/"),
            ("example.com/imprint", "/"),
            ("example.com/?page=a/b", "/"),
            ("example.com", "/"),
        ] {
            assert_eq!(section_of(page).as_ref(), section, "{page}");
        }
    }

    #[test]
    fn who_stays_or_goes_on_is_engaged() {
        assert_eq!([(1, 9), (1, 10), (2, 0)].map(|(pages, seconds)| is_engaged(pages, seconds)), [false, true, true]);
    }
}

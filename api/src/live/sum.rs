//! Adding the pulses of partitions: they hold disjoint visitors.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use nagare_schema::{LiveCount, LiveFrame, LivePulse, LiveVisitors, Partition, SiteId, Text, UnixMillis};

/// A partition that pulsed is heard each second while it has visitors; one that is silent this long
/// has lost its owner, and counts no more until it has a new one.
const STALE_MS: i64 = 35_000;
/// Rows of each list of a frame.
const LISTED_MAX: usize = 10;

/// The latest pulse of every partition of one site.
#[derive(Debug, Default)]
pub(crate) struct Pulses {
    latest: BTreeMap<Partition, LivePulse>,
}

impl Pulses {
    /// Takes a pulse, unless a newer one of its partition is known.
    pub(crate) fn take(&mut self, pulse: LivePulse) {
        let known = self.latest.get(&pulse.partition);
        if known.is_none_or(|known| known.at <= pulse.at) {
            self.latest.insert(pulse.partition, pulse);
        }
    }

    /// The sum of the partitions that are not silent. `at` is the oldest pulse that counts visitors, so
    /// that a reader sees when a partition falls behind; `now` when none does.
    pub(crate) fn frame(&mut self, site: SiteId, now: UnixMillis) -> LiveFrame {
        self.latest.retain(|_, pulse| now.0.saturating_sub(pulse.at.0) <= STALE_MS);
        let pulses = || self.latest.values();
        let sum = |of: fn(&LiveVisitors) -> u64| pulses().map(|pulse| of(&pulse.visitors)).sum();
        LiveFrame::Snapshot {
            site,
            at: pulses().filter(|pulse| pulse.visitors.m30 > 0).map(|pulse| pulse.at).min().unwrap_or(now),
            visitors: LiveVisitors {
                m1: sum(|visitors| visitors.m1),
                m3: sum(|visitors| visitors.m3),
                m5: sum(|visitors| visitors.m5),
                m30: sum(|visitors| visitors.m30),
            },
            engaged: pulses().map(|pulse| pulse.engaged).sum(),
            hits_per_second: pulses().map(|pulse| pulse.hits_per_second).sum(),
            pages: top(pulses().flat_map(|pulse| &pulse.pages)),
            sections: top(pulses().flat_map(|pulse| &pulse.sections)),
            referrers: top(pulses().flat_map(|pulse| &pulse.referrers)),
            campaigns: top(pulses().flat_map(|pulse| &pulse.campaigns)),
            countries: top(pulses().flat_map(|pulse| &pulse.countries)),
            lag_ms: pulses().map(|pulse| pulse.lag_ms).max().unwrap_or(0),
        }
    }
}

fn top<'a>(counts: impl Iterator<Item = &'a LiveCount>) -> Vec<LiveCount> {
    let mut sums: HashMap<Text, u64> = HashMap::new();
    for count in counts {
        *sums.entry(count.label.clone()).or_default() += count.visitors;
    }
    let mut listed: Vec<LiveCount> = sums.into_iter().map(|(label, visitors)| LiveCount { label, visitors }).collect();
    listed.sort_unstable_by(|a, b| (Reverse(a.visitors), &a.label).cmp(&(Reverse(b.visitors), &b.label)));
    listed.truncate(LISTED_MAX);
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(partition: u16, at: i64, visitors: u64, page: &str) -> LivePulse {
        let count = |label: &str| LiveCount { label: label.into(), visitors };
        LivePulse {
            site: SiteId(1),
            partition: Partition(partition),
            at: UnixMillis(at),
            visitors: LiveVisitors { m1: visitors, m3: visitors, m5: visitors, m30: visitors },
            engaged: 1,
            hits_per_second: 0.5,
            pages: vec![count(page)],
            sections: vec![count("/")],
            referrers: vec![count("")],
            campaigns: Vec::new(),
            countries: vec![count("de")],
            lag_ms: at.unsigned_abs(),
        }
    }

    #[test]
    fn partitions_add_up_and_a_newer_pulse_replaces() {
        let mut pulses = Pulses::default();
        for taken in [pulse(0, 10, 2, "/a"), pulse(1, 12, 3, "/a"), pulse(0, 20, 4, "/b"), pulse(0, 15, 9, "/c")] {
            pulses.take(taken);
        }
        let LiveFrame::Snapshot { at, visitors, engaged, pages, sections, referrers, lag_ms, hits_per_second, .. } =
            pulses.frame(SiteId(1), UnixMillis(99))
        else {
            panic!("a snapshot");
        };
        assert_eq!((at.0, visitors.m30, lag_ms, hits_per_second), (12, 7, 20, 1.0));
        let pages: Vec<_> = pages.iter().map(|count| (count.label.as_ref(), count.visitors)).collect();
        assert_eq!(pages, [("/b", 4), ("/a", 3)]);
        assert_eq!((referrers[0].visitors, sections[0].visitors, engaged), (7, 7, 2));
    }

    #[test]
    fn an_idle_site_is_as_old_as_now() {
        let LiveFrame::Snapshot { at, .. } = Pulses::default().frame(SiteId(1), UnixMillis(7)) else {
            panic!("a snapshot");
        };
        assert_eq!(at.0, 7);
    }

    #[test]
    fn a_silent_partition_stops_counting() {
        let mut pulses = Pulses::default();
        pulses.take(pulse(0, 1000, 2, "/a"));
        pulses.take(pulse(1, 1001, 3, "/a"));
        let visitors = |pulses: &mut Pulses, now: i64| match pulses.frame(SiteId(1), UnixMillis(now)) {
            LiveFrame::Snapshot { visitors, .. } => visitors.m5,
            LiveFrame::Error { .. } => panic!("a snapshot"),
        };
        assert_eq!(visitors(&mut pulses, 1000 + STALE_MS), 5);
        assert_eq!(visitors(&mut pulses, 1001 + STALE_MS), 3);
        assert_eq!(visitors(&mut pulses, 1002 + STALE_MS), 0);
    }
}

//! The live view: not stored, rebuilt from events at any time (design §6, live pulse).

use serde::{Deserialize, Serialize};

use crate::{Partition, SiteId, Text, UnixMillis};

/// Visitors with an action in the last minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LiveVisitors {
    /// Last minute.
    pub m1: u64,
    /// Last three minutes.
    pub m3: u64,
    /// Last five minutes.
    pub m5: u64,
    /// Last thirty minutes.
    pub m30: u64,
}

/// Visitors of the last five minutes on a page, from a referrer or a country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveCount {
    /// What is counted.
    pub label: Text,
    /// Visitors.
    pub visitors: u64,
}

/// One partition's counts of one site. Partitions hold disjoint visitors, so pulses add up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LivePulse {
    /// The site.
    pub site: SiteId,
    /// The partition.
    pub partition: Partition,
    /// When it was counted.
    pub at: UnixMillis,
    /// Visitors.
    pub visitors: LiveVisitors,
    /// Visitors of the last five minutes who do more than look in.
    #[serde(default)]
    pub engaged: u64,
    /// Hits per second over the last ten seconds.
    pub hits_per_second: f64,
    /// By page, at most [`LivePulse::LISTED_MAX`], most first.
    pub pages: Vec<LiveCount>,
    /// By the first folder of the page.
    #[serde(default)]
    pub sections: Vec<LiveCount>,
    /// By referrer; an empty label is direct.
    pub referrers: Vec<LiveCount>,
    /// By campaign.
    #[serde(default)]
    pub campaigns: Vec<LiveCount>,
    /// By country.
    pub countries: Vec<LiveCount>,
    /// From receipt of the newest hit to its event being stored, milliseconds.
    pub lag_ms: u64,
}

impl LivePulse {
    /// Rows of each list of a pulse.
    pub const LISTED_MAX: usize = 50;
}

/// What a socket receives: the sum of all partitions' pulses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveFrame {
    /// The state of a site.
    Snapshot {
        /// The site.
        site: SiteId,
        /// When it was made.
        at: UnixMillis,
        /// Visitors.
        visitors: LiveVisitors,
        /// Visitors of the last five minutes who do more than look in.
        engaged: u64,
        /// Hits per second.
        hits_per_second: f64,
        /// By page.
        pages: Vec<LiveCount>,
        /// By the first folder of the page.
        sections: Vec<LiveCount>,
        /// By referrer.
        referrers: Vec<LiveCount>,
        /// By campaign.
        campaigns: Vec<LiveCount>,
        /// By country.
        countries: Vec<LiveCount>,
        /// The largest lag of its partitions.
        lag_ms: u64,
    },
    /// Why the socket closes.
    Error {
        /// HTTP status.
        status: u16,
        /// Text.
        detail: String,
    },
}

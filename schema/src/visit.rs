//! A visit: one visitor's session on one site, as it stands after its last hit.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    ConfigId, Day, GoalId, HitId, LocalTime, Place, SiteId, Text, UnixMillis, UnixSeconds, Variables, VisitId,
    VisitorId,
};

/// The part of a page URL that its dictionary name leaves out (`tracking.md` §1.9 step 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum UrlPrefix {
    /// `http://`
    Http = 0,
    /// `http://www.`
    HttpWww = 1,
    /// `https://`
    Https = 2,
    /// `https://www.`
    HttpsWww = 3,
    /// Another scheme: the name is the whole URL.
    None = 255,
}

impl UrlPrefix {
    /// The text of the prefix.
    pub fn text(self) -> &'static str {
        match self {
            Self::Http => "http://",
            Self::HttpWww => "http://www.",
            Self::Https => "https://",
            Self::HttpsWww => "https://www.",
            Self::None => "",
        }
    }
}

/// A normalised page URL: its dictionary name and what was stripped. An empty name is "URL not defined".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageUrl {
    /// Host, path and query; a page is this name.
    pub name: Text,
    /// The stripped prefix, for display.
    pub prefix: UrlPrefix,
}

/// Kinds of referrer with Matomo's numbers (§6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ReferrerKind {
    /// None, own site, excluded or invalid.
    #[default]
    Direct = 1,
    /// A search engine.
    Search = 2,
    /// Another website.
    Website = 3,
    /// A campaign.
    Campaign = 6,
    /// A social network.
    Social = 7,
    /// An AI assistant.
    Assistant = 8,
}

/// Where a visit or conversion came from (§6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Referrer {
    /// The kind.
    pub kind: ReferrerKind,
    /// Engine, host, campaign, network or assistant; at most 255 characters.
    #[serde(default)]
    pub name: Text,
    /// Search term or campaign keyword; at most 255 characters.
    #[serde(default)]
    pub keyword: Text,
    /// The referring URL; at most 1500 characters.
    #[serde(default)]
    pub url: Text,
    /// Further campaign values by column (`source`, `medium`, `content`, `id`, `group`, `placement`).
    #[serde(default)]
    pub campaign: BTreeMap<Text, Text>,
}

/// Device, browser and system in Matomo's vocabulary (§8.5), with what else is fixed per visit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Device {
    /// 0 desktop to 13 peripheral; `None` unknown.
    pub kind: Option<u8>,
    /// Short brand code.
    pub brand: Text,
    /// Model.
    pub model: Text,
    /// System code, `UNK` unknown.
    pub system: Text,
    /// System version.
    pub system_version: Text,
    /// Browser code, `UNK` unknown.
    pub browser: Text,
    /// Browser version.
    pub browser_version: Text,
    /// Engine.
    pub engine: Text,
    /// 1 browser to 6 pim; `None` unknown.
    pub client_kind: Option<u8>,
    /// `1280x1024`, or `unknown`.
    pub resolution: Text,
    /// As [`crate::Client::plugins`].
    pub plugins: u8,
    /// Language code (§8.2).
    pub language: Text,
}

/// Whether the visitor was here before (§3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Returning {
    /// First visit.
    #[default]
    New = 0,
    /// Was here before.
    Returning = 1,
    /// Ordered before.
    Customer = 2,
}

/// A visit after its last hit. Columns: `tracking.md` §0.2, §3.2, §3.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Its id.
    pub id: VisitId,
    /// Grows with every change; a cancelled row names the revision that it cancels.
    pub revision: HitId,
    /// The site.
    pub site: SiteId,
    /// The visitor, as known now; may change in the visit (§2.4).
    pub visitor: VisitorId,
    /// The fingerprint of its first hit.
    pub config_id: ConfigId,
    /// The user, once known.
    #[serde(default)]
    pub user_id: Option<Text>,
    /// Masked address of the first hit.
    #[serde(default)]
    pub address: Option<Text>,
    /// First action.
    pub first_at: UnixSeconds,
    /// Last action; not moved by pings and older hits.
    pub last_at: UnixSeconds,
    /// Receipt of the last hit; state is kept by this time.
    pub touched_at: UnixMillis,
    /// Local date of `last_at`: the day the visit counts on.
    pub day: Day,
    /// Local hour of `first_at`.
    pub start_hour: u8,
    /// `visit_total_time`, seconds.
    pub total_time: u32,
    /// Page views, searches, events, outlinks, downloads.
    pub actions: u32,
    /// Page views and searches.
    pub interactions: u32,
    /// Searches.
    pub searches: u32,
    /// Events.
    pub events: u32,
    /// First page; `None` when the first action was none.
    pub entry_url: Option<PageUrl>,
    /// Title of the first page, or its keyword.
    pub entry_title: Option<Text>,
    /// Last page; `None` after a search.
    pub exit_url: Option<PageUrl>,
    /// Last title, or keyword.
    pub exit_title: Option<Text>,
    /// The last page-like action was a search.
    #[serde(default)]
    pub exit_is_search: bool,
    /// New, returning or customer.
    pub returning: Returning,
    /// Ordinal of the visit of this visitor, from 1.
    pub visit_count: u32,
    /// Seconds since the visitor's first visit.
    pub seconds_since_first: Option<u32>,
    /// Seconds since the start of the previous visit.
    pub seconds_since_last: Option<u32>,
    /// Seconds since the last order.
    pub seconds_since_order: Option<u32>,
    /// A goal was met, or an order placed.
    pub converted: bool,
    /// 0 none, 1 ordered, 2 open cart, 3 ordered and open cart (§7.7).
    pub buyer: u8,
    /// Goals met so far, for those that count once per visit.
    #[serde(default)]
    pub goals: Arc<[GoalId]>,
    /// A visitor id was sent (§3.2).
    pub profilable: bool,
    /// The visitor's clock at the start.
    pub local_time: LocalTime,
    /// Where from.
    #[serde(deserialize_with = "crate::shared::one")]
    pub referrer: Arc<Referrer>,
    /// With what.
    #[serde(deserialize_with = "crate::shared::one")]
    pub device: Arc<Device>,
    /// Where.
    #[serde(deserialize_with = "crate::shared::one")]
    pub place: Arc<Place>,
    /// Custom dimensions and variables of visit scope, when any.
    #[serde(default)]
    pub custom: Option<Box<VisitCustom>>,
}

/// Custom values of visit scope.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VisitCustom {
    /// By dimension id.
    pub dimensions: BTreeMap<u32, Text>,
    /// By slot.
    pub variables: Variables,
}

impl Visit {
    /// A visit of at most one action (§3.7).
    pub fn is_bounce(&self) -> bool {
        self.actions <= 1
    }
}

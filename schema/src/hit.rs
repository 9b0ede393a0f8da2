//! A hit: what a tracker sent, parsed and bounded, not yet believed. Values are as sent (decoded
//! once); normalising, deciding and attributing happen in the processor, so that a replay from the
//! archive applies the rules of its day.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Bot, ConfigId, GoalId, ProducerId, SiteId, Text, UnixMillis, UnixSeconds, VisitorId};

/// Custom variables by slot: name and value (`tracking.md` §5.9).
pub type Variables = BTreeMap<u8, (Text, Text)>;

/// The hits of one append: one message of HITS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HitBatch {
    /// The ingest process that appended.
    pub producer: ProducerId,
    /// Its counter for this partition, from 1; a retry repeats it, so a repeated counter is a repeat.
    pub counter: u64,
    /// Revision of the CONFIG directory the producer had seen; the processor waits until it has, too.
    pub config_revision: u64,
    /// At most [`crate::HitId::BATCH_MAX`], in order of arrival.
    pub hits: Vec<Hit>,
}

/// Where the visitor id of a hit comes from (`tracking.md` §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// No id; only the fingerprint.
    #[default]
    None,
    /// `_id`, or the third-party cookie.
    Cookie,
    /// `cid`.
    Forced,
    /// Derived from `uid`.
    User,
}

/// One tracking request, parsed and bounded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The site.
    pub site: SiteId,
    /// When it happened: `cdt`, or the time of receipt (§1.8).
    pub at: UnixSeconds,
    /// When ingest received it.
    pub received_at: UnixMillis,
    /// The visitor id of the request.
    #[serde(default)]
    pub visitor: Option<VisitorId>,
    /// Where that id comes from.
    #[serde(default)]
    pub identity: Identity,
    /// The fingerprint (§2.2).
    pub config_id: ConfigId,
    /// `uid`, at most 200 characters.
    #[serde(default)]
    pub user_id: Option<Text>,
    /// `new_visit`: begin a visit whatever the rules say.
    #[serde(default)]
    pub new_visit: bool,
    /// What was done.
    pub kind: HitKind,
    /// `url`: the page, trimmed and cut to 1024 bytes; not normalised.
    #[serde(default)]
    pub url: Option<Text>,
    /// `action_name`: the title.
    #[serde(default)]
    pub title: Option<Text>,
    /// `urlref`: the referrer, as sent.
    #[serde(default)]
    pub referrer: Option<Text>,
    /// `pv_id`, as sent; its first six characters are stored on the action.
    #[serde(default)]
    pub pageview_id: Option<Text>,
    /// `pf_*`.
    #[serde(default)]
    pub timings: Timings,
    /// The client, as it presented itself.
    #[serde(deserialize_with = "crate::shared::one")]
    pub client: Arc<Client>,
    /// `h`, `m`, `s`: the visitor's clock.
    pub local_time: LocalTime,
    /// Where the visitor is.
    #[serde(deserialize_with = "crate::shared::one")]
    pub place: Arc<Place>,
    /// The place came from an authenticated parameter, and replaces that of a running visit (§3.3).
    #[serde(default)]
    pub place_forced: bool,
    /// The address after masking, as text.
    #[serde(default)]
    pub address: Option<Text>,
    /// `revenue`, when it is a number.
    #[serde(default)]
    pub revenue: Option<f64>,
    /// Campaign parameters sent beside the URL, by name (§6.3 step 4).
    #[serde(default)]
    pub campaign: BTreeMap<String, String>,
    /// `_rcn`, `_rck`, `_ref` (§6.7).
    #[serde(default)]
    pub attribution: Option<Box<Attribution>>,
    /// `dimensionN`; an empty text clears (§5.8).
    #[serde(default)]
    pub dimensions: BTreeMap<u32, Text>,
    /// `_cvar`.
    #[serde(default)]
    pub visit_variables: Variables,
    /// `cvar`.
    #[serde(default)]
    pub page_variables: Variables,
    /// `_pks`, `_pkn`, `_pkc`, `_pkp`.
    #[serde(default)]
    pub product: Option<Box<ProductView>>,
    /// `bw_bytes`.
    #[serde(default)]
    pub bandwidth: Option<u64>,
    /// `cs`: the charset of keywords in the URL (§5.4).
    #[serde(default)]
    pub charset: Option<Text>,
    /// A robot's, as a rule says: it is kept, and belongs to no visit (§4.1).
    #[serde(default)]
    pub bot: Option<Bot>,
}

/// What a hit reports (§5.1); a page view may still prove to be a site search by its URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// A page view.
    PageView,
    /// `search`; a page view on a site without site search.
    Search {
        /// The keyword.
        keyword: Text,
        /// `search_cat`.
        category: Option<Text>,
        /// `search_count`, when at least 0.
        count: Option<u32>,
    },
    /// `c_n`.
    Content(Box<Content>),
    /// `e_c` and `e_a`.
    Event(Box<EventDetail>),
    /// `link`.
    Outlink(Text),
    /// `download`.
    Download(Text),
    /// `idgoal` above 0: a manual goal.
    Goal(GoalId),
    /// `idgoal=0` with `ec_id`.
    Order(Box<Order>),
    /// `idgoal=0` without `ec_id`.
    Cart(Box<Order>),
    /// `ping=1` (§3.5).
    Ping,
}

/// An event (§5.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventDetail {
    /// `e_c`.
    pub category: Text,
    /// `e_a`.
    pub action: Text,
    /// `e_n`.
    pub name: Option<Text>,
    /// `e_v`.
    pub value: Option<f64>,
}

/// A content impression, or an interaction when `interaction` is set (§5.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// `c_n`.
    pub name: Text,
    /// `c_p`.
    pub piece: Option<Text>,
    /// `c_t`.
    pub target: Option<Text>,
    /// `c_i`.
    pub interaction: Option<Text>,
}

/// An order or a cart (§7.6). Money in the site's currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// `ec_id`; empty for a cart.
    pub id: Option<Text>,
    /// `ec_st`.
    pub subtotal: Option<f64>,
    /// `ec_tx`.
    pub tax: Option<f64>,
    /// `ec_sh`.
    pub shipping: Option<f64>,
    /// `ec_dt`.
    pub discount: Option<f64>,
    /// `ec_items`; `None` when it was not a list, and nothing may be recorded.
    pub items: Option<Vec<crate::Item>>,
}

/// A product or category view on the current action (§1.7).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ProductView {
    /// `_pks`.
    pub sku: Option<Text>,
    /// `_pkn`.
    pub name: Option<Text>,
    /// `_pkc`, up to five.
    pub categories: Vec<Text>,
    /// `_pkp`.
    pub price: Option<f64>,
}

/// Attribution cookie values, used for conversions only (§6.7).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Attribution {
    /// `_rcn`.
    pub campaign: Option<Text>,
    /// `_rck`.
    pub keyword: Option<Text>,
    /// `_ref`.
    pub referrer: Option<Text>,
}

/// Page timings in milliseconds (§5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Timings {
    /// `pf_net`.
    pub network: Option<u32>,
    /// `pf_srv`.
    pub server: Option<u32>,
    /// `pf_tfr`.
    pub transfer: Option<u32>,
    /// `pf_dm1`.
    pub dom_processing: Option<u32>,
    /// `pf_dm2`.
    pub dom_completion: Option<u32>,
    /// `pf_onl`.
    pub on_load: Option<u32>,
}

/// How the client presented itself; the same for all hits of a visit as a rule, so it is shared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Client {
    /// `ua`, or the header.
    pub user_agent: Text,
    /// `uadata` or the `Sec-CH-UA` headers, as JSON.
    #[serde(default)]
    pub hints: Option<Text>,
    /// `lang`, or the header, normalised (§8.2).
    pub language: Text,
    /// `res`, at most 9 bytes, or `unknown`.
    pub resolution: Text,
    /// Bits from the lowest: flash, java, pdf, quicktime, realplayer, silverlight, windowsmedia, cookie.
    pub plugins: u8,
}

/// The visitor's clock at a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalTime(
    /// Seconds since the visitor's midnight, below 86400.
    pub u32,
);

/// A place; unknown parts are empty or absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Place {
    /// ISO 3166 alpha-2, lower case; `xx` unknown.
    pub country: Text,
    /// ISO 3166-2 part after the country.
    #[serde(default)]
    pub region: Text,
    /// Name of the city.
    #[serde(default)]
    pub city: Text,
    /// Degrees, three decimals.
    #[serde(default)]
    pub latitude: Option<f64>,
    /// Degrees, three decimals.
    #[serde(default)]
    pub longitude: Option<f64>,
}

impl Timings {
    /// In the order of the parameters.
    pub fn list(&self) -> [Option<u32>; 6] {
        [self.network, self.server, self.transfer, self.dom_processing, self.dom_completion, self.on_load]
    }

    /// With those that were told in place of those that were known.
    pub fn updated(&self, told: &Self) -> Self {
        Self {
            network: told.network.or(self.network),
            server: told.server.or(self.server),
            transfer: told.transfer.or(self.transfer),
            dom_processing: told.dom_processing.or(self.dom_processing),
            dom_completion: told.dom_completion.or(self.dom_completion),
            on_load: told.on_load.or(self.on_load),
        }
    }
}

impl Hit {
    /// Bytes a hit may take in a batch, from above and cheaply: bounds a message before it is encoded.
    pub fn size_bound(&self) -> usize {
        const FIXED: usize = 700;
        let text = |t: &Option<Text>| t.as_ref().map_or(0, |t| t.len());
        let variables = |v: &Variables| v.values().map(|(n, v)| n.len() + v.len() + 8).sum::<usize>();
        FIXED
            + text(&self.user_id)
            + text(&self.url)
            + text(&self.title)
            + text(&self.referrer)
            + text(&self.client.hints)
            + self.client.user_agent.len()
            + self.client.language.len()
            + self.place.city.len()
            + self.campaign.iter().map(|(n, v)| n.len() + v.len() + 8).sum::<usize>()
            + self.dimensions.values().map(|v| v.len() + 8).sum::<usize>()
            + variables(&self.visit_variables)
            + variables(&self.page_variables)
            + self.kind.size_bound()
            + self.attribution.as_ref().map_or(0, |a| text(&a.campaign) + text(&a.keyword) + text(&a.referrer))
            + self
                .product
                .as_ref()
                .map_or(0, |p| text(&p.sku) + text(&p.name) + p.categories.iter().map(|c| c.len() + 4).sum::<usize>())
    }
}

impl HitKind {
    fn size_bound(&self) -> usize {
        let text = |t: &Option<Text>| t.as_ref().map_or(0, |t| t.len());
        match self {
            Self::PageView | Self::Goal(_) | Self::Ping => 0,
            Self::Search { keyword, category, .. } => keyword.len() + text(category),
            Self::Content(c) => c.name.len() + text(&c.piece) + text(&c.target) + text(&c.interaction),
            Self::Event(e) => e.category.len() + e.action.len() + text(&e.name),
            Self::Outlink(url) | Self::Download(url) => url.len(),
            Self::Order(o) | Self::Cart(o) => {
                text(&o.id) + o.items.iter().flatten().map(crate::Item::size_bound).sum::<usize>()
            }
        }
    }
}

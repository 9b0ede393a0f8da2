//! Events: accepted facts, immutable. Each carries the full state after it, so folding is assignment.

mod visit_change;

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    Content, Day, Device, EventDetail, GoalId, Hit, HitId, PageUrl, Place, ProducerId, ProductView, Referrer,
    Returning, SiteId, Text, Timings, UnixMillis, UnixSeconds, Variables, Visit, VisitCustom, VisitId, VisitorId,
};

/// A position in the hits of a partition: every hit at or before it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// Sequence of the message in HITS; 0 before the first.
    pub sequence: u64,
    /// Hits of that message that are decided.
    pub hits: u32,
    /// True when that message is finished.
    pub complete: bool,
}

/// The last counter seen of a producer (design §4, idempotent producers).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProducerMark {
    /// The producer.
    pub producer: ProducerId,
    /// Its last counter for this partition.
    pub counter: u64,
    /// When it was last seen; the oldest marks are forgotten first.
    pub seen_at: UnixMillis,
}

/// Everything that the hits up to `to` of a partition caused, since the message before it: one
/// message of EVENTS. It commits outputs and progress together (design §6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventBatch {
    /// Where the hits of this batch begin: the `to` of the message before it.
    pub from: Cursor,
    /// Where they end.
    pub to: Cursor,
    /// Receipt of the newest hit so far: the clock of the partition's state.
    pub clock: UnixMillis,
    /// Last counters of all remembered producers.
    pub producers: Vec<ProducerMark>,
    /// In order; consecutive changes of one visit are merged.
    pub events: Vec<VisitEvent>,
    /// Set on the messages by which a rebuild takes a partition's place in the log. The tables do not
    /// hear of their events: the rebuild has brought them there itself.
    #[serde(default)]
    pub rebuild: Option<Rebuild>,
}

/// What a rebuild says to a partition, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rebuild {
    /// Nothing is decided until the release.
    Hold,
    /// The state begins anew, with these events.
    Restart,
    /// Further events of that state.
    Restated,
    /// Deciding goes on.
    Release,
}

impl EventBatch {
    /// True while nothing may be decided after this message.
    pub fn is_held(&self) -> bool {
        self.rebuild.is_some_and(|rebuild| rebuild != Rebuild::Release)
    }
}

/// A fact about a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitEvent {
    /// A hit was read; `visit` is the visit it belongs to, `None` when a rule set it aside (a ping
    /// without a visit, a robot).
    HitAccepted {
        /// Its place in the log.
        id: HitId,
        /// The visit it belongs to.
        visit: Option<VisitId>,
        /// The hit.
        #[serde(deserialize_with = "crate::shared::one")]
        hit: Arc<Hit>,
    },
    /// A visit began or changed.
    #[serde(with = "visit_change")]
    VisitChanged {
        /// As it was; `None` when it began.
        before: Option<Arc<Visit>>,
        /// As it is.
        after: Arc<Visit>,
    },
    /// Something was done in a visit.
    ActionRecorded(#[serde(deserialize_with = "crate::shared::one")] Arc<Action>),
    /// A later hit told timings of a page view.
    PageTimed(Box<PageTimed>),
    /// A goal was met, an order placed, or a cart changed.
    ConversionChanged {
        /// As it was; `None` when new.
        #[serde(deserialize_with = "crate::shared::option")]
        before: Option<Arc<Conversion>>,
        /// As it is.
        #[serde(deserialize_with = "crate::shared::one")]
        after: Arc<Conversion>,
    },
}

impl VisitEvent {
    /// The visit it is about; `None` for a hit without one.
    pub fn visit(&self) -> Option<VisitId> {
        match self {
            Self::HitAccepted { visit, .. } => *visit,
            Self::ActionRecorded(action) => Some(action.visit),
            Self::PageTimed(timed) => Some(timed.visit),
            Self::VisitChanged { after, .. } => Some(after.id),
            Self::ConversionChanged { after, .. } => Some(after.visit),
        }
    }
}

/// Kinds of action with Matomo's numbers of dictionary types (§0.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ActionKind {
    /// A page view.
    PageView = 1,
    /// A click to another site.
    Outlink = 2,
    /// A download.
    Download = 3,
    /// A site search.
    Search = 8,
    /// An event.
    Event = 10,
    /// A content impression or interaction.
    Content = 13,
}

/// Category and count of a site search.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SearchDetail {
    /// The category, at most 200 bytes.
    pub category: Option<Text>,
    /// Results found.
    pub count: Option<u32>,
}

/// One tracked action. Immutable: time spent is written on the next action (§3.4), late timings beside it (§5.7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// The hit it came from.
    pub id: HitId,
    /// Its visit.
    pub visit: VisitId,
    /// The site.
    pub site: SiteId,
    /// The visitor at that time.
    pub visitor: VisitorId,
    /// When.
    pub at: UnixSeconds,
    /// Local date of `at`.
    pub day: Day,
    /// Local hour of `at`.
    pub hour: u8,
    /// What.
    pub kind: ActionKind,
    /// Page; target of an outlink or download; `None` for searches.
    pub url: Option<PageUrl>,
    /// Title, keyword or event name.
    pub name: Option<Text>,
    /// The page before.
    pub previous_url: Option<PageUrl>,
    /// The title or keyword before.
    pub previous_name: Option<Text>,
    /// The action before was a search.
    #[serde(default)]
    pub follows_search: bool,
    /// Seconds spent on what was before (§3.4).
    pub time_spent_before: u32,
    /// Position among page views and searches (§5.3).
    pub position: Option<u32>,
    /// First six characters of `pv_id`.
    #[serde(default)]
    pub pageview_id: Option<Text>,
    /// Page timings.
    #[serde(default)]
    pub timings: Timings,
    /// Of a search.
    #[serde(default)]
    pub search: Option<Box<SearchDetail>>,
    /// Of an event.
    #[serde(default)]
    pub event: Option<Box<EventDetail>>,
    /// Of a content action.
    #[serde(default)]
    pub content: Option<Box<Content>>,
    /// Of a product view.
    #[serde(default)]
    pub product: Option<Box<ProductView>>,
    /// Custom dimensions of action scope.
    #[serde(default)]
    pub dimensions: BTreeMap<u32, Text>,
    /// Page custom variables.
    #[serde(default)]
    pub variables: Variables,
    /// Bytes.
    #[serde(default)]
    pub bandwidth: Option<u64>,
}

/// Timings that came after their page view, with a later hit of its visit (§5.7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageTimed {
    /// The hit that told them.
    pub revision: HitId,
    /// The page view.
    pub action: HitId,
    /// Its visit.
    pub visit: VisitId,
    /// The site.
    pub site: SiteId,
    /// Local date of the page view.
    pub day: Day,
    /// The page.
    pub url: Option<PageUrl>,
    /// Its title.
    pub name: Option<Text>,
    /// The timings until then.
    pub before: Timings,
    /// The timings from then on.
    pub after: Timings,
}

/// One line of an order or cart (§7.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// SKU.
    pub sku: Text,
    /// Name.
    pub name: Text,
    /// Up to five.
    pub categories: Vec<Text>,
    /// Unit price.
    pub price: f64,
    /// Quantity.
    pub quantity: u32,
    /// No longer part of the cart or order.
    #[serde(default)]
    pub deleted: bool,
}

impl Item {
    /// Bytes of the item in a message, from above.
    pub fn size_bound(&self) -> usize {
        const FIXED: usize = 80;
        FIXED + self.sku.len() + self.name.len() + self.categories.iter().map(|c| c.len() + 4).sum::<usize>()
    }
}

/// A goal met, an order, or a cart (§7.4). Money in the site's currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversion {
    /// The site.
    pub site: SiteId,
    /// The visit.
    pub visit: VisitId,
    /// The goal; 0 an order, -1 a cart.
    pub goal: GoalId,
    /// 0 when the goal counts once per visit, else the hit: with visit and goal it names the conversion.
    pub buster: u64,
    /// The hit that changed it last.
    pub revision: HitId,
    /// The visitor.
    pub visitor: VisitorId,
    /// When.
    pub at: UnixSeconds,
    /// Local date of `at`.
    pub day: Day,
    /// Local hour of `at`.
    pub hour: u8,
    /// Normalised URL it happened on.
    pub url: Option<PageUrl>,
    /// The action that met the goal, when one did.
    pub action: Option<HitId>,
    /// Order id.
    #[serde(default)]
    pub order: Option<Text>,
    /// Revenue.
    pub revenue: f64,
    /// Subtotal of an order.
    pub subtotal: Option<f64>,
    /// Tax of an order.
    pub tax: Option<f64>,
    /// Shipping of an order.
    pub shipping: Option<f64>,
    /// Discount of an order.
    pub discount: Option<f64>,
    /// Lines of an order or cart.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Pages seen before.
    pub pageviews_before: Option<u32>,
    /// Copied from the visit.
    pub returning: Returning,
    /// Copied from the visit.
    pub visit_count: u32,
    /// Copied from the visit.
    pub seconds_since_first: Option<u32>,
    /// Copied from the visit.
    pub seconds_since_order: Option<u32>,
    /// Attributed referrer (§6.7).
    #[serde(deserialize_with = "crate::shared::one")]
    pub referrer: Arc<Referrer>,
    /// Copied from the visit.
    #[serde(deserialize_with = "crate::shared::one")]
    pub device: Arc<Device>,
    /// Copied from the visit.
    #[serde(deserialize_with = "crate::shared::one")]
    pub place: Arc<Place>,
    /// Copied from the visit.
    #[serde(default)]
    pub custom: Option<Box<VisitCustom>>,
}

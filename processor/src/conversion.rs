//! Conversions: goals met, orders and carts (`tracking.md` §7).

use std::sync::Arc;

use nagare_schema::{Action, Conversion, GoalId, HitId, HitKind, Item, Order, Referrer, Visit, VisitEvent};

use crate::{
    enrich::{EnrichedHit, Step},
    goal::{GoalInput, GoalRule},
    page_url, referrer,
    state::State,
    visit::Lookups,
};

/// Goals that a visit remembers to have met, for those that count once.
const GOALS_REMEMBERED_MAX: usize = 256;

/// What conversions are decided from.
pub struct Converting<'a> {
    /// The partition.
    pub state: &'a State,
    /// The hit.
    pub hit: &'a EnrichedHit,
    /// Its action, if it has one.
    pub action: Option<&'a Action>,
    /// What was looked up.
    pub lookups: &'a Lookups<'a>,
    /// The visit before the hit.
    pub before: Option<&'a Visit>,
}

/// What a hit converts.
pub struct Converted {
    /// The conversions.
    pub events: Vec<VisitEvent>,
    /// A goal was met, also one that counts once and was met before.
    pub is_met: bool,
}

/// The conversions of a hit; the visit takes note of them.
pub fn convert(converting: &Converting<'_>, goals: &GoalInput<'_>, visit: &mut Visit) -> Converted {
    let rules = &converting.hit.rules;
    let met: Vec<&GoalRule> = match &converting.hit.step {
        Step::Ping => Vec::new(),
        Step::Action(_) => rules.goals.iter().filter(|goal| goal.is_met(goals)).collect(),
        Step::Goal(id) => rules.goal(*id).into_iter().collect(),
        Step::Order | Step::Cart => {
            let events: Vec<_> = ecommerce(converting, visit).into_iter().collect();
            return Converted { is_met: !events.is_empty(), events };
        }
    };
    let is_met = !met.is_empty();
    Converted { events: met.into_iter().filter_map(|goal| goal_met(converting, goal, visit)).collect(), is_met }
}

/// A goal met; `None` when it counts once and was met before (§7.4).
fn goal_met(converting: &Converting<'_>, goal: &GoalRule, visit: &mut Visit) -> Option<VisitEvent> {
    visit.converted = true;
    if visit.goals.contains(&goal.id) {
        if !goal.allow_multiple {
            return None;
        }
    } else if visit.goals.len() < GOALS_REMEMBERED_MAX {
        visit.goals = visit.goals.iter().copied().chain([goal.id]).collect();
    }
    let mut conversion = conversion(converting, goal.id, visit);
    conversion.buster = if goal.allow_multiple { converting.hit.id.0 } else { 0 };
    conversion.revenue = revenue(converting, goal);
    conversion.action = converting.action.map(|action| action.id);
    conversion.pageviews_before = Some(pages_before(converting));
    Some(changed(None, conversion))
}

/// §7.5
fn revenue(converting: &Converting<'_>, goal: &GoalRule) -> f64 {
    let hit = &converting.hit.hit;
    let of_event = match &hit.kind {
        HitKind::Event(event) if goal.event_value_as_revenue => event.value,
        _ => None,
    };
    of_event.unwrap_or_else(|| rounded(hit.revenue.unwrap_or(goal.revenue)))
}

/// Interactions without searches before the hit, and the page it views (§7.4).
fn pages_before(converting: &Converting<'_>) -> u32 {
    let before = converting.before.map_or(0, |visit| visit.interactions.saturating_sub(visit.searches));
    let page = converting.action.is_some_and(|action| action.kind == nagare_schema::ActionKind::PageView);
    before + u32::from(page)
}

/// An order or cart (§7.6, §7.7); `None` when its items were no list, or the site has that order.
fn ecommerce(converting: &Converting<'_>, visit: &mut Visit) -> Option<VisitEvent> {
    let (HitKind::Order(order) | HitKind::Cart(order)) = &converting.hit.hit.kind else { return None };
    let is_order = converting.hit.step == Step::Order;
    let items = order.items.as_ref()?;
    let had_cart = matches!(visit.buyer, 2 | 3);
    let cart = converting.state.cart(visit.id).filter(|_| had_cart).cloned();
    visit.buyer = match (is_order, visit.buyer) {
        (true, _) => 1,
        (false, 1 | 3) => 3,
        (false, _) => 2,
    };
    visit.converted |= is_order;
    if order.id.as_deref().is_some_and(|id| is_placed(converting, id)) {
        return None;
    }
    let goal = if is_order { GoalId::ORDER } else { GoalId::CART };
    let mut conversion = conversion(converting, goal, visit);
    conversion.buster = match (&cart, &order.id) {
        (Some(cart), _) => cart.buster,
        (None, Some(id)) => order_hash(id),
        (None, None) => 0,
    };
    conversion.revenue = rounded(converting.hit.hit.revenue.unwrap_or(0.0));
    conversion.order.clone_from(&order.id);
    conversion.items = merged_items(cart.as_deref().map_or(&[], |cart| &cart.items), items);
    if is_order {
        amounts(&mut conversion, order);
        conversion.pageviews_before = Some(pages_before(converting));
    }
    Some(changed(cart, conversion))
}

fn amounts(conversion: &mut Conversion, order: &Order) {
    conversion.subtotal = order.subtotal.map(rounded);
    conversion.tax = order.tax.map(rounded);
    conversion.shipping = order.shipping.map(rounded);
    conversion.discount = order.discount.map(rounded);
}

/// The stored items, those that are gone marked as deleted, and the new ones (§7.7).
fn merged_items(stored: &[Item], sent: &[Item]) -> Vec<Item> {
    let latest = |sku: &str| sent.iter().rev().find(|item| *item.sku == *sku);
    let mut items: Vec<Item> = stored
        .iter()
        .map(|item| latest(&item.sku).cloned().unwrap_or_else(|| Item { deleted: true, ..item.clone() }))
        .collect();
    for item in sent {
        if !items.iter().any(|known| known.sku == item.sku) {
            items.push(item.clone());
        }
    }
    items
}

/// The site has an order of this id, by whatever visitor and whenever (§7.7).
fn is_placed(converting: &Converting<'_>, id: &str) -> bool {
    let key = (converting.hit.hit.site, order_hash(id));
    converting.state.has_order(key) || converting.lookups.orders.contains(&key)
}

/// Names an order in its visit and site: FNV-1a of its id, never 0.
pub fn order_hash(id: &str) -> u64 {
    let hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash.max(1)
}

/// A conversion with what it copies from its visit (§7.4).
fn conversion(converting: &Converting<'_>, goal: GoalId, visit: &Visit) -> Conversion {
    let hit = converting.hit;
    let target = converting.action.and_then(|action| action.url.clone()).filter(|url| !url.name.is_empty());
    Conversion {
        site: visit.site,
        visit: visit.id,
        goal,
        buster: 0,
        revision: hit.id,
        visitor: visit.visitor,
        at: hit.hit.at,
        day: hit.day,
        hour: hit.hour,
        url: target.or_else(|| page_url::normalise(hit.hit.url.as_deref()?, &hit.rules.urls)),
        action: None::<HitId>,
        order: None,
        revenue: 0.0,
        subtotal: None,
        tax: None,
        shipping: None,
        discount: None,
        items: Vec::new(),
        pageviews_before: None,
        returning: visit.returning,
        visit_count: visit.visit_count,
        seconds_since_first: visit.seconds_since_first,
        seconds_since_order: visit.seconds_since_order,
        referrer: attributed(converting, visit),
        device: visit.device.clone(),
        place: visit.place.clone(),
        custom: visit.custom.clone(),
    }
}

/// §6.7, §9
fn attributed(converting: &Converting<'_>, visit: &Visit) -> Arc<Referrer> {
    let hit = converting.hit;
    let found = referrer::attribute(&hit.hit, &visit.referrer, &hit.rules, converting.lookups.lists);
    referrer::reduced(&found, hit.rules.referrer_reduction)
}

fn changed(before: Option<Arc<Conversion>>, after: Conversion) -> VisitEvent {
    VisitEvent::ConversionChanged { before, after: Arc::new(after) }
}

/// Two decimals (§7.5).
fn rounded(money: f64) -> f64 {
    (money * 100.0).round() / 100.0
}

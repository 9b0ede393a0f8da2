//! The pure core: what a hit causes. No clock, no randomness, no I/O; ids come from the hit.
//!
//! [`decide`] reads the state, [`State::evolve`] writes it, and a replay calls only the latter.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use nagare_schema::{
    Action, Hit, HitKind, Identity, PageTimed, PageUrl, Referrer, Returning, SiteId, Timings, UnixSeconds, UrlPrefix,
    Visit, VisitCustom, VisitEvent, VisitId, VisitorId,
};

use crate::{
    conversion::{self, Converted, Converting},
    enrich::{ActionInput, EnrichedHit, Step},
    goal::GoalInput,
    page_url, referrer,
    search_engine::ReferrerLists,
    state::State,
};
use nagare_schema::{ActionKind, ReferrerKind};

/// A visitor's last visit, as far as later visits ask (§3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Previous {
    /// Start of that visit.
    pub first_at: UnixSeconds,
    /// Its last action.
    pub last_at: UnixSeconds,
    /// Its ordinal.
    pub visit_count: u32,
    /// As stored on it.
    pub seconds_since_first: Option<u32>,
    /// As stored on it.
    pub seconds_since_order: Option<u32>,
}

impl From<&Visit> for Previous {
    fn from(visit: &Visit) -> Self {
        Self {
            first_at: visit.first_at,
            last_at: visit.last_at,
            visit_count: visit.visit_count,
            seconds_since_first: visit.seconds_since_first,
            seconds_since_order: visit.seconds_since_order,
        }
    }
}

/// Answers that were looked up before deciding.
pub struct Lookups<'a> {
    /// Last visits of visitors whom the state does not hold.
    pub previous: &'a HashMap<(SiteId, VisitorId), Previous>,
    /// Orders whom the state does not hold, by [`order_hash`](crate::order_hash) of their id.
    pub orders: &'a HashSet<(SiteId, u64)>,
    /// Referrer lists.
    pub lists: &'a ReferrerLists,
}

/// The visit that was found for a hit.
enum Found<'a> {
    /// Held by the state.
    Held(&'a Arc<Visit>),
    /// Known from the tables: too old to be continued.
    Past(VisitorId, Previous),
    /// Nobody.
    Unknown,
}

/// What a hit causes, in order: it is accepted; its visit begins or changes; its action; conversions. That of a
/// robot is accepted, and nothing else (§4.1).
pub fn decide(state: &State, hit: &EnrichedHit, lookups: &Lookups<'_>) -> Vec<VisitEvent> {
    if hit.hit.bot.is_some() {
        return vec![accepted(hit, None)];
    }
    let found = find(state, hit, lookups);
    let ongoing = match &found {
        Found::Held(visit) if !begins_visit(visit, hit) => Some(*visit),
        _ => None,
    };
    if ongoing.is_none() && hit.step == Step::Ping {
        return vec![accepted(hit, None)];
    }
    let before = ongoing.cloned();
    let mut after = match &before {
        Some(visit) => continued(visit, hit),
        None => begun(hit, &found),
    };
    let action = match &hit.step {
        Step::Action(input) => Some(record(hit, input, before.as_deref(), &mut after)),
        _ => None,
    };
    let goals = goal_input(hit, before.as_deref());
    let converting = Converting { state, lookups, hit, action: action.as_ref(), before: before.as_deref() };
    let Converted { events: conversions, is_met } = conversion::convert(&converting, &goals, &mut after);
    if is_met && !matches!(found, Found::Unknown) {
        after.total_time = after.total_time.saturating_add(conversion_seconds(&hit.hit));
    }
    let mut events = Vec::with_capacity(3 + conversions.len());
    events.push(accepted(hit, Some(after.id)));
    events.push(VisitEvent::VisitChanged { before, after: Arc::new(after) });
    events.extend(action.map(|action| VisitEvent::ActionRecorded(Arc::new(action))));
    events.extend(conversions);
    events.extend(late_timings(state, hit, ongoing.map(|visit| visit.id)));
    events
}

/// Timings that any other hit of the visit tells of a page view (§5.7). The whole `pv_id` is compared
/// with what is stored of the page's.
fn late_timings(state: &State, hit: &EnrichedHit, ongoing: Option<VisitId>) -> Option<VisitEvent> {
    let told = &hit.hit.timings;
    let is_page_view = matches!(&hit.step, Step::Action(action) if action.kind == ActionKind::PageView);
    if is_page_view || *told == Timings::default() {
        return None;
    }
    let visit = ongoing?;
    let page = state.page(visit, hit.hit.pageview_id.as_deref()?)?;
    let after = page.timings().updated(told);
    (after != page.timings()).then(|| {
        VisitEvent::PageTimed(Box::new(PageTimed {
            revision: hit.id,
            action: page.action(),
            visit,
            site: hit.hit.site,
            day: page.day(),
            url: page.url.clone(),
            name: page.name.clone(),
            before: page.timings(),
            after,
        }))
    })
}

fn accepted(hit: &EnrichedHit, visit: Option<VisitId>) -> VisitEvent {
    VisitEvent::HitAccepted { id: hit.id, visit, hit: hit.hit.clone() }
}

/// Matomo adds the goal's number and two to the time of a visit that converts (§3.3): its reports
/// show these seconds, so that ours must, also where the goal was met before. The next hit of the visit corrects them.
fn conversion_seconds(hit: &Hit) -> u32 {
    match &hit.kind {
        HitKind::Goal(goal) => u32::try_from(goal.0.saturating_add(2)).unwrap_or(0),
        HitKind::Order(_) => 2,
        HitKind::Cart(_) => 0,
        _ => 1,
    }
}

/// The look-up of the last visit (§2.3).
fn find<'a>(state: &'a State, hit: &EnrichedHit, lookups: &Lookups<'_>) -> Found<'a> {
    let (site, at) = (hit.hit.site, hit.hit.at);
    let until = UnixSeconds(at.0 + hit.rules.idle_s);
    let window = (UnixSeconds(at.0 - hit.rules.look_back_s), until);
    let user = hit.hit.user_id.as_deref();
    let by_device = |only_of_user: bool| {
        let fits = |visit: &Visit| !only_of_user || visit.user_id.is_none() || visit.user_id.as_deref() == user;
        state.last_of_device(site, hit.hit.config_id, window, fits)
    };
    let held = match hit.hit.visitor {
        None => by_device(user.is_some()),
        Some(visitor) => {
            if let Some(visit) = state.last_of_visitor(site, visitor, until) {
                Some(visit)
            } else if let Some(previous) = lookups.previous.get(&(site, visitor)).filter(|p| p.last_at <= until) {
                return Found::Past(visitor, *previous);
            } else if hit.hit.identity == Identity::Forced || hit.rules.trust_cookies {
                None
            } else {
                by_device(user.is_some())
            }
        }
    };
    held.filter(|visit| visit.actions < hit.rules.actions_max).map_or(Found::Unknown, Found::Held)
}

/// The rules by which a hit of a known visitor begins a visit (§3.1, rules 2 to 8).
fn begins_visit(visit: &Visit, hit: &EnrichedHit) -> bool {
    let idle = hit.hit.at.since(visit.last_at);
    let splits = hit.rules.splits;
    hit.hit.new_visit
        || idle >= hit.rules.idle_s
        || (splits.at_midnight && visit.day != hit.day)
        || (splits.by_user && changes_user(visit, hit))
        || (splits.by_campaign && changes_campaign(visit, hit))
        || (splits.by_website && changes_website(visit, hit))
}

/// Another user on the same device, where user ids give no visitor ids (§2.5).
fn changes_user(visit: &Visit, hit: &EnrichedHit) -> bool {
    let users = visit.user_id.as_ref().zip(hit.hit.user_id.as_ref());
    users.is_some_and(|(known, sent)| known != sent)
}

/// Another website refers to the site, also within a direct visit.
fn changes_website(visit: &Visit, hit: &EnrichedHit) -> bool {
    let found = &hit.detected.referrer;
    found.kind == ReferrerKind::Website && (visit.referrer.kind != found.kind || visit.referrer.name != found.name)
}

fn changes_campaign(visit: &Visit, hit: &EnrichedHit) -> bool {
    if hit.detected.referrer.kind != ReferrerKind::Campaign || visit.referrer.kind == ReferrerKind::Direct {
        return false;
    }
    let referrer = hit.detected.beside(Some(&visit.referrer));
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase();
    visit.referrer.kind != ReferrerKind::Campaign
        || !same(&visit.referrer.name, &referrer.name)
        || !same(&visit.referrer.keyword, &referrer.keyword)
}

/// A new visit (§3.2).
fn begun(hit: &EnrichedHit, found: &Found<'_>) -> Visit {
    let received = &hit.hit;
    let (known_as, previous) = match found {
        Found::Held(visit) => (Some(visit.visitor), Some(Previous::from(visit.as_ref()))),
        Found::Past(visitor, previous) => (Some(*visitor), Some(*previous)),
        Found::Unknown => (None, None),
    };
    let is_order = hit.step == Step::Order;
    let since_start = previous.map(|previous| received.at.since(previous.first_at));
    let added = |stored: Option<u32>| {
        let sum = i64::from(stored?) + since_start?;
        u32::try_from(sum).ok()
    };
    Visit {
        id: VisitId::from(hit.id),
        revision: hit.id,
        site: received.site,
        visitor: known_as.or(received.visitor).unwrap_or_else(|| anonymous(hit)),
        config_id: received.config_id,
        user_id: received.user_id.clone(),
        address: received.address.clone(),
        first_at: received.at,
        last_at: received.at,
        touched_at: received.received_at,
        day: hit.day,
        start_hour: hit.hour,
        total_time: hit.rules.one_page_s,
        actions: 0,
        interactions: 0,
        searches: 0,
        events: 0,
        entry_url: None,
        entry_title: None,
        exit_url: None,
        exit_title: None,
        exit_is_search: false,
        returning: returning(previous, is_order),
        visit_count: previous.map_or(1, |previous| previous.visit_count.saturating_add(1)),
        seconds_since_first: previous.map_or(Some(0), |previous| added(previous.seconds_since_first)),
        seconds_since_last: since_start.map_or(Some(0), |seconds| u32::try_from(seconds).ok()),
        seconds_since_order: if is_order { Some(0) } else { previous.and_then(|p| added(p.seconds_since_order)) },
        converted: false,
        buyer: 0,
        goals: Arc::default(),
        profilable: received.visitor.is_some(),
        local_time: received.local_time,
        referrer: stored_referrer(hit, None),
        device: hit.device.clone(),
        place: received.place.clone(),
        custom: custom(None, hit),
    }
}

/// The referrer as it may be stored (§6.2, §9).
fn stored_referrer(hit: &EnrichedHit, current: Option<&Referrer>) -> Arc<Referrer> {
    referrer::reduced(&hit.detected.beside(current), hit.rules.referrer_reduction)
}

/// A visit directly after an ordering one is only "returning" (§3.2).
fn returning(previous: Option<Previous>, is_order: bool) -> Returning {
    match previous {
        _ if is_order => Returning::Customer,
        Some(previous) if previous.seconds_since_order.is_some_and(|seconds| seconds > 0) => Returning::Customer,
        Some(_) => Returning::Returning,
        None => Returning::New,
    }
}

/// An id for a visitor who has none, derived from the hit.
fn anonymous(hit: &EnrichedHit) -> VisitorId {
    let mixed = (hit.id.0 ^ hit.hit.config_id.0.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    VisitorId((mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9))
}

/// A running visit after a further hit, before its action counts (§3.3).
fn continued(visit: &Visit, hit: &EnrichedHit) -> Visit {
    let received = &hit.hit;
    let mut after = visit.clone();
    after.revision = hit.id;
    after.touched_at = visit.touched_at.max(received.received_at);
    if hit.step != Step::Ping {
        after.last_at = visit.last_at.max(received.at);
    }
    after.total_time = u32::try_from(received.at.since(visit.first_at).saturating_add(1)).unwrap_or(0);
    if let Some(visitor) = received.visitor {
        after.visitor = visitor;
        after.profilable = true;
    }
    if let Some(user) = &received.user_id {
        after.user_id = Some(user.clone());
    }
    if visit.referrer.kind == ReferrerKind::Direct && hit.detected.referrer.kind != ReferrerKind::Direct {
        after.referrer = stored_referrer(hit, Some(&visit.referrer));
    }
    if received.place_forced {
        after.place = received.place.clone();
    }
    if visit.device.resolution.as_ref() == "unknown" && received.client.resolution.as_ref() != "unknown" {
        let resolution = received.client.resolution.clone();
        after.device = Arc::new(nagare_schema::Device { resolution, ..(*visit.device).clone() });
    }
    if hit.step == Step::Order {
        after.seconds_since_order = after.seconds_since_order.or(Some(0));
    }
    after.custom = custom(visit.custom.as_deref(), hit);
    after
}

/// Custom values of visit scope: supplied ones replace, even when they are empty (§5.8, §5.9).
fn custom(current: Option<&VisitCustom>, hit: &EnrichedHit) -> Option<Box<VisitCustom>> {
    let variables = &hit.hit.visit_variables;
    if hit.visit_dimensions.is_empty() && variables.is_empty() {
        return current.map(|custom| Box::new(custom.clone()));
    }
    let mut custom = current.cloned().unwrap_or_default();
    custom.dimensions.extend(hit.visit_dimensions.iter().map(|(dimension, value)| (*dimension, value.clone())));
    custom.variables.extend(variables.iter().map(|(slot, pair)| (*slot, pair.clone())));
    Some(Box::new(custom))
}

/// Records the action and counts it on the visit (§3.2 to §3.4, §5.2, §5.3).
fn record(hit: &EnrichedHit, input: &ActionInput, before: Option<&Visit>, after: &mut Visit) -> Action {
    let action = action(hit, input, before, after.id, after.visitor);
    after.actions += u32::from(input.counts());
    after.interactions += u32::from(input.is_interaction());
    after.searches += u32::from(input.kind == ActionKind::Search);
    after.events += u32::from(input.kind == ActionKind::Event);
    // A visit that began with something else begins with its first page (recorded; §3.3 says never).
    if after.entry_url.is_none() {
        let undefined = || Some(PageUrl { name: "".into(), prefix: UrlPrefix::None });
        after.entry_url = match input.kind {
            ActionKind::PageView => input.url.clone(),
            ActionKind::Search => undefined(),
            _ => None,
        };
    }
    if before.is_none() {
        after.entry_title = input.name.clone().filter(|_| input.is_interaction());
    }
    if input.is_interaction() {
        after.exit_url.clone_from(&input.url);
        after.exit_is_search = input.kind == ActionKind::Search;
        let titled = input.name.as_ref().filter(|name| before.is_none() || !name.is_empty());
        if let Some(name) = titled {
            after.exit_title = Some(name.clone());
        }
    }
    action
}

fn action(
    hit: &EnrichedHit,
    input: &ActionInput,
    before: Option<&Visit>,
    visit: VisitId,
    visitor: VisitorId,
) -> Action {
    let received = &hit.hit;
    let (event, content) = match &received.kind {
        HitKind::Event(event) => (Some(event.clone()), None),
        HitKind::Content(content) => (None, Some(content.clone())),
        _ => (None, None),
    };
    Action {
        id: hit.id,
        visit,
        site: received.site,
        visitor,
        at: received.at,
        day: hit.day,
        hour: hit.hour,
        kind: input.kind,
        url: input.url.clone(),
        name: input.name.clone(),
        previous_url: before.and_then(|visit| visit.exit_url.clone()),
        previous_name: before.and_then(|visit| visit.exit_title.clone()),
        follows_search: before.is_some_and(|visit| visit.exit_is_search),
        time_spent_before: before.map_or(0, |visit| time_spent(visit, received.at, hit.rules.idle_s)),
        position: position(input, before),
        pageview_id: input.pageview_id.clone(),
        timings: if input.kind == ActionKind::PageView { received.timings } else { Default::default() },
        search: input.search.clone().map(Box::new),
        event,
        content,
        product: received.product.clone(),
        dimensions: hit.action_dimensions.clone(),
        variables: received.page_variables.clone(),
        bandwidth: received.bandwidth,
    }
}

/// Seconds from the last action to this one, at most a visit's idle time (§3.4).
fn time_spent(visit: &Visit, at: UnixSeconds, idle_s: i64) -> u32 {
    u32::try_from(at.since(visit.last_at).clamp(0, idle_s)).unwrap_or(0)
}

/// §5.3
fn position(input: &ActionInput, before: Option<&Visit>) -> Option<u32> {
    let seen = before.map_or(0, |visit| visit.interactions);
    if input.is_interaction() { Some(seen + 1) } else { Some(seen).filter(|seen| *seen > 0) }
}

/// What the hit offers to goals (§7.1, §7.3); nothing unless it has an action.
fn goal_input<'a>(hit: &'a EnrichedHit, before: Option<&Visit>) -> GoalInput<'a> {
    let Step::Action(input) = &hit.step else { return GoalInput::default() };
    if hit.rules.goals.is_empty() {
        return GoalInput::default();
    }
    let mut goals =
        GoalInput { visit_seconds: before.map(|visit| hit.hit.at.since(visit.first_at)), ..GoalInput::default() };
    let target = input.url.as_ref().map(|url| url.name.as_ref());
    match input.kind {
        ActionKind::PageView => {
            goals.url = hit.hit.url.as_deref().map(page_url::clean).filter(|url| url.contains("://"));
            goals.title = input.name.as_deref();
        }
        ActionKind::Download => goals.file = target,
        ActionKind::Outlink => goals.outlink = target,
        ActionKind::Event => {
            if let HitKind::Event(event) = &hit.hit.kind {
                goals.event = Some((&event.category, &event.action, event.name.as_deref()));
            }
        }
        ActionKind::Search | ActionKind::Content => {}
    }
    goals
}

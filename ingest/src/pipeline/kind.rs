//! What a hit reports (`tracking.md` §5.1, §5.5, §5.6, §7.6).

use std::borrow::Cow;

use nagare_schema::{Content, DropReason, EventDetail, GoalId, HitKind, Order, Text};

use super::{Draft, detail, page_bytes_max, site_of};
use crate::{
    params::{Name, Params, cut, cut_chars, one_line},
    rules::{Rules, SiteRules},
};

/// Bytes of the names of events and contents (the dictionary's bound, §0.2).
const NAME_BYTES_MAX: usize = 4096;
/// Bytes of a search category (§5.2).
const SEARCH_CATEGORY_BYTES_MAX: usize = 200;
/// Characters of an order id.
const ORDER_ID_CHARS_MAX: usize = 100;

/// Chooses the kind: a ping, a goal or an order is no action; of actions the last in the order page
/// view, search, content, event, outlink, download wins.
pub(super) fn choose(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    let params = draft.params;
    draft.kind = if params.int(Name::Ping) == Some(1) {
        HitKind::Ping
    } else {
        match params.int(Name::Goal) {
            Some(0) => ecommerce(draft),
            Some(goal) if goal > 0 => manual_goal(draft, goal)?,
            _ => action(params, &draft.site, page_bytes_max(draft.rules))?.ok_or(DropReason::InvalidParameter)?,
        }
    };
    Ok(())
}

/// A manual goal must exist (§7.3).
fn manual_goal(draft: &Draft<'_>, goal: i64) -> Result<HitKind, DropReason> {
    let id = i32::try_from(goal).map(GoalId).map_err(|_| DropReason::InvalidParameter)?;
    let exists = draft.rules.config.goals.get(&(draft.site.id, id)).is_some_and(|goal| !goal.deleted);
    if exists { Ok(HitKind::Goal(id)) } else { Err(DropReason::InvalidParameter) }
}

fn ecommerce(draft: &Draft<'_>) -> HitKind {
    let params = draft.params;
    let stored = |id: Cow<'_, str>| match draft.rules.settings().pseudonymous_order_ids {
        true => Text::from(random_order_id()),
        false => Text::from(cut_chars(&id, ORDER_ID_CHARS_MAX)),
    };
    let id = params.filled(Name::OrderId).map(stored);
    let is_order = id.is_some();
    let order = Box::new(Order {
        id,
        subtotal: params.float(Name::Subtotal),
        tax: params.float(Name::Tax),
        shipping: params.float(Name::Shipping),
        discount: params.float(Name::Discount),
        items: detail::items(params),
    });
    if is_order { HitKind::Order(order) } else { HitKind::Cart(order) }
}

/// Stands for an order id that may not be known, and has its usual length (§9).
fn random_order_id() -> String {
    rand::random::<[u8; 20]>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The action, by its parameters; `None` for a custom action (`ca`) that no kind claims.
fn action(params: &Params<'_>, site: &SiteRules, page_bytes: usize) -> Result<Option<HitKind>, DropReason> {
    let line = |name| {
        let text = params.filled(name)?;
        Some(Text::from(one_line(&text, page_bytes).as_ref())).filter(|line| !line.is_empty())
    };
    if let Some(url) = line(Name::Download) {
        return Ok(Some(HitKind::Download(url)));
    }
    if let Some(url) = line(Name::Outlink) {
        return Ok(Some(HitKind::Outlink(url)));
    }
    if params.text(Name::EventCategory).is_some() && params.text(Name::EventAction).is_some() {
        return event(params).map(Some);
    }
    if params.filled(Name::ContentName).is_some() {
        return content(params).map(Some);
    }
    let is_custom = params.flag(Name::CustomAction);
    // Without `ca` the processor makes a page view of a search on a site that knows no searches.
    if (site.site_search || !is_custom)
        && let Some(keyword) = line(Name::Search)
    {
        let count = params.int(Name::SearchCount).and_then(|count| u32::try_from(count).ok());
        return Ok(Some(HitKind::Search { keyword, category: search_category(params), count }));
    }
    Ok((!is_custom).then_some(HitKind::PageView))
}

fn search_category(params: &Params<'_>) -> Option<Text> {
    let category = params.text(Name::SearchCategory)?;
    let category = cut(category.trim(), SEARCH_CATEGORY_BYTES_MAX);
    (!category.is_empty()).then(|| category.into())
}

/// True for a custom action that no kind claims: an error that ends a bulk request (§1.7).
pub(crate) fn is_unclaimed(rules: &Rules, params: &Params<'_>) -> bool {
    params.int(Name::Ping) != Some(1)
        && params.int(Name::Goal).is_none_or(|goal| goal < 0)
        && site_of(rules, params).is_some_and(|site| matches!(action(params, site, page_bytes_max(rules)), Ok(None)))
}

/// A trimmed name; blank is no name.
fn name(params: &Params<'_>, name: Name) -> Option<Text> {
    let text = params.text(name)?;
    let trimmed = cut(text.trim(), NAME_BYTES_MAX);
    (!trimmed.is_empty()).then(|| trimmed.into())
}

fn event(params: &Params<'_>) -> Result<HitKind, DropReason> {
    let category = name(params, Name::EventCategory).ok_or(DropReason::InvalidParameter)?;
    let action = name(params, Name::EventAction).ok_or(DropReason::InvalidParameter)?;
    let value = params.float(Name::EventValue);
    Ok(HitKind::Event(Box::new(EventDetail { category, action, name: name(params, Name::EventName), value })))
}

fn content(params: &Params<'_>) -> Result<HitKind, DropReason> {
    Ok(HitKind::Content(Box::new(Content {
        name: name(params, Name::ContentName).ok_or(DropReason::InvalidParameter)?,
        piece: name(params, Name::ContentPiece),
        target: name(params, Name::ContentTarget),
        interaction: name(params, Name::ContentInteraction),
    })))
}

//! How long a page was looked at.

use super::{Done, action::ActionRow, visit::VisitRow};

impl ActionRow {
    /// A page view or a search of the site.
    fn is_page(&self) -> bool {
        matches!(self.kind, 1 | 8)
    }

    /// Happens on a page and does not leave it: an event, a content.
    fn is_on_page(&self) -> bool {
        self.kind >= 10
    }
}

/// Seconds spent on the page at `at`: until the next action that left it, else until the end of the visit.
pub(super) fn on(done: &Done, at: usize, visit: &VisitRow) -> Option<u32> {
    let page = done.actions.get(at).filter(|action| action.is_page())?;
    let after = done.actions.get(at + 1..).unwrap_or_default();
    if let Some(next) = after.iter().position(|action| !action.is_on_page()) {
        return Some(after.iter().take(next + 1).map(|action| action.spent_before_s).sum());
    }
    let is_last = after.is_empty() && done.conversions.iter().all(|conversion| conversion.at <= page.at);
    if is_last {
        return Some(0);
    }
    let before_s = u32::try_from(page.at - visit.first_at).unwrap_or(0);
    Some(visit.total_time.saturating_sub(before_s))
}

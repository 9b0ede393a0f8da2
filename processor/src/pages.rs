//! The page views of running visits, for timings that come with a later hit (`tracking.md` §5.7).
//!
//! Timings come with the next hit of the page as a rule. So of the newest page view only a little is
//! kept, by the slot of its visit: what is missing stands in the visit, whose last page it is.

use std::{collections::HashMap, mem};

use nagare_schema::{Action, ActionKind, Day, HitId, PageTimed, PageUrl, Text, Timings, Visit, VisitId};

use crate::conversion::order_hash as hash;

/// Page views before the newest that a visit remembers.
const EARLIER_MAX: usize = 3;

/// A page view that its `pv_id` names.
#[derive(Debug, Clone)]
pub struct PageSeen {
    seen: Seen,
    /// The page.
    pub url: Option<PageUrl>,
    /// Its title.
    pub name: Option<Text>,
}

/// What no visit tells of a page view.
#[derive(Debug, Clone)]
struct Seen {
    /// Hash of the `pv_id`; 0: there is none.
    pageview: u64,
    action: HitId,
    day: Day,
    /// `None` while nothing was told.
    timings: Option<Box<Timings>>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { pageview: 0, action: HitId(0), day: Day(0), timings: None }
    }
}

impl PageSeen {
    /// Its action.
    pub fn action(&self) -> HitId {
        self.seen.action
    }

    /// Local date.
    pub fn day(&self) -> Day {
        self.seen.day
    }

    /// Its timings so far.
    pub fn timings(&self) -> Timings {
        self.seen.timings.as_deref().copied().unwrap_or_default()
    }

    fn has_url(&self) -> bool {
        self.url.as_ref().is_some_and(|url| !url.name.is_empty())
    }

    fn has_title(&self) -> bool {
        self.name.as_ref().is_some_and(|name| !name.is_empty())
    }
}

/// Page views by visit.
#[derive(Debug, Default)]
pub(crate) struct PagesSeen {
    newest: Vec<Seen>,
    earlier: HashMap<VisitId, Vec<PageSeen>>,
}

impl PagesSeen {
    /// Notes a page view, or a search, after which the visit's last page is no page any more.
    pub(crate) fn note(&mut self, slot: usize, action: &Action) {
        if self.newest.len() <= slot {
            self.newest.resize_with(slot + 1, Seen::default);
        }
        let before = mem::take(&mut self.newest[slot]);
        if before.pageview != 0 {
            let (url, name) = (action.previous_url.clone(), action.previous_name.clone());
            self.keep(action.visit, PageSeen { seen: before, url, name });
        }
        let Some(pageview_id) = action.pageview_id.as_deref().filter(|_| action.kind == ActionKind::PageView) else {
            return;
        };
        let timings = (action.timings != Timings::default()).then(|| Box::new(action.timings));
        let seen = Seen { pageview: hash(pageview_id), action: action.id, day: action.day, timings };
        let page = PageSeen { seen, url: action.url.clone(), name: action.name.clone() };
        if page.has_title() {
            self.newest[slot] = page.seen;
        } else {
            // The visit keeps the title of the page before.
            self.keep(action.visit, page);
        }
    }

    fn keep(&mut self, visit: VisitId, page: PageSeen) {
        let pages = self.earlier.entry(visit).or_default();
        if pages.len() == EARLIER_MAX {
            pages.remove(0);
        }
        pages.reserve_exact(1);
        pages.push(page);
    }

    /// Notes timings that were told later.
    pub(crate) fn time(&mut self, slot: usize, timed: &PageTimed) {
        let earlier = self.earlier.get_mut(&timed.visit).into_iter().flatten().map(|page| &mut page.seen);
        let all = earlier.chain(self.newest.get_mut(slot));
        all.filter(|seen| seen.action == timed.action).for_each(|seen| seen.timings = Some(Box::new(timed.after)));
    }

    /// The first with a URL, else the first with a title.
    pub(crate) fn find(&self, slot: usize, visit: &Visit, pageview_id: &str) -> Option<PageSeen> {
        let pageview = hash(pageview_id);
        let newest = self.newest.get(slot).filter(|seen| seen.pageview == pageview).map(|seen| PageSeen {
            seen: seen.clone(),
            url: visit.exit_url.clone(),
            name: visit.exit_title.clone(),
        });
        let earlier = self.earlier.get(&visit.id).into_iter().flatten();
        let named = || earlier.clone().filter(|page| page.seen.pageview == pageview).chain(newest.as_ref());
        named().find(|page| page.has_url()).or_else(|| named().find(|page| page.has_title())).cloned()
    }

    /// Forgets a visit.
    pub(crate) fn forget(&mut self, slot: usize, visit: VisitId) {
        if let Some(newest) = self.newest.get_mut(slot) {
            *newest = Seen::default();
        }
        self.earlier.remove(&visit);
    }
}

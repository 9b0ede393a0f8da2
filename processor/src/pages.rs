//! The page views of running visits, for timings that come with a later hit (`tracking.md` §5.7).

use std::collections::HashMap;

use nagare_schema::{Action, ActionKind, Day, HitId, PageTimed, PageUrl, Text, Timings, VisitId};

/// Page views that a visit remembers, the newest: timings come with the next hit as a rule.
const PAGES_MAX: usize = 4;

/// A page view that its `pv_id` names.
#[derive(Debug)]
pub struct PageSeen {
    pageview_id: Text,
    /// Its action.
    pub action: HitId,
    /// Local date.
    pub day: Day,
    /// The page.
    pub url: Option<PageUrl>,
    /// Its title.
    pub name: Option<Text>,
    /// Its timings so far.
    pub timings: Timings,
}

impl PageSeen {
    fn has_url(&self) -> bool {
        self.url.as_ref().is_some_and(|url| !url.name.is_empty())
    }

    fn has_title(&self) -> bool {
        self.name.as_ref().is_some_and(|name| !name.is_empty())
    }
}

/// Page views by visit, in order.
#[derive(Debug, Default)]
pub(crate) struct PagesSeen(HashMap<VisitId, Vec<PageSeen>>);

impl PagesSeen {
    /// Notes a page view that something may refer to.
    pub(crate) fn note(&mut self, action: &Action) {
        let Some(pageview_id) = action.pageview_id.clone().filter(|_| action.kind == ActionKind::PageView) else {
            return;
        };
        let pages = self.0.entry(action.visit).or_default();
        if pages.len() == PAGES_MAX {
            pages.remove(0);
        }
        pages.push(PageSeen {
            pageview_id,
            action: action.id,
            day: action.day,
            url: action.url.clone(),
            name: action.name.clone(),
            timings: action.timings,
        });
    }

    /// Notes timings that were told later.
    pub(crate) fn time(&mut self, timed: &PageTimed) {
        let pages = self.0.get_mut(&timed.visit).into_iter().flatten();
        pages.filter(|page| page.action == timed.action).for_each(|page| page.timings = timed.after);
    }

    /// The first with a URL, else the first with a title.
    pub(crate) fn find(&self, visit: VisitId, pageview_id: &str) -> Option<&PageSeen> {
        let named = || self.0.get(&visit).into_iter().flatten().filter(|page| *page.pageview_id == *pageview_id);
        named().find(|page| page.has_url()).or_else(|| named().find(|page| page.has_title()))
    }

    /// Forgets a visit.
    pub(crate) fn forget(&mut self, visit: VisitId) {
        self.0.remove(&visit);
    }
}

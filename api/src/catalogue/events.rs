//! Events and contents (`reports.md` §10), and categories of site search (§5.3).

use super::{ActionGroup, ActionKey, Flatten, Report, Sites, Sort, Source};
use crate::{
    catalogue::ActionKey::{ContentName, ContentPiece, EventAction, EventCategory, EventName, SearchCategory},
    permission::Permission,
    shape::Processed,
};

const fn report(name: &'static str, source: Source, flatten: Flatten, processed: &'static [Processed]) -> Report {
    Report { name, permission: Permission::View, source, processed, sort: Sort::VISITS, flatten, sites: Sites::Any }
}

/// The first of `seconds` is told unless the request names another.
const fn events(name: &'static str, first: ActionKey, seconds: &'static [ActionKey], keys: &'static [&str]) -> Report {
    let source = Source::Groups { group: ActionGroup::Events, first, seconds };
    report(name, source, Flatten::Levels(keys), &[Processed::EventValue])
}

const fn contents(
    name: &'static str,
    first: ActionKey,
    seconds: &'static [ActionKey],
    keys: &'static [&'static str],
) -> Report {
    let source = Source::Groups { group: ActionGroup::Contents, first, seconds };
    report(name, source, Flatten::Joined(keys), &[Processed::InteractionRate])
}

const CATEGORY: &str = "Events_EventCategory";
const ACTION: &str = "Events_EventAction";
const NAME: &str = "Events_EventName";

pub(super) const REPORTS: &[Report] = &[
    events("Events.getCategory", EventCategory, &[EventAction, EventName], &[CATEGORY, ACTION]),
    events("Events.getAction", EventAction, &[EventName, EventCategory], &[ACTION, NAME]),
    events("Events.getName", EventName, &[EventAction, EventCategory], &[NAME, ACTION]),
    events("Events.getActionFromCategoryId", EventCategory, &[EventAction], &[ACTION]),
    events("Events.getNameFromCategoryId", EventCategory, &[EventName], &[NAME]),
    events("Events.getCategoryFromActionId", EventAction, &[EventCategory], &[CATEGORY]),
    events("Events.getNameFromActionId", EventAction, &[EventName], &[NAME]),
    events("Events.getActionFromNameId", EventName, &[EventAction], &[ACTION]),
    events("Events.getCategoryFromNameId", EventName, &[EventCategory], &[CATEGORY]),
    contents(
        "Contents.getContentNames",
        ContentName,
        &[ContentPiece],
        &["Contents_ContentName", "Contents_ContentPiece"],
    ),
    contents(
        "Contents.getContentPieces",
        ContentPiece,
        &[ContentName],
        &["Contents_ContentPiece", "Contents_ContentName"],
    ),
    report(
        "Actions.getSiteSearchCategories",
        Source::Groups { group: ActionGroup::SearchCategories, first: SearchCategory, seconds: &[] },
        Flatten::Unsupported,
        &[Processed::PagesPerSearch],
    ),
    report("PagePerformance.get", Source::PageTimings, Flatten::Unsupported, &[]),
    report("Bandwidth.get", Source::Bandwidth, Flatten::Unsupported, &[]),
];

//! Actions (`reports.md` §5).

use super::{Click, Flatten, PageField, PageRole, Report, Sites, Sort, Source};
use crate::{permission::Permission, shape::Processed};

const PAGE_METRICS: &[Processed] = &[
    Processed::Bandwidth,
    Processed::PageTimings,
    Processed::PageLoadTime,
    Processed::TimeOnPage,
    Processed::EntryBounceRate,
    Processed::ExitRate,
];

const fn report(name: &'static str, source: Source, flatten: Flatten, processed: &'static [Processed]) -> Report {
    Report { name, permission: Permission::View, source, processed, sort: Sort::VISITS, flatten, sites: Sites::Any }
}

const fn urls(name: &'static str, role: PageRole) -> Report {
    let source = Source::Pages { field: PageField::Url, role };
    report(name, source, Flatten::PagePath("Actions_PageUrl"), PAGE_METRICS)
}

const fn titles(name: &'static str, role: PageRole) -> Report {
    let source = Source::Pages { field: PageField::Title, role };
    report(name, source, Flatten::Path("Actions_PageTitle"), PAGE_METRICS)
}

const fn clicks(name: &'static str, click: Click, key: &'static str) -> Report {
    report(name, Source::Clicks(click), Flatten::Path(key), &[Processed::Bandwidth])
}

pub(super) const REPORTS: &[Report] = &[
    report("Actions.get", Source::ActionSummary, Flatten::Unsupported, &[]),
    urls("Actions.getPageUrls", PageRole::All),
    urls("Actions.getEntryPageUrls", PageRole::Entry),
    urls("Actions.getExitPageUrls", PageRole::Exit),
    urls("Actions.getPageUrlsFollowingSiteSearch", PageRole::FollowingSearch),
    titles("Actions.getPageTitles", PageRole::All),
    titles("Actions.getEntryPageTitles", PageRole::Entry),
    titles("Actions.getExitPageTitles", PageRole::Exit),
    titles("Actions.getPageTitlesFollowingSiteSearch", PageRole::FollowingSearch),
    clicks("Actions.getDownloads", Click::Download, "Actions_DownloadUrl"),
    clicks("Actions.getOutlinks", Click::Outlink, "Actions_ClickedUrl"),
];

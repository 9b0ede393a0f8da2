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

/// The metrics of one page: without timings.
const ONE_PAGE_METRICS: &[Processed] =
    &[Processed::TimeOnPage, Processed::EntryBounceRate, Processed::ExitRate, Processed::Bandwidth];

const SEARCH_METRICS: &[Processed] = &[
    Processed::PagesPerSearch,
    Processed::Bandwidth,
    Processed::TimeOnPage,
    Processed::EntryBounceRate,
    Processed::ExitRate,
];

const fn one_page(name: &'static str, field: PageField) -> Report {
    report(name, Source::Pages { field, role: PageRole::One }, Flatten::Unsupported, ONE_PAGE_METRICS)
}

const fn one_click(name: &'static str, click: Click) -> Report {
    report(name, Source::OneClick(click), Flatten::Unsupported, &[Processed::Bandwidth])
}

const fn searches(name: &'static str, no_results: bool) -> Report {
    report(name, Source::Searches { no_results }, Flatten::Unsupported, SEARCH_METRICS)
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
    one_page("Actions.getPageUrl", PageField::Url),
    one_page("Actions.getPageTitle", PageField::Title),
    one_click("Actions.getDownload", Click::Download),
    one_click("Actions.getOutlink", Click::Outlink),
    searches("Actions.getSiteSearchKeywords", false),
    searches("Actions.getSiteSearchNoResultKeywords", true),
];

//! Facts become rows, and rows become what the request asks for: one step each, in the order of
//! `reporting-api.md` §8.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Metrics that are computed from the other columns of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processed {
    Bandwidth,
    PageTimings,
    PageLoadTime,
    TimeOnPage,
    EntryBounceRate,
    ExitRate,
    BounceRate,
    ActionsPerVisit,
    TimeOnSite,
}

/// What `urlencode` of PHP leaves as it is, and the blank that becomes `+`.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b' ');

/// Encodes a text as a form does.
pub(crate) fn url_encode(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string().replace(' ', "+")
}

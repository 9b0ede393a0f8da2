//! Requests of a site that could not be believed, for those who look after it (`reports.md` §25).

use serde::{Deserialize, Serialize};

use crate::{SiteId, UnixMillis};

/// Why a request was not believed. The numbers are those of Matomo's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum FailureKind {
    /// There is no such site.
    UnknownSite = 1,
    /// A parameter that needs a token came without a valid one.
    NotAuthenticated = 2,
}

/// The newest failure of one kind on one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackingFailure {
    /// The site that was named.
    pub site: SiteId,
    /// Why.
    pub kind: FailureKind,
    /// First seen.
    pub at: UnixMillis,
    /// Parameters of the request, without its token.
    pub request: String,
    /// Page that sent it.
    pub page: String,
}

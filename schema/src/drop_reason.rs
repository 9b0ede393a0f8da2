use serde::{Deserialize, Serialize};

/// Why a hit was refused or set aside. Closed, so that it can be a metric's label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// `idsite` is missing, not a positive number, or names no site (§1.4).
    UnknownSite,
    /// A parameter's value is refused (§1.4).
    InvalidParameter,
    /// A privileged parameter without a token that allows it (§1.6).
    Unauthorized,
    /// `rec` is missing or zero (§4).
    NotRecorded,
    /// A bot by user agent or address (§4.1).
    Bot,
    /// Do-Not-Track or Global Privacy Control is honoured (§4).
    DoNotTrack,
    /// An expression on its parameters excludes the request (§4.2).
    ExcludedRequest,
    /// The opt-out cookie is present (§4.6).
    OptedOut,
    /// The address is excluded (§4.4).
    ExcludedAddress,
    /// The user agent is excluded (§4.3).
    ExcludedUserAgent,
    /// The referrer is spam (§4).
    ReferrerSpam,
    /// The site records only its own URLs, and this is none (§4).
    UnknownUrl,
    /// A prefetch or preview (§4).
    Prefetch,
    /// `tracker_install_check` (§1.7).
    InstallCheck,
    /// The body is too large, before or after decompression.
    TooLarge,
    /// The body cannot be read.
    MalformedBody,
    /// Queues are full; the client was told to come back.
    Overload,
    /// The log is unreachable and the spool is full.
    SpoolFull,
    /// More than an address may ask, or a site may be sent, within a second.
    TooMany,
}

impl DropReason {
    /// Every reason, for registering counters.
    pub const ALL: [Self; 19] = [
        Self::UnknownSite,
        Self::InvalidParameter,
        Self::Unauthorized,
        Self::NotRecorded,
        Self::Bot,
        Self::DoNotTrack,
        Self::ExcludedRequest,
        Self::OptedOut,
        Self::ExcludedAddress,
        Self::ExcludedUserAgent,
        Self::ReferrerSpam,
        Self::UnknownUrl,
        Self::Prefetch,
        Self::InstallCheck,
        Self::TooLarge,
        Self::MalformedBody,
        Self::Overload,
        Self::SpoolFull,
        Self::TooMany,
    ];

    /// The label of the reason in metrics and answers.
    pub fn label(self) -> &'static str {
        match self {
            Self::UnknownSite => "unknown_site",
            Self::InvalidParameter => "invalid_parameter",
            Self::Unauthorized => "unauthorized",
            Self::NotRecorded => "not_recorded",
            Self::Bot => "bot",
            Self::DoNotTrack => "do_not_track",
            Self::ExcludedRequest => "excluded_request",
            Self::OptedOut => "opted_out",
            Self::ExcludedAddress => "excluded_address",
            Self::ExcludedUserAgent => "excluded_user_agent",
            Self::ReferrerSpam => "referrer_spam",
            Self::UnknownUrl => "unknown_url",
            Self::Prefetch => "prefetch",
            Self::InstallCheck => "install_check",
            Self::TooLarge => "too_large",
            Self::MalformedBody => "malformed_body",
            Self::Overload => "overload",
            Self::SpoolFull => "spool_full",
            Self::TooMany => "too_many",
        }
    }
}

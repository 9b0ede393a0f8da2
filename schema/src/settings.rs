//! Global settings of a deployment.

use serde::{Deserialize, Serialize};

use crate::{NamedSettings, SiteId};

/// Bytes of an address that can be masked.
pub const MASK_BYTES_MAX: u8 = 4;

/// What of a referrer is stored (`tracking.md` §9); its kind, and the names of campaigns, engines and
/// networks always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferrerReduction {
    /// All of it.
    #[default]
    None,
    /// The URL without its query, and no keyword.
    ExcludeQuery,
    /// Scheme and host of the URL, and no keyword.
    ExcludePath,
    /// No URL, no keyword, no name of a website.
    ExcludeAll,
}

/// Global settings, with Matomo's defaults except where privacy asks for more (`tracking.md` §9, App. A).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Bytes of an IPv4 address that are masked before storing, 0 to 4.
    pub mask_bytes: u8,
    /// Locate by the masked address.
    pub locate_masked: bool,
    /// Honour Do-Not-Track and Global Privacy Control.
    pub do_not_track: bool,
    /// Store a keyed hash in place of a user id.
    pub pseudonymous_user_ids: bool,
    /// Store a random text in place of an order id.
    pub pseudonymous_order_ids: bool,
    /// What of a referrer is stored.
    pub referrer_reduction: ReferrerReduction,
    /// Ignore visitor cookies.
    pub cookieless: bool,
    /// Tell no two hits of a device from those of others: each begins a visit.
    pub random_fingerprints: bool,
    /// Hits that are not recorded: expressions on their parameters, as `e_c==test` (§4.2).
    pub excluded_requests: Vec<String>,
    /// Excluded addresses of all sites.
    pub excluded_ips: Vec<String>,
    /// Excluded user agents of all sites.
    pub excluded_user_agents: Vec<String>,
    /// Excluded query parameters of all sites.
    pub excluded_parameters: Vec<String>,
    /// Excluded referrers of all sites.
    pub excluded_referrers: Vec<String>,
    /// Keep URL fragments of sites that do not say.
    pub keep_url_fragments: bool,
    /// Site search keyword parameters.
    pub search_keyword_parameters: Vec<String>,
    /// Site search category parameters.
    pub search_category_parameters: Vec<String>,
    /// Provider of places: `default` (language only), `geoip2php` (database), `disabled`.
    pub location_provider: String,
    /// Time zone of sites that name none.
    pub default_timezone: String,
    /// Currency of sites that name none.
    pub default_currency: String,
    /// Highest id of a site that was deleted; ids are never given again.
    pub sites_deleted_to: SiteId,
    /// Steps of the tour that nobody wants to take.
    pub tour_skipped: Vec<String>,
    /// Settings under Matomo's names.
    pub named: NamedSettings,
}

impl Default for Settings {
    fn default() -> Self {
        let keywords = ["q", "query", "s", "search", "searchword", "k", "keyword", "keywords"];
        Self {
            mask_bytes: 2,
            locate_masked: false,
            do_not_track: false,
            pseudonymous_user_ids: false,
            pseudonymous_order_ids: false,
            referrer_reduction: ReferrerReduction::None,
            cookieless: false,
            random_fingerprints: false,
            excluded_requests: Vec::new(),
            excluded_ips: Vec::new(),
            excluded_user_agents: Vec::new(),
            excluded_parameters: Vec::new(),
            excluded_referrers: Vec::new(),
            keep_url_fragments: false,
            search_keyword_parameters: keywords.map(str::to_owned).to_vec(),
            search_category_parameters: Vec::new(),
            location_provider: "geoip2php".to_owned(),
            default_timezone: "UTC".to_owned(),
            default_currency: "USD".to_owned(),
            sites_deleted_to: SiteId(0),
            tour_skipped: Vec::new(),
            named: NamedSettings::default(),
        }
    }
}

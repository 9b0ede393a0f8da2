//! Global settings of a deployment.

use serde::{Deserialize, Serialize};

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
}

impl Default for Settings {
    fn default() -> Self {
        let keywords = ["q", "query", "s", "search", "searchword", "k", "keyword", "keywords"];
        Self {
            mask_bytes: 2,
            locate_masked: false,
            do_not_track: false,
            excluded_ips: Vec::new(),
            excluded_user_agents: Vec::new(),
            excluded_parameters: Vec::new(),
            excluded_referrers: Vec::new(),
            keep_url_fragments: false,
            search_keyword_parameters: keywords.map(str::to_owned).to_vec(),
            search_category_parameters: Vec::new(),
            location_provider: "geoip2php".to_owned(),
        }
    }
}

//! Settings under Matomo's names, `Section.name`, as typed data with Matomo's defaults.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes of a setting's text at most.
const TEXT_BYTES_MAX: usize = 4096;
/// Numbers a setting may have; −1 stands for "no limit".
const NUMBERS: std::ops::RangeInclusive<i64> = -1..=1_000_000_000;

/// A setting: its name and what holds while nobody has changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedSetting<T> {
    /// `Section.name`.
    pub name: &'static str,
    /// What holds while nobody has changed it.
    pub default: T,
}

/// A setting of any type, for lists of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnySetting {
    /// A number.
    Number(NamedSetting<i64>),
    /// On or off.
    Flag(NamedSetting<bool>),
    /// A text.
    Text(NamedSetting<&'static str>),
}

impl AnySetting {
    /// The setting with a name.
    pub fn find(name: &str) -> Option<Self> {
        ALL_SETTINGS.iter().find(|setting| setting.name() == name).copied()
    }

    /// `Section.name`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Number(setting) => setting.name,
            Self::Flag(setting) => setting.name,
            Self::Text(setting) => setting.name,
        }
    }

    /// The default as a configuration file writes it.
    pub fn default_text(&self) -> String {
        match self {
            Self::Number(setting) => setting.default.to_string(),
            Self::Flag(setting) => i64::from(setting.default).to_string(),
            Self::Text(setting) => setting.default.to_owned(),
        }
    }

    /// The stored form of a text, when the setting can have it.
    fn checked(&self, text: &str) -> Option<String> {
        match self {
            Self::Number(_) => text.parse().ok().filter(|number| NUMBERS.contains(number)).map(|n: i64| n.to_string()),
            Self::Flag(_) => flag(text).map(|on| i64::from(on).to_string()),
            Self::Text(_) => (text.len() <= TEXT_BYTES_MAX).then(|| text.to_owned()),
        }
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "" | "false" => Some(false),
        _ => None,
    }
}

/// Why a setting cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No setting has this name.
    #[error("there is no setting {0}")]
    Unknown(String),
    /// The setting cannot have this value.
    #[error("{0} cannot be set to '{1}'")]
    Invalid(&'static str, String),
}

/// The settings that were changed, as texts; everything else has its default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NamedSettings(BTreeMap<String, String>);

impl NamedSettings {
    /// A number.
    pub fn number(&self, setting: &NamedSetting<i64>) -> i64 {
        self.0.get(setting.name).and_then(|text| text.parse().ok()).unwrap_or(setting.default)
    }

    /// A number that is no limit when it is negative.
    pub fn limit(&self, setting: &NamedSetting<i64>) -> Option<usize> {
        usize::try_from(self.number(setting)).ok()
    }

    /// On or off.
    pub fn flag(&self, setting: &NamedSetting<bool>) -> bool {
        self.0.get(setting.name).and_then(|text| flag(text)).unwrap_or(setting.default)
    }

    /// A text.
    pub fn text(&self, setting: &NamedSetting<&'static str>) -> &str {
        self.0.get(setting.name).map_or(setting.default, String::as_str)
    }

    /// Any setting, as a configuration file writes it.
    pub fn get(&self, setting: &AnySetting) -> String {
        self.0.get(setting.name()).cloned().unwrap_or_else(|| setting.default_text())
    }

    /// Changes a setting; the default is not kept as a change.
    ///
    /// # Errors
    /// When there is no such setting, or it cannot have the value.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), SettingError> {
        let setting = AnySetting::find(name).ok_or_else(|| SettingError::Unknown(name.to_owned()))?;
        let value = setting.checked(text).ok_or_else(|| SettingError::Invalid(setting.name(), text.to_owned()))?;
        if value == setting.default_text() {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), value);
        }
        Ok(())
    }
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])* $constant:ident: $kind:ident($type:ty) = $name:literal, $default:expr;)*) => {
        $(
            $(#[doc = $doc])*
            pub const $constant: NamedSetting<$type> = NamedSetting { name: $name, default: $default };
        )*
        /// Every setting, by name.
        pub const ALL_SETTINGS: &[AnySetting] = &[$(AnySetting::$kind($constant)),*];
    };
}

settings! {
    /// Old visits are removed (product.md V6).
    VISITS_REMOVED: Flag(bool) = "Deletelogs.delete_logs_enable", false;
    /// Days that visits are kept.
    VISITS_DAYS: Number(i64) = "Deletelogs.delete_logs_older_than", 180;
    /// Days between two removals.
    REMOVAL_DAYS: Number(i64) = "Deletelogs.delete_logs_schedule_lowest_interval", 7;
    /// Old reports are removed.
    REPORTS_REMOVED: Flag(bool) = "Deletereports.delete_reports_enable", false;
    /// Visits, actions and conversions of whole sites stay when reports go.
    REPORTS_KEEP_BASIC: Flag(bool) = "Deletereports.delete_reports_keep_basic_metrics", true;
    /// Months that reports are kept.
    REPORTS_MONTHS: Number(i64) = "Deletereports.delete_reports_older_than", 12;
    /// Rows of an answer over HTTP unless the request says otherwise.
    API_DEFAULT_LIMIT: Number(i64) = "General.API_datatable_default_limit", 100;
    /// What a URL path shows that ends with a slash (`tracking.md` §1.10).
    ACTION_DEFAULT_NAME: Text(&'static str) = "General.action_default_name", "index";
    /// Levels of a path at most.
    ACTION_LEVELS_MAX: Number(i64) = "General.action_category_level_limit", 10;
    /// What titles are split at; empty: not at all.
    ACTION_TITLE_DELIMITER: Text(&'static str) = "General.action_title_category_delimiter", "";
    /// What URL paths are split at.
    ACTION_URL_DELIMITER: Text(&'static str) = "General.action_url_category_delimiter", "/";
    /// Distinct combinations that are told apart in a report; 0: all (`reporting-api.md` §12).
    RANKING_ROWS_MAX: Number(i64) = "General.archiving_ranking_query_row_limit", 50_000;
    /// Reports answer for stored segments alone.
    STORED_SEGMENTS_ONLY: Flag(bool) = "General.browser_archiving_disabled_enforce", false;
    /// Origins whose pages may read the answer to a hit sent by GET, separated by commas; `*`: all
    /// (`tracking.md` §1.4).
    CORS_DOMAINS: Text(&'static str) = "General.cors_domains", "";
    /// Rows of pages, downloads and outlinks.
    ACTIONS_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_actions", 500;
    /// Rows of custom dimensions.
    DIMENSIONS_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_custom_dimensions", 1000;
    /// Rows of events.
    EVENTS_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_events", 500;
    /// Rows of products.
    PRODUCTS_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_products", 10_000;
    /// Rows of referrers.
    REFERRERS_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_referrers", 1000;
    /// Rows of site search.
    SEARCH_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_site_search", 500;
    /// Rows of all other tables.
    STANDARD_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_standard", 500;
    /// Rows below a page's folder.
    ACTIONS_SUBTABLE_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_subtable_actions", 100;
    /// Rows below a custom dimension's value.
    DIMENSIONS_SUBTABLE_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_subtable_custom_dimensions", 1000;
    /// Rows below an event's row.
    EVENTS_SUBTABLE_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_subtable_events", 500;
    /// Rows below a referrer.
    REFERRERS_SUBTABLE_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_subtable_referrers", 50;
    /// Rows of user ids.
    USERS_ROWS_MAX: Number(i64) = "General.datatable_archiving_maximum_rows_userid_users", 50_000;
    /// Values are suggested for segments (`segments.md` §7).
    SUGGESTED_VALUES: Flag(bool) = "General.enable_segment_suggested_values", true;
    /// Distinct visitors and users of a site are told for days.
    UNIQUES_OF_DAY: Flag(bool) = "General.enable_processing_unique_visitors_day", true;
    /// … for months.
    UNIQUES_OF_MONTH: Flag(bool) = "General.enable_processing_unique_visitors_month", true;
    /// … for ranges.
    UNIQUES_OF_RANGE: Flag(bool) = "General.enable_processing_unique_visitors_range", false;
    /// … for weeks.
    UNIQUES_OF_WEEK: Flag(bool) = "General.enable_processing_unique_visitors_week", true;
    /// … for years.
    UNIQUES_OF_YEAR: Flag(bool) = "General.enable_processing_unique_visitors_year", false;
    /// Visits that a visitor profile adds up.
    PROFILE_VISITS_MAX: Number(i64) = "General.live_visitor_profile_max_visits_to_aggregate", 100;
    /// Columns of a pivot table, the last of which holds all others.
    PIVOT_COLUMNS_MAX: Number(i64) = "General.pivot_by_filter_default_column_limit", 10;
    /// Reports may be pivoted by a dimension that is not the one of their sub-tables.
    PIVOT_BY_SEGMENT: Flag(bool) = "General.pivot_by_filter_enable_fetch_by_segment", false;
    /// Tables of reports have no row limits.
    ROW_LIMITS_LIFTED: Flag(bool) = "General.lift_row_limits", false;
    /// The visit log is off for everyone.
    LOG_DISABLED: Flag(bool) = "Live.disable_visitor_log", false;
    /// The visitor profile is off for everyone.
    PROFILE_DISABLED: Flag(bool) = "Live.disable_visitor_profile", false;
    /// What tells campaigns apart beside their names and keywords is recorded (`tracking.md` §6.3).
    CAMPAIGN_DETAILS: Flag(bool) = "MarketingCampaignsReporting.enabled", true;
    /// Further parameters that name a campaign while its details are recorded, separated by commas.
    DETAILED_CAMPAIGN_NAMES: Text(&'static str) = "MarketingCampaignsReporting.campaign_name", "";
    /// Each hit of a bulk request needs a valid token (`tracking.md` §1.5).
    BULK_NEEDS_TOKEN: Flag(bool) = "Tracker.bulk_requests_require_authentication", false;
    /// Parameters of a page's address that give the keyword of a campaign, the first that is there wins.
    CAMPAIGN_KEYWORDS: Text(&'static str) =
        "Tracker.campaign_keyword_var_name", "pk_kwd,pk_keyword,piwik_kwd,mtm_kwd,mtm_keyword,matomo_kwd,utm_term";
    /// Parameters of a page's address that name a campaign (`tracking.md` §6.3).
    CAMPAIGN_NAMES: Text(&'static str) = "Tracker.campaign_var_name",
        "pk_cpn,pk_campaign,piwik_campaign,mtm_campaign,matomo_campaign,utm_campaign,utm_source,utm_medium";
    /// Seconds that the cookie of this server is kept.
    COOKIE_SECONDS: Number(i64) = "Tracker.cookie_expire", 33_955_200;
    /// Name of the visitor's cookie of this server (`tracking.md` §2.6).
    COOKIE_NAME: Text(&'static str) = "Tracker.cookie_name", "_pk_uid";
    /// Actions after which a visit is no longer continued; 0: never (`tracking.md` §3.1).
    VISIT_ACTIONS_MAX: Number(i64) = "Tracker.create_new_visit_after_x_actions", 10_000;
    /// A new day in the site's time zone begins a new visit.
    SPLIT_AT_MIDNIGHT: Flag(bool) = "Tracker.create_new_visit_after_midnight", true;
    /// Another campaign begins a new visit.
    SPLIT_BY_CAMPAIGN: Flag(bool) = "Tracker.create_new_visit_when_campaign_changes", true;
    /// Another website as referrer begins a new visit.
    SPLIT_BY_WEBSITE: Flag(bool) = "Tracker.create_new_visit_when_website_referrer_changes", false;
    /// Seconds that a visit of one page lasts.
    ONE_PAGE_SECONDS: Number(i64) = "Tracker.default_time_one_page_visit", 0;
    /// What is answered to a hit in place of the transparent image: a png, gif or jpeg in base64
    /// (`tracking.md` §1.4).
    CUSTOM_IMAGE: Text(&'static str) = "Tracker.custom_image", "";
    /// Places that no database knows are guessed by language (`tracking.md` §8.3).
    LANGUAGE_LOCATES: Flag(bool) = "Tracker.enable_default_location_provider", true;
    /// A language without a region stands for the country where it is spoken.
    LANGUAGE_IS_COUNTRY: Flag(bool) = "Tracker.enable_language_to_country_guess", true;
    /// Hits with the referrer of a known spammer are excluded.
    SPAM_FILTER: Flag(bool) = "Tracker.enable_spam_filter", true;
    /// A user id gives the visitor id.
    USER_ID_IS_VISITOR_ID: Flag(bool) = "Tracker.enable_userid_overwrites_visitorid", true;
    /// Bytes of a page URL or title, 1024 at most.
    PAGE_BYTES_MAX: Number(i64) = "Tracker.page_maximum_length", 1024;
    /// Hits are recorded.
    RECORD_STATISTICS: Flag(bool) = "Tracker.record_statistics", true;
    /// Privileged parameters need a valid token (`tracking.md` §1.6).
    PRIVILEGE_NEEDS_TOKEN: Flag(bool) = "Tracker.tracking_requests_require_authentication", true;
    /// Seconds up to which a time given by the tracker needs no authentication.
    FREE_TIME_SECONDS_MAX: Number(i64) =
        "Tracker.tracking_requests_require_authentication_when_custom_timestamp_newer_than", 86_400;
    /// Visitor cookies are trusted: no fallback to the fingerprint.
    TRUST_COOKIES: Flag(bool) = "Tracker.trust_visitors_cookies", false;
    /// Visitors have a cookie of this server, too, which follows them across sites (`tracking.md` §2.6).
    THIRD_PARTY_COOKIE: Flag(bool) = "Tracker.use_third_party_id_cookie", false;
    /// Seconds without action that end a visit.
    VISIT_IDLE_SECONDS: Number(i64) = "Tracker.visit_standard_length", 1800;
    /// Seconds that a visit is looked back for by the fingerprint; 0: as long as a visit may be idle.
    LOOK_BACK_SECONDS: Number(i64) = "Tracker.window_look_back_for_visitor", 0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_have_a_section() {
        let mut names: Vec<&str> = ALL_SETTINGS.iter().map(AnySetting::name).collect();
        assert!(names.iter().all(|name| name.split_once('.').is_some()));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    /// `tracking.md` appendix A
    #[test]
    fn a_change_holds_until_the_default_is_set_again() {
        let mut settings = NamedSettings::default();
        assert_eq!(settings.number(&VISIT_IDLE_SECONDS), 1800);
        settings.set("Tracker.visit_standard_length", "60").unwrap();
        settings.set("Tracker.create_new_visit_when_website_referrer_changes", "true").unwrap();
        settings.set("General.action_title_category_delimiter", "/").unwrap();
        assert_eq!(settings.number(&VISIT_IDLE_SECONDS), 60);
        assert!(settings.flag(&SPLIT_BY_WEBSITE));
        assert_eq!(settings.text(&ACTION_TITLE_DELIMITER), "/");
        settings.set("Tracker.visit_standard_length", "1800").unwrap();
        assert_eq!((settings.number(&VISIT_IDLE_SECONDS), settings.0.len()), (1800, 2));
    }

    #[test]
    fn what_cannot_be_set_is_refused() {
        let mut settings = NamedSettings::default();
        assert_eq!(settings.set("General.nothing", "1"), Err(SettingError::Unknown("General.nothing".to_owned())));
        for (name, text) in [
            ("Tracker.visit_standard_length", "long"),
            ("Tracker.visit_standard_length", "-2"),
            ("Tracker.trust_visitors_cookies", "perhaps"),
        ] {
            assert!(settings.set(name, text).is_err(), "{name} {text}");
        }
        assert_eq!(settings, NamedSettings::default());
    }

    #[test]
    fn a_negative_limit_is_none() {
        let mut settings = NamedSettings::default();
        settings.set(STANDARD_ROWS_MAX.name, "-1").unwrap();
        assert_eq!((settings.limit(&STANDARD_ROWS_MAX), settings.limit(&EVENTS_ROWS_MAX)), (None, Some(500)));
    }
}

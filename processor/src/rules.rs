//! A site's configuration, compiled for the rules that every hit of the site passes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use nagare_schema::{Config, GoalId, ReferrerReduction, Site, SiteId, SiteKind, ZoneClock, named_setting as setting};

use crate::{
    campaign::CampaignParameters,
    dimension::DimensionRules,
    goal::GoalRule,
    page_url::{UrlParts, UrlRules},
};

/// Seconds without action that end a visit at most, whatever the settings say: visits are held that long.
pub const VISIT_IDLE_S_MAX: i64 = 1800;

/// Seconds that a visit is found by its device at most, whatever the settings say: with some minutes for
/// hits that are late, visits are held that long.
pub const LOOK_BACK_S_MAX: i64 = VISIT_IDLE_S_MAX;

/// What the rules need to know about a site.
#[derive(Debug)]
pub struct SiteRules {
    /// The site.
    pub site: SiteId,
    /// Its clock.
    pub clock: ZoneClock,
    /// How its URLs are normalised.
    pub urls: UrlRules,
    /// What names campaigns.
    pub campaigns: CampaignParameters,
    /// Its goals by id, without deleted ones.
    pub goals: Vec<GoalRule>,
    /// Its custom dimensions.
    pub dimensions: DimensionRules,
    /// What of a referrer is stored.
    pub referrer_reduction: ReferrerReduction,
    /// Seconds without action that end a visit, at most [`VISIT_IDLE_S_MAX`].
    pub idle_s: i64,
    /// Seconds that a device's last visit is looked back for, at most [`LOOK_BACK_S_MAX`] (§2.3).
    pub look_back_s: i64,
    /// Actions after which a visit is no longer continued (§2.3).
    pub actions_max: u32,
    /// Seconds that a visit of one page lasts (§3.2).
    pub one_page_s: u32,
    /// Separates the levels of a title; empty: nothing does.
    pub title_delimiter: String,
    /// Keyword parameters of its site search, lower case; empty when it has none.
    pub search_keywords: Vec<String>,
    /// Category parameters.
    pub search_categories: Vec<String>,
    /// Site search is on.
    pub site_search: bool,
    /// Visitor cookies are trusted: no fallback to the fingerprint (§2.3).
    pub trust_cookies: bool,
    /// What else than idleness ends a visit.
    pub splits: Splits,
    /// Referrers taken for direct entries.
    pub excluded_referrers: SiteUrls,
    /// URLs of all sites.
    pub known_urls: Arc<SiteUrls>,
}

/// What ends a visit before it is idle (§3.1 rules 5 to 8).
#[derive(Debug, Clone, Copy)]
pub struct Splits {
    /// Midnight of the site.
    pub at_midnight: bool,
    /// Another campaign.
    pub by_campaign: bool,
    /// Another website.
    pub by_website: bool,
    /// Another user id.
    pub by_user: bool,
}

impl SiteRules {
    fn new(config: &Config, site: &Site, known_urls: Arc<SiteUrls>) -> Self {
        let settings = &config.settings;
        let excluded = site.excluded_parameters.iter().chain(&settings.excluded_parameters).map(String::as_str);
        let campaigns = CampaignParameters::new(&settings.named);
        let keep_fragment = match site.keep_url_fragment {
            0 => settings.keep_url_fragments,
            choice => choice == 1,
        };
        let mut excluded_referrers = SiteUrls::default();
        for url in site.excluded_referrers.iter().chain(&settings.excluded_referrers) {
            excluded_referrers.add(url, site.id);
        }
        let idle_s = settings.named.number(&setting::VISIT_IDLE_SECONDS).clamp(1, VISIT_IDLE_S_MAX);
        let look_back_s = settings.named.number(&setting::LOOK_BACK_SECONDS).clamp(idle_s, LOOK_BACK_S_MAX);
        Self {
            site: site.id,
            clock: ZoneClock::new(&site.timezone),
            urls: UrlRules::new(excluded.chain(campaigns.all()), keep_fragment),
            campaigns,
            goals: config.goals_of(site.id).filter_map(|goal| GoalRule::new(goal)).collect(),
            dimensions: DimensionRules::new(config.dimensions_of(site.id).map(AsRef::as_ref)),
            referrer_reduction: settings.referrer_reduction,
            idle_s,
            look_back_s,
            actions_max: actions_max(settings.named.number(&setting::VISIT_ACTIONS_MAX)),
            one_page_s: u32::try_from(settings.named.number(&setting::ONE_PAGE_SECONDS)).unwrap_or(0),
            title_delimiter: settings.named.text(&setting::ACTION_TITLE_DELIMITER).to_owned(),
            search_keywords: or_global(&site.search_keyword_parameters, &settings.search_keyword_parameters),
            search_categories: or_global(&site.search_category_parameters, &settings.search_category_parameters),
            site_search: site.site_search,
            trust_cookies: site.kind == SiteKind::Intranet || settings.named.flag(&setting::TRUST_COOKIES),
            splits: Splits {
                at_midnight: settings.named.flag(&setting::SPLIT_AT_MIDNIGHT),
                by_campaign: settings.named.flag(&setting::SPLIT_BY_CAMPAIGN),
                by_website: settings.named.flag(&setting::SPLIT_BY_WEBSITE),
                by_user: !settings.named.flag(&setting::USER_ID_IS_VISITOR_ID),
            },
            excluded_referrers,
            known_urls,
        }
    }

    /// The goal of a manual conversion.
    pub fn goal(&self, id: GoalId) -> Option<&GoalRule> {
        self.goals.iter().find(|goal| goal.id == id)
    }
}

/// Zero and less: as many as there are.
fn actions_max(setting: i64) -> u32 {
    if setting <= 0 { u32::MAX } else { u32::try_from(setting).unwrap_or(u32::MAX) }
}

fn or_global(own: &[String], global: &[String]) -> Vec<String> {
    let chosen = if own.is_empty() { global } else { own };
    chosen.iter().map(|name| name.to_lowercase()).collect()
}

/// The rules of all sites at one revision of the directory; compiled when first asked for.
#[derive(Debug, Default)]
pub struct RuleBook {
    revision: u64,
    config: Arc<Config>,
    known_urls: Arc<SiteUrls>,
    compiled: HashMap<SiteId, Arc<SiteRules>>,
}

impl RuleBook {
    /// Turns to a newer directory; does nothing when it is not newer.
    pub fn turn_to(&mut self, config: &Arc<Config>) {
        if config.revision <= self.revision {
            return;
        }
        let mut known_urls = SiteUrls::default();
        for site in config.sites.values() {
            for url in &site.urls {
                known_urls.add(url, site.id);
            }
        }
        *self = Self {
            revision: config.revision,
            config: config.clone(),
            known_urls: Arc::new(known_urls),
            compiled: HashMap::new(),
        };
    }

    /// The rules of a site; those of a plain site in UTC when it no longer exists.
    pub fn of(&mut self, site: SiteId) -> Arc<SiteRules> {
        let (config, known_urls) = (&self.config, &self.known_urls);
        let compile = || {
            let deleted = Site { id: site, ..Site::default() };
            let entity = config.sites.get(&site).map_or(&deleted, |site| site.as_ref());
            Arc::new(SiteRules::new(config, entity, known_urls.clone()))
        };
        self.compiled.entry(site).or_insert_with(compile).clone()
    }
}

/// A table of URLs, for telling whether another URL lies below one of them (§4.5).
#[derive(Debug, Default)]
pub struct SiteUrls {
    hosts: HashMap<String, BTreeMap<PathKey, Vec<SiteId>>>,
}

/// Paths ordered longest first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PathKey(std::cmp::Reverse<usize>, String);

impl SiteUrls {
    /// Adds a URL, or a bare host with an optional path; a leading dot matches subdomains.
    pub fn add(&mut self, url: &str, site: SiteId) {
        let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, path) = bare.find('/').map_or((bare, ""), |slash| bare.split_at(slash));
        if host.is_empty() {
            return;
        }
        let path = canonical_path(path);
        let paths = self.hosts.entry(canonical_host(host)).or_default();
        paths.entry(PathKey(std::cmp::Reverse(path.len()), path)).or_default().push(site);
    }

    /// The sites whose URL `parts` lies below, by the deepest path that fits, and that path.
    pub fn find(&self, parts: &UrlParts<'_>) -> Option<(&[SiteId], &str)> {
        if self.hosts.is_empty() {
            return None;
        }
        let host = canonical_host(parts.host);
        let path = canonical_path(parts.path);
        let paths = candidates(&host).find_map(|candidate| self.hosts.get(candidate.as_str()))?;
        let found = paths.iter().find(|(key, _)| path.starts_with(&key.1))?;
        Some((found.1, &found.0.1))
    }

    /// Whether `parts` lies below any URL.
    pub fn contains(&self, parts: &UrlParts<'_>) -> bool {
        self.find(parts).is_some()
    }
}

/// The host, the host with a dot, and each parent that still has a dot, with a dot before it.
fn candidates(host: &str) -> impl Iterator<Item = String> {
    let parents = host.match_indices('.').map(|(at, _)| &host[at..]).filter(|parent| parent[1..].contains('.'));
    std::iter::once(host.to_owned()).chain(std::iter::once(format!(".{host}"))).chain(parents.map(str::to_owned))
}

fn canonical_host(host: &str) -> String {
    let host = host.to_lowercase();
    host.strip_prefix("www.").map_or_else(|| host.clone(), str::to_owned)
}

fn canonical_path(path: &str) -> String {
    let mut path = path.to_lowercase();
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// §4.5
    #[test]
    fn urls_are_matched_by_host_and_deepest_path() {
        let mut urls = SiteUrls::default();
        urls.add("http://www.Shop.example/", SiteId(1));
        urls.add("https://shop.example/Blog", SiteId(2));
        urls.add(".sub.example", SiteId(3));
        let find = |url: &str| urls.find(&UrlParts::parse(url).unwrap()).map(|(sites, _)| sites[0].0);
        assert_eq!(find("https://shop.example/cart"), Some(1));
        assert_eq!(find("https://shop.example/blog/x"), Some(2));
        assert_eq!(find("https://shop.example/blogger"), Some(1));
        assert_eq!(find("https://a.b.sub.example/"), Some(3));
        assert_eq!(find("https://sub.example/"), Some(3));
        assert_eq!(find("https://other.shop.example/"), None);
    }
}

//! What the CONFIG directory means for hits, compiled once per change instead of once per hit.

mod agents;
pub(crate) mod bots;
mod requests;
mod site_url;
pub(crate) mod spam;

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use hashbrown::HashMap;
use nagare_schema::{Config, Settings, Site, SiteId, ZoneClock};
use tokio::sync::watch;

use agents::ExcludedAgents;
pub(crate) use nagare_runtime::AddressRange;
pub(crate) use requests::ExcludedRequests;
use site_url::SiteUrls;

/// The rules of one site.
#[derive(Debug)]
pub(crate) struct SiteRules {
    site: Arc<Site>,
    pub(crate) id: SiteId,
    pub(crate) clock: ZoneClock,
    pub(crate) shards: u32,
    /// Site search is recognised.
    pub(crate) site_search: bool,
    /// Only URLs of the site are recorded.
    pub(crate) known_urls: Option<SiteUrls>,
    excluded: Excluded,
}

#[derive(Debug, Default)]
struct Excluded {
    addresses: Vec<AddressRange>,
    agents: ExcludedAgents,
}

impl Excluded {
    fn new(addresses: &[String], agents: &[String]) -> Self {
        Self {
            addresses: addresses.iter().filter_map(|text| AddressRange::parse(text)).collect(),
            agents: ExcludedAgents::new(agents),
        }
    }

    fn has_address(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|range| range.holds(address))
    }
}

impl SiteRules {
    pub(crate) fn new(site: &Arc<Site>) -> Self {
        Self {
            site: site.clone(),
            id: site.id,
            clock: ZoneClock::new(&site.timezone),
            shards: site.shards.max(1),
            site_search: site.site_search,
            known_urls: site.exclude_unknown_urls.then(|| SiteUrls::new(&site.urls)),
            excluded: Excluded::new(&site.excluded_ips, &site.excluded_user_agents),
        }
    }
}

/// The rules at one revision of the directory.
#[derive(Debug)]
pub(crate) struct Rules {
    /// The directory they were made from.
    pub(crate) config: Arc<Config>,
    sites: HashMap<SiteId, Arc<SiteRules>>,
    excluded: Excluded,
    /// Requests that are not recorded.
    pub(crate) excluded_requests: ExcludedRequests,
    /// Secret of the deployment, part of every fingerprint.
    pub(crate) secret: String,
}

impl Rules {
    /// Compiles a directory, keeping what did not change since `before`.
    pub(crate) fn new(config: Arc<Config>, before: Option<&Self>) -> Self {
        let kept = |site: &Arc<Site>| {
            let rules = before?.sites.get(&site.id)?;
            Arc::ptr_eq(&rules.site, site).then(|| rules.clone())
        };
        let compiled = |site: &Arc<Site>| kept(site).unwrap_or_else(|| Arc::new(SiteRules::new(site)));
        Self {
            sites: config.sites.iter().map(|(id, site)| (*id, compiled(site))).collect(),
            excluded: Excluded::new(&config.settings.excluded_ips, &config.settings.excluded_user_agents),
            excluded_requests: ExcludedRequests::new(&config.settings.excluded_requests),
            secret: config.deployment.as_ref().map(|deployment| deployment.secret.clone()).unwrap_or_default(),
            config,
        }
    }

    /// The rules of a site that exists.
    pub(crate) fn site(&self, id: SiteId) -> Option<&Arc<SiteRules>> {
        self.sites.get(&id)
    }

    /// Global settings.
    pub(crate) fn settings(&self) -> &Settings {
        &self.config.settings
    }

    /// True when the site or the global list excludes the address.
    pub(crate) fn exclude_address(&self, site: &SiteRules, address: IpAddr) -> bool {
        self.excluded.has_address(address) || site.excluded.has_address(address)
    }

    /// True when the site or the global list excludes the user agent.
    pub(crate) fn exclude_agent(&self, site: &SiteRules, user_agent: &str) -> bool {
        self.excluded.agents.exclude(user_agent) || site.excluded.agents.exclude(user_agent)
    }
}

/// Follows the directory: whoever asks first after a change compiles it.
pub(crate) struct RulesSource {
    config: watch::Receiver<Arc<Config>>,
    current: RwLock<Arc<Rules>>,
}

impl RulesSource {
    pub(crate) fn new(config: watch::Receiver<Arc<Config>>) -> Self {
        let rules = Rules::new(config.borrow().clone(), None);
        Self { config, current: RwLock::new(Arc::new(rules)) }
    }

    /// The rules of the newest directory this process has seen.
    pub(crate) fn current(&self) -> Arc<Rules> {
        let newest = self.config.borrow().revision;
        let rules = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        if rules.config.revision == newest {
            return rules;
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let config = self.config.borrow().clone();
        if current.config.revision != config.revision {
            *current = Arc::new(Rules::new(config, Some(&current)));
        }
        current.clone()
    }
}

#[cfg(test)]
mod tests {
    use nagare_schema::Entity;

    use super::*;

    #[test]
    fn a_change_of_the_directory_counts_at_once_and_spares_other_sites() {
        let (sender, follow) = watch::channel(Arc::new(Config::default()));
        let source = RulesSource::new(follow);
        let put = |revision, id| {
            let site = Entity::Site(Site { id: SiteId(id), ..Site::default() });
            sender.send_modify(|config| Arc::make_mut(config).apply(revision, &site.key(), Some(site.clone())));
        };
        assert!(source.current().site(SiteId(1)).is_none());
        put(1, 1);
        let first = source.current().site(SiteId(1)).unwrap().clone();
        put(2, 2);
        let rules = source.current();
        assert_eq!(rules.config.revision, 2);
        assert!(rules.site(SiteId(2)).is_some());
        assert!(Arc::ptr_eq(&first, rules.site(SiteId(1)).unwrap()), "only what changed is compiled again");
    }
}

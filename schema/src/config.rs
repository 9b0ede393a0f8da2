//! Configuration entities and the directory that every process holds in memory.
//!
//! Each entity is one key of the CONFIG bucket, a JSON document, changed by compare-and-set.
//! [`Config::apply`] folds a change in; it is the only way the directory changes.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    Annotation, ConfigKey, CustomDimension, Dashboard, Goal, GoalId, Grant, GrantLevel, ScheduledReport, Settings,
    Share, SiteId, StoredSegment, Token, TrackingFailure, UnixMillis, UnixSeconds, User,
};

/// Query parameters that never name a page (`tracking.md` §1.9, exclusion list).
pub const EXCLUDED_PARAMETERS: [&str; 18] = [
    "ignore_referrer",
    "ignore_referer",
    "gclid",
    "fbclid",
    "msclkid",
    "twclid",
    "wbraid",
    "gbraid",
    "yclid",
    "fb_xd_fragment",
    "fb_comment_id",
    "phpsessid",
    "jsessionid",
    "sessionid",
    "aspsessionid",
    "doing_wp_cron",
    "sid",
    "pk_vid",
];

/// What a deployment decided at its first start, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Partitions of the log, 1 to [`crate::PARTITIONS_MAX`].
    pub partitions: u16,
    /// Secret of fingerprints and signatures: 64 hexadecimal digits.
    pub secret: String,
    /// First start.
    pub created_at: UnixMillis,
}

/// Kinds of site ("measurable types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SiteKind {
    /// A website.
    #[default]
    Website,
    /// A mobile app.
    MobileApp,
    /// An intranet, where visitor cookies are trusted.
    Intranet,
}

/// A site. Lists are kept as given; matching rules: `tracking.md` §4 and §5.4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// Its URLs, the main one first, without trailing slash.
    pub urls: Vec<String>,
    /// IANA time zone, or `UTC±h`.
    pub timezone: String,
    /// ISO 4217.
    pub currency: String,
    /// Created; hits before it move it back.
    pub created_at: UnixSeconds,
    /// Who created it.
    pub created_by: String,
    /// Ecommerce reports are shown.
    pub ecommerce: bool,
    /// Site search is recognised.
    pub site_search: bool,
    /// Keyword parameters; empty: the global ones.
    pub search_keyword_parameters: Vec<String>,
    /// Category parameters; empty: the global ones.
    pub search_category_parameters: Vec<String>,
    /// Excluded addresses.
    pub excluded_ips: Vec<String>,
    /// Excluded query parameters.
    pub excluded_parameters: Vec<String>,
    /// Excluded user agents.
    pub excluded_user_agents: Vec<String>,
    /// Excluded referrers.
    pub excluded_referrers: Vec<String>,
    /// Group.
    pub group: String,
    /// Kind.
    pub kind: SiteKind,
    /// Keep URL fragments: 0 as globally set, 1 yes, 2 no.
    pub keep_url_fragment: u8,
    /// Record only URLs of the site.
    pub exclude_unknown_urls: bool,
    /// Nobody sees single visits.
    pub visit_log_disabled: bool,
    /// Nobody sees what is known of a visitor.
    pub profile_disabled: bool,
    /// Shards of the log, 1 unless the site is too hot for one core (design §4).
    pub shards: u32,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            id: SiteId(0),
            name: String::new(),
            urls: Vec::new(),
            timezone: "UTC".to_owned(),
            currency: "USD".to_owned(),
            created_at: UnixSeconds(0),
            created_by: String::new(),
            ecommerce: false,
            site_search: true,
            search_keyword_parameters: Vec::new(),
            search_category_parameters: Vec::new(),
            excluded_ips: Vec::new(),
            excluded_parameters: Vec::new(),
            excluded_user_agents: Vec::new(),
            excluded_referrers: Vec::new(),
            group: String::new(),
            kind: SiteKind::Website,
            keep_url_fragment: 0,
            exclude_unknown_urls: false,
            visit_log_disabled: false,
            profile_disabled: false,
            shards: 1,
        }
    }
}

/// An entity of the CONFIG bucket.
#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    /// The deployment.
    Deployment(Deployment),
    /// Global settings.
    Settings(Settings),
    /// A site.
    Site(Site),
    /// A goal.
    Goal(SiteId, Goal),
    /// A custom dimension.
    Dimension(SiteId, CustomDimension),
    /// A user.
    User(User),
    /// A grant.
    Grant(Grant),
    /// A token.
    Token(Token),
    /// A share link.
    Share(Share),
    /// An annotation.
    Annotation(Annotation),
    /// A scheduled report.
    Report(ScheduledReport),
    /// A stored segment.
    Segment(StoredSegment),
    /// A dashboard.
    Dashboard(Dashboard),
    /// A tracking failure.
    Failure(TrackingFailure),
}

impl Entity {
    /// Its key.
    pub fn key(&self) -> ConfigKey {
        match self {
            Self::Deployment(_) => ConfigKey::Deployment,
            Self::Settings(_) => ConfigKey::Settings,
            Self::Site(site) => ConfigKey::Site(site.id),
            Self::Goal(site, goal) => ConfigKey::Goal(*site, GoalId(goal.id)),
            Self::Dimension(site, dimension) => ConfigKey::Dimension(*site, dimension.id),
            Self::User(user) => ConfigKey::User(user.login.clone()),
            Self::Grant(grant) => ConfigKey::Grant(grant.login.clone(), grant.site),
            Self::Token(token) => ConfigKey::Token(token.hash.clone()),
            Self::Share(share) => ConfigKey::Share(share.hash.clone()),
            Self::Annotation(note) => ConfigKey::Annotation(note.site, note.id),
            Self::Report(report) => ConfigKey::Report(report.id),
            Self::Segment(segment) => ConfigKey::Segment(segment.id),
            Self::Dashboard(dashboard) => ConfigKey::Dashboard(dashboard.login.clone(), dashboard.id),
            Self::Failure(failure) => ConfigKey::Failure(failure.site, failure.kind as u8),
        }
    }
}

/// The directory: all entities at one revision. Cheap to clone; readers keep a snapshot.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Revision of the newest change it holds.
    pub revision: u64,
    /// The deployment, once initialised.
    pub deployment: Option<Arc<Deployment>>,
    /// Global settings.
    pub settings: Arc<Settings>,
    /// Sites by id.
    pub sites: BTreeMap<SiteId, Arc<Site>>,
    /// Goals by site and id, deleted ones included.
    pub goals: BTreeMap<(SiteId, GoalId), Arc<Goal>>,
    /// Custom dimensions by site and id.
    pub dimensions: BTreeMap<(SiteId, u32), Arc<CustomDimension>>,
    /// Users by login.
    pub users: BTreeMap<String, Arc<User>>,
    /// Grants by login and site.
    pub grants: BTreeMap<(String, SiteId), GrantLevel>,
    /// Tokens by hash.
    pub tokens: BTreeMap<String, Arc<Token>>,
    /// Share links by hash.
    pub shares: BTreeMap<String, Arc<Share>>,
    /// Annotations by site and id.
    pub annotations: BTreeMap<(SiteId, u32), Arc<Annotation>>,
    /// Scheduled reports by id, deleted ones included.
    pub reports: BTreeMap<u32, Arc<ScheduledReport>>,
    /// Stored segments by id, deleted ones included.
    pub segments: BTreeMap<u32, Arc<StoredSegment>>,
    /// Dashboards by login and id.
    pub dashboards: BTreeMap<(String, u32), Arc<Dashboard>>,
    /// Tracking failures by site and kind.
    pub failures: BTreeMap<(SiteId, u8), Arc<TrackingFailure>>,
}

impl Config {
    /// Folds one change in; `None` deletes the key.
    pub fn apply(&mut self, revision: u64, key: &ConfigKey, entity: Option<Entity>) {
        self.revision = self.revision.max(revision);
        match entity {
            Some(entity) => self.insert(entity),
            None => self.remove(key),
        }
    }

    fn insert(&mut self, entity: Entity) {
        match entity {
            Entity::Deployment(deployment) => self.deployment = Some(Arc::new(deployment)),
            Entity::Settings(settings) => self.settings = Arc::new(settings),
            Entity::Site(site) => {
                self.sites.insert(site.id, Arc::new(site));
            }
            Entity::Goal(site, goal) => {
                self.goals.insert((site, GoalId(goal.id)), Arc::new(goal));
            }
            Entity::Dimension(site, dimension) => {
                self.dimensions.insert((site, dimension.id), Arc::new(dimension));
            }
            Entity::User(user) => {
                self.users.insert(user.login.clone(), Arc::new(user));
            }
            Entity::Grant(grant) => {
                self.grants.insert((grant.login, grant.site), grant.level);
            }
            Entity::Token(token) => {
                self.tokens.insert(token.hash.clone(), Arc::new(token));
            }
            Entity::Share(share) => {
                self.shares.insert(share.hash.clone(), Arc::new(share));
            }
            Entity::Annotation(note) => {
                self.annotations.insert((note.site, note.id), Arc::new(note));
            }
            Entity::Report(report) => {
                self.reports.insert(report.id, Arc::new(report));
            }
            Entity::Segment(segment) => {
                self.segments.insert(segment.id, Arc::new(segment));
            }
            Entity::Dashboard(dashboard) => {
                self.dashboards.insert((dashboard.login.clone(), dashboard.id), Arc::new(dashboard));
            }
            Entity::Failure(failure) => {
                self.failures.insert((failure.site, failure.kind as u8), Arc::new(failure));
            }
        }
    }

    fn remove(&mut self, key: &ConfigKey) {
        match key {
            ConfigKey::Deployment => self.deployment = None,
            ConfigKey::Settings => self.settings = Arc::default(),
            ConfigKey::Site(site) => {
                self.sites.remove(site);
            }
            ConfigKey::Goal(site, goal) => {
                self.goals.remove(&(*site, *goal));
            }
            ConfigKey::Dimension(site, id) => {
                self.dimensions.remove(&(*site, *id));
            }
            ConfigKey::User(login) => {
                self.users.remove(login);
            }
            ConfigKey::Grant(login, site) => {
                self.grants.remove(&(login.clone(), *site));
            }
            ConfigKey::Token(hash) => {
                self.tokens.remove(hash);
            }
            ConfigKey::Share(hash) => {
                self.shares.remove(hash);
            }
            ConfigKey::Annotation(site, id) => {
                self.annotations.remove(&(*site, *id));
            }
            ConfigKey::Report(id) => {
                self.reports.remove(id);
            }
            ConfigKey::Segment(id) => {
                self.segments.remove(id);
            }
            ConfigKey::Dashboard(login, id) => {
                self.dashboards.remove(&(login.clone(), *id));
            }
            ConfigKey::Failure(site, kind) => {
                self.failures.remove(&(*site, *kind));
            }
        }
    }

    /// The goals of a site that are not deleted, by id.
    pub fn goals_of(&self, site: SiteId) -> impl Iterator<Item = &Arc<Goal>> {
        let range = (site, GoalId(i32::MIN))..=(site, GoalId(i32::MAX));
        self.goals.range(range).map(|(_, goal)| goal).filter(|goal| !goal.deleted)
    }

    /// The custom dimensions of a site, by id.
    pub fn dimensions_of(&self, site: SiteId) -> impl Iterator<Item = &Arc<CustomDimension>> {
        self.dimensions.range((site, 0)..=(site, u32::MAX)).map(|(_, dimension)| dimension)
    }

    /// The annotations of a site, by id.
    pub fn annotations_of(&self, site: SiteId) -> impl Iterator<Item = &Arc<Annotation>> {
        self.annotations.range((site, 0)..=(site, u32::MAX)).map(|(_, note)| note)
    }

    /// The dashboards of a user, by id.
    pub fn dashboards_of(&self, login: &str) -> impl Iterator<Item = &Arc<Dashboard>> {
        self.dashboards.range((login.to_owned(), 0)..=(login.to_owned(), u32::MAX)).map(|(_, dashboard)| dashboard)
    }

    /// What a login may do on a site; superusers may do everything.
    pub fn level_of(&self, login: &str, site: SiteId) -> Option<GrantLevel> {
        if self.users.get(login).is_some_and(|user| user.superuser) {
            return Some(GrantLevel::Admin);
        }
        self.grants.get(&(login.to_owned(), site)).copied()
    }

    /// Partitions of the deployment; 1 before it is initialised.
    pub fn partitions(&self) -> u16 {
        self.deployment.as_ref().map_or(1, |deployment| deployment.partitions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_and_its_deletion_leave_nothing() {
        let mut config = Config::default();
        let entity = Entity::Site(Site { id: SiteId(3), ..Site::default() });
        let key = entity.key();
        config.apply(5, &key, Some(entity));
        assert!(config.sites.contains_key(&SiteId(3)));
        config.apply(6, &key, None);
        assert!(config.sites.is_empty());
        assert_eq!(config.revision, 6);
    }

    #[test]
    fn a_deleted_goal_is_not_listed() {
        let mut config = Config::default();
        for (id, deleted) in [(1, false), (2, true)] {
            let goal = Entity::Goal(SiteId(1), Goal { id, deleted, ..Goal::default() });
            config.apply(1, &goal.key(), Some(goal.clone()));
        }
        assert_eq!(config.goals_of(SiteId(1)).map(|goal| goal.id).collect::<Vec<_>>(), [1]);
        assert_eq!(config.goals_of(SiteId(2)).count(), 0);
    }
}

//! What a hit means before any visit is looked at: its page, its kind, its referrer, its day.

use std::sync::Arc;

use nagare_device::Detections;
use nagare_schema::{ActionKind, Day, Device, GoalId, Hit, HitId, HitKind, PageUrl, SearchDetail, Text, UrlPrefix};

use crate::{
    device::DeviceBook,
    dimension::Values,
    page_url::{self, PAGE_BYTES_MAX, UrlParts, decode_value_in, pairs, truncate},
    pool::Pool,
    referrer::{self, Detected, Sources},
    rules::{RuleBook, SiteRules},
    search_engine::ReferrerLists,
};

/// Bytes of a search category.
const CATEGORY_BYTES_MAX: usize = 200;
/// Characters of `pv_id` that are stored.
const PAGEVIEW_ID_CHARS: usize = 6;

/// A hit with all that is known without its visit.
#[derive(Debug, Clone)]
pub struct EnrichedHit {
    /// Its place in the log.
    pub id: HitId,
    /// As received.
    pub hit: Arc<Hit>,
    /// Rules of its site.
    pub rules: Arc<SiteRules>,
    /// What it does.
    pub step: Step,
    /// Custom dimensions of visit scope.
    pub visit_dimensions: Values,
    /// Custom dimensions of action scope.
    pub action_dimensions: Values,
    /// Where it comes from.
    pub detected: Detected,
    /// With what.
    pub device: Arc<Device>,
    /// Local date of the site.
    pub day: Day,
    /// Local hour of the site.
    pub hour: u8,
}

/// What a hit does, once the site's settings are known (§5.1).
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// It records an action.
    Action(ActionInput),
    /// It meets a goal by hand.
    Goal(GoalId),
    /// It is an order.
    Order,
    /// It changes a cart.
    Cart,
    /// It says that the visitor is still there.
    Ping,
}

/// An action before its visit is known (§5.2).
#[derive(Debug, Clone, PartialEq)]
pub struct ActionInput {
    /// What.
    pub kind: ActionKind,
    /// Page, or target of an outlink or download; `None` for searches.
    pub url: Option<PageUrl>,
    /// Title, keyword or event name.
    pub name: Option<Text>,
    /// Of a search.
    pub search: Option<SearchDetail>,
    /// First characters of `pv_id`.
    pub pageview_id: Option<Text>,
}

impl ActionInput {
    /// Counts as an action of the visit (§3.2): all but content.
    pub fn counts(&self) -> bool {
        self.kind != ActionKind::Content
    }

    /// Counts as an interaction, and moves the exit page (§3.3).
    pub fn is_interaction(&self) -> bool {
        matches!(self.kind, ActionKind::PageView | ActionKind::Search)
    }
}

/// Enriches the hits of one partition.
pub struct Enricher {
    /// Site rules.
    pub rules: RuleBook,
    /// Values that visits share.
    pub pool: Pool,
    lists: Arc<ReferrerLists>,
    sources: Sources,
    devices: DeviceBook,
}

impl Enricher {
    /// With lists and patterns that all partitions share.
    pub fn new(lists: Arc<ReferrerLists>, detections: Option<Arc<Detections>>) -> Self {
        Self {
            rules: RuleBook::default(),
            pool: Pool::default(),
            lists,
            sources: Sources::default(),
            devices: DeviceBook::new(detections),
        }
    }

    /// The lists of referrers.
    pub fn lists(&self) -> &ReferrerLists {
        &self.lists
    }

    /// Enriches a hit.
    pub fn enrich(&mut self, id: HitId, mut hit: Arc<Hit>) -> EnrichedHit {
        let rules = self.rules.of(hit.site);
        let (day, hour) = rules.clock.day_and_hour(hit.at);
        if let Some(hit) = Arc::get_mut(&mut hit) {
            self.pool.share_hit(hit);
        }
        let mut step = step(&hit, &rules);
        if let Step::Action(action) = &mut step {
            self.pool.share_action(action);
        }
        let mut detected = referrer::detect(&hit, &rules, &self.lists, &mut self.sources);
        self.pool.share_referrer(&mut detected.referrer);
        if let Some(hit) = Arc::get_mut(&mut hit) {
            referrer::reduce_hit(hit, rules.referrer_reduction);
        }
        let device = self.devices.of(&hit.client);
        let (visit_dimensions, action_dimensions) = (rules.dimensions.of_visit(&hit), rules.dimensions.of_action(&hit));
        EnrichedHit { id, step, visit_dimensions, action_dimensions, detected, device, day, hour, rules, hit }
    }
}

fn step(hit: &Hit, rules: &SiteRules) -> Step {
    let pageview_id = hit.pageview_id.as_deref().map(first_characters);
    let action = |kind, url, name| ActionInput { kind, url, name, search: None, pageview_id: pageview_id.clone() };
    let page = || hit.url.as_deref().and_then(|url| page_url::normalise(url, &rules.urls));
    Step::Action(match &hit.kind {
        HitKind::Goal(goal) => return Step::Goal(*goal),
        HitKind::Order(_) => return Step::Order,
        HitKind::Cart(_) => return Step::Cart,
        HitKind::Ping => return Step::Ping,
        HitKind::Outlink(url) => action(ActionKind::Outlink, Some(target(url)), None),
        HitKind::Download(url) => action(ActionKind::Download, Some(target(url)), None),
        HitKind::Event(event) => action(ActionKind::Event, Some(or_undefined(page())), event.name.clone()),
        HitKind::Content(_) => {
            let url = hit.url.as_deref().and_then(page_url::target);
            action(ActionKind::Content, Some(or_undefined(url)), None)
        }
        HitKind::Search { keyword, category, count } if rules.site_search => {
            let search = Search {
                keyword: keyword.to_string(),
                category: category.as_deref().map(str::to_owned),
                count: *count,
            };
            search.into_action(pageview_id)
        }
        HitKind::PageView | HitKind::Search { .. } => match url_search(hit, rules) {
            Some(search) => search.into_action(pageview_id),
            None => {
                let title =
                    hit.title.as_deref().map_or_else(|| "".into(), |title| clean_title(title, &rules.title_delimiter));
                action(ActionKind::PageView, Some(or_undefined(page())), Some(title))
            }
        },
    })
}

/// A page that is not defined has an empty name (§1.9, end).
fn or_undefined(url: Option<PageUrl>) -> PageUrl {
    url.unwrap_or_else(|| PageUrl { name: "".into(), prefix: UrlPrefix::None })
}

fn target(url: &str) -> PageUrl {
    or_undefined(page_url::target(url))
}

/// The title, its levels trimmed; `0` is none (§1.10).
fn clean_title(title: &str, delimiter: &str) -> Text {
    let title = page_url::clean(title);
    if title == "0" {
        return "".into();
    }
    if delimiter.is_empty() {
        return title.as_ref().into();
    }
    let levels: Vec<&str> = title.split(delimiter).map(str::trim).filter(|level| !level.is_empty()).collect();
    levels.join(delimiter).into()
}

fn first_characters(id: &str) -> Text {
    id.char_indices().nth(PAGEVIEW_ID_CHARS).map_or(id, |(end, _)| &id[..end]).into()
}

/// A site search (§5.4).
struct Search {
    keyword: String,
    category: Option<String>,
    count: Option<u32>,
}

impl Search {
    fn into_action(self, pageview_id: Option<Text>) -> ActionInput {
        let category = self.category.as_deref().map(|category| truncate(category.trim(), CATEGORY_BYTES_MAX).into());
        ActionInput {
            kind: ActionKind::Search,
            url: None,
            name: Some(truncate(self.keyword.trim(), PAGE_BYTES_MAX).into()),
            search: Some(SearchDetail { category, count: self.count }),
            pageview_id,
        }
    }
}

fn without_brackets(name: &str) -> &str {
    if name.ends_with(']') { name.trim_end_matches("[]") } else { name }
}

/// A search that the page's URL tells of; values of the fragment override those of the query.
fn url_search(hit: &Hit, rules: &SiteRules) -> Option<Search> {
    if !rules.site_search {
        return None;
    }
    let parts = UrlParts::parse(hit.url.as_deref()?)?;
    let fragment = parts.fragment.map(|fragment| fragment.split_once('?').map_or(fragment, |(_, query)| query));
    let value = |name: &str| {
        let of = |text: Option<&str>| {
            let found = pairs(text?).find(|(known, _)| without_brackets(known).eq_ignore_ascii_case(name));
            found.map(|(_, value)| decode_value_in(value, hit.charset.as_deref()))
        };
        of(fragment).or_else(|| of(parts.query)).filter(|value| !value.is_empty())
    };
    let keyword = rules.search_keywords.iter().find_map(|name| value(name))?;
    Some(Search {
        keyword,
        category: rules.search_categories.iter().find_map(|name| value(name)),
        count: value("search_count").and_then(|count| count.parse().ok()),
    })
}

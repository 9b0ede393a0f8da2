//! Where a visit came from (`tracking.md` §6).

use std::{collections::BTreeMap, sync::Arc};

use nagare_schema::{Hit, Referrer, ReferrerKind};

use crate::{
    page_url::{UrlParts, decode_value, normalise, pairs, truncate},
    rules::SiteRules,
    search_engine::ReferrerLists,
};

/// Parameters that name a campaign, first to last (§6.3).
pub const CAMPAIGN_NAMES: [&str; 8] = [
    "pk_cpn",
    "pk_campaign",
    "piwik_campaign",
    "mtm_campaign",
    "matomo_campaign",
    "utm_campaign",
    "utm_source",
    "utm_medium",
];
/// Parameters that give its keyword.
pub const CAMPAIGN_KEYWORDS: [&str; 7] =
    ["pk_kwd", "pk_keyword", "piwik_kwd", "mtm_kwd", "mtm_keyword", "matomo_kwd", "utm_term"];

/// Bytes of a name or keyword.
const NAME_BYTES_MAX: usize = 255;
/// Bytes of a referrer URL.
const URL_BYTES_MAX: usize = 1500;

/// A referrer, and what a running visit may still add to it.
#[derive(Debug, Clone)]
pub struct Detected {
    /// As far as the hit tells.
    pub referrer: Arc<Referrer>,
    /// The campaign named no keyword: a running visit of the same campaign keeps its own, else this
    /// host stands in (§6.3 step 5).
    pub keyword_fallback: Option<Arc<str>>,
}

impl Detected {
    /// The referrer beside a running visit's.
    pub fn beside(&self, current: Option<&Referrer>) -> Arc<Referrer> {
        let Some(fallback) = &self.keyword_fallback else { return self.referrer.clone() };
        let same = current.filter(|current| {
            current.kind == ReferrerKind::Campaign && current.name.eq_ignore_ascii_case(&self.referrer.name)
        });
        let keyword = same.map_or_else(|| fallback.clone(), |current| current.keyword.clone());
        Arc::new(Referrer { keyword, ..(*self.referrer).clone() })
    }
}

/// Detects the referrer of a hit (§6.2), in the order of its steps.
pub fn detect(hit: &Hit, rules: &SiteRules, lists: &ReferrerLists) -> Detected {
    let page = hit.url.as_deref().and_then(UrlParts::parse);
    if page.as_ref().is_some_and(ignores_referrer) {
        return plain(Referrer::default());
    }
    let text = hit.referrer.as_deref().map(str::trim).unwrap_or_default();
    let parts = UrlParts::parse(text).filter(|parts| !rules.excluded_referrers.contains(parts));
    let url = if parts.is_some() { stored_url(text, rules) } else { "".into() };
    if let Some(assistant) = assistant(page.as_ref(), parts.as_ref(), lists) {
        return plain(named(ReferrerKind::Assistant, assistant, "", url));
    }
    if let Some(campaign) = campaign(hit, page.as_ref()) {
        return with_keyword(campaign, parts.as_ref(), url, lists);
    }
    let Some(parts) = parts else { return plain(Referrer::default()) };
    if is_own(&parts, page.as_ref(), rules) {
        return plain(Referrer::default());
    }
    plain(classify(&parts, url, rules, lists))
}

/// The referrer of a conversion (§6.7).
pub fn attribute(hit: &Hit, visit: &Arc<Referrer>, rules: &SiteRules, lists: &ReferrerLists) -> Arc<Referrer> {
    let Some(attribution) = &hit.attribution else { return visit.clone() };
    let Some(campaign) = attribution.campaign.as_deref().filter(|name| !name.is_empty()) else {
        if visit.kind == ReferrerKind::Campaign && !visit.name.is_empty() {
            return visit.clone();
        }
        let parts = attribution.referrer.as_deref().and_then(UrlParts::parse);
        let found = parts.filter(|parts| !is_own(parts, None, rules)).map(|parts| {
            let text = attribution.referrer.as_deref().unwrap_or_default();
            classify(&parts, stored_url(text, rules), rules, lists)
        });
        return found.map_or_else(|| visit.clone(), Arc::new);
    };
    let keyword = attribution.keyword.as_deref().unwrap_or_default();
    Arc::new(named(ReferrerKind::Campaign, &campaign.to_lowercase(), &keyword.to_lowercase(), "".into()))
}

fn plain(referrer: Referrer) -> Detected {
    Detected { referrer: Arc::new(referrer), keyword_fallback: None }
}

fn named(kind: ReferrerKind, name: &str, keyword: &str, url: Arc<str>) -> Referrer {
    Referrer {
        kind,
        name: truncate(name, NAME_BYTES_MAX).into(),
        keyword: truncate(keyword, NAME_BYTES_MAX).into(),
        url,
        campaign: BTreeMap::new(),
    }
}

/// `ignore_referrer=1` in the page URL (step 1).
fn ignores_referrer(page: &UrlParts<'_>) -> bool {
    let ignore = |(name, value)| matches!(name, "ignore_referrer" | "ignore_referer") && value == "1";
    page.query.is_some_and(|query| pairs(query).any(ignore))
}

/// By referrer, or by `utm_source` alone (§12.1).
fn assistant<'a>(
    page: Option<&UrlParts<'_>>,
    referrer: Option<&UrlParts<'_>>,
    lists: &'a ReferrerLists,
) -> Option<&'a str> {
    let by_referrer = referrer.and_then(|parts| lists.assistant(&parts.host.to_lowercase(), parts.path));
    by_referrer.or_else(|| {
        let query = page.and_then(|page| page.query)?;
        let source = pairs(query).find(|(name, _)| *name == "utm_source").map(|(_, value)| decode_value(value))?;
        lists.assistant(&source.to_lowercase(), "")
    })
}

/// Name and keyword of a campaign, lower case (§6.3 steps 1, 2 and 4).
fn campaign(hit: &Hit, page: Option<&UrlParts<'_>>) -> Option<(String, String)> {
    let in_text = |text: &str| {
        let first = |names: &[&str]| {
            let value = |name: &&str| {
                let found = pairs(text).find(|(known, value)| known == name && !value.is_empty());
                found.map(|(_, value)| decode_value(value)).filter(|value| !value.is_empty())
            };
            names.iter().find_map(value)
        };
        first(&CAMPAIGN_NAMES).map(|name| (name, first(&CAMPAIGN_KEYWORDS).unwrap_or_default()))
    };
    let may_name =
        |text: &&str| text.contains("pk_") || text.contains("tm_") || text.contains("iwik_") || text.contains("omo_");
    let in_query = page.and_then(|page| page.query).filter(may_name).and_then(in_text);
    let in_fragment = page.and_then(|page| page.fragment).filter(may_name).and_then(in_text);
    let from_url = match in_query {
        Some((name, keyword)) if !keyword.is_empty() => Some((name, keyword)),
        found => in_fragment.or(found),
    };
    let sent = |names: &[&str]| names.iter().find_map(|name| hit.campaign.get(*name)).filter(|value| !value.is_empty());
    let found = match (sent(&CAMPAIGN_NAMES), from_url) {
        (Some(name), from_url) => {
            let keyword = sent(&CAMPAIGN_KEYWORDS).cloned();
            Some((name.clone(), keyword.unwrap_or_else(|| from_url.map(|(_, keyword)| keyword).unwrap_or_default())))
        }
        (None, from_url) => from_url,
    };
    found.map(|(name, keyword)| (name.to_lowercase(), keyword.to_lowercase()))
}

/// A campaign without keyword takes the search term, else waits for the visit (steps 3 and 5).
fn with_keyword(
    (name, keyword): (String, String),
    referrer: Option<&UrlParts<'_>>,
    url: Arc<str>,
    lists: &ReferrerLists,
) -> Detected {
    let searched = || referrer.and_then(|parts| lists.search(parts)).map(|search| search.keyword);
    let keyword = if keyword.is_empty() { searched().unwrap_or_default() } else { keyword };
    if !keyword.is_empty() {
        return plain(named(ReferrerKind::Campaign, &name, &keyword, url));
    }
    let host = referrer.map(|parts| parts.host.to_lowercase()).unwrap_or_default();
    Detected {
        referrer: Arc::new(named(ReferrerKind::Campaign, &name, "", url)),
        keyword_fallback: Some(truncate(&host, NAME_BYTES_MAX).into()),
    }
}

/// The referrer is a page of this site (step 4).
fn is_own(referrer: &UrlParts<'_>, page: Option<&UrlParts<'_>>, rules: &SiteRules) -> bool {
    let found = rules.known_urls.find(referrer);
    if found.is_some_and(|(sites, _)| sites.contains(&rules.site)) {
        return true;
    }
    let same_host = page.is_some_and(|page| bare_host(page.host).eq_ignore_ascii_case(bare_host(referrer.host)));
    // A deeper path that is another site's stays another site's.
    same_host && found.is_none_or(|(_, path)| path == "/")
}

fn bare_host(host: &str) -> &str {
    host.get(..4).filter(|head| head.eq_ignore_ascii_case("www.")).map_or(host, |_| &host[4..])
}

/// Steps 5 to 7.
fn classify(parts: &UrlParts<'_>, url: Arc<str>, rules: &SiteRules, lists: &ReferrerLists) -> Referrer {
    if let Some(search) = lists.search(parts) {
        return named(ReferrerKind::Search, &search.engine, &search.keyword, url);
    }
    let mut name = parts.host.to_lowercase();
    if let Some(social) = lists.social(&name) {
        return named(ReferrerKind::Social, social, "", url);
    }
    if let Some((_, path)) = rules.known_urls.find(parts).filter(|(_, path)| *path != "/") {
        name.push_str(path.trim_end_matches('/'));
    }
    named(ReferrerKind::Website, &name, "", url)
}

/// The referrer URL without what the site excludes, as it is stored.
fn stored_url(text: &str, rules: &SiteRules) -> Arc<str> {
    let Some(page) = normalise(text, &rules.urls) else { return "".into() };
    let url = format!("{}{}", page.prefix.text(), page.name);
    truncate(&url, URL_BYTES_MAX).into()
}

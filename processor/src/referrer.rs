//! Where a visit came from (`tracking.md` §6).

use std::{collections::BTreeMap, sync::Arc};

use nagare_schema::{Hit, Referrer, ReferrerKind, ReferrerReduction, SiteId, Text};
use quick_cache::unsync::Cache;

use crate::{
    campaign::Campaign,
    page_url::{UrlParts, decode_value, normalise, pairs, truncate},
    rules::SiteRules,
    search_engine::ReferrerLists,
};

/// Parameters of other sites that say nothing about a referrer, by a part of their host.
const NOISE: [(&str, &[&str]); 7] = [
    ("instagram.com", &["e", "s"]),
    ("facebook.com", &["h", "p"]),
    ("google.", GOOGLE_NOISE),
    ("googleusercontent.", GOOGLE_NOISE),
    ("main.exoclick.com", &["data", "wpn"]),
    ("youtube.com", &["redir_token", "html_redirect", "continuation", "feature"]),
    ("bing.com", &["cvid", "refig", "elv", "plvar", "setlang", "qs", "cc", "mkt", "PC", "form", "src"]),
];
const GOOGLE_NOISE: &[&str] = &["ust", "usg", "usd", "sa", "sntz", "ei", "bvm", "ved", "client", "channel"];

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
    pub keyword_fallback: Option<Text>,
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

/// Referrers that are remembered: the same few lead to most pages.
const SOURCES_MAX: usize = 4096;

/// What referrers say by themselves, as the rules of their sites read them.
pub struct Sources(Cache<(SiteId, Text), ReadSource>);

/// What was read, and by which rules.
type ReadSource = (Arc<SiteRules>, Option<Arc<Source>>);

/// What a referrer says by itself, whatever page it leads to.
struct Source {
    /// As it came.
    text: Text,
    host: Text,
    /// As it is stored.
    url: Text,
    assistant: Option<Text>,
    advertisement: Option<Campaign>,
    /// It lies below a URL of this site.
    is_below_own: bool,
    /// It lies below a URL of another site that has a path of its own.
    is_others: bool,
    /// Steps 5 to 7.
    classified: Arc<Referrer>,
}

impl Default for Sources {
    fn default() -> Self {
        Self(Cache::new(SOURCES_MAX))
    }
}

impl Sources {
    /// `None` for what is no URL, and for what the site excludes.
    fn of(&mut self, text: &Text, rules: &Arc<SiteRules>, lists: &ReferrerLists) -> Option<Arc<Source>> {
        let key = (rules.site, text.clone());
        if let Some((known, source)) = self.0.get(&key)
            && Arc::ptr_eq(known, rules)
        {
            return source.clone();
        }
        let source = Source::read(text, rules, lists).map(Arc::new);
        self.0.insert(key, (rules.clone(), source.clone()));
        source
    }
}

impl Source {
    fn read(text: &Text, rules: &SiteRules, lists: &ReferrerLists) -> Option<Self> {
        let trimmed = text.trim();
        let parts = UrlParts::parse(trimmed).filter(|parts| !rules.excluded_referrers.contains(parts))?;
        let known = rules.known_urls.find(&parts);
        let url = stored_url(trimmed, rules);
        Some(Self {
            text: text.clone(),
            host: parts.host.into(),
            assistant: lists.assistant(&parts.host.to_lowercase(), parts.path).map(Into::into),
            advertisement: advertisement(&parts),
            is_below_own: known.is_some_and(|(sites, _)| sites.contains(&rules.site)),
            is_others: known.is_some_and(|(_, path)| path != "/"),
            classified: Arc::new(classify(&parts, url.clone(), rules, lists)),
            url,
        })
    }

    fn parts(&self) -> Option<UrlParts<'_>> {
        UrlParts::parse(self.text.trim())
    }

    /// The referrer is a page of this site (step 4).
    fn is_own(&self, page: Option<&UrlParts<'_>>) -> bool {
        // A deeper path that is another site's stays another site's.
        self.is_below_own || (!self.is_others && is_same_host(page, &self.host))
    }
}

/// Detects the referrer of a hit (§6.2), in the order of its steps.
pub fn detect(hit: &Hit, rules: &Arc<SiteRules>, lists: &ReferrerLists, sources: &mut Sources) -> Detected {
    let page = hit.url.as_deref().and_then(UrlParts::parse);
    if page.as_ref().is_some_and(ignores_referrer) {
        return plain(Referrer::default());
    }
    let source = hit.referrer.as_ref().and_then(|text| sources.of(text, rules, lists));
    let source = source.as_deref();
    let url = source.map_or_else(Text::default, |source| source.url.clone());
    let by_referrer = source.and_then(|source| source.assistant.as_deref());
    if let Some(assistant) = by_referrer.or_else(|| assistant_of(page.as_ref(), lists)) {
        return plain(named(ReferrerKind::Assistant, assistant, "", url));
    }
    let campaign = rules.campaigns.find(&hit.campaign, page.as_ref());
    if let Some(campaign) = campaign.or_else(|| source.and_then(|source| source.advertisement.clone())) {
        return with_keyword(campaign, source.and_then(Source::parts).as_ref(), url, lists);
    }
    match source {
        None => plain(Referrer::default()),
        // The page before is still told of.
        Some(source) if source.is_own(page.as_ref()) => plain(Referrer { url, ..Referrer::default() }),
        Some(source) => Detected { referrer: source.classified.clone(), keyword_fallback: None },
    }
}

/// The referrer of a conversion (§6.7).
pub fn attribute(hit: &Hit, visit: &Arc<Referrer>, rules: &SiteRules, lists: &ReferrerLists) -> Arc<Referrer> {
    let Some(attribution) = &hit.attribution else { return visit.clone() };
    // A campaign cookie says nothing against an assistant (§12.1).
    if visit.kind == ReferrerKind::Assistant {
        return visit.clone();
    }
    let Some(campaign) = attribution.campaign.as_deref().filter(|name| !name.is_empty()) else {
        if visit.kind == ReferrerKind::Campaign && !visit.name.is_empty() {
            return visit.clone();
        }
        let parts = attribution.referrer.as_deref().and_then(UrlParts::parse);
        let found = parts.filter(|parts| !is_own(parts, rules)).map(|parts| {
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

fn named(kind: ReferrerKind, name: &str, keyword: &str, url: Text) -> Referrer {
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

/// The assistant that `utm_source` alone names (§12.1).
fn assistant_of<'a>(page: Option<&UrlParts<'_>>, lists: &'a ReferrerLists) -> Option<&'a str> {
    let query = page.and_then(|page| page.query)?;
    let source = pairs(query).find(|(name, _)| *name == "utm_source").map(|(_, value)| decode_value(value))?;
    lists.assistant(&source.to_lowercase(), "")
}

/// An advertisement network names the page it was shown on (step 3).
fn advertisement(referrer: &UrlParts<'_>) -> Option<Campaign> {
    let keyword = advertised_on(referrer)?;
    let kind = pairs(referrer.query?).find(|(name, _)| *name == "ad_type").map(|(_, value)| decode_value(value));
    let name =
        kind.filter(|kind| !kind.is_empty()).map_or_else(|| "adwords".into(), |kind| format!("adwords ({kind})"));
    Some(Campaign { name: name.to_lowercase(), keyword, details: BTreeMap::new() })
}

/// `(adwords) <host>` of the page that an advertisement stood on.
fn advertised_on(referrer: &UrlParts<'_>) -> Option<String> {
    let host = referrer.host.to_lowercase();
    if !host.contains("googleads") && !host.contains("doubleclick") {
        return None;
    }
    let page = pairs(referrer.query?).find(|(name, _)| *name == "url").map(|(_, value)| decode_value(value))?;
    UrlParts::parse(&page).map(|page| format!("(adwords) {}", page.host.to_lowercase()))
}

/// A campaign without keyword takes the search term, else waits for the visit (steps 3 and 5).
fn with_keyword(campaign: Campaign, referrer: Option<&UrlParts<'_>>, url: Text, lists: &ReferrerLists) -> Detected {
    let searched = || {
        let parts = referrer?;
        lists.search(parts).map(|search| search.keyword).or_else(|| advertised_on(parts))
    };
    let Campaign { name, keyword, details } = campaign;
    let keyword = if keyword.is_empty() { searched().unwrap_or_default() } else { keyword };
    let referrer_of =
        |keyword: &str| Referrer { campaign: details, ..named(ReferrerKind::Campaign, &name, keyword, url) };
    if !keyword.is_empty() {
        return plain(referrer_of(&keyword));
    }
    let host = referrer.map(|parts| parts.host.to_lowercase()).unwrap_or_default();
    Detected { referrer: Arc::new(referrer_of("")), keyword_fallback: Some(truncate(&host, NAME_BYTES_MAX).into()) }
}

/// A referrer of an attribution is a page of this site (step 4).
fn is_own(referrer: &UrlParts<'_>, rules: &SiteRules) -> bool {
    rules.known_urls.find(referrer).is_some_and(|(sites, _)| sites.contains(&rules.site))
}

fn is_same_host(page: Option<&UrlParts<'_>>, host: &str) -> bool {
    page.is_some_and(|page| bare_host(page.host).eq_ignore_ascii_case(bare_host(host)))
}

fn bare_host(host: &str) -> &str {
    host.get(..4).filter(|head| head.eq_ignore_ascii_case("www.")).map_or(host, |_| &host[4..])
}

/// Steps 5 to 7.
fn classify(parts: &UrlParts<'_>, url: Text, rules: &SiteRules, lists: &ReferrerLists) -> Referrer {
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
fn stored_url(text: &str, rules: &SiteRules) -> Text {
    let Some(page) = normalise(text, &rules.urls) else { return "".into() };
    let url = without_noise(format!("{}{}", page.prefix.text(), page.name));
    truncate(&url, URL_BYTES_MAX).into()
}

fn without_noise(url: String) -> String {
    let Some(parts) = UrlParts::parse(&url) else { return url };
    let noise = NOISE.iter().find(|(host, _)| parts.host.contains(host));
    let (Some((_, noise)), Some((base, query))) = (noise, url.split_once('?')) else { return url };
    let is_kept = |part: &&str| !noise.contains(&part.split_once('=').map_or(*part, |(name, _)| name));
    let kept: Vec<&str> = query.split('&').filter(is_kept).collect();
    if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) }
}

/// What may be stored of a referrer (§9).
pub fn reduced(referrer: &Arc<Referrer>, reduction: ReferrerReduction) -> Arc<Referrer> {
    if reduction == ReferrerReduction::None {
        return referrer.clone();
    }
    let mut kept = Referrer { url: reduced_url(&referrer.url, reduction), ..(**referrer).clone() };
    if kept.kind != ReferrerKind::Campaign {
        kept.keyword = "".into();
    }
    if reduction == ReferrerReduction::ExcludeAll && kept.kind == ReferrerKind::Website {
        kept.name = "".into();
    }
    Arc::new(kept)
}

/// The same for what the archive keeps of a hit.
pub fn reduce_hit(hit: &mut Hit, reduction: ReferrerReduction) {
    if reduction != ReferrerReduction::None {
        hit.referrer = hit.referrer.as_deref().map(|url| reduced_url(url, reduction)).filter(|url| !url.is_empty());
    }
}

fn reduced_url(url: &str, reduction: ReferrerReduction) -> Text {
    match (reduction, UrlParts::parse(url)) {
        (ReferrerReduction::None, _) => url.into(),
        (ReferrerReduction::ExcludeAll, _) | (_, None) => "".into(),
        (ReferrerReduction::ExcludeQuery, _) => url.split(['?', '#']).next().unwrap_or_default().into(),
        (ReferrerReduction::ExcludePath, Some(parts)) => format!("{}://{}/", parts.scheme, parts.host).into(),
    }
}

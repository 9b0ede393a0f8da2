//! Referrers (`reports.md` §6).

use super::{About, Described, Dimension, Flatten, Key, Level, Only, Report, Sites, Sort, Source, Visits};
use crate::{
    names::{engine, social},
    shape::url_encode,
};

/// What a search without keyword is called.
pub(crate) const KEYWORD_UNKNOWN: &str = "Keyword not defined";
const URL_UNKNOWN: &str = "URL unknown!";

const TYPES: &[Level] = &[
    Level { subtable: type_id, ..Level::new(&[Key::ReferrerType], describe_type).with_goals() },
    Level::new(&[Key::ReferrerType, Key::ReferrerItem], describe_item).with_goals(),
];
const ALL: &[Level] = &[Level::new(&[Key::ReferrerType, Key::ReferrerItem], describe_any).with_goals()];
const KEYWORDS: &[Level] = &[
    Level::new(&[Key::ReferrerKeyword], describe_keyword).with_goals().with_below(),
    Level::new(&[Key::ReferrerKeyword, Key::ReferrerName], describe_engine_of_keyword).plain_below(),
];
const ENGINES: &[Level] = &[
    Level::new(&[Key::ReferrerName], describe_engine).with_goals().with_below(),
    Level::new(&[Key::ReferrerName, Key::ReferrerKeyword], describe_keyword_of_engine).plain_below(),
];
const CAMPAIGNS: &[Level] = &[
    Level::new(&[Key::ReferrerName], describe_campaign).with_goals().with_below(),
    Level::new(&[Key::ReferrerName, Key::ReferrerKeyword], |about| Described::new(about.last()))
        .with_goals()
        .without_empty(),
];
const CAMPAIGN_KEYWORDS: &[Level] = &[CAMPAIGNS[1]];
const WEBSITES: &[Level] = &[
    Level::new(&[Key::ReferrerName], describe_website).with_goals().with_below(),
    Level::new(&[Key::ReferrerName, Key::ReferrerUrl], describe_page).plain_below(),
];
/// A network is the sum of its pages.
const NETWORK_KEYS: &[Key] = &[Key::ReferrerName, Key::ReferrerUrl];
const SOCIALS: &[Level] = &[
    Level::new(NETWORK_KEYS, |about| describe_network("social", about)).grouped(to_network).with_goals().with_below(),
    Level::new(&[Key::ReferrerName, Key::ReferrerUrl], |about| Described::new(about.last())),
];
const ASSISTANTS: &[Level] = &[
    Level::new(NETWORK_KEYS, |about| describe_network("assistant", about))
        .grouped(to_network)
        .with_goals()
        .with_below(),
    Level::new(&[Key::ReferrerName, Key::ReferrerUrl], |about| Described::new(about.last())),
];

const fn of_kind(kinds: &'static [u8], levels: &'static [Level]) -> Visits {
    Visits { only: Only::Referrers(kinds), ..Visits::by(Dimension::Referrer, levels) }
}

const fn with_urls(kinds: &'static [u8], levels: &'static [Level]) -> Visits {
    Visits { only: Only::Referrers(kinds), ..Visits::by(Dimension::ReferrerUrl, levels) }
}

const fn report(name: &'static str, visits: Visits, flatten: Flatten) -> Report {
    Report { flatten, ..Report::of_visits(name, visits) }
}

const fn count(name: &'static str, column: &'static str) -> Report {
    Report { sort: Sort::VISITS, ..Report::plain(name, Source::Referrers(Some(column))) }
}

const KEYWORD_ENGINE: Flatten = Flatten::Levels(&["Referrers_Keyword", "Referrers_SearchEngine"]);
const ENGINE_KEYWORD: Flatten = Flatten::Levels(&["Referrers_SearchEngine", "Referrers_Keyword"]);
const CAMPAIGN_KEYWORD: Flatten = Flatten::Levels(&["Referrers_Campaign", "Referrers_Keyword"]);
const WEBSITE_PAGE: Flatten = Flatten::PathLevels(&["label1", "Referrers_WebsitePage"]);
const NETWORK_PAGE: Flatten = Flatten::Levels(&["Referrers_SocialNetwork", "Referrers_WebsitePage"]);
const ASSISTANT_PAGE: Flatten = Flatten::Levels(&["Referrers_AIAssistant", "Referrers_WebsitePage"]);

pub(super) const REPORTS: &[Report] = &[
    Report::plain("Referrers.get", Source::Referrers(None)),
    Report {
        sites: Sites::One,
        ..report("Referrers.getReferrerType", Visits::by(Dimension::Referrer, TYPES), Flatten::Unsupported)
    },
    Report {
        sites: Sites::OneAndOneDate(" with multiple sites or dates is not supported (yet)."),
        ..report("Referrers.getAll", of_kind(&[2, 3, 6], ALL), Flatten::Levels(&["Referrers_Referrer"]))
    },
    report("Referrers.getKeywords", of_kind(&[2], KEYWORDS), KEYWORD_ENGINE),
    report("Referrers.getSearchEnginesFromKeywordId", of_kind(&[2], KEYWORDS).below(), KEYWORD_ENGINE),
    report("Referrers.getSearchEngines", of_kind(&[2], ENGINES), ENGINE_KEYWORD),
    report("Referrers.getKeywordsFromSearchEngineId", of_kind(&[2], ENGINES).below(), ENGINE_KEYWORD),
    report("Referrers.getCampaigns", BY_CAMPAIGN, CAMPAIGN_KEYWORD),
    report("Referrers.getKeywordsFromCampaignId", BY_CAMPAIGN.below(), CAMPAIGN_KEYWORD),
    report("Referrers.getWebsites", of_websites(WEBSITES), WEBSITE_PAGE),
    report("Referrers.getUrlsFromWebsiteId", of_websites(WEBSITES).below(), WEBSITE_PAGE),
    report("Referrers.getSocials", with_urls(&[7], SOCIALS), NETWORK_PAGE),
    report("Referrers.getUrlsForSocial", with_urls(&[7], SOCIALS).below(), NETWORK_PAGE),
    report("Referrers.getAIAssistants", with_urls(&[8], ASSISTANTS), ASSISTANT_PAGE),
    report("Referrers.getUrlsForAIAssistant", with_urls(&[8], ASSISTANTS).below(), ASSISTANT_PAGE),
    count("Referrers.getNumberOfDistinctSearchEngines", "Referrers_distinctSearchEngines"),
    count("Referrers.getNumberOfDistinctSocialNetworks", "Referrers_distinctSocialNetworks"),
    count("Referrers.getNumberOfDistinctKeywords", "Referrers_distinctKeywords"),
    count("Referrers.getNumberOfDistinctCampaigns", "Referrers_distinctCampaigns"),
    count("Referrers.getNumberOfDistinctWebsites", "Referrers_distinctWebsites"),
    count("Referrers.getNumberOfDistinctWebsitesUrls", "Referrers_distinctWebsitesUrls"),
];

/// Campaigns, their keywords below them.
pub(super) const BY_CAMPAIGN: Visits = of_kind(&[6], CAMPAIGNS);
/// Keywords of campaigns, those of each for themselves.
pub(super) const BY_CAMPAIGN_KEYWORD: Visits = of_kind(&[6], CAMPAIGN_KEYWORDS);

const fn of_websites(levels: &'static [Level]) -> Visits {
    with_urls(&[3], levels)
}

/// Label and segment value of a referrer type by its number.
pub(crate) fn names_of(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "1" => ("Direct Entry", "direct"),
        "2" => ("Search Engines", "search"),
        "3" => ("Websites", "website"),
        "6" => ("Campaigns", "campaign"),
        "7" => ("Social Networks", "social"),
        "8" => ("AI Assistants", "assistant"),
        _ => ("Unknown", "unknown"),
    }
}

fn describe_type(about: &About<'_>) -> Described {
    let (label, segment) = names_of(about.key(0));
    Described::new(label)
        .with("segment", format!("referrerType=={segment}"))
        .with("referrer_type", about.key(0).parse::<i64>().unwrap_or(0))
}

/// Every type but direct entries has a list below it, under the number of the type.
fn type_id(keys: &[String]) -> Option<u64> {
    keys.first()?.parse().ok().filter(|id| *id != 1)
}

fn describe_item(about: &About<'_>) -> Described {
    match about.key(0) {
        "2" => keyword(about.key(1)),
        "3" => website(about.key(1)),
        kind => named(names_of(kind).1, about.key(1)),
    }
}

/// Of several kinds of referrer.
fn describe_any(about: &About<'_>) -> Described {
    let item = describe_item(about);
    Described::new(item.label)
        .with("segment", item.segment.unwrap_or_default())
        .with("referer_type", about.key(0).parse::<i64>().unwrap_or(0))
}

fn keyword(text: &str) -> Described {
    let label = if text.is_empty() { KEYWORD_UNKNOWN } else { text };
    Described::new(label).segment(format!("referrerType==search;referrerKeyword=={}", url_encode(text)))
}

fn website(host: &str) -> Described {
    Described::new(host).segment(format!("referrerName=={}", url_encode(host)))
}

fn named(kind: &str, name: &str) -> Described {
    Described::new(name).segment(format!("referrerType=={kind};referrerName=={}", url_encode(name)))
}

fn describe_keyword(about: &About<'_>) -> Described {
    keyword(about.key(0))
}

fn engine_logo(host: &str) -> String {
    format!("plugins/Morpheus/icons/dist/searchEngines/{host}.png")
}

/// An engine with its home, or with the page that it found for a keyword.
fn engine_at(name: &str, search: Option<&str>) -> Described {
    let known = engine(name);
    let home = || known.map(|engine| format!("http://{}", engine.host));
    let found = |keyword| known.and_then(|engine| engine.search(&url_encode(keyword)));
    let url = search.map_or_else(home, found).unwrap_or_else(|| URL_UNKNOWN.to_owned());
    let logo = engine_logo(known.map_or("xx", |engine| engine.host.as_str()));
    named("search", name).with("url", url).with("logo", logo)
}

fn describe_engine(about: &About<'_>) -> Described {
    engine_at(about.key(0), None)
}

fn describe_engine_of_keyword(about: &About<'_>) -> Described {
    engine_at(about.key(1), Some(about.key(0)))
}

/// What it selects is the keyword with the engine alone.
fn describe_keyword_of_engine(about: &About<'_>) -> Described {
    let mut described = keyword(about.key(1));
    let engine_name = url_encode(about.key(0));
    described.segment = described.segment.map(|segment| format!("referrerName=={engine_name};{segment}"));
    match engine(about.key(0)).and_then(|engine| engine.search(&url_encode(about.key(1)))) {
        Some(url) if !about.key(1).is_empty() => described.with("url", url),
        _ => described,
    }
}

fn describe_campaign(about: &About<'_>) -> Described {
    named("campaign", about.key(0))
}

fn describe_website(about: &About<'_>) -> Described {
    website(about.key(0))
}

/// Path and query of a page; the root is `index`.
fn describe_page(about: &About<'_>) -> Described {
    let url = about.last();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    let label = if path.is_empty() { "index" } else { path };
    Described::new(label).segment(format!("referrerUrl=={}", url_encode(url))).with("url", url)
}

fn to_network(keys: &mut Vec<String>) {
    keys.truncate(1);
}

fn describe_network(kind: &str, about: &About<'_>) -> Described {
    let name = about.key(0);
    let host = social(name).unwrap_or_default();
    Described::new(name)
        .with("url", host)
        .with("logo", format!("plugins/Morpheus/icons/dist/socials/{host}.png"))
        .with("segment", format!("referrerType=={kind};referrerName=={}", url_encode(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[&str], label: &str, segment: &str) {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let about = About { keys: &keys, ..About::default() };
        let described = if keys.len() == 1 { describe_type(&about) } else { describe_item(&about) };
        let own = described.metadata.get("segment").and_then(crate::value::Value::as_text);
        assert_eq!((described.label.as_str(), own.or(described.segment).as_deref()), (label, Some(segment)));
    }

    #[test]
    fn types_and_what_is_below_them_are_named() {
        check(&["1"], "Direct Entry", "referrerType==direct");
        check(&["2", ""], "Keyword not defined", "referrerType==search;referrerKeyword==");
        check(&["2", "a b"], "a b", "referrerType==search;referrerKeyword==a+b");
        check(&["3", "x.org"], "x.org", "referrerName==x.org");
        check(&["6", "c"], "c", "referrerType==campaign;referrerName==c");
        assert_eq!((type_id(&["1".to_owned()]), type_id(&["7".to_owned()])), (None, Some(7)));
    }
}

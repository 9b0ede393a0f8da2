//! Search engines, social networks and AI assistants by referrer (`tracking.md` §6.4, §6.5, §12.1).

use std::collections::{BTreeMap, HashMap};

use regex::Regex;
use serde::Deserialize;

use crate::{
    google,
    page_url::{UrlParts, decode_value_in, pairs},
};

/// Google, and how the queries of pages begin that search with it for themselves.
const GOOGLE: &str = "Google";
const GOOGLE_IMAGES: &str = "Google Images";
const CUSTOM_SEARCH: &str = "cx=partner-pub-";
/// A host of custom searches.
const CUSTOM_SEARCH_HOST: &str = "cse.google.com";
/// Hosts that have a label for each country or kind before them.
const COMMON_HOSTS: [&str; 2] = ["images.search.yahoo.com", "search.yahoo.com"];

/// Pages of other hosts that show the results of InfoSpace, and the host that the list has for them.
const HOSTED_RESULTS: (&str, &str) = ("/pemonitorhosted/ws/results/", "wsdsold.infospace.com");

/// A block of the list: hosts that share their rules.
#[derive(Debug, Deserialize)]
struct Block {
    urls: Vec<String>,
    #[serde(default)]
    params: Vec<String>,
    #[serde(default)]
    hiddenkeyword: Vec<String>,
    #[serde(default)]
    charsets: Vec<String>,
}

/// How a keyword is found.
#[derive(Debug)]
enum Rule {
    Parameter(String),
    Pattern(Regex),
}

#[derive(Debug)]
struct Engine {
    name: String,
    keyword: Vec<Rule>,
    hidden: Vec<Rule>,
    /// Character set of keywords that are no UTF-8.
    charset: Option<String>,
}

/// Sites that refer visitors, by kind.
#[derive(Debug)]
pub struct ReferrerLists {
    engines: Vec<Engine>,
    engine_hosts: HashMap<String, usize>,
    socials: NamedHosts,
    assistants: NamedHosts,
}

/// Names by host, each with the folder it asks for, or an empty one.
type NamedHosts = HashMap<String, Vec<(String, String)>>;

/// Why the lists cannot be used; they are part of the binary, so this is a defect of the build.
#[derive(Debug, thiserror::Error)]
#[error("a referrer list cannot be read: {0}")]
pub struct ListError(String);

/// A search engine and its keyword; an empty one is "keyword not defined".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchVisit {
    /// The engine.
    pub engine: String,
    /// Lower case.
    pub keyword: String,
}

impl ReferrerLists {
    /// The lists that are part of the binary.
    ///
    /// # Errors
    /// [`ListError`] when the build shipped a broken list.
    pub fn embedded() -> Result<Self, ListError> {
        let engines: BTreeMap<String, Vec<Block>> = read(nagare_schema::SEARCH_ENGINES)?;
        let socials = read(nagare_schema::SOCIALS)?;
        let assistants = read(nagare_schema::AI_ASSISTANTS)?;
        let mut lists = Self {
            engines: Vec::new(),
            engine_hosts: HashMap::new(),
            socials: hosts_of(socials),
            assistants: hosts_of(assistants),
        };
        for (name, blocks) in engines {
            for block in blocks {
                lists.add_engine(&name, block);
            }
        }
        Ok(lists)
    }

    fn add_engine(&mut self, name: &str, block: Block) {
        let index = self.engines.len();
        for url in block.urls {
            self.engine_hosts.entry(url).or_insert(index);
        }
        let hidden = if block.hiddenkeyword.is_empty() {
            vec![Rule::Parameter(String::new()), Rule::Parameter("/".to_owned())]
        } else {
            block.hiddenkeyword.iter().filter_map(|text| Rule::read(text)).collect()
        };
        let keyword = block.params.iter().filter_map(|text| Rule::read(text)).collect();
        let charset = block.charsets.into_iter().find(|charset| !charset.eq_ignore_ascii_case("utf-8"));
        self.engines.push(Engine { name: name.to_owned(), keyword, hidden, charset });
    }

    /// The search that a referrer shows, if it is one.
    pub fn search(&self, referrer: &UrlParts<'_>) -> Option<SearchVisit> {
        let host = referrer.host.to_ascii_lowercase();
        let host = search_host(&host, referrer);
        let engine = &self.engines[self.engine_of(host, referrer.path)?];
        let query = match (referrer.query, referrer.fragment) {
            (Some(query), Some(fragment)) => format!("{query}&{fragment}"),
            (Some(text), None) | (None, Some(text)) => text.to_owned(),
            (None, None) => String::new(),
        };
        let is_google = engine.name == GOOGLE;
        let name = google::engine(&query).filter(|_| is_google).unwrap_or(&engine.name);
        let found = |keyword: String| SearchVisit { engine: name.to_owned(), keyword: keyword.to_lowercase() };
        let special = match engine.name.as_str() {
            GOOGLE => google::advanced_keyword(&query),
            GOOGLE_IMAGES => google::image_keyword(&query),
            _ => None,
        };
        if let Some(keyword) = special {
            return Some(found(keyword));
        }
        let mut present = false;
        for rule in &engine.keyword {
            match rule.value(&query, referrer.path, engine.charset.as_deref()) {
                Some(value) if !value.is_empty() => return Some(found(value)),
                Some(_) => present = true,
                None => {}
            }
        }
        let tail = match referrer.query {
            Some(query) => format!("{}?{query}", referrer.path),
            None => referrer.path.to_owned(),
        };
        (present || engine.hidden.iter().any(|rule| rule.is_whole(&tail))).then(|| found(String::new()))
    }

    /// Tries host and path, host, then the host without what does not tell engines apart (§6.4).
    fn engine_of(&self, host: &str, path: &str) -> Option<usize> {
        let find = |candidate: &str| self.engine_hosts.get(candidate).copied();
        find(&format!("{host}{path}")).or_else(|| find(host)).or_else(|| {
            let lossy = lossy_host(host);
            find(&format!("{lossy}{path}")).or_else(|| find(&lossy))
        })
    }

    /// The social network of a host.
    pub fn social(&self, host: &str) -> Option<&str> {
        name_of(&self.socials, host, "")
    }

    /// The AI assistant of a host and path.
    pub fn assistant(&self, host: &str, path: &str) -> Option<&str> {
        name_of(&self.assistants, host, path)
    }
}

impl Rule {
    fn read(text: &str) -> Option<Self> {
        match text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|pattern| !pattern.is_empty()) {
            Some(pattern) => Regex::new(pattern).ok().map(Self::Pattern),
            None => Some(Self::Parameter(text.to_owned())),
        }
    }

    /// The keyword by this rule; `Some("")` when its parameter is there but empty.
    fn value(&self, query: &str, path: &str, charset: Option<&str>) -> Option<String> {
        match self {
            Self::Parameter(name) => {
                pairs(query).find(|(found, _)| found == name).map(|(_, value)| decode_value_in(value, charset))
            }
            Self::Pattern(pattern) => {
                let whole = format!("{path}?{query}");
                let found = pattern.captures(&whole).and_then(|captures| captures.get(1));
                found.map(|keyword| decode_value_in(keyword.as_str(), charset)).filter(|keyword| !keyword.is_empty())
            }
        }
    }

    /// Whether a path and query is this rule: an exact text or a pattern.
    fn is_whole(&self, tail: &str) -> bool {
        match self {
            Self::Parameter(text) => text == tail,
            Self::Pattern(pattern) => pattern.is_match(tail),
        }
    }
}

/// The host that the list knows an address by: some engines are found on many.
fn search_host<'h>(host: &'h str, referrer: &UrlParts<'_>) -> &'h str {
    if referrer.query.is_some_and(|query| query.starts_with(CUSTOM_SEARCH)) {
        return CUSTOM_SEARCH_HOST;
    }
    if referrer.path.starts_with(HOSTED_RESULTS.0) {
        return HOSTED_RESULTS.1;
    }
    let common =
        COMMON_HOSTS.iter().find(|common| host.strip_suffix(*common).is_some_and(|label| label.ends_with('.')));
    common.copied().unwrap_or(host)
}

/// Without `www.`, `search.` and `m.`, and with the country as `{}`.
fn lossy_host(host: &str) -> String {
    let mut rest = host;
    for prefix in ["www.", "search.", "m."] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    if let Some((label, tail)) = rest.split_once('.')
        && label.len() == 2
        && tail.contains('.')
    {
        return format!("{{}}.{tail}");
    }
    let Some((head, country)) = rest.rsplit_once('.') else { return rest.to_owned() };
    if country.len() != 2 {
        return rest.to_owned();
    }
    let seconds = [".com", ".org", ".net", ".co", ".it", ".edu"];
    let head = seconds.iter().find_map(|second| head.strip_suffix(second)).unwrap_or(head);
    format!("{head}.{{}}")
}

fn hosts_of(list: BTreeMap<String, Vec<String>>) -> NamedHosts {
    let mut hosts = NamedHosts::new();
    for (name, entries) in list {
        for entry in entries {
            let (host, folder) = entry.split_once('/').unwrap_or((&entry, ""));
            hosts.entry(host.to_owned()).or_default().push((folder.to_owned(), name.clone()));
        }
    }
    hosts
}

/// The name whose host is `host` or a parent domain of it, and whose folder `path` lies in.
fn name_of<'a>(hosts: &'a NamedHosts, host: &str, path: &str) -> Option<&'a str> {
    let path = path.trim_start_matches('/');
    let inside = |folder: &str| {
        let rest = path.strip_prefix(folder);
        folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    parents(host)
        .filter_map(|domain| hosts.get(domain))
        .find_map(|entries| entries.iter().find(|(folder, _)| inside(folder)).map(|(_, name)| name.as_str()))
}

/// A host and its parent domains.
fn parents(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |domain| domain.split_once('.').map(|(_, parent)| parent))
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ListError> {
    serde_saphyr::from_str(text).map_err(|error| ListError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(referrer: &str, expected: Option<(&str, &str)>) {
        let lists = ReferrerLists::embedded().unwrap();
        let found = lists.search(&UrlParts::parse(referrer).unwrap());
        let found = found.as_ref().map(|visit| (visit.engine.as_str(), visit.keyword.as_str()));
        assert_eq!(found, expected, "{referrer}");
    }

    /// §6.4
    #[test]
    fn searches_are_recognised() {
        check("http://search.yahoo.com/search?p=Purchase", Some(("Yahoo!", "purchase")));
        check("https://www.google.com/", Some(("Google", "")));
        check("https://www.google.de/search?q=a+b%26c", Some(("Google", "a b&c")));
        check("https://www.bing.com/search?q=", Some(("Bing", "")));
        check("http://referrer.com/page.htm?param=x", None);
        check("https://www.google.com/search?q=x&tbm=isch", Some(("Google Images", "x")));
        check("https://www.google.com/search?as_q=a&as_epq=b+c", Some(("Google", "a \"b c\"")));
        check("http://site.example/?cx=partner-pub-1&q=Shoes", Some(("Google Custom Search", "shoes")));
        check("http://de.search.yahoo.com/search?p=x", Some(("Yahoo!", "x")));
        let hosted = "pemonitorhosted/ws/results/Web/Red+shoes/1/417/TopNavigation/Source/";
        check(&format!("http://search.provider.example/{hosted}"), Some(("InfoSpace", "red shoes")));
    }

    /// §6.5, §12.1: look-alikes are not matched.
    #[test]
    fn networks_and_assistants_are_matched_by_domain() {
        let lists = ReferrerLists::embedded().unwrap();
        assert_eq!(lists.social("www.facebook.com"), Some("Facebook"));
        assert_eq!(lists.social("notfacebook.com"), None);
        assert_eq!(lists.assistant("chatgpt.com", "/"), Some("ChatGPT"));
        assert_eq!(lists.assistant("chatgpt.com.example.org", "/"), None);
    }
}

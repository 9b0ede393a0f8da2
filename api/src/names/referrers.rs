//! Addresses of search engines, social networks and assistants, from the lists that detect them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use nagare_schema::{AI_ASSISTANTS, SEARCH_ENGINES, SOCIALS};
use serde::Deserialize;

/// A block of the list; the first names the engine's home.
#[derive(Debug, Deserialize)]
struct Block {
    urls: Vec<String>,
    #[serde(default)]
    backlink: Option<String>,
}

/// A search engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Engine {
    pub(crate) host: String,
    /// Path of a search for `{k}`.
    backlink: Option<String>,
}

impl Engine {
    /// The address of a search.
    pub(crate) fn search(&self, encoded_keyword: &str) -> Option<String> {
        let path = self.backlink.as_ref()?.replace("{k}", encoded_keyword);
        Some(format!("http://{}/{path}", self.host))
    }
}

static ENGINES: LazyLock<HashMap<String, Engine>> = LazyLock::new(|| {
    let list: BTreeMap<String, Vec<Block>> = read(SEARCH_ENGINES);
    let engines = list.into_iter().filter_map(|(name, blocks)| {
        let first = blocks.into_iter().next()?;
        Some((name, Engine { host: first.urls.into_iter().next()?, backlink: first.backlink }))
    });
    engines.collect()
});

static HOSTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let lists = [SOCIALS, AI_ASSISTANTS].into_iter().flat_map(read::<Vec<String>>);
    lists.filter_map(|(name, hosts)| Some((name, hosts.into_iter().next()?))).collect()
});

/// A list of the binary; one that cannot be read leaves names without addresses.
fn read<T: for<'de> Deserialize<'de>>(text: &str) -> BTreeMap<String, T> {
    serde_saphyr::from_str(text).unwrap_or_else(|error| {
        tracing::error!(%error, "a list of referrers cannot be read");
        BTreeMap::new()
    })
}

/// A search engine by its name.
pub(crate) fn engine(name: &str) -> Option<&'static Engine> {
    ENGINES.get(name)
}

/// The host of a social network or assistant by its name.
pub(crate) fn social(name: &str) -> Option<&'static str> {
    HOSTS.get(name).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_and_networks_have_addresses() {
        let google = engine("Google").unwrap();
        assert_eq!(google.search("a+b").as_deref(), Some("http://google.com/search?q=a+b"));
        assert_eq!((social("Facebook"), social("nobody")), (Some("facebook.com"), None));
    }
}

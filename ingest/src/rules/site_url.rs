//! Matching a URL against the URLs of a site (`tracking.md` §4.5).

/// The URLs of a site, as hosts and path prefixes.
#[derive(Debug, Default)]
pub(crate) struct SiteUrls {
    /// Canonical host and path.
    known: Vec<(String, String)>,
}

impl SiteUrls {
    /// Those of a list; what is no URL is left out.
    pub(crate) fn new(urls: &[String]) -> Self {
        Self { known: urls.iter().filter_map(|url| canonical(url)).collect() }
    }

    /// True when the URL is one of the site's.
    pub(crate) fn hold(&self, url: &str) -> bool {
        let Some((host, path)) = canonical(url) else { return false };
        self.known
            .iter()
            .any(|(known_host, known_path)| host_matches(known_host, &host) && path.starts_with(known_path.as_str()))
    }
}

/// A host entry beginning with a dot holds that domain and all below it.
fn host_matches(known: &str, host: &str) -> bool {
    match known.strip_prefix('.') {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        None => known == host,
    }
}

/// Lower-case host without `www.`, and lower-case path with a trailing slash.
fn canonical(url: &str) -> Option<(String, String)> {
    let (_, rest) = url.trim().split_once("//")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let slash = if path.ends_with('/') { "" } else { "/" };
    (!host.is_empty()).then(|| (host, format!("{}{slash}", path.to_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_5_hosts_and_paths() {
        let site = SiteUrls::new(&["http://www.Example.org/Shop".to_owned(), "https://.wide.example".to_owned()]);
        for url in [
            "https://example.org/shop",
            "http://WWW.example.org:8080/shop/a?b#c",
            "http://u:p@example.org/SHOP/",
            "http://wide.example/",
            "http://a.b.wide.example/x",
        ] {
            assert!(site.hold(url), "{url}");
        }
        for url in [
            "http://example.org/",
            "http://example.org/shopping",
            "http://sub.example.org/shop",
            "http://notwide.example",
            "x",
            "",
        ] {
            assert!(!site.hold(url), "{url}");
        }
    }
}

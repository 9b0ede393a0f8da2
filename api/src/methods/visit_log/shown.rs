//! How a site shows what is stored: its addresses, its clock, its currency.

use nagare_schema::{Site, UnixSeconds, ZoneClock};

use crate::shape::pretty;

/// What is put before stored URLs, by `url_prefix`.
const PREFIXES: [&str; 4] = ["http://", "http://www.", "https://", "https://www."];
const SECURE: &str = "https://";

/// A site as its visits are shown.
pub(super) struct Shown<'a> {
    pub(super) site: &'a Site,
    pub(super) clock: ZoneClock,
    /// Hosts that the site has an `https` URL of.
    secure: Vec<&'a str>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(site: &'a Site) -> Self {
        let hosts = site.urls.iter().filter_map(|url| url.strip_prefix(SECURE));
        Self { site, clock: ZoneClock::new(&site.timezone), secure: hosts.map(host).collect() }
    }

    /// A whole URL; by `https` where the site has its host so.
    pub(super) fn address(&self, prefix: u8, url: &str) -> String {
        let prefix = PREFIXES.get(usize::from(prefix)).filter(|_| !url.is_empty()).copied().unwrap_or_default();
        let whole = format!("{prefix}{url}");
        match whole.strip_prefix("http://") {
            Some(rest) if self.secure.contains(&host(rest)) => format!("{SECURE}{rest}"),
            _ => whole,
        }
    }

    pub(super) fn time(&self, at: i64) -> String {
        self.clock.local(UnixSeconds(at)).strftime("%b %-d, %Y %H:%M:%S").to_string()
    }

    pub(super) fn money(&self, amount: f64) -> String {
        pretty::money(amount, self.currency_symbol())
    }

    pub(super) fn currency_symbol(&self) -> &str {
        pretty::currency_symbol(&self.site.currency)
    }
}

fn host(url: &str) -> &str {
    url.split(['/', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::caller;

    #[test]
    fn hosts_of_a_site_are_shown_as_it_has_them() {
        let config = caller("root").config;
        let urls = vec!["http://a.org".to_owned(), "https://b.org/shop".to_owned()];
        let site = Site { urls, ..Site::clone(config.sites.values().next().unwrap()) };
        let shown = Shown::new(&site);
        let addresses = [(0, "a.org/x"), (0, "b.org/x"), (3, "a.org"), (0, "bb.org"), (0, "")];
        let addresses = addresses.map(|(prefix, url)| shown.address(prefix, url));
        assert_eq!(addresses, ["http://a.org/x", "https://b.org/x", "https://www.a.org", "http://bb.org", ""]);
    }
}

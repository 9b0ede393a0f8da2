//! Whose address a request has when it came through proxies (`tracking.md` §8.1).

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use clap::Args;

use crate::AddressRange;

/// Entries of one header that are looked at, from its end.
const ENTRIES_MAX: usize = 32;

/// Which proxies are in front.
#[derive(Debug, Clone, Default, Args)]
pub struct ProxyOptions {
    /// Addresses and ranges of the proxies in front, whose word on the client's address is taken.
    #[arg(long, env = "NAGARE_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
    /// Headers in which they tell it, the first that is there.
    #[arg(long, env = "NAGARE_PROXY_HEADERS", value_delimiter = ',', default_value = "x-forwarded-for")]
    pub proxy_headers: Vec<String>,
}

impl ProxyOptions {
    pub(crate) fn open(&self) -> std::io::Result<Proxies> {
        Proxies::new(&self.proxy_headers, &self.trusted_proxies).map_err(|text| {
            let kind = std::io::ErrorKind::InvalidInput;
            std::io::Error::new(kind, format!("'{text}' is neither a header nor a range of addresses"))
        })
    }
}

/// The proxies whose word is taken. What anybody else writes into these headers means nothing.
#[derive(Debug, Default)]
pub(crate) struct Proxies {
    headers: Vec<HeaderName>,
    trusted: Vec<AddressRange>,
}

impl Proxies {
    /// From names of headers and ranges of addresses.
    ///
    /// # Errors
    /// The text that is neither.
    pub(crate) fn new(headers: &[String], trusted: &[String]) -> Result<Self, String> {
        let header = |name: &String| name.trim().to_lowercase().parse().map_err(|_| name.clone());
        let range = |text: &String| AddressRange::parse(text).ok_or_else(|| text.clone());
        Ok(Self {
            headers: headers.iter().map(header).collect::<Result<_, _>>()?,
            trusted: trusted.iter().map(range).collect::<Result<_, _>>()?,
        })
    }

    /// The client of a request: of the addresses that trusted proxies wrote down, the last that is
    /// none of theirs.
    pub(crate) fn client(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        let is_trusted = |address: IpAddr| self.trusted.iter().any(|range| range.holds(address.to_canonical()));
        if !is_trusted(peer) {
            return peer;
        }
        let told = self.headers.iter().find_map(|name| {
            let lists: Vec<&str> = headers.get_all(name).iter().filter_map(|list| list.to_str().ok()).collect();
            let entries = lists.iter().rev().flat_map(|list| list.rsplit(',')).take(ENTRIES_MAX);
            entries.filter_map(address).find(|address| !is_trusted(*address))
        });
        told.unwrap_or(peer)
    }
}

/// An entry without port, brackets and CIDR suffix; `None` for `unknown` and the like.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let entry = entry.split_once('/').map_or(entry, |(address, _)| address);
    if let Ok(with_port) = entry.parse::<SocketAddr>() {
        return Some(with_port.ip());
    }
    entry.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &str, peer: &str, expected: &str) {
        let proxies = Proxies::new(&["X-Forwarded-For".to_owned()], &["10.0.0.0/8".to_owned()]).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", list.parse().unwrap());
        let found = proxies.client(&headers, peer.parse().unwrap());
        assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{list} from {peer}");
    }

    #[test]
    fn section_8_1_the_last_address_that_is_no_proxy() {
        check("203.0.113.9", "10.0.0.1", "203.0.113.9");
        check("198.51.100.1, 203.0.113.9:4711, 10.1.2.3", "10.0.0.1", "203.0.113.9");
        check("unknown, [2001:db8::1]:80, 10.1.2.3", "::ffff:10.0.0.1", "2001:db8::1");
        check("203.0.113.9/24", "10.0.0.1", "203.0.113.9");
        check("unknown", "10.0.0.1", "10.0.0.1");
        check("203.0.113.9", "198.51.100.7", "198.51.100.7");
    }

    #[test]
    fn what_is_no_header_or_range_is_told() {
        assert_eq!(Proxies::new(&["a b".to_owned()], &[]).unwrap_err(), "a b");
        assert_eq!(Proxies::new(&[], &["10.0.0".to_owned()]).unwrap_err(), "10.0.0");
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_lists_never_panic(list in "[ -~]{0,200}") {
            let proxies = Proxies::new(&["x-real-ip".to_owned()], &["0.0.0.0/0".to_owned()]).unwrap();
            let mut headers = HeaderMap::new();
            headers.insert("x-real-ip", list.parse().unwrap());
            let _ = proxies.client(&headers, IpAddr::from([1, 2, 3, 4]));
        }
    }
}

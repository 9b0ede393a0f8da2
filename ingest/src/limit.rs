//! Requests within a second of one address, and hits within a second of one site (product.md S13).

use std::net::IpAddr;

use nagare_runtime::{RateLimit, client_network};
use nagare_schema::SiteId;

use crate::options::IngestOptions;

/// The bounds of this process.
#[derive(Clone)]
pub(crate) struct Limits {
    addresses: RateLimit<IpAddr>,
    sites: RateLimit<SiteId>,
}

impl Limits {
    pub(crate) fn new(options: &IngestOptions) -> Self {
        Self::of(options.address_requests_per_second, options.site_hits_per_second)
    }

    /// So many requests of an address, so many hits of a site; 0: no bound.
    pub(crate) fn of(address_requests: u32, site_hits: u32) -> Self {
        Self { addresses: RateLimit::new(address_requests), sites: RateLimit::new(site_hits) }
    }

    /// Counts a request.
    pub(crate) fn allows_request(&self, peer: IpAddr) -> bool {
        !is_public(peer) || self.addresses.allows(&client_network(peer))
    }

    /// Counts a hit.
    pub(crate) fn allows_hit(&self, site: SiteId) -> bool {
        self.sites.allows(&site)
    }
}

/// False for addresses of a network of one's own: a proxy whose word is not taken stands for all its clients.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !(address.is_loopback() || address.is_private() || address.is_link_local()),
        IpAddr::V6(address) => !(address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(limits: &Limits, address: &str, times: usize) -> usize {
        let peer = address.parse().unwrap();
        (0..times).filter(|_| limits.allows_request(peer)).count()
    }

    /// product.md S13
    #[test]
    fn a_public_address_has_a_bound() {
        let limits = Limits::of(5, 0);
        assert_eq!(allowed(&limits, "198.51.100.7", 30), 10);
        assert_eq!(allowed(&limits, "198.51.100.8", 3), 3);
        assert_eq!(allowed(&limits, "2001:db8::1", 30), 10);
    }

    #[test]
    fn an_address_of_an_own_network_stands_for_many() {
        let limits = Limits::of(5, 0);
        for address in ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"] {
            assert_eq!(allowed(&limits, address, 30), 30, "{address}");
        }
    }
}

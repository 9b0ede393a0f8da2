//! Requests within a second of one address, one token and about one site: who asks for more is told to wait.

use std::{
    hash::Hash,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
};

use axum::{
    Extension,
    extract::{ConnectInfo, Request},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use nagare_schema::SiteId;

use crate::{
    auth::{Credentials, token_hash},
    options::ApiOptions,
};

/// Addresses, tokens or sites that are remembered before those that are within their bounds are forgotten.
const KEYS_MAX: usize = 100_000;
/// Bits of an IPv6 address that one client has to itself.
const IPV6_PREFIX: u32 = 64;

/// The bound of each key.
#[derive(Clone)]
struct Limit<K: Hash + Eq + Clone> {
    limiter: Option<Arc<DefaultKeyedRateLimiter<K>>>,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    /// So many requests a second, twice as many at once; 0: no bound.
    fn new(per_second: u32) -> Self {
        let quota = NonZeroU32::new(per_second).map(|per_second| {
            Quota::per_second(per_second).allow_burst(per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1)))
        });
        Self { limiter: quota.map(|quota| Arc::new(RateLimiter::keyed(quota))) }
    }

    fn allows(&self, key: &K) -> bool {
        let Some(limiter) = &self.limiter else { return true };
        if limiter.len() > KEYS_MAX {
            limiter.retain_recent();
        }
        limiter.check_key(key).is_ok()
    }
}

/// All bounds of this process.
#[derive(Clone)]
pub(crate) struct Limits {
    addresses: Limit<IpAddr>,
    tokens: Limit<String>,
    sites: Limit<SiteId>,
}

impl Limits {
    pub(crate) fn new(options: &ApiOptions) -> Self {
        Self {
            addresses: Limit::new(options.address_requests_per_second),
            tokens: Limit::new(options.token_requests_per_second),
            sites: Limit::new(options.site_requests_per_second),
        }
    }

    /// Counts a request by what it shows and the sites that the caller may view of those it names; the
    /// answer when it is one too many.
    pub(crate) fn refuse(&self, credentials: &Credentials, sites: &[SiteId]) -> Option<Response> {
        let token = match credentials {
            Credentials::Url(secret) | Credentials::Secure(secret) => Some(token_hash(secret)),
            Credentials::None => None,
        };
        if token.is_some_and(|token| !self.tokens.allows(&token)) {
            return Some(too_many("too many requests of this token\n"));
        }
        let is_over = sites.iter().any(|site| !self.sites.allows(site));
        is_over.then(|| too_many("too many requests about this site\n"))
    }
}

/// What of an address tells clients apart.
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> (128 - IPV6_PREFIX) << (128 - IPV6_PREFIX)).into()),
        address => address,
    }
}

fn too_many(why: &'static str) -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], why).into_response()
}

/// Answers 429 to addresses beyond their bound.
pub(crate) async fn limit_address(
    Extension(limits): Extension<Limits>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    request: Request,
    next: Next,
) -> Response {
    match connection {
        Some(Extension(ConnectInfo(address))) if !limits.addresses.allows(&client_of(address.ip())) => {
            too_many("too many requests of this address\n")
        }
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_own_bound() {
        let limit = Limit::new(5);
        let allowed = |text: &str, times: usize| {
            let address = client_of(text.parse().unwrap());
            (0..times).filter(|_| limit.allows(&address)).count()
        };
        assert_eq!(allowed("192.0.2.1", 30), 10);
        assert_eq!(allowed("192.0.2.2", 3), 3);
        assert_eq!(allowed("2001:db8::1", 30), 10);
        assert_eq!(allowed("2001:db8::2", 30), 0, "the same network");
        assert_eq!(allowed("2001:db8:0:1::1", 1), 1);
    }

    #[test]
    fn a_token_and_a_site_have_their_own_bounds() {
        let options =
            ApiOptions { token_requests_per_second: 5, site_requests_per_second: 10, ..ApiOptions::default() };
        let limits = Limits::new(&options);
        let answered = |credentials: &Credentials, site: u32, times: usize| {
            (0..times).filter(|_| limits.refuse(credentials, &[SiteId(site)]).is_none()).count()
        };
        let token = |secret: &str| Credentials::Secure(secret.to_owned());
        assert_eq!(answered(&token("one"), 1, 30), 10);
        assert_eq!(answered(&Credentials::Url("one".to_owned()), 2, 1), 0, "the same token in another place");
        assert_eq!(answered(&token("two"), 1, 10), 10);
        assert_eq!(answered(&Credentials::None, 1, 1), 0, "the site has had its share");
        assert_eq!(answered(&Credentials::None, 3, 30), 20);
    }

    #[test]
    fn without_a_bound_everybody_is_allowed() {
        let limit = Limit::new(0);
        assert!((0..1000).all(|_| limit.allows(&IpAddr::from([192, 0, 2, 1]))));
    }
}

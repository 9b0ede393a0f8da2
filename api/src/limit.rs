//! Requests of one address within a second: who asks for more is told to wait.

use std::{
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

/// Addresses that are remembered before those that are within their bounds are forgotten.
const ADDRESSES_MAX: usize = 100_000;
/// Bits of an IPv6 address that one client has to itself.
const IPV6_PREFIX: u32 = 64;

/// The bound of each address.
#[derive(Clone)]
pub(crate) struct AddressLimit {
    limiter: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
}

impl AddressLimit {
    /// So many requests a second, twice as many at once; 0: no bound.
    pub(crate) fn new(per_second: u32) -> Self {
        let quota = NonZeroU32::new(per_second).map(|per_second| {
            Quota::per_second(per_second).allow_burst(per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1)))
        });
        Self { limiter: quota.map(|quota| Arc::new(RateLimiter::keyed(quota))) }
    }

    fn allows(&self, address: IpAddr) -> bool {
        let Some(limiter) = &self.limiter else { return true };
        if limiter.len() > ADDRESSES_MAX {
            limiter.retain_recent();
        }
        limiter.check_key(&client_of(address)).is_ok()
    }
}

/// What of an address tells clients apart.
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> (128 - IPV6_PREFIX) << (128 - IPV6_PREFIX)).into()),
        address => address,
    }
}

/// Answers 429 to addresses beyond their bound.
pub(crate) async fn limit_address(
    Extension(limit): Extension<AddressLimit>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    request: Request,
    next: Next,
) -> Response {
    match connection {
        Some(Extension(ConnectInfo(address))) if !limit.allows(address.ip()) => {
            let retry = [(header::RETRY_AFTER, "1")];
            (StatusCode::TOO_MANY_REQUESTS, retry, "too many requests of this address\n").into_response()
        }
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_own_bound() {
        let limit = AddressLimit::new(5);
        let allowed = |text: &str, times: usize| {
            let address: IpAddr = text.parse().unwrap();
            (0..times).filter(|_| limit.allows(address)).count()
        };
        assert_eq!(allowed("192.0.2.1", 30), 10);
        assert_eq!(allowed("192.0.2.2", 3), 3);
        assert_eq!(allowed("2001:db8::1", 30), 10);
        assert_eq!(allowed("2001:db8::2", 30), 0, "the same network");
        assert_eq!(allowed("2001:db8:0:1::1", 1), 1);
    }

    #[test]
    fn without_a_bound_everybody_is_allowed() {
        let limit = AddressLimit::new(0);
        assert!((0..1000).all(|_| limit.allows(IpAddr::from([192, 0, 2, 1]))));
    }
}

//! How much within a second: who asks for more is told to wait.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Keys that are remembered before those that are within their bounds are forgotten.
const KEYS_MAX: usize = 100_000;
/// Their number is looked at once in so many times: it takes a look at every part of the map.
const LOOK_ONCE_IN: u32 = 256;
/// Bits of an IPv6 address that one client has to itself.
const IPV6_PREFIX: u32 = 64;

/// A bound for each key. Cheap to clone.
#[derive(Clone)]
pub struct RateLimit<K: Hash + Eq + Clone> {
    bound: Option<Arc<Bound<K>>>,
}

struct Bound<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    asked: AtomicU32,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// So many a second, twice as many at once; 0: no bound.
    pub fn new(per_second: u32) -> Self {
        let quota = NonZeroU32::new(per_second).map(|per_second| {
            Quota::per_second(per_second).allow_burst(per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1)))
        });
        let bound = |quota| Arc::new(Bound { limiter: RateLimiter::keyed(quota), asked: AtomicU32::new(0) });
        Self { bound: quota.map(bound) }
    }

    /// Counts one more; false when it is one too many.
    pub fn allows(&self, key: &K) -> bool {
        let Some(bound) = &self.bound else { return true };
        let asked = bound.asked.fetch_add(1, Ordering::Relaxed);
        if asked.is_multiple_of(LOOK_ONCE_IN) && bound.limiter.len() > KEYS_MAX {
            bound.limiter.retain_recent();
        }
        bound.limiter.check_key(key).is_ok()
    }
}

/// What of an address tells clients apart.
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> (128 - IPV6_PREFIX) << (128 - IPV6_PREFIX)).into()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_own_bound() {
        let limit = RateLimit::new(5);
        let allowed = |text: &str, times: usize| {
            let address = client_network(text.parse().unwrap());
            (0..times).filter(|_| limit.allows(&address)).count()
        };
        assert_eq!(allowed("192.0.2.1", 30), 10);
        assert_eq!(allowed("192.0.2.2", 3), 3);
        assert_eq!(allowed("2001:db8::1", 30), 10);
        assert_eq!(allowed("2001:db8::2", 30), 0, "the same network");
        assert_eq!(allowed("2001:db8:0:1::1", 1), 1);
    }

    #[test]
    fn without_a_bound_everybody_is_allowed() {
        let limit = RateLimit::new(0);
        assert!((0..1000).all(|_| limit.allows(&IpAddr::from([192, 0, 2, 1]))));
    }
}

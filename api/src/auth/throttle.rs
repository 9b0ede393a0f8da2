use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Failures before waiting begins.
const FREE_FAILURES: u32 = 5;
/// First wait; it doubles with every further failure.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// Longest wait.
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);
/// Failures are forgotten after this time without another.
const FORGET_AFTER: Duration = Duration::from_secs(60 * 60);
/// Pairs of login and address that are remembered; the oldest are forgotten first.
const REMEMBERED_MAX: usize = 10_000;

/// Growing waits after failed sign-ins, by login and address. In memory, bounded.
#[derive(Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<(String, Option<IpAddr>), Failures>>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Throttle {
    /// How long the pair has to wait; `None` when it may try now.
    pub(crate) fn wait(&self, login: &str, address: Option<IpAddr>, now: Instant) -> Option<Duration> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let known = failures.get(&(login.to_owned(), address))?;
        let over = known.count.checked_sub(FREE_FAILURES)?;
        let wait = FIRST_WAIT.saturating_mul(1_u32 << over.min(16)).min(WAIT_MAX);
        wait.checked_sub(now.saturating_duration_since(known.last)).filter(|left| !left.is_zero())
    }

    pub(crate) fn failed(&self, login: &str, address: Option<IpAddr>, now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED_MAX {
            failures.retain(|_, known| now.saturating_duration_since(known.last) < FORGET_AFTER);
        }
        if failures.len() >= REMEMBERED_MAX
            && let Some(oldest) = failures.iter().min_by_key(|(_, known)| known.last).map(|(key, _)| key.clone())
        {
            failures.remove(&oldest);
        }
        let known = failures.entry((login.to_owned(), address)).or_insert(Failures { count: 0, last: now });
        if now.saturating_duration_since(known.last) >= FORGET_AFTER {
            known.count = 0;
        }
        *known = Failures { count: known.count.saturating_add(1), last: now };
    }

    pub(crate) fn succeeded(&self, login: &str, address: Option<IpAddr>) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&(login.to_owned(), address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let throttle = Throttle::default();
        let now = Instant::now();
        for _ in 0..FREE_FAILURES {
            assert_eq!(throttle.wait("a", None, now), None);
            throttle.failed("a", None, now);
        }
        assert_eq!(throttle.wait("a", None, now), Some(FIRST_WAIT));
        throttle.failed("a", None, now);
        assert_eq!(throttle.wait("a", None, now), Some(FIRST_WAIT * 2));
        assert_eq!(throttle.wait("a", None, now + FIRST_WAIT * 2), None);
        assert_eq!(throttle.wait("b", None, now), None);
        throttle.succeeded("a", None);
        assert_eq!(throttle.wait("a", None, now), None);
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        let now = Instant::now();
        for number in 0..REMEMBERED_MAX + 10 {
            throttle.failed(&number.to_string(), None, now);
        }
        assert!(throttle.failures.lock().unwrap().len() <= REMEMBERED_MAX);
    }
}

//! Referrer spam (`tracking.md` §4).

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Hosts of referrer spam. Public domain: matomo-org/referrer-spam-list.
const HOSTS: &str = include_str!("../../data/spammers.txt");

static SPAM: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let hosts = HOSTS.lines().map(str::trim).filter(|host| !host.is_empty());
    // Read for every hit with a referrer: a table of some megabytes for a third of the time.
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(hosts).ok()
});

/// Compiles the list, so that no request waits for it.
pub(crate) fn prepare() {
    LazyLock::force(&SPAM);
}

/// True when the referrer holds a host of the list, anywhere and without regard to case.
pub(crate) fn is_spam(referrer: &str) -> bool {
    SPAM.as_ref().is_some_and(|spam| spam.is_match(referrer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_8_hosts_of_the_list_are_found_anywhere() {
        assert!(is_spam("http://WWW.Semalt.com/x"));
        assert!(is_spam("http://example.org/?r=semalt.com"));
        assert!(!is_spam("http://example.org/"));
    }
}

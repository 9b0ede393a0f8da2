//! Excluded user agents (`tracking.md` §4.3).

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};

/// Memory a compiled pattern may take.
const PATTERN_BYTES_MAX: usize = 64 * 1024;

/// The entries of a list: plain ones are searched without regard to case, `/…/` are patterns.
#[derive(Debug, Default)]
pub(crate) struct ExcludedAgents {
    plain: Option<AhoCorasick>,
    patterns: Vec<Regex>,
}

impl ExcludedAgents {
    /// Compiles a list; an entry that is no valid pattern counts as plain text only.
    pub(crate) fn new(entries: &[String]) -> Self {
        let entries: Vec<&str> = entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty()).collect();
        if entries.is_empty() {
            return Self::default();
        }
        let plain = AhoCorasick::builder().ascii_case_insensitive(true).build(&entries).ok();
        Self { plain, patterns: entries.into_iter().filter_map(pattern).collect() }
    }

    /// True when an entry excludes the user agent.
    pub(crate) fn exclude(&self, user_agent: &str) -> bool {
        self.plain.as_ref().is_some_and(|plain| plain.is_match(user_agent))
            || self.patterns.iter().any(|pattern| pattern.is_match(user_agent))
    }
}

/// `/pattern/flags`, with the flags `i`, `s`, `m`.
fn pattern(entry: &str) -> Option<Regex> {
    let (pattern, flags) = entry.strip_prefix('/')?.rsplit_once('/')?;
    RegexBuilder::new(pattern)
        .case_insensitive(flags.contains('i'))
        .dot_matches_new_line(flags.contains('s'))
        .multi_line(flags.contains('m'))
        .size_limit(PATTERN_BYTES_MAX)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_3_every_entry_is_evaluated() {
        let agents =
            ExcludedAgents::new(&["/^nothing$/".to_owned(), " HTTrack ".to_owned(), "/wget\\/1\\.\\d/i".to_owned()]);
        assert!(agents.exclude("httrack 3"));
        assert!(agents.exclude("Wget/1.2"));
        assert!(!agents.exclude("Mozilla/5.0"));
        assert!(!ExcludedAgents::new(&[String::new()]).exclude("anything"));
    }
}

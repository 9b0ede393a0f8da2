//! A pattern of the list: compiled when it is first asked, then kept.

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

/// What the groups of a pattern caught.
pub(crate) type Caught<'t> = fancy_regex::Captures<'t, str>;

/// What may stand before a pattern, so that `Foo` is not found in `Barfoo`.
const BEFORE: &str = "(?:^|[^A-Z0-9_-]|[^A-Z0-9-]_|sprd-|MZ-)";
/// Steps of backtracking before a pattern with look-around counts as not found.
const BACKTRACK_STEPS_MAX: usize = 100_000;
/// Bytes of the automaton that a pattern may build while it searches.
const AUTOMATON_BYTES_MAX: usize = 256 * 1024;

/// A pattern, searched without regard to case.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: Box<str>,
    compiled: OnceLock<Option<Box<Regex>>>,
}

impl Pattern {
    /// Not compiled yet: most are never asked.
    pub(crate) fn new(source: &str) -> Self {
        Self { source: source.into(), compiled: OnceLock::new() }
    }

    /// True when the text holds the pattern.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text).unwrap_or(false))
    }

    /// What its groups caught.
    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Caught<'t>> {
        self.regex()?.captures(text).ok()?
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.source)).as_deref()
    }
}

/// A pattern that cannot be compiled is never found.
fn compile(source: &str) -> Option<Box<Regex>> {
    let mut builder = RegexBuilder::new(&format!("{BEFORE}(?:{source})"));
    builder.case_insensitive(true).backtrack_limit(BACKTRACK_STEPS_MAX).delegate_dfa_size_limit(AUTOMATON_BYTES_MAX);
    builder.build().ok().map(Box::new)
}

/// Puts what was caught into a template: `\g<1>` or `$1`.
pub(crate) fn fill(template: &str, captures: &Caught<'_>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['$', '\\']) {
        filled.push_str(&rest[..at]);
        match group(&rest[at..]) {
            Some((number, length)) => {
                filled.push_str(captures.get(number).map_or("", |found| found.as_str()));
                rest = &rest[at + length..];
            }
            None => {
                filled.push_str(&rest[at..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    filled.push_str(rest);
    filled.trim().to_owned()
}

/// The number of a group at the start of a template, and the length of what names it.
fn group(template: &str) -> Option<(usize, usize)> {
    let (digits, around) = match template.strip_prefix('$') {
        Some(rest) => (rest.get(..1)?, 1),
        None => {
            let (digits, _) = template.strip_prefix("\\g<")?.split_once('>')?;
            (digits, 4)
        }
    };
    Some((digits.parse().ok()?, digits.len() + around))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, template: &str, text: &str, expected: Option<&str>) {
        let pattern = Pattern::new(pattern);
        let filled = pattern.captures(text).map(|captures| fill(template, &captures));
        assert_eq!(filled.as_deref(), expected, "{text}");
        assert_eq!(pattern.matches(text), expected.is_some());
    }

    #[test]
    fn groups_fill_templates() {
        check(r"Foo(?:/(\d+))?(x)?", "v$1-\\g<2>", "a foo/12x", Some("v12-x"));
        check(r"Foo(?:/(\d+))?", "\\g<1>", "Foo", Some(""));
        check("Foo", "$ \\ $x", "foo", Some("$ \\ $x"));
    }

    #[test]
    fn a_pattern_begins_at_a_word() {
        check("Foo", "yes", "barfoo", None);
        check("Foo", "yes", "bar foo", Some("yes"));
        check("Foo", "yes", "bar_foo", None);
        check("Foo", "yes", "sprd-foo", Some("yes"));
    }

    #[test]
    fn a_broken_pattern_is_never_found() {
        check("(", "", "(", None);
    }
}

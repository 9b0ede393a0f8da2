//! Versions as they are kept: numbers and points, the first two parts.

/// Parts of a version that are kept.
const PARTS_MAX: usize = 2;

/// A version as found in a text: points for underscores, nothing around it.
pub(crate) fn clean(found: &str) -> String {
    found.replace('_', ".").trim_matches([' ', '.']).to_owned()
}

/// The first two parts.
pub(crate) fn shorten(version: &str) -> &str {
    version.match_indices('.').nth(PARTS_MAX - 1).map_or(version, |(end, _)| &version[..end])
}

/// Orders versions by their numbers; a part that is no number counts as 0.
pub(crate) fn compare(left: &str, right: &str) -> std::cmp::Ordering {
    let number = |part: Option<&str>| part.map_or(0, |part| part.parse::<u64>().unwrap_or(0));
    let (mut lefts, mut rights) = (left.split('.'), right.split('.'));
    loop {
        let (left, right) = (lefts.next(), rights.next());
        if left.is_none() && right.is_none() {
            return std::cmp::Ordering::Equal;
        }
        match number(left).cmp(&number(right)) {
            std::cmp::Ordering::Equal => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::*;

    #[test]
    fn versions_are_cleaned_shortened_and_ordered() {
        assert_eq!(clean(" 10_15_7."), "10.15.7");
        assert_eq!(shorten("33.0.1750.136"), "33.0");
        assert_eq!(shorten("10"), "10");
        assert_eq!(compare("9.1", "10"), Ordering::Less);
        assert_eq!(compare("4.0.0", "4"), Ordering::Equal);
    }
}

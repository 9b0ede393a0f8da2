//! Takes a pattern apart: it is found where any of its pieces is found, and a piece is small and
//! often holds a text that spares the search.

use crate::required::required;

/// A text of this length is rare enough.
const TELLING_BYTES: usize = 4;
/// How often a piece is taken apart.
const DEPTH_MAX: u32 = 4;
/// Pieces of one pattern; beyond them it is left as it is.
const PIECES_MAX: usize = 4096;

/// A part of a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub source: String,
    /// Lower-case texts of which one must be there; `None` when nothing can be said.
    pub texts: Option<Vec<String>>,
}

/// The pieces of a pattern; groups are lost, so they only tell whether it is found.
pub(crate) fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    take_apart(pattern, DEPTH_MAX, &mut pieces);
    if pieces.len() > PIECES_MAX {
        let texts = required(pattern);
        pieces = vec![Piece { source: pattern.to_owned(), texts }];
    }
    pieces
}

fn take_apart(pattern: &str, depth: u32, pieces: &mut Vec<Piece>) {
    for choice in choices(pattern) {
        let texts = required(choice);
        let telling = texts.as_ref().is_some_and(|texts| texts.iter().all(|text| text.len() >= TELLING_BYTES));
        match first_group(choice).filter(|_| depth > 0 && !telling && pieces.len() <= PIECES_MAX) {
            Some((before, inner, after)) => {
                let spread: Vec<_> = choices(inner).map(|inner| format!("{before}{inner}{after}")).collect();
                spread.iter().for_each(|piece| take_apart(piece, depth - 1, pieces));
            }
            None => pieces.push(Piece { source: choice.to_owned(), texts }),
        }
    }
}

/// Splits at the bars that are in no group.
fn choices(pattern: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    let mut bars: Vec<usize> = Vec::new();
    for (at, mark) in marks(pattern) {
        match mark {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'|' if depth == 0 => bars.push(at),
            _ => {}
        }
    }
    bars.push(pattern.len());
    let mut start = 0;
    bars.into_iter().map(move |bar| &pattern[std::mem::replace(&mut start, bar + 1)..bar])
}

/// What is before, in and after the first group that is a choice and stands there once.
fn first_group(pattern: &str) -> Option<(&str, &str, &str)> {
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (at, mark) in marks(pattern) {
        match mark {
            b'(' => open.push((at, false)),
            b'|' => {
                if let Some(group) = open.last_mut() {
                    group.1 = true;
                }
            }
            b')' => {
                let (start, is_choice) = open.pop()?;
                let inner = &pattern[start + 1..at];
                let inner = inner.strip_prefix("?:").unwrap_or(inner);
                let after = &pattern[at + 1..];
                let ends = inner.ends_with('$');
                if open.is_empty()
                    && is_choice
                    && !ends
                    && !inner.starts_with('?')
                    && !after.starts_with(['?', '*', '+', '{'])
                {
                    return Some((&pattern[..start], inner, after));
                }
            }
            _ => {}
        }
    }
    None
}

/// Brackets and bars that are neither escaped nor in a class.
fn marks(pattern: &str) -> impl Iterator<Item = (usize, u8)> {
    let bytes = pattern.as_bytes();
    let (mut at, mut class_start) = (0, None);
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let here = at;
            at += 1;
            match (bytes[here], class_start) {
                (b'\\', _) => at += 1,
                (b'[', None) => class_start = Some(here),
                // A bracket that comes first is a member of the class.
                (b']', Some(start)) if here > start + 1 && pattern.get(start..here) != Some("[^") => class_start = None,
                (mark @ (b'(' | b')' | b'|'), None) => return Some((here, mark)),
                _ => {}
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &[&str]) {
        let pieces = pieces(pattern);
        let sources: Vec<_> = pieces.iter().map(|piece| piece.source.as_str()).collect();
        assert_eq!(sources, expected, "{pattern}");
    }

    #[test]
    fn patterns_are_taken_apart() {
        check("Galaxy|Foo[|)]|a\\|b", &["Galaxy", "Foo[|)]", "a\\|b"]);
        check("(?:AB1|CD2)(?:[);/ ]|$)", &["AB1(?:[);/ ]|$)", "CD2(?:[);/ ]|$)"]);
        check("K(?:4[bm]|5(x|y))", &["K4[bm]", "K5x", "K5y"]);
        check("(?:A|B)+X(?!A|B)", &["(?:A|B)+X(?!A|B)"]);
        check("Chrome/(1|2)", &["Chrome/(1|2)"]);
        check("[]|(]x|(", &["[]|(]x", "("]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_taken_apart(pattern in r"[a-c(|)\[\]\\?:$+]{0,40}") {
            pieces(&pattern);
        }
    }
}

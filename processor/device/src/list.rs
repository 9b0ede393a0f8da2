//! A list of patterns of which the first that is found counts.

use aho_corasick::AhoCorasick;

use crate::{
    pattern::{Caught, Pattern, fill},
    pieces::pieces,
};

/// An entry of a list.
#[derive(Debug)]
pub(crate) struct Entry<T> {
    /// Its pattern, whole.
    pattern: Pattern,
    /// What it stands for.
    pub value: T,
}

impl<T> Entry<T> {
    /// Fills a template with what the groups of the pattern catch in a text that it is found in.
    pub(crate) fn fill(&self, template: &str, text: &str) -> String {
        if !template.contains(['$', '\\']) {
            return template.to_owned();
        }
        let caught: Option<Caught<'_>> = self.pattern.captures(text);
        caught.map(|caught| fill(template, &caught)).unwrap_or_default()
    }
}

/// Patterns, each with what it stands for, in the order in which they are tried.
#[derive(Debug)]
pub(crate) struct List<T> {
    entries: Vec<Entry<T>>,
    /// What is searched, each with its entry, in order.
    pieces: Vec<(Pattern, u32)>,
    /// Pieces that are always tried.
    always: Vec<u32>,
    texts: Option<AhoCorasick>,
    /// The piece of each text.
    piece_of_text: Vec<u32>,
}

impl<T> List<T> {
    /// A list in its order.
    pub(crate) fn new(entries: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut list = Self {
            entries: Vec::new(),
            pieces: Vec::new(),
            always: Vec::new(),
            texts: None,
            piece_of_text: Vec::new(),
        };
        let mut texts = Vec::new();
        for ((source, value), entry) in entries.into_iter().zip(0..) {
            for (piece, index) in pieces(&source).into_iter().zip(list.pieces.len() as u32..) {
                list.pieces.push((Pattern::new(&piece.source), entry));
                match piece.texts {
                    Some(of_piece) => {
                        list.piece_of_text.extend(of_piece.iter().map(|_| index));
                        texts.extend(of_piece);
                    }
                    None => list.always.push(index),
                }
            }
            list.entries.push(Entry { pattern: Pattern::new(&source), value });
        }
        list.texts = AhoCorasick::builder().ascii_case_insensitive(true).build(&texts).ok();
        if list.texts.is_none() {
            list.always = (0..).take(list.pieces.len()).collect();
        }
        list
    }

    /// The first entry that is found in a text.
    pub(crate) fn find(&self, text: &str) -> Option<&Entry<T>> {
        let mut candidates = self.always.clone();
        if let Some(texts) = &self.texts {
            let found = texts.find_overlapping_iter(text);
            candidates.extend(found.map(|found| self.piece_of_text[found.pattern().as_usize()]));
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut pieces = candidates.into_iter().map(|index| &self.pieces[index as usize]);
        let (_, entry) = pieces.find(|(piece, _)| piece.matches(text))?;
        self.entries.get(*entry as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_in_the_list_counts() {
        let list = List::new([("Foo (Bar)", 1), (r"\d+", 2), ("Foo|Ba", 3)].map(|(text, id)| (text.to_owned(), id)));
        let first = |text| list.find(text).map(|entry| entry.value);
        assert_eq!(first("a FOO bar 1"), Some(1));
        assert_eq!(first("a foo 1"), Some(2));
        assert_eq!(first("a foo"), Some(3));
        assert_eq!(first("bar"), Some(3));
        assert_eq!(first("nothing"), None);
        assert_eq!(list.find("foo bar").unwrap().fill("a \\g<1>", "foo bar"), "a bar");
    }
}

//! What Google's addresses tell beyond one keyword parameter (`tracking.md` §6.4).

use crate::page_url::{decode_value, pairs};

/// Searches for something else than pages, by `tbm`.
const SEARCHES: [(&str, &str); 3] = [("isch", "Google Images"), ("vid", "Google Video"), ("shop", "Google Shopping")];

fn raw<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    pairs(query).find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value)
}

/// The engine that a search at Google belongs to, when it is not for pages.
pub(crate) fn engine(query: &str) -> Option<&'static str> {
    let kind = raw(query, "tbm")?;
    SEARCHES.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

/// The keyword of the form for advanced searches: all words, any word, the very phrase, no word.
pub(crate) fn advanced_keyword(query: &str) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(raw(query, "as_q").map(decode_value));
    parts.extend(raw(query, "as_oq").map(|words| decode_value(&words.replace('+', " OR "))));
    parts.extend(raw(query, "as_epq").map(|phrase| format!("\"{}\"", decode_value(phrase))));
    parts.extend(raw(query, "as_eq").map(|words| format!("-{}", decode_value(words))));
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The keyword of an image search, in the address of the page of results.
pub(crate) fn image_keyword(query: &str) -> Option<String> {
    let results = decode_value(raw(query, "prev")?);
    let (_, nested) = results.split_once('?')?;
    raw(nested, "q").map(decode_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_6_4_the_form_for_advanced_searches() {
        assert_eq!(
            advanced_keyword("as_q=all+words&as_oq=one+two&as_epq=the+phrase&as_eq=none").as_deref(),
            Some("all words one OR two \"the phrase\" -none")
        );
        assert_eq!(advanced_keyword("q=x&as_q="), None);
    }

    #[test]
    fn section_6_4_searches_for_images_videos_and_goods() {
        assert_eq!(engine("q=x&tbm=isch"), Some("Google Images"));
        assert_eq!(engine("tbm=vid"), Some("Google Video"));
        assert_eq!(engine("tbm=other"), None);
        assert_eq!(image_keyword("prev=%2Fimages%3Fq%3Dred%2520car%26hl%3Den&x=1").as_deref(), Some("red car"));
        assert_eq!(image_keyword("prev=images"), None);
    }
}

//! The language of a visitor (`tracking.md` §8.2).

use std::borrow::Cow;

/// A list without a known language.
const UNKNOWN: &str = "xx";

/// Languages of ISO 639-1.
const KNOWN: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is \
    it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na \
    nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr \
    ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// The first language of a normalised list that is known, with its region: `fr-ca`, `en`.
pub(crate) fn main(list: &str) -> Cow<'_, str> {
    if list.is_empty() {
        return Cow::Borrowed("");
    }
    list.split(',').find_map(code).unwrap_or(Cow::Borrowed(UNKNOWN))
}

fn code(entry: &str) -> Option<Cow<'_, str>> {
    let mut parts = entry.split('-');
    let language = parts.next()?;
    if !is_known(language) {
        return None;
    }
    match (parts.next(), parts.next()) {
        (Some(region), _) if region.len() == 2 => Some(Cow::Borrowed(&entry[..language.len() + 3])),
        (Some(script), Some(region)) if script.len() == 4 && region.len() == 2 => {
            Some(Cow::Owned(format!("{language}-{region}")))
        }
        _ => Some(Cow::Borrowed(language)),
    }
}

fn is_known(language: &str) -> bool {
    language.len() == 2 && KNOWN.split_ascii_whitespace().any(|known| known == language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_2_the_first_known_language_counts() {
        for (list, expected) in [
            ("fr-ca,en", "fr-ca"),
            ("zh-hans-cn", "zh-cn"),
            ("en", "en"),
            ("xx-yy,qq,de-at", "de-at"),
            ("es-419,es", "es"),
            ("*", "xx"),
            ("", ""),
        ] {
            assert_eq!(main(list), expected, "{list}");
        }
    }
}

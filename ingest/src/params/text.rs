//! Bytes to text, as tracking parameters are read (`tracking.md` §1.3).

use std::borrow::Cow;

/// Bytes as text: UTF-8, else reinterpreted as ISO-8859-1.
pub(crate) fn from_bytes(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(from_latin1(bytes)),
    }
}

fn from_latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// A form-encoded name or value: `+` is a space, `%XX` a byte, anything else stands for itself.
pub(crate) fn from_form(encoded: &[u8]) -> Cow<'_, str> {
    let Some(first) = memchr::memchr2(b'%', b'+', encoded) else {
        return from_bytes(encoded);
    };
    let mut decoded = Vec::with_capacity(encoded.len());
    decoded.extend_from_slice(&encoded[..first]);
    let mut rest = &encoded[first..];
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match tail {
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    rest = after;
                    nibble(*high) << 4 | nibble(*low)
                }
                _ => b'%',
            },
            other => other,
        });
    }
    Cow::Owned(String::from_utf8(decoded).unwrap_or_else(|error| from_latin1(error.as_bytes())))
}

fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

/// HTML entities decoded once, NUL removed.
pub(crate) fn clean<'a>(text: &'a str) -> Cow<'a, str> {
    let decoded = if memchr::memchr(b'&', text.as_bytes()).is_some() {
        html_escape::decode_html_entities(text)
    } else {
        Cow::Borrowed(text)
    };
    if memchr::memchr(0, decoded.as_bytes()).is_none() {
        return decoded;
    }
    Cow::Owned(decoded.replace('\0', ""))
}

/// At most `bytes_max` bytes, cut between characters.
pub(crate) fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// At most `chars_max` characters.
pub(crate) fn cut_chars(text: &str, chars_max: usize) -> &str {
    if text.len() <= chars_max {
        return text;
    }
    text.char_indices().nth(chars_max).map_or(text, |(at, _)| &text[..at])
}

/// Trimmed, line breaks removed, cut to `bytes_max` bytes: URLs and titles (§1.9 step 1, §1.10).
pub(crate) fn one_line(text: &str, bytes_max: usize) -> Cow<'_, str> {
    let trimmed = text.trim();
    if memchr::memchr2(b'\n', b'\r', trimmed.as_bytes()).is_none() {
        return Cow::Borrowed(cut(trimmed, bytes_max));
    }
    let joined: String = trimmed.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    Cow::Owned(cut(&joined, bytes_max).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_1_3_entities_are_decoded_once() {
        for (encoded, text) in [
            ("Test &hellip;", "Test …"),
            ("A &amp; B", "A & B"),
            ("&amp;hellip;", "&hellip;"),
            ("a=1&copy=2", "a=1&copy=2"),
            ("&#039;&#x41;", "'A"),
            ("nul\0byte", "nulbyte"),
        ] {
            assert_eq!(clean(encoded), text);
        }
    }

    #[test]
    fn section_1_3_invalid_utf8_is_latin1() {
        assert_eq!(from_form(b"T\xE9st"), "Tést");
        assert_eq!(from_form(b"T%E9st"), "Tést");
        assert_eq!(from_form(b"T%C3%A9st+x"), "Tést x");
        assert_eq!(from_form(b"100%+%4"), "100% %4");
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(cut("éé", 3), "é");
        assert_eq!(cut_chars("ééé", 2), "éé");
        assert_eq!(one_line("  a\r\nb ", 1024), "ab");
    }
}

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What `urlencode` of PHP leaves as it is, and the blank that becomes `+`.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b' ');

/// Encodes a text as a form does.
pub(crate) fn url_encode(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string().replace(' ', "+")
}

/// The value of a segment, encoded twice (`reports.md` §5.2).
pub(crate) fn segment_value(text: &str) -> String {
    url_encode(&url_encode(text))
}

/// The value of a segment of titles and clicks, whose special characters are entities.
pub(crate) fn escaped_segment_value(text: &str) -> String {
    segment_value(&escape_entities(text))
}

/// The value of a segment of what has a name of its own, like events.
pub(crate) fn once_escaped_segment_value(text: &str) -> String {
    url_encode(&escape_entities(text))
}

fn escape_entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#039;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text of the entities that clients send in labels.
pub(super) fn decode_entities(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#039;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_encoded_twice() {
        assert_eq!(segment_value("http://h/a b"), "http%253A%252F%252Fh%252Fa%2Bb");
        assert_eq!(segment_value("a&b"), "a%2526b");
        assert_eq!(escaped_segment_value("<é"), "%2526lt%253B%25C3%25A9");
        assert_eq!(decode_entities("&lt;&amp;lt;"), "<&lt;");
    }
}

//! JSON parameters (`tracking.md` §1.3).

use serde::de::IgnoredAny;
use serde_json::Value;

use super::text;

/// Bytes of a JSON parameter that are read.
const JSON_BYTES_MAX: usize = 256 * 1024;

/// JSON text, entities in its texts decoded once; absent when it cannot be read.
pub(super) fn parse(json: &str) -> Option<Value> {
    if json.len() > JSON_BYTES_MAX {
        return None;
    }
    if let Ok(value) = serde_json::from_str(json) {
        return Some(cleaned(value));
    }
    // Clients that escape the whole parameter for HTML send `&quot;` for the quotes.
    let decoded = text::clean(json);
    serde_json::from_str(&decoded).ok()
}

/// True for the text of an object without anything that is escaped or decoded.
pub(super) fn is_plain_object(json: &str) -> bool {
    json.len() <= JSON_BYTES_MAX
        && json.starts_with('{')
        && memchr::memchr2(b'&', b'\\', json.as_bytes()).is_none()
        && serde_json::from_str::<IgnoredAny>(json).is_ok()
}

/// The same value, entities in its texts decoded once.
pub(super) fn cleaned(mut value: Value) -> Value {
    clean_in_place(&mut value);
    value
}

/// The parser bounds the depth, so recursion is bounded.
fn clean_in_place(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(['&', '\0']) => *text = text::clean(text).into_owned(),
        Value::Array(values) => values.iter_mut().for_each(clean_in_place),
        Value::Object(values) => values.values_mut().for_each(clean_in_place),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_1_3_texts_in_json_are_decoded() {
        assert_eq!(parse(r#"[["a &amp; b"]]"#), Some(serde_json::json!([["a & b"]])));
        assert_eq!(parse("[&quot;x&quot;]"), Some(serde_json::json!(["x"])));
        assert_eq!(parse("[["), None);
    }

    #[test]
    fn an_object_is_plain_when_its_text_is_what_it_means() {
        assert!(is_plain_object(r#"{"brands":[{"brand":"Chromium"}]}"#));
        for other in [r#"{"a":"b &amp; c"}"#, r#"{"a":"\u0026amp;"}"#, r#"["a"]"#, r#"{"a":"#, "", "1"] {
            assert!(!is_plain_object(other), "{other}");
        }
    }
}

//! The body of a bulk request (`tracking.md` §1.5).

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    PARAMETERS_MAX, Params, Value,
    field::{FieldValue, Text},
};

/// Elements of one bulk request that are read.
pub(crate) const REQUESTS_MAX: usize = 20_000;

/// True when a body is a bulk request: it holds `"requests"` anywhere but at its start.
pub(crate) fn is_bulk(body: &[u8]) -> bool {
    [&b"\"requests\""[..], b"'requests'"].iter().any(|word| memchr::memmem::find(body, word).is_some_and(|at| at > 0))
}

/// A bulk request.
#[derive(Debug, Default)]
pub(crate) struct BulkBody<'a> {
    /// The accepted elements, in order.
    pub(crate) requests: Vec<Element<'a>>,
    /// The token for all of them.
    pub(crate) token: Option<Cow<'a, str>>,
    /// `send_image` is 0: answer 204.
    pub(crate) without_answer: bool,
    /// There were more than [`REQUESTS_MAX`]; the rest was not read.
    pub(crate) too_many: bool,
}

/// One element of a bulk request.
#[derive(Debug, PartialEq)]
pub(crate) enum Element<'a> {
    /// The query of a URL.
    Query(Cow<'a, str>),
    /// Parameters, names taken literally.
    Fields(Vec<(Cow<'a, str>, Value<'a>)>),
    /// `null` or anything else: a hit without parameters.
    Nothing,
}

impl<'a> BulkBody<'a> {
    /// The body, line breaks already removed; without requests when it is not JSON of that shape.
    pub(crate) fn parse(body: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

impl Element<'_> {
    /// Its parameters.
    pub(crate) fn params(&self) -> Params<'_> {
        match self {
            Self::Query(query) => Params::from_form(query.as_bytes()),
            Self::Fields(fields) => Params::from_fields(fields),
            Self::Nothing => Params::default(),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for BulkBody<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(BodyVisitor)
    }
}

struct BodyVisitor;

impl<'de> Visitor<'de> for BodyVisitor {
    type Value = BulkBody<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bulk request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut body = BulkBody::default();
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "requests" => {
                    body.requests = map.next_value::<Elements<'de>>()?.0;
                    body.too_many = body.requests.len() > REQUESTS_MAX;
                }
                "token_auth" => {
                    body.token = match map.next_value::<FieldValue<'de>>()?.0 {
                        Value::Text(token) if !token.is_empty() => Some(token),
                        _ => None,
                    };
                }
                "send_image" => {
                    let value = map.next_value::<FieldValue<'de>>()?.0;
                    body.without_answer = matches!(value, Value::Text(text) if text == "0");
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(body)
    }
}

/// The visits of scalars that a visitor takes all alike.
macro_rules! scalars_are {
    ($value:expr) => {
        scalars_are!(@ $value, visit_bool bool, visit_i64 i64, visit_u64 u64, visit_f64 f64);
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
    (@ $value:expr, $($visit:ident $type:ty),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok($value)
        })*
    };
}

/// The list of elements; an object counts as the list of its values, anything else as an empty one.
struct Elements<'a>(Vec<Element<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementsVisitor)
    }
}

struct ElementsVisitor;

impl<'de> Visitor<'de> for ElementsVisitor {
    type Value = Elements<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of requests")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while elements.len() <= REQUESTS_MAX
            && let Some(MaybeElement(element)) = seq.next_element()?
        {
            elements.extend(element);
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Elements(elements))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while elements.len() <= REQUESTS_MAX
            && let Some((IgnoredAny, MaybeElement(element))) = map.next_entry()?
        {
            elements.extend(element);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Elements(elements))
    }
    fn visit_borrowed_str<E>(self, _: &'de str) -> Result<Self::Value, E> {
        Ok(Elements(Vec::new()))
    }
    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Elements(Vec::new()))
    }
    scalars_are!(Elements(Vec::new()));
}

/// An element, or nothing for a text without `?`, which is dropped and not counted.
struct MaybeElement<'a>(Option<Element<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for MaybeElement<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor).map(MaybeElement)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Option<Element<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(query_of(text).map(|query| Element::Query(Cow::Borrowed(query))))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(query_of(text).map(|query| Element::Query(Cow::Owned(query.to_owned()))))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while fields.len() < PARAMETERS_MAX
            && let Some((Text(name), FieldValue(value))) = map.next_entry()?
        {
            fields.push((name, value));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Some(if fields.is_empty() { Element::Nothing } else { Element::Fields(fields) }))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(Element::Nothing))
    }
    scalars_are!(Some(Element::Nothing));
}

/// The query of a URL, without its fragment.
fn query_of(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    Some(query.split_once('#').map_or(query, |(query, _)| query))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Name;

    #[test]
    fn section_1_2_bulk_is_decided_by_the_body() {
        assert!(is_bulk(br#"{"requests":[]}"#));
        assert!(is_bulk(b"{'requests':[]}"));
        assert!(!is_bulk(br#""requests""#), "not at offset 0");
        assert!(!is_bulk(b"idsite=1"));
    }

    #[test]
    fn section_1_5_elements_are_urls_or_objects() {
        let body = br#"{"requests":["?idsite=1&url=a%26b","http://x/y?idsite=2#z","dropped",
            {"idsite":3,"rec":"1","bots":true,"ec_items":[["s"]]},null,{}],"token_auth":"t","send_image":0}"#;
        let bulk = BulkBody::parse(body).unwrap();
        let sites: Vec<_> = bulk.requests.iter().map(|element| element.params().int(Name::Site)).collect();
        assert_eq!(sites, [Some(1), Some(2), Some(3), None, None]);
        assert_eq!(bulk.requests[0].params().text(Name::Url).as_deref(), Some("a&b"));
        assert_eq!(bulk.requests[2].params().json(Name::Items), Some(serde_json::json!([["s"]])));
        assert!(!bulk.requests[2].params().flag(Name::Bots), "a boolean is no number");
        assert_eq!(bulk.token.as_deref(), Some("t"));
        assert!(bulk.without_answer);
    }

    #[test]
    fn section_1_5_what_is_no_list_is_an_empty_one() {
        for body in [&br#"{"requests":"x"}"#[..], br#"{"requests":null}"#, br#"{"token_auth":"a"}"#] {
            assert!(BulkBody::parse(body).unwrap().requests.is_empty());
        }
        assert!(BulkBody::parse(br#"{"requests":["#).is_none());
        assert!(BulkBody::parse(br#"["requests"]"#).is_none());
        assert!(!BulkBody::parse(br#"{"requests":[],"send_image":false}"#).unwrap().without_answer);
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bodies_never_panic(tail in ".{0,200}") {
            let body = format!("{{\"requests\":[{tail}]}}");
            if let Some(bulk) = BulkBody::parse(body.as_bytes()) {
                for element in &bulk.requests {
                    let _ = element.params().is_empty();
                }
            }
        }
    }
}

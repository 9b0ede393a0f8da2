//! The parameters of one hit: names as PHP reads them, values typed when they are asked for
//! (`tracking.md` §1.2, §1.3).

mod bulk;
mod field;
mod json;
mod name;
mod number;
mod text;

use std::borrow::Cow;

#[cfg(test)]
pub(crate) use bulk::REQUESTS_MAX;
pub(crate) use bulk::{BulkBody, is_bulk};
pub(crate) use name::Name;
pub(crate) use number::{cents, float, whole};
pub(crate) use text::{cut, cut_chars, from_bytes, from_form, one_line};

/// Parameters of one hit that are read; the rest is ignored.
const PARAMETERS_MAX: usize = 1000;
/// Custom dimensions of one hit.
const DIMENSIONS_MAX: usize = 64;

/// The value of a parameter, not typed yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    /// Text, or the text of a number.
    Text(Cow<'a, str>),
    /// A list or object: from the JSON of a bulk request.
    Json(serde_json::Value),
    /// Of a type that no parameter takes.
    Unusable,
}

/// The parameters of one hit.
#[derive(Debug)]
pub(crate) struct Params<'a> {
    /// Place of each name in `values`, from 1; 0 when absent.
    places: [u8; Name::COUNT],
    values: Vec<Value<'a>>,
    /// `dimensionN`.
    dimensions: Vec<(u32, Value<'a>)>,
    /// Parameters seen, also those that mean nothing here.
    seen: usize,
    /// Where all of them stand, for the few whose names are settings: body and query …
    forms: [&'a [u8]; 2],
    /// … or the fields of an element of a bulk request.
    fields: &'a [(Cow<'a, str>, Value<'a>)],
}

impl Default for Params<'_> {
    fn default() -> Self {
        Self {
            places: [0; Name::COUNT],
            values: Vec::with_capacity(32),
            dimensions: Vec::new(),
            seen: 0,
            forms: [&[]; 2],
            fields: &[],
        }
    }
}

impl<'a> Params<'a> {
    /// The parameters of a form-encoded query or body.
    pub(crate) fn from_form(encoded: &'a [u8]) -> Self {
        let mut params = Self::default();
        params.add_form(encoded);
        params
    }

    /// Adds those of another form; a name that is already there keeps its place but takes the new value.
    pub(crate) fn add_form(&mut self, encoded: &'a [u8]) {
        self.forms = [self.forms[1], encoded];
        for pair in encoded.split(|byte| *byte == b'&') {
            if pair.is_empty() {
                continue;
            }
            let (name, value) = match memchr::memchr(b'=', pair) {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            if name.is_empty() {
                continue;
            }
            let known = Name::of(name);
            if known.is_some() || is_plain(name) {
                self.keep(known, name, || Value::Text(from_form(value)));
                continue;
            }
            let (name, is_array) = php_name(&from_form(name));
            self.add(&name, || if is_array { Value::Unusable } else { Value::Text(from_form(value)) });
        }
    }

    /// The parameters of an element of a bulk request.
    pub(crate) fn from_fields(fields: &'a [(Cow<'a, str>, Value<'a>)]) -> Self {
        let mut params = Self { fields, ..Self::default() };
        for (name, value) in fields {
            params.add(name, || value.clone());
        }
        params
    }

    /// Adds one parameter; the last value of a name wins. The value is made only when it is kept.
    pub(crate) fn add(&mut self, name: &str, value: impl FnOnce() -> Value<'a>) {
        self.keep(Name::of(name.as_bytes()), name.as_bytes(), value);
    }

    fn keep(&mut self, known: Option<Name>, name: &[u8], value: impl FnOnce() -> Value<'a>) {
        self.seen += 1;
        if self.seen > PARAMETERS_MAX {
            return;
        }
        if let Some(name) = known {
            let place = &mut self.places[name as usize];
            if *place == 0 {
                self.values.push(value());
                *place = self.values.len() as u8;
            } else {
                self.values[usize::from(*place) - 1] = value();
            }
        } else if let Some(id) = name.strip_prefix(b"dimension").and_then(dimension_id) {
            self.dimensions.retain(|(other, _)| *other != id);
            if self.dimensions.len() < DIMENSIONS_MAX {
                self.dimensions.push((id, value()));
            }
        }
    }

    /// True when nothing was sent at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.seen == 0
    }

    fn value(&self, name: Name) -> Option<&Value<'a>> {
        match self.places[name as usize] {
            0 => None,
            place => self.values.get(usize::from(place) - 1),
        }
    }

    /// A text as sent, entities not decoded; absent when empty.
    pub(crate) fn raw(&self, name: Name) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A text, entities decoded once; absent when empty.
    pub(crate) fn text(&self, name: Name) -> Option<Cow<'_, str>> {
        self.raw(name).map(text::clean).filter(|text| !text.is_empty())
    }

    /// A text that is not "empty" to PHP, for which `0` is.
    pub(crate) fn filled(&self, name: Name) -> Option<Cow<'_, str>> {
        self.text(name).filter(|text| text != "0")
    }

    /// A text by a name that means something by a setting only, as [`Self::text`].
    pub(crate) fn text_of(&self, name: &str) -> Option<Cow<'_, str>> {
        if let Some(name) = Name::of(name.as_bytes()) {
            return self.text(name);
        }
        let field = self.fields.iter().rev().find(|(field, _)| field == name);
        let text: Cow<'_, str> = match field {
            Some((_, Value::Text(text))) => Cow::Borrowed(&**text),
            Some(_) => return None,
            None => self.forms.iter().rev().find_map(|form| last_of(form, name))?,
        };
        let cleaned = text::clean(&text).into_owned();
        (!cleaned.is_empty()).then_some(Cow::Owned(cleaned))
    }

    /// An integer.
    pub(crate) fn int(&self, name: Name) -> Option<i64> {
        self.raw(name).and_then(number::int)
    }

    /// True when the integer is there and not 0.
    pub(crate) fn flag(&self, name: Name) -> bool {
        self.int(name).is_some_and(|value| value != 0)
    }

    /// A float.
    pub(crate) fn float(&self, name: Name) -> Option<f64> {
        self.raw(name).and_then(number::float)
    }

    /// JSON, from text or as it came in a bulk request; entities in its texts are decoded.
    pub(crate) fn json(&self, name: Name) -> Option<serde_json::Value> {
        match self.value(name)? {
            Value::Text(text) if text.is_empty() => None,
            Value::Text(text) => json::parse(text),
            Value::Json(value) => Some(json::cleaned(value.clone())),
            Value::Unusable => None,
        }
    }

    /// The text of a JSON object, as it came where nothing in it has to be decoded.
    pub(crate) fn object(&self, name: Name) -> Option<Cow<'_, str>> {
        match self.value(name)? {
            Value::Text(text) if json::is_plain_object(text) => Some(Cow::Borrowed(text)),
            _ => self.json(name).filter(serde_json::Value::is_object).map(|object| Cow::Owned(object.to_string())),
        }
    }

    /// Custom dimensions by id; an empty text clears (§5.8).
    pub(crate) fn dimensions(&self) -> impl Iterator<Item = (u32, Cow<'_, str>)> {
        self.dimensions.iter().filter_map(|(id, value)| match value {
            Value::Text(text) => Some((*id, text::clean(text))),
            _ => None,
        })
    }
}

/// The last value that a form has for a name.
fn last_of<'a>(form: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    form.rsplit(|byte| *byte == b'&').find_map(|pair| {
        let (found, value) = memchr::memchr(b'=', pair).map(|at| (&pair[..at], &pair[at + 1..]))?;
        (php_name(&from_form(found)) == (name.to_owned(), false)).then(|| from_form(value))
    })
}

fn dimension_id(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().filter(|id| *id > 0)
}

fn is_plain(name: &[u8]) -> bool {
    name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// PHP's name of a decoded name, and whether it names an element of an array.
fn php_name(name: &str) -> (String, bool) {
    let name = name.trim_start_matches(' ');
    let (name, is_array) = match name.find('[') {
        Some(0) | None => (name, false),
        Some(at) if name[at..].contains(']') => (&name[..at], true),
        Some(_) => (name, false),
    };
    (name.replace(['.', ' ', '['], "_"), is_array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_1_2_the_query_wins_and_the_last_duplicate_counts() {
        let mut params = Params::from_form(b"idsite=9&url=body&uid=u");
        params.add_form(b"idsite=1&idsite=2&url=query");
        assert_eq!(params.int(Name::Site), Some(2));
        assert_eq!(params.text(Name::Url).as_deref(), Some("query"));
        assert_eq!(params.text(Name::UserId).as_deref(), Some("u"));
    }

    #[test]
    fn section_1_2_names_follow_php() {
        let params = Params::from_form(b"e.c=a&e+a=b&%65_n=c&url[]=x&c_n%5B%5D=y&=z&search");
        assert_eq!(params.text(Name::EventCategory).as_deref(), Some("a"));
        assert_eq!(params.text(Name::EventAction).as_deref(), Some("b"));
        assert_eq!(params.text(Name::EventName).as_deref(), Some("c"));
        assert_eq!(params.text(Name::Url), None, "an array is no text");
        assert_eq!(params.text(Name::ContentName), None);
        assert_eq!(params.text(Name::Search), None);
    }

    #[test]
    fn section_5_8_a_dimension_may_be_empty() {
        let params = Params::from_form(b"dimension1=a&dimension2=&dimension03=c&dimensionx=d&dimension0=e");
        let found: Vec<_> = params.dimensions().map(|(id, text)| (id, text.into_owned())).collect();
        assert_eq!(found, [(1, "a".to_owned()), (2, String::new()), (3, "c".to_owned())]);
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_never_panic_and_stay_bounded(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..4096)) {
            let params = Params::from_form(&bytes);
            let kept: usize = Name::ALL.iter().filter_map(|(name, _)| params.text(*name)).map(|text| text.len()).sum();
            // Latin-1 doubles a byte at most.
            proptest::prop_assert!(kept <= 2 * bytes.len());
            for (name, _) in Name::ALL {
                let _ = (params.int(*name), params.float(*name), params.json(*name));
            }
        }

        #[test]
        fn forms_of_known_names_never_panic(values in proptest::collection::vec((0..Name::COUNT, ".{0,40}"), 0..60)) {
            let form: Vec<String> = values.iter().map(|(name, value)| format!("{}={value}", Name::ALL[*name].1)).collect();
            let form = form.join("&");
            let params = Params::from_form(form.as_bytes());
            for (name, _) in Name::ALL {
                let _ = (params.text(*name), params.int(*name), params.float(*name), params.json(*name));
            }
        }
    }
}

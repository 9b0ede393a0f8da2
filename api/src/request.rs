//! Parameters of a request: query and form, merged; the query wins (`reporting-api.md` §1).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::error::Fault;

/// Parameters of one request at most.
const PARAMETERS_MAX: usize = 2000;
/// Depth of `name[a][b]…` at most.
const DEPTH_MAX: usize = 6;

/// A parameter: a text, or an array with text keys in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Param {
    Text(String),
    Array(Vec<(String, Param)>),
}

/// The parameters of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params {
    entries: Vec<(String, Param)>,
}

impl Params {
    /// Reads query and body; names of the query win over those of the body.
    ///
    /// # Errors
    /// When there are more parameters than the limit.
    pub(crate) fn read(query: &str, body: &str) -> Result<Self, Fault> {
        let mut params = Self::parse(query)?;
        for (name, value) in Self::parse(body)?.entries {
            if params.get(&name).is_none() {
                params.entries.push((name, value));
            }
        }
        Ok(params)
    }

    /// Reads one `a=b&c[]=d` text.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let mut entries = Vec::new();
        for (count, pair) in text.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if count >= PARAMETERS_MAX {
                return Err(Fault::bad_request(format!("A request has at most {PARAMETERS_MAX} parameters.")));
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name), decode(value).trim().to_owned());
            let (base, path) = split_path(&name);
            insert(&mut entries, base, &path, value);
        }
        Ok(Self { entries })
    }

    /// These, and those of `defaults` that are not among them.
    pub(crate) fn or(mut self, defaults: &Self) -> Self {
        for (name, value) in &defaults.entries {
            if self.get(name).is_none() {
                self.entries.push((name.clone(), value.clone()));
            }
        }
        self
    }

    /// The same with one text changed, or added.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.entries.retain(|(entry, _)| entry != name);
        self.entries.push((name.to_owned(), Param::Text(value.into())));
        self
    }

    /// The same with one parameter that is a list.
    pub(crate) fn with_list(mut self, name: &str, values: &[String]) -> Self {
        self.entries.retain(|(entry, _)| entry != name);
        let items = values.iter().enumerate().map(|(at, value)| (at.to_string(), Param::Text(value.clone())));
        self.entries.push((name.to_owned(), Param::Array(items.collect())));
        self
    }

    /// The same without these.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.entries.retain(|(entry, _)| !names.contains(&entry.as_str()));
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Param> {
        self.entries.iter().find(|(entry, _)| entry == name).map(|(_, value)| value)
    }

    /// The text of a parameter; `None` when absent or an array.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Param::Text(text) => Some(text),
            Param::Array(_) => None,
        }
    }

    /// The text of a parameter, unless it is absent or empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// A parameter of the method that `apiModule` and `apiAction` name: in `apiParameters`, or beside them.
    pub(crate) fn api_parameter(&self, name: &str) -> Option<&str> {
        let inner = match self.get("apiParameters") {
            Some(Param::Array(items)) => items.iter().find(|(item, _)| item == name),
            _ => None,
        };
        inner.and_then(|(_, value)| value.as_text()).or_else(|| self.filled(name))
    }

    /// A parameter that the method cannot do without.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Fault> {
        self.text(name).ok_or_else(|| Fault::missing(name))
    }

    /// Absent, empty, `0` and `false` are false.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(is_true)
    }

    /// As [`Self::flag`]; `None` when absent.
    pub(crate) fn optional_flag(&self, name: &str) -> Option<bool> {
        self.text(name).map(is_true)
    }

    /// A number; `None` when absent or not one.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    /// The texts of an array, or of a list separated by commas; `None` when absent.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        let texts: Vec<&str> = match self.get(name)? {
            Param::Text(text) => text.split(',').collect(),
            Param::Array(items) => items.iter().filter_map(|(_, item)| item.as_text()).collect(),
        };
        Some(texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect())
    }
}

impl Param {
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Array(_) => None,
        }
    }

    /// The text of a field of an array.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Array(items) => items.iter().find(|(item, _)| item == name)?.1.as_text(),
        }
    }
}

fn is_true(text: &str) -> bool {
    !matches!(text, "" | "0" | "false")
}

pub(crate) fn decode(text: &str) -> String {
    let spaced: Cow<'_, str> = if text.contains('+') { text.replace('+', " ").into() } else { text.into() };
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// `a[b][]` → (`a`, [`b`, ``]).
fn split_path(name: &str) -> (&str, Vec<&str>) {
    let Some((base, rest)) = name.split_once('[') else { return (name, Vec::new()) };
    let Some(inner) = rest.strip_suffix(']') else { return (name, Vec::new()) };
    (base, inner.split("][").take(DEPTH_MAX).collect())
}

fn insert(entries: &mut Vec<(String, Param)>, name: &str, path: &[&str], value: String) {
    let name = if name.is_empty() && !entries.is_empty() { entries.len().to_string() } else { name.to_owned() };
    let name = if name.is_empty() { "0".to_owned() } else { name };
    let at = entries.iter().position(|(entry, _)| *entry == name).unwrap_or_else(|| {
        entries.push((name, Param::Array(Vec::new())));
        entries.len() - 1
    });
    let slot = &mut entries[at].1;
    match path.split_first() {
        None => *slot = Param::Text(value),
        Some((first, rest)) => {
            if matches!(slot, Param::Text(_)) {
                *slot = Param::Array(Vec::new());
            }
            if let Param::Array(items) = slot {
                insert(items, first, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_wins_over_the_body() {
        let params = Params::read("a=1&b=x+y%2Fz", "a=2&c=3").unwrap();
        assert_eq!((params.text("a"), params.text("b"), params.text("c")), (Some("1"), Some("x y/z"), Some("3")));
    }

    #[test]
    fn arrays_are_read_in_order() {
        let params = Params::parse("urls[0]=a&urls[1]=b&l[]=1&l[]=2&d[p][0][name]=n&c=1,2, 3").unwrap();
        assert_eq!(params.list("urls"), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(params.list("l"), Some(vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!(params.list("c").map(|list| list.len()), Some(3));
        let Some(Param::Array(outer)) = params.get("d") else { panic!("an array") };
        assert_eq!(outer[0].0, "p");
    }

    #[test]
    fn booleans_follow_matomo() {
        let params = Params::parse("a=1&b=0&c=&d=false&e=yes").unwrap();
        let flags: Vec<bool> = ["a", "b", "c", "d", "e", "f"].into_iter().map(|name| params.flag(name)).collect();
        assert_eq!(flags, [true, false, false, false, true, false]);
    }

    #[test]
    fn too_many_parameters_are_refused() {
        let text = "a=1&".repeat(PARAMETERS_MAX + 1);
        assert!(Params::parse(&text).is_err());
    }
}

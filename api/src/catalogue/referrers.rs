//! Referrers (`reports.md` §6).

use super::{Described, Dimension, Flatten, Key, Level, Report, Sites, Sort, Source};
use crate::{permission::Permission, shape::url_encode, value::Record};

const KEYWORD_UNKNOWN: &str = "Keyword not defined";

pub(super) const REPORTS: &[Report] = &[Report {
    name: "Referrers.getReferrerType",
    permission: Permission::View,
    source: Source::Visits {
        dimension: Dimension::Referrer,
        levels: &[
            Level { keys: &[Key::ReferrerType], describe: describe_type, subtable: type_id },
            Level { keys: &[Key::ReferrerType, Key::ReferrerItem], describe: describe_item, subtable: |_| None },
        ],
        goals: true,
    },
    processed: &[],
    sort: Sort::VISITS,
    flatten: Flatten::Unsupported,
    sites: Sites::One,
}];

/// Label and segment value of a referrer type by its number.
pub(crate) fn names_of(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "1" => ("Direct Entry", "direct"),
        "2" => ("Search Engines", "search"),
        "3" => ("Websites", "website"),
        "6" => ("Campaigns", "campaign"),
        "7" => ("Social Networks", "social"),
        "8" => ("AI Assistants", "assistant"),
        _ => ("Unknown", "unknown"),
    }
}

fn first(keys: &[String]) -> &str {
    keys.first().map_or("", String::as_str)
}

fn describe_type(keys: &[String]) -> Described {
    let (label, segment) = names_of(first(keys));
    Described {
        label: label.to_owned(),
        segment: Some(format!("referrerType=={segment}")),
        metadata: Record::default().with("referrer_type", first(keys).parse::<i64>().unwrap_or(0)),
    }
}

/// Every type but direct entries has a list below it, under the number of the type.
fn type_id(keys: &[String]) -> Option<u64> {
    first(keys).parse().ok().filter(|id| *id != 1)
}

fn describe_item(keys: &[String]) -> Described {
    let item = keys.get(1).map_or("", String::as_str);
    let (label, segment) = match first(keys) {
        "2" if item.is_empty() => (KEYWORD_UNKNOWN, "referrerType==search;referrerKeyword==".to_owned()),
        "2" => (item, format!("referrerType==search;referrerKeyword=={}", url_encode(item))),
        "3" => (item, format!("referrerName=={}", url_encode(item))),
        kind => (item, format!("referrerType=={};referrerName=={}", names_of(kind).1, url_encode(item))),
    };
    Described { label: label.to_owned(), segment: Some(segment), metadata: Record::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[&str], label: &str, segment: &str) {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let described = if keys.len() == 1 { describe_type(&keys) } else { describe_item(&keys) };
        assert_eq!((described.label.as_str(), described.segment.as_deref()), (label, Some(segment)));
    }

    #[test]
    fn types_and_what_is_below_them_are_named() {
        check(&["1"], "Direct Entry", "referrerType==direct");
        check(&["2", ""], "Keyword not defined", "referrerType==search;referrerKeyword==");
        check(&["2", "a b"], "a b", "referrerType==search;referrerKeyword==a+b");
        check(&["3", "x.org"], "x.org", "referrerName==x.org");
        check(&["6", "c"], "c", "referrerType==campaign;referrerName==c");
        assert_eq!((type_id(&["1".to_owned()]), type_id(&["7".to_owned()])), (None, Some(7)));
    }
}

//! Downloads and outlinks by host (`reports.md` §5.2).

use std::collections::BTreeMap;

use super::{
    View,
    pages::{action_numbers, by_key, key},
    tree::{Address, Node, Style},
};
use crate::{catalogue::Click, plan::Part, query::Facts, shape::escaped_segment_value, table::Table};

pub(super) fn table(facts: &Facts, click: Click, view: &View<'_>) -> Table {
    let uniques = by_key(facts, Part::ActionUniques);
    let mut root = Node::default();
    for fact in facts.get(&Part::ActionSums).into_iter().flatten() {
        let address = key(fact);
        let (host, label) = host_and_label(address);
        let uniques = uniques.get(address).copied();
        let address = Address::new(address.to_owned(), fact.number(0), uniques);
        root.insert(&[host], label, address, &action_numbers(fact, uniques));
    }
    let segment = match click {
        Click::Download => "downloadUrl",
        Click::Outlink => "outlinkUrl",
    };
    let style = Style {
        view,
        timings: [false; 6],
        totals: &BTreeMap::new(),
        leaf_segment: &|address| {
            view.wanted.is_none().then(|| format!("{segment}=={}", escaped_segment_value(address)))
        },
        folder_segment: &|_| None,
        address: &|address| Some(address.to_owned()),
    };
    match view.wanted {
        Some(wanted) => {
            let (host, label) = host_and_label(wanted);
            root.one(&(vec![host], label), &style)
        }
        None => root.table(&style),
    }
}

/// Host with its `www.`, and `/` with all that follows.
fn host_and_label(address: &str) -> (String, String) {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) = rest.find(['/', '?', '#']).map_or((rest, ""), |end| rest.split_at(end));
    (host.to_owned(), format!("/{}", path.strip_prefix('/').unwrap_or(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_is_a_host_and_what_follows() {
        let split = |address: &str| {
            let (host, label) = host_and_label(address);
            format!("{host} {label}")
        };
        assert_eq!(split("http://www.x.org/a/b.zip?c=1#d"), "www.x.org /a/b.zip?c=1#d");
        assert_eq!(split("https://x.org"), "x.org /");
    }
}

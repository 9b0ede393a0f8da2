//! Pages as a tree of folders and leaves.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use super::{
    View,
    numbers::{Numbers, Shown},
    paths::Path,
};
use crate::{
    catalogue::id_of,
    query::Fact,
    table::{IdPlace, Row, Subtable, Table},
    value::Record,
};

/// A row and what is below it.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) numbers: Numbers,
    /// The address that stands for the leaf; of leaves only.
    address: Option<Address>,
    children: BTreeMap<String, Node>,
}

/// Where the facts of distinct counts tell the first day and its hits.
const FIRST_DAY: usize = 9;

/// An address among those that are called alike. The one that had most hits on the first day stands for all,
/// the first by name of several.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Address {
    url: String,
    first_day: f64,
    hits: f64,
}

impl Address {
    /// Without what is known of single hits, the one that had most hits in all stands for all.
    pub(super) fn new(url: String, hits: f64, uniques: Option<&Fact>) -> Self {
        let known = |at: usize| uniques.and_then(|fact| fact.numbers.get(at).copied().flatten());
        Self { url, first_day: known(FIRST_DAY).unwrap_or(0.0), hits: known(FIRST_DAY + 1).unwrap_or(hits) }
    }

    /// The URL as it is stored, without scheme and `www.`.
    fn bare(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.strip_prefix("www.").unwrap_or(rest)
    }

    fn stands_before(&self, other: &Self) -> bool {
        (self.first_day, -self.hits, self.bare()) < (other.first_day, -other.hits, other.bare())
    }
}

/// How rows of a tree are described.
pub(super) struct Style<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) timings: [bool; 6],
    pub(super) totals: &'a BTreeMap<i32, f64>,
    /// The segment of a leaf by its address.
    pub(super) leaf_segment: &'a dyn Fn(&str) -> Option<String>,
    /// The segment of a folder by its path.
    pub(super) folder_segment: &'a dyn Fn(&[String]) -> Option<String>,
    /// How a leaf shows its address.
    pub(super) address: &'a dyn Fn(&str) -> Option<String>,
}

impl Node {
    /// Adds a leaf below the folders of its path; equal leaves become one.
    pub(super) fn insert(&mut self, folders: &[String], label: String, address: Address, numbers: &Numbers) {
        self.numbers.add(numbers);
        match folders.split_first() {
            Some((folder, deeper)) => {
                self.children.entry(folder.clone()).or_default().insert(deeper, label, address, numbers);
            }
            None => {
                let leaf = self.children.entry(label).or_default();
                leaf.numbers.add(numbers);
                if leaf.address.as_ref().is_none_or(|known| address.stands_before(known)) {
                    leaf.address = Some(address);
                }
            }
        }
    }

    /// Keeps rows that hold what is asked for.
    pub(super) fn retain(&mut self, keep: &impl Fn(&Numbers) -> bool) {
        self.children.retain(|_, child| keep(&child.numbers));
        self.children.values_mut().for_each(|child| child.retain(keep));
    }

    /// The table below this node, or below the one with the id.
    pub(super) fn table(&self, style: &Style<'_>) -> Table {
        match style.view.subtable {
            None => self.rows(&mut Vec::new(), true, style),
            Some(id) => self.find(&mut Vec::new(), id, style).unwrap_or_default(),
        }
    }

    /// The leaf at a path, as the only row.
    pub(super) fn one(&self, (folders, label): &Path, style: &Style<'_>) -> Table {
        let mut path = folders.clone();
        path.push(label.clone());
        let found = path.iter().try_fold(self, |node, part| node.children.get(part));
        let leaf = found.filter(|node| node.address.is_some());
        Table { rows: leaf.map(|leaf| leaf.row(&mut path, true, style)).into_iter().collect(), ids: IdPlace::default() }
    }

    fn find(&self, path: &mut Vec<String>, id: u64, style: &Style<'_>) -> Option<Table> {
        for (label, child) in &self.children {
            path.push(label.clone());
            let found = if child.children.is_empty() {
                None
            } else if id_of(path) == id {
                Some(child.rows(path, true, style))
            } else {
                child.find(path, id, style)
            };
            path.pop();
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn rows(&self, path: &mut Vec<String>, is_first_level: bool, style: &Style<'_>) -> Table {
        let rows = self.children.iter().map(|(label, child)| {
            path.push(label.clone());
            let row = child.row(path, is_first_level, style);
            path.pop();
            row
        });
        Table { rows: rows.collect(), ids: IdPlace::default() }
    }

    fn row(&self, path: &mut Vec<String>, is_first_level: bool, style: &Style<'_>) -> Row {
        let is_leaf = self.children.is_empty();
        let label = path.last().map(|label| decode_label(label)).unwrap_or_default();
        let mut columns = Record::default().with("label", label);
        let shown = Shown { view: style.view, is_leaf, is_first_level, timings: style.timings, totals: style.totals };
        self.numbers.fill(&mut columns, &shown);
        let mut row = Row { columns, ..Row::default() };
        match &self.address {
            Some(Address { url: address, .. }) => {
                if let Some(url) = (style.address)(address) {
                    row.metadata.set("url", url);
                }
                row.segment = (style.leaf_segment)(address);
            }
            None => {
                if let Some(segment) = (style.folder_segment)(path) {
                    row.metadata.set("segment", segment);
                }
                row.subtable = Some(Subtable { id: id_of(path), table: Some(self.rows(path, false, style)) });
            }
        }
        row
    }
}

/// Labels of addresses are read decoded.
fn decode_label(label: &str) -> String {
    percent_decode_str(label).decode_utf8().map_or_else(|_| label.to_owned(), |decoded| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(hits: f64) -> Numbers {
        Numbers { visits: hits, visitors: 1.0, hits, ..Numbers::default() }
    }

    fn tree() -> Node {
        let mut root = Node::default();
        let path = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        root.insert(
            &path(&["a", "b"]),
            "/x".to_owned(),
            Address::new("http://h/a/b/x".to_owned(), 1.0, None),
            &leaf(1.0),
        );
        root.insert(&path(&["a"]), "/x".to_owned(), Address::new("http://h/a/x".to_owned(), 2.0, None), &leaf(2.0));
        root.insert(&path(&["a"]), "/x".to_owned(), Address::new("https://h/a/x".to_owned(), 4.0, None), &leaf(4.0));
        root
    }

    fn render(root: &Node, subtable: Option<u64>) -> Table {
        let view = View { is_day: true, has_uniques: true, subtable, ..View::default() };
        let totals = BTreeMap::new();
        let style = Style {
            view: &view,
            timings: [false; 6],
            totals: &totals,
            leaf_segment: &|address| Some(format!("=={address}")),
            folder_segment: &|path| Some(format!("=^{}", path.join("/"))),
            address: &|address| Some(address.to_owned()),
        };
        root.table(&style)
    }

    #[test]
    fn folders_sum_and_leaves_with_one_name_are_one() {
        let table = render(&tree(), None);
        let folder = &table.rows[0];
        assert_eq!((folder.label().as_str(), folder.columns.number("nb_hits")), ("a", Some(7.0)));
        assert_eq!(folder.columns.get("nb_uniq_visitors"), None);
        assert_eq!(folder.metadata.get("segment"), Some(&"=^a".into()));
        let below = folder.subtable.as_ref().and_then(|subtable| subtable.table.as_ref()).unwrap();
        let leaf = below.rows.iter().find(|row| row.label() == "/x").unwrap();
        assert_eq!(leaf.columns.number("nb_hits"), Some(6.0));
        assert_eq!(leaf.metadata.get("url"), Some(&"https://h/a/x".into()));
    }

    #[test]
    fn a_subtable_is_found_by_the_id_that_was_shown() {
        let id = render(&tree(), None).rows[0].subtable.as_ref().unwrap().id;
        assert!(id < 1 << 53);
        let labels: Vec<String> = render(&tree(), Some(id)).rows.iter().map(Row::label).collect();
        assert_eq!(labels, ["/x", "b"]);
        assert!(render(&tree(), Some(7)).rows.is_empty());
    }

    /// `reports.md` §5.2
    #[test]
    fn the_address_of_the_first_day_stands_for_those_that_are_called_alike() {
        let address = |url: &str, first_day: f64, hits: f64| {
            let numbers = [0.0; FIRST_DAY].into_iter().chain([first_day, hits]).map(Some).collect();
            let fact = Fact { site: 1, bucket: String::new(), keys: Vec::new(), numbers };
            Address::new(url.to_owned(), 9.0, Some(&fact))
        };
        let own = address("http://www.b/x", 2.0, 3.0);
        assert!(address("http://z/x", 1.0, 1.0).stands_before(&own));
        assert!(address("http://z/x", 2.0, 4.0).stands_before(&own));
        assert!(address("https://a/x", 2.0, 3.0).stands_before(&own));
        assert!(!address("https://c/x", 2.0, 3.0).stands_before(&own));
    }
}

//! Pages by URL or title (`reports.md` §5.2, §5.3).

use std::collections::{BTreeMap, HashMap};

use super::{
    View,
    numbers::{Entries, Exits, GoalOfPage, Numbers, Samples},
    paths::Path,
    tree::{Address, Node, Style},
};
use crate::{
    catalogue::{PageField, PageRole},
    plan::{Part, REST_KEY},
    query::{Fact, Facts},
    shape::{escaped_segment_value, segment_value},
    table::Table,
};

pub(super) fn table(facts: &Facts, field: PageField, role: PageRole, view: &View<'_>) -> Table {
    let leaves = Leaves::new(facts);
    let mut root = Node::default();
    let mut pages: Vec<&Fact> = facts.get(&Part::ActionSums).into_iter().flatten().collect();
    pages.sort_by(|a, b| b.number(0).total_cmp(&a.number(0)).then_with(|| a.keys.cmp(&b.keys)));
    for (place, fact) in pages.into_iter().enumerate() {
        let name = key(fact);
        let numbers = leaves.numbers(name, fact).told_at(place);
        let path = path(field, name, view);
        let uniques = leaves.uniques.get(name).copied();
        let address = match field {
            PageField::Url => address_of(name, uniques),
            PageField::Title => view.paths.title_of(&path),
        };
        let address = Address::new(address, numbers.hits, uniques);
        root.insert(&path.0, path.1, address, &numbers);
    }
    let timings = root.numbers.timings.map(|samples| samples.count > 0.0 && role != PageRole::One);
    root.retain(&|numbers| keeps(role, numbers));
    for (name, goals) in leaves.untold(facts) {
        let numbers = Numbers { goals: goals.clone(), ..Numbers::default() };
        root.insert(&[], format!("{REST_KEY}{name}"), Address::new(name.to_owned(), 0.0, None), &numbers);
    }
    let totals = goal_totals(facts);
    let segment = segment_name(field, role);
    let value = match field {
        PageField::Url => segment_value,
        PageField::Title => escaped_segment_value,
    };
    let style = Style {
        view,
        timings,
        totals: &totals,
        leaf_segment: &|address| segment.map(|name| format!("{name}=={}", value(address))),
        folder_segment: &|path| segment.map(|_| folder_segment(field, path, view)),
        address: &|address| (field == PageField::Url).then(|| shown_address(address, view.site_urls)),
    };
    match view.wanted {
        Some(wanted) => root.one(&path(field, wanted, view), &style),
        None => root.table(&style),
    }
}

fn path(field: PageField, name: &str, view: &View<'_>) -> Path {
    match field {
        PageField::Url => view.paths.of_url(name),
        PageField::Title => view.paths.of_title(name),
    }
}

fn folder_segment(field: PageField, path: &[String], view: &View<'_>) -> String {
    match field {
        PageField::Url => {
            let site_url = view.site_urls.first().map_or("", String::as_str);
            format!("pageUrl=^{}", segment_value(&format!("{site_url}/{}", path.join("/"))))
        }
        PageField::Title => format!("pageTitle=^{}", escaped_segment_value(&view.paths.join_titles(path))),
    }
}

fn keeps(role: PageRole, numbers: &Numbers) -> bool {
    match role {
        PageRole::All | PageRole::One => true,
        PageRole::Entry => numbers.entries.is_some_and(|entries| entries.visits > 0.0),
        PageRole::Exit => numbers.exits.is_some_and(|exits| exits.visits > 0.0),
        PageRole::FollowingSearch => numbers.after_search > 0.0,
    }
}

fn segment_name(field: PageField, role: PageRole) -> Option<&'static str> {
    Some(match (field, role) {
        (_, PageRole::FollowingSearch | PageRole::One) => return None,
        (PageField::Url, PageRole::All) => "pageUrl",
        (PageField::Url, PageRole::Entry) => "entryPageUrl",
        (PageField::Url, PageRole::Exit) => "exitPageUrl",
        (PageField::Title, PageRole::All) => "pageTitle",
        (PageField::Title, PageRole::Entry) => "entryPageTitle",
        (PageField::Title, PageRole::Exit) => "exitPageTitle",
    })
}

/// The first key of a fact.
pub(super) fn key(fact: &Fact) -> &str {
    fact.keys.first().map_or("", String::as_str)
}

/// The facts of a part by their first key.
pub(super) fn by_key(facts: &Facts, part: Part) -> HashMap<&str, &Fact> {
    facts.get(&part).into_iter().flatten().map(|fact| (key(fact), fact)).collect()
}

/// Everything known about pages, by name.
pub(super) struct Leaves<'a> {
    uniques: HashMap<&'a str, &'a Fact>,
    spent: HashMap<&'a str, &'a Fact>,
    entries: HashMap<&'a str, &'a Fact>,
    entry_uniques: HashMap<&'a str, &'a Fact>,
    exits: HashMap<&'a str, &'a Fact>,
    exit_uniques: HashMap<&'a str, &'a Fact>,
    goals: HashMap<&'a str, BTreeMap<i32, GoalOfPage>>,
}

impl<'a> Leaves<'a> {
    pub(super) fn new(facts: &'a Facts) -> Self {
        Self {
            uniques: by_key(facts, Part::ActionUniques),
            spent: by_key(facts, Part::TimeSpent),
            entries: by_key(facts, Part::EntrySums),
            entry_uniques: by_key(facts, Part::EntryUniques),
            exits: by_key(facts, Part::ExitSums),
            exit_uniques: by_key(facts, Part::ExitUniques),
            goals: goals(facts),
        }
    }

    pub(super) fn numbers(&self, name: &str, sums: &Fact) -> Numbers {
        let actions = action_numbers(sums, self.uniques.get(name).copied());
        if name.is_empty() {
            return actions;
        }
        let first = |facts: &HashMap<&str, &Fact>| facts.get(name).map_or(0.0, |fact| fact.number(0));
        let entries = self.entries.get(name).map(|fact| Entries {
            visitors: first(&self.entry_uniques),
            visits: fact.number(0),
            actions: fact.number(1),
            seconds: fact.number(2),
            bounces: fact.number(3),
        });
        let exits = self.exits.get(name);
        let exits = exits.map(|fact| Exits {
            visitors: first(&self.exit_uniques),
            visits: fact.number(0),
            first_day: fact.number(4),
        });
        let goals = self.goals.get(name).cloned().unwrap_or_default();
        let seconds = first(&self.spent);
        Numbers { seconds, entries, exits, goals, ..actions }
    }
}

impl Leaves<'_> {
    /// Goals of the pages that the engine summed up: conversions are told of each.
    fn untold(&self, facts: &Facts) -> impl Iterator<Item = (&str, &BTreeMap<i32, GoalOfPage>)> {
        let told = by_key(facts, Part::ActionSums);
        let goals = told.contains_key(REST_KEY).then_some(&self.goals);
        let untold = goals.into_iter().flatten().filter(move |(name, _)| !told.contains_key(*name));
        untold.map(|(name, goals)| (*name, goals))
    }
}

/// What actions say about a leaf: see `plan::actions` for the order of the numbers.
pub(super) fn action_numbers(sums: &Fact, uniques: Option<&Fact>) -> Numbers {
    let timing = |at: usize| Samples {
        count: sums.number(2 + at),
        sum: sums.number(8 + at),
        min: sums.numbers.get(14 + at).copied().flatten(),
        max: sums.numbers.get(20 + at).copied().flatten(),
    };
    let unique = |at: usize| uniques.and_then(|fact| fact.numbers.get(at).copied().flatten());
    Numbers {
        visits: unique(0).unwrap_or(0.0),
        visitors: unique(1).unwrap_or(0.0),
        hits: sums.number(0),
        after_search: sums.number(1),
        timings: std::array::from_fn(timing),
        bandwidth: Samples { count: sums.number(26), sum: sums.number(27), min: unique(6), max: unique(7) },
        ..Numbers::default()
    }
}

fn goals(facts: &Facts) -> HashMap<&str, BTreeMap<i32, GoalOfPage>> {
    let mut goals: HashMap<&str, BTreeMap<i32, GoalOfPage>> = HashMap::new();
    for fact in facts.get(&Part::PageGoals).into_iter().flatten() {
        let Some(goal) = goal_of(fact) else { continue };
        let numbers = GoalOfPage {
            conversions: fact.number(0),
            revenue: fact.number(1),
            pages_before: fact.number(2),
            conversions_share: fact.number(3),
            revenue_share: fact.number(4),
            first_day: fact.number(5),
            entry: None,
        };
        goals.entry(key(fact)).or_default().insert(goal, numbers);
    }
    for fact in facts.get(&Part::EntryGoals).into_iter().flatten() {
        let Some(goal) = goal_of(fact) else { continue };
        let none = GoalOfPage { first_day: fact.number(4), ..GoalOfPage::default() };
        let numbers = goals.entry(key(fact)).or_default().entry(goal).or_insert(none);
        numbers.first_day = numbers.first_day.min(fact.number(4));
        numbers.entry = Some(std::array::from_fn(|at| fact.number(at)));
    }
    goals
}

fn goal_of(fact: &Fact) -> Option<i32> {
    fact.keys.last()?.parse().ok()
}

fn goal_totals(facts: &Facts) -> BTreeMap<i32, f64> {
    let totals = facts.get(&Part::GoalTotals).into_iter().flatten();
    totals.filter_map(|fact| Some((goal_of(fact)?, fact.number(0)))).collect()
}

/// Where the facts of distinct counts tell the prefix of the first hit.
const FIRST_PREFIX: usize = 8;
/// What stored URLs lack, by number of `url_prefix`.
const PREFIXES: [&str; 4] = ["http://", "http://www.", "https://", "https://www."];

/// The whole URL, with the prefix of its first hit.
fn address_of(name: &str, uniques: Option<&Fact>) -> String {
    if name.is_empty() || name.contains("://") {
        return name.to_owned();
    }
    let first = uniques.map_or(0.0, |fact| fact.number(FIRST_PREFIX));
    let prefix = (0u8..).zip(PREFIXES).find(|(number, _)| f64::from(*number) == first);
    format!("{}{name}", prefix.map_or("", |(_, prefix)| prefix))
}

/// The address as shown: encrypted where the site has that host encrypted.
fn shown_address(address: &str, site_urls: &[String]) -> String {
    let is_encrypted = |url: &String| url.starts_with("https://") && host(url) == host(address);
    match address.strip_prefix("http://") {
        Some(rest) if site_urls.iter().any(is_encrypted) => format!("https://{rest}"),
        _ => address.to_owned(),
    }
}

/// The host of an address without `www.`.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.find(['/', '?', '#']).map_or(rest, |end| &rest[..end]);
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_prefix_of_its_first_hit() {
        let address = |name: &str, first: f64| {
            let numbers = [0.0; FIRST_PREFIX].into_iter().chain([first]).map(Some).collect();
            let fact = Fact { site: 1, bucket: String::new(), keys: vec![name.to_owned()], numbers };
            address_of(name, Some(&fact))
        };
        assert_eq!(address("h/a", 0.0), "http://h/a");
        assert_eq!(address("h/a", 3.0), "https://www.h/a");
        assert_eq!(address("app://a", 255.0), "app://a");
    }

    #[test]
    fn a_host_that_the_site_has_encrypted_is_shown_so() {
        let shown = |address: &str| shown_address(address, &["http://x".to_owned(), "https://www.h".to_owned()]);
        assert_eq!([shown("http://h/a"), shown("http://x/a")], ["https://h/a", "http://x/a"]);
    }
}

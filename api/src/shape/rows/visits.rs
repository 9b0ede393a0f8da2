//! Visits by the keys of a dimension, in levels.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    View, goals,
    variables::{self, OfPages, Slot},
};
use crate::{
    catalogue::{About, Columns, Described, Dimension, Level, Visits},
    plan::Part,
    query::Facts,
    table::{IdPlace, Row, Subtable, Table},
    value::{Name, Record, Value},
};

/// The numbers of a row.
#[derive(Debug, Clone, Default)]
struct Numbers {
    /// Visits, actions, seconds, bounces, converted visits.
    sums: [f64; 5],
    visitors: f64,
    users: f64,
    max_actions: f64,
    goals: goals::Block,
    note: String,
    /// Where a custom variable stands.
    slots: BTreeSet<Slot>,
    /// What actions have of a custom variable.
    pages: Option<OfPages>,
}

/// The numbers of one level by the keys of its rows.
type LevelNumbers = BTreeMap<Vec<String>, Numbers>;

fn level_numbers(facts: &Facts, level: &Level, at: usize) -> LevelNumbers {
    let mut numbers = LevelNumbers::new();
    let of = |part: Part| facts.get(&part).into_iter().flatten();
    let keys = |keys: &[String]| {
        let mut keys = keys.to_vec();
        (level.group)(&mut keys);
        keys
    };
    for fact in of(Part::VisitSums(at)) {
        let own = numbers.entry(keys(&fact.keys)).or_default();
        own.sums.iter_mut().enumerate().for_each(|(at, sum)| *sum += fact.number(at));
    }
    for fact in of(Part::VisitUniques(at)) {
        let own = numbers.entry(keys(&fact.keys)).or_default();
        own.visitors += fact.number(0);
        own.users += fact.number(1);
        own.max_actions = own.max_actions.max(fact.number(2));
    }
    if level.goals {
        for (raw, block) in goals::blocks(facts, at) {
            numbers.entry(keys(raw)).or_default().goals.add(&block);
        }
    }
    for fact in of(Part::Notes) {
        if let (Some(own), [Some(latitude), Some(longitude)]) = (numbers.get_mut(&fact.keys), fact.numbers.as_slice()) {
            own.note = format!("{latitude} {longitude}");
        }
    }
    for (key, slot, pages) in variables::found(facts, at) {
        let own = numbers.entry(keys(&key)).or_default();
        if at == 0 {
            own.slots.insert(slot);
        }
        if let Some(pages) = pages {
            own.pages.get_or_insert_default().add(&pages);
        }
    }
    numbers.retain(|keys, own| {
        let is_dropped = level.drops_empty && keys.last().is_some_and(String::is_empty);
        !is_dropped && (own.sums[0] != 0.0 || own.pages.is_some() || !own.goals.is_empty())
    });
    numbers
}

pub(super) fn table(facts: &Facts, visits: &Visits, view: &View<'_>) -> Table {
    let levels = visits.levels;
    let mut numbers: Vec<LevelNumbers> =
        levels.iter().enumerate().map(|(at, level)| level_numbers(facts, level, at)).collect();
    if let Some(first) = numbers.first_mut().filter(|first| !first.is_empty()) {
        for key in visits.always {
            first.entry(vec![(*key).to_owned()]).or_default();
        }
    }
    let rows = Rows { visits, view, numbers: &numbers };
    match (visits.below, view.subtable) {
        (false, None) => rows.of_level(0, &[], false),
        (true, None) => rows.of_level(1, &[], true),
        (_, Some(id)) => {
            let above = numbers.iter().take(levels.len().saturating_sub(1)).zip(levels);
            let mut found = above.enumerate().flat_map(|(at, (numbers, level))| {
                numbers.keys().filter(move |keys| (level.subtable)(keys) == Some(id)).map(move |keys| (at + 1, keys))
            });
            found.next().map_or_else(Table::default, |(at, keys)| rows.of_level(at, keys, true))
        }
    }
}

/// Logo and URL of a row of the level that nothing is known of.
pub(super) fn unknown(visits: &Visits, at: usize, view: &View<'_>) -> Record {
    let Some(level) = visits.levels.get(at).filter(|level| at == 0 || view.is_flat || !level.is_plain_below) else {
        return Record::default();
    };
    let keys = vec![String::new(); level.keys.len()];
    let about = About { keys: &keys, zone: view.zone, day: view.day, custom: view.custom, ..About::default() };
    let is_shown =
        |(name, value): &&(Name, Value)| matches!(name.as_ref(), "logo" | "url") && *value != Value::from("");
    let mut shown: Record = (level.describe)(&about).metadata.iter().filter(is_shown).cloned().collect();
    // As in Matomo the others of a custom dimension have the number of their row as a value.
    if visits.dimension == Dimension::Custom {
        shown.set("segment", format!("dimension{}==-1", view.custom));
    }
    shown
}

/// What rows are made from.
struct Rows<'a> {
    visits: &'a Visits,
    view: &'a View<'a>,
    numbers: &'a [LevelNumbers],
}

impl Rows<'_> {
    /// The rows of a level whose keys extend `above`; `alone` when they are what was asked for.
    fn of_level(&self, at: usize, above: &[String], alone: bool) -> Table {
        let Some(level) = self.visits.levels.get(at) else { return Table::default() };
        let own = self.numbers[at].iter().filter(|(keys, _)| keys.starts_with(above));
        let rows = own.map(|(keys, numbers)| {
            let is_below = at > 0 && !alone;
            let described = if is_below && level.is_plain_below && !self.view.is_flat && !self.view.is_named {
                Described::new(keys.last().map_or("", String::as_str))
            } else {
                (level.describe)(&self.about(keys, &numbers.note))
            };
            let mut below = (level.subtable)(keys).and_then(|id| {
                let next = self.visits.levels.get(at + 1)?;
                // What conversions alone tell of has nothing below it unless they are told there, too.
                let can_be_empty = !next.drops_empty && (numbers.sums[0] != 0.0 || next.goals);
                let table = self.of_level(at + 1, keys, false);
                (can_be_empty || !table.rows.is_empty()).then_some(Subtable { id, table: Some(table) })
            });
            // What a row of a hierarchy selects is not what its parts select.
            let is_apart = is_below && level.is_plain_below || below.is_some() && !level.selects_below;
            let segment = described.segment.filter(|_| !self.view.is_flat || !is_apart);
            if level.selects_below && self.view.is_flat {
                hand_down(segment.as_deref(), below.as_mut());
            }
            self.row(Described { segment, ..described }, numbers, below)
        });
        Table { rows: rows.collect(), ids: IdPlace::default() }
    }

    fn about<'a>(&'a self, keys: &'a [String], note: &'a str) -> About<'a> {
        About { keys, note, zone: self.view.zone, day: self.view.day, custom: self.view.custom }
    }

    fn row(&self, described: Described, numbers: &Numbers, subtable: Option<Subtable>) -> Row {
        let mut row = Row { subtable, ..Row::default() };
        if !numbers.slots.is_empty() {
            row.metadata.set("slots", variables::list(&numbers.slots));
        }
        match described.segment {
            Some(segment) if self.view.is_flat => row.segment = Some(segment),
            Some(segment) => row.metadata.set("segment", segment),
            None => {}
        }
        described.metadata.iter().for_each(|(name, value)| row.metadata.set(name.clone(), value.clone()));
        row.columns = Record::default().with("label", described.label);
        numbers.fill(&mut row.columns, self.visits.columns, self.view);
        row
    }
}

/// Rows below select what the row above them does.
fn hand_down(segment: Option<&str>, below: Option<&mut Subtable>) {
    for row in below.and_then(|below| below.table.as_mut()).into_iter().flat_map(|table| &mut table.rows) {
        row.segment = segment.map(str::to_owned);
    }
}

impl Numbers {
    /// The VISIT columns and the GOAL block of `reports.md`.
    fn fill(&self, columns: &mut Record, kind: Columns, view: &View<'_>) {
        let visits = self.sums[0];
        if let Some(pages) = self.pages.as_ref().filter(|_| visits == 0.0) {
            pages.fill(columns, view);
            return;
        }
        if visits == 0.0 && (kind == Columns::FewWithoutVisits || !self.goals.is_empty()) {
            self.goals.fill(columns);
            columns.set("nb_visits", 0);
            return;
        }
        let number = Value::number;
        if view.is_day && kind != Columns::NoVisitors {
            columns.set("nb_uniq_visitors", number(self.visitors));
        }
        let pages = self.pages.unwrap_or_default();
        columns.set("nb_visits", number(visits + pages.visits.unwrap_or(0.0)));
        columns.set("nb_actions", number(self.sums[1] + pages.actions));
        if view.is_day && (kind != Columns::FewUsers || self.users > 0.0) {
            columns.set("nb_users", number(self.users));
        }
        columns.set("max_actions", number(self.max_actions));
        columns.set("sum_visit_length", number(self.sums[2]));
        columns.set("bounce_count", number(self.sums[3]));
        columns.set("nb_visits_converted", number(self.sums[4]));
        if kind != Columns::GoalsLast {
            self.goals.fill(columns);
        }
        if !view.is_day {
            columns.set("sum_daily_nb_uniq_visitors", number(self.visitors));
            columns.set("sum_daily_nb_users", number(self.users));
        }
        if kind == Columns::GoalsLast {
            self.goals.fill(columns);
        }
    }
}

/// Names of days, from Monday.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Visits by days of the week (`reports.md` §3).
pub(super) fn weekdays(facts: &Facts) -> Table {
    let own =
        |part: Part, day: &str| facts.get(&part)?.iter().find(|fact| fact.keys.first().is_some_and(|key| key == day));
    if facts.get(&Part::VisitSums(0)).is_none_or(Vec::is_empty) {
        return Table::default();
    }
    let rows = (1_i64..).zip(WEEKDAYS).map(|(number, name)| {
        let day = number.to_string();
        let mut columns = Record::default().with("label", name).with("nb_visits", 0);
        if let (Some(sums), Some(uniques)) = (own(Part::VisitSums(0), &day), own(Part::VisitUniques(0), &day)) {
            columns.set("nb_visits", Value::number(sums.number(0)));
            columns.set("nb_uniq_visitors", Value::number(uniques.number(0)));
            columns.set("nb_actions", Value::number(sums.number(1)));
            columns.set("nb_users", Value::number(uniques.number(1)));
            columns.set("sum_visit_length", Value::number(sums.number(2)));
            columns.set("bounce_count", Value::number(sums.number(3)));
            columns.set("nb_visits_converted", Value::number(sums.number(4)));
        }
        Row { columns, metadata: Record::default().with("day_of_week", number), ..Row::default() }
    });
    Table { rows: rows.collect(), ids: IdPlace::default() }
}

impl Visits {
    /// True when only a table below a row can be asked for.
    pub(crate) fn requires_subtable(&self) -> bool {
        self.below && self.dimension != Dimension::ReferrerUrl
    }
}

//! Visits by the keys of a dimension, in levels.

use std::collections::{BTreeMap, BTreeSet};

use super::{View, goals};
use crate::{
    catalogue::Level,
    plan::Part,
    query::{Fact, Facts},
    table::{IdPlace, Row, Subtable, Table},
    value::{Record, Value},
};

/// The facts of one level by their keys.
struct LevelFacts<'a> {
    sums: BTreeMap<&'a [String], &'a Fact>,
    uniques: BTreeMap<&'a [String], &'a Fact>,
    goals: BTreeMap<&'a [String], goals::Block>,
}

impl<'a> LevelFacts<'a> {
    fn new(facts: &'a Facts, level: usize, with_goals: bool) -> Self {
        let by_keys = |part: Part| {
            let facts = facts.get(&part).map_or(&[][..], Vec::as_slice);
            facts.iter().map(|fact| (fact.keys.as_slice(), fact)).collect()
        };
        let goals = if with_goals { goals::blocks(facts, level) } else { BTreeMap::new() };
        Self { sums: by_keys(Part::VisitSums(level)), uniques: by_keys(Part::VisitUniques(level)), goals }
    }

    /// The keys of the level that extend `above`.
    fn keys(&self, above: &[String]) -> BTreeSet<&'a [String]> {
        let keys = self.sums.keys().chain(self.goals.keys()).copied();
        keys.filter(|keys| keys.starts_with(above)).collect()
    }
}

pub(super) fn table(facts: &Facts, levels: &[Level], with_goals: bool, view: &View<'_>) -> Table {
    let level_facts: Vec<_> = (0..levels.len()).map(|level| LevelFacts::new(facts, level, with_goals)).collect();
    rows(&[], levels, &level_facts, view)
}

fn rows(above: &[String], levels: &[Level], facts: &[LevelFacts<'_>], view: &View<'_>) -> Table {
    let (Some((level, deeper)), Some((own, facts_below))) = (levels.split_first(), facts.split_first()) else {
        return Table::default();
    };
    let rows = own.keys(above).into_iter().map(|keys| {
        let described = (level.describe)(keys);
        let mut metadata = Record::default();
        if let Some(segment) = described.segment {
            metadata.set("segment", segment);
        }
        described.metadata.iter().for_each(|(name, value)| metadata.set(name.clone(), value.clone()));
        let mut columns = Record::default().with("label", described.label);
        fill(&mut columns, own, keys, view);
        let below = || rows(keys, deeper, facts_below, view);
        let subtable = (level.subtable)(keys).map(|id| Subtable { id, table: Some(below()) });
        Row { columns, metadata, keys: keys.to_vec(), subtable, ..Row::default() }
    });
    Table { rows: rows.collect(), ids: IdPlace::default() }
}

/// The VISIT columns and the GOAL block of `reports.md`.
fn fill(columns: &mut Record, facts: &LevelFacts<'_>, keys: &[String], view: &View<'_>) {
    let (sums, uniques) = (facts.sums.get(keys), facts.uniques.get(keys));
    let number = |fact: Option<&&Fact>, at: usize| Value::number(fact.map_or(0.0, |fact| fact.number(at)));
    if view.is_day {
        columns.set("nb_uniq_visitors", number(uniques, 0));
    }
    columns.set("nb_visits", number(sums, 0));
    columns.set("nb_actions", number(sums, 1));
    if view.is_day {
        columns.set("nb_users", number(uniques, 1));
    }
    columns.set("max_actions", number(uniques, 2));
    columns.set("sum_visit_length", number(sums, 2));
    columns.set("bounce_count", number(sums, 3));
    columns.set("nb_visits_converted", number(sums, 4));
    if let Some(block) = facts.goals.get(keys) {
        block.fill(columns);
    }
    if !view.is_day {
        columns.set("sum_daily_nb_uniq_visitors", number(uniques, 0));
        columns.set("sum_daily_nb_users", number(uniques, 1));
    }
}

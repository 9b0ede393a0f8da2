//! The GOAL block of `reports.md`: conversions by goal, from the attributes of the conversion.

use std::collections::BTreeMap;

use super::round;
use crate::{
    plan::Part,
    query::Facts,
    value::{Record, Value},
};

/// The goal of an order.
pub(super) const ORDER: i32 = 0;
/// The goal of a cart that is still open.
pub(super) const CART: i32 = -1;

/// What one goal counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct GoalSums {
    pub(super) conversions: f64,
    pub(super) visits: f64,
    /// Revenue, subtotal, tax, shipping, discount; in units.
    pub(super) money: [f64; 5],
    items: f64,
}

/// The goals of a row: carts, orders, then by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Block {
    pub(super) goals: BTreeMap<i32, GoalSums>,
}

/// The blocks of a level by the keys of its rows.
pub(super) fn blocks(facts: &Facts, level: usize) -> BTreeMap<&[String], Block> {
    let mut blocks: BTreeMap<&[String], Block> = BTreeMap::new();
    for (part, is_sums) in [(Part::ConversionSums(level), true), (Part::ConversionVisits(level), false)] {
        for fact in facts.get(&part).into_iter().flatten() {
            let Some((goal, keys)) = fact.keys.split_last() else { continue };
            let Ok(goal) = goal.parse::<i32>() else { continue };
            let sums = blocks.entry(keys).or_default().goals.entry(goal).or_default();
            if is_sums {
                sums.conversions = fact.number(0);
                sums.money = std::array::from_fn(|at| fact.number(at + 1) / 10_000.0);
                sums.items = fact.number(6);
            } else {
                sums.visits = fact.number(0);
            }
        }
    }
    // A cart that was cancelled leaves visits behind only in sketches.
    blocks.values_mut().for_each(|block| block.goals.retain(|_, sums| sums.conversions != 0.0));
    blocks.retain(|_, block| !block.goals.is_empty());
    blocks
}

impl Block {
    pub(super) fn is_empty(&self) -> bool {
        self.goals.is_empty()
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (goal, sums) in &other.goals {
            let own = self.goals.entry(*goal).or_default();
            own.conversions += sums.conversions;
            own.visits += sums.visits;
            own.money.iter_mut().zip(sums.money).for_each(|(own, more)| *own += more);
            own.items += sums.items;
        }
    }

    /// Appends `goals`, `nb_conversions` and `revenue`.
    pub(super) fn fill(&self, columns: &mut Record) {
        if self.is_empty() {
            return;
        }
        let goals: Record = self.goals.iter().map(|(goal, sums)| (name(*goal), sums.columns(*goal))).collect();
        let counted = || self.goals.iter().filter(|(goal, _)| **goal != CART).map(|(_, sums)| sums);
        columns.set("goals", goals);
        columns.set("nb_conversions", Value::number(counted().map(|sums| sums.conversions).sum()));
        columns.set("revenue", Value::number(round(counted().map(|sums| sums.money[0]).sum(), 2)));
    }
}

/// The key of a goal in a block.
pub(super) fn name(goal: i32) -> String {
    match goal {
        ORDER => "idgoal=ecommerceOrder".to_owned(),
        CART => "idgoal=ecommerceAbandonedCart".to_owned(),
        id => format!("idgoal={id}"),
    }
}

impl GoalSums {
    pub(super) fn add(&mut self, other: &Self) {
        self.conversions += other.conversions;
        self.visits += other.visits;
        self.money.iter_mut().zip(other.money).for_each(|(own, other)| *own += other);
        self.items += other.items;
    }

    pub(super) fn columns(&self, goal: i32) -> Record {
        let money = |at: usize| Value::number(round(self.money[at], 2));
        let mut record = Record::default()
            .with("nb_conversions", Value::number(self.conversions))
            .with("nb_visits_converted", Value::number(self.visits))
            .with("revenue", money(0));
        if goal == ORDER {
            record.set("revenue_subtotal", money(1));
            record.set("revenue_tax", money(2));
            record.set("revenue_shipping", money(3));
            record.set("revenue_discount", money(4));
        }
        if goal == ORDER || goal == CART {
            record.set("items", Value::number(self.items));
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Fact;

    fn fact(keys: &[&str], numbers: &[f64]) -> Fact {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Fact { site: 1, bucket: String::new(), keys, numbers: numbers.iter().map(|number| Some(*number)).collect() }
    }

    #[test]
    fn carts_are_shown_but_not_summed() {
        let sums = vec![
            fact(&["x", "2"], &[1.0, 10_000.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            fact(&["x", "0"], &[2.0, 205_000.0, 200_000.0, 5000.0, 0.0, 0.0, 3.0]),
            fact(&["x", "-1"], &[1.0, 70_000.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
        ];
        let visits = vec![fact(&["x", "2"], &[1.0]), fact(&["x", "0"], &[1.0]), fact(&["x", "-1"], &[1.0])];
        let facts = Facts::from([(Part::ConversionSums(0), sums), (Part::ConversionVisits(0), visits)]);
        let mut columns = Record::default();
        blocks(&facts, 0)[&["x".to_owned()][..]].fill(&mut columns);
        let Some(Value::Record(goals)) = columns.get("goals") else { panic!("goals") };
        let names: Vec<&str> = goals.iter().map(|(name, _)| name.as_ref()).collect();
        assert_eq!(names, ["idgoal=ecommerceAbandonedCart", "idgoal=ecommerceOrder", "idgoal=2"]);
        assert_eq!((columns.number("nb_conversions"), columns.number("revenue")), (Some(3.0), Some(21.5)));
    }
}

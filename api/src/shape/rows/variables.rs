//! Custom variables of actions, and the slots of all (`reports.md` §9).

use std::collections::BTreeSet;

use super::View;
use crate::{
    plan::Part,
    query::Facts,
    value::{Record, Value},
};

/// Where a variable stands: first those of visits, then those of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Visit(u32),
    Page(u32),
}

/// What actions have of a variable.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct OfPages {
    /// Of single values: names do not tell it.
    pub(super) visits: Option<f64>,
    visitors: f64,
    pub(super) actions: f64,
}

impl OfPages {
    pub(super) fn add(&mut self, other: &Self) {
        self.visits = self.visits.into_iter().chain(other.visits).reduce(|own, other| own + other);
        self.visitors += other.visitors;
        self.actions += other.actions;
    }

    /// The columns of a variable that no visit has.
    pub(super) fn fill(&self, columns: &mut Record, view: &View<'_>) {
        if let Some(visits) = self.visits {
            columns.set("nb_visits", Value::number(visits));
        }
        columns.set("nb_actions", Value::number(self.actions));
        if self.visits.is_some() && !view.is_day {
            columns.set("sum_daily_nb_uniq_visitors", Value::number(self.visitors));
        }
    }
}

/// The variables of a level: keys, slot, and what actions have of them. Only names tell slots of visits.
pub(super) fn found(facts: &Facts, level: usize) -> impl Iterator<Item = (Vec<String>, Slot, Option<OfPages>)> + '_ {
    let of = |part: Part| facts.get(&part).into_iter().flatten();
    let of_visits = of(Part::VariableSlots).filter(move |_| level == 0).filter_map(|fact| {
        let [name, slot] = fact.keys.as_slice() else { return None };
        Some((vec![name.clone()], Slot::Visit(slot.parse().ok()?), None))
    });
    let of_pages = of(Part::PageVariables).filter_map(move |fact| {
        let [.., slot] = fact.keys.as_slice() else { return None };
        let visits = (level > 0).then(|| fact.number(0));
        let pages = OfPages { visits, visitors: fact.number(1), actions: fact.number(2) };
        Some((fact.keys[..=level].to_vec(), Slot::Page(slot.parse().ok()?), Some(pages)))
    });
    of_visits.chain(of_pages)
}

/// The slots as metadata.
pub(super) fn list(slots: &BTreeSet<Slot>) -> Value {
    let records = slots.iter().map(|slot| {
        let (scope, index) = match slot {
            Slot::Visit(index) => ("visit", index),
            Slot::Page(index) => ("page", index),
        };
        Record::default().with("scope", scope).with("index", i64::from(*index)).into()
    });
    Value::List(records.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Fact;

    fn fact(keys: &[&str], numbers: &[f64]) -> Fact {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Fact { site: 1, bucket: String::new(), keys, numbers: numbers.iter().map(|number| Some(*number)).collect() }
    }

    /// `reports.md` §9.
    #[test]
    fn names_tell_slots_and_values_tell_visits() {
        let pages = vec![fact(&["n", "v", "4"], &[2.0, 1.0, 3.0]), fact(&["n", "w", "2"], &[1.0, 1.0, 1.0])];
        let facts = Facts::from([(Part::VariableSlots, vec![fact(&["n", "1"], &[1.0])]), (Part::PageVariables, pages)]);
        let slots: BTreeSet<Slot> = found(&facts, 0).map(|(_, slot, _)| slot).collect();
        assert_eq!(slots.into_iter().collect::<Vec<_>>(), [Slot::Visit(1), Slot::Page(2), Slot::Page(4)]);
        let columns = |level: usize| {
            let mut sum = OfPages::default();
            found(&facts, level).filter_map(|(.., pages)| pages).for_each(|pages| sum.add(&pages));
            let mut columns = Record::default();
            sum.fill(&mut columns, &View::default());
            columns
        };
        assert_eq!(columns(0), Record::default().with("nb_actions", 4));
        let values = Record::default().with("nb_visits", 3).with("nb_actions", 4);
        assert_eq!(columns(1), values.with("sum_daily_nb_uniq_visitors", 2));
    }
}

//! One row of conversions, and conversions by ranges (`reports.md` §11.2, §11.3).

use std::collections::BTreeMap;

use super::{View, goals::CART, goals::GoalSums, goals::ORDER, goals::blocks, quotient, round};
use crate::{
    catalogue::{GoalColumns, Ranges},
    plan::Part,
    query::Facts,
    request::Params,
    table::{Row, Table},
    value::{Name, Record, Value},
};

/// What the columns of new and of returning visitors end with.
pub(crate) const VISITOR_SUFFIXES: [&str; 2] = ["_new_visit", "_returning_visit"];
const NEW: &str = "0";

/// The goals that a request asks for: `idGoal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum GoalChoice {
    /// Goals and orders, without carts.
    #[default]
    All,
    One(i32),
    /// A text that names no goal.
    Unknown,
}

impl GoalChoice {
    pub(crate) fn read(params: &Params) -> Self {
        match params.filled("idGoal") {
            None | Some("0") => Self::All,
            Some("ecommerceOrder") => Self::One(ORDER),
            Some("ecommerceAbandonedCart") => Self::One(CART),
            Some(id) => id.parse().ok().filter(|id| *id > 0).map_or(Self::Unknown, Self::One),
        }
    }

    fn has(self, goal: i32) -> bool {
        match self {
            Self::All => goal != CART,
            Self::One(id) => goal == id,
            Self::Unknown => false,
        }
    }
}

/// Visits and conversions of some visitors.
#[derive(Debug, Default)]
struct Visitors {
    visits: f64,
    converted: f64,
    goals: BTreeMap<i32, GoalSums>,
}

impl Visitors {
    fn read(facts: &Facts, is_wanted: impl Fn(&str) -> bool) -> Self {
        let mut visitors = Self::default();
        for fact in facts.get(&Part::VisitSums(0)).into_iter().flatten() {
            if fact.keys.first().is_some_and(|key| is_wanted(key)) {
                visitors.visits += fact.number(0);
                visitors.converted += fact.number(4);
            }
        }
        for (keys, block) in blocks(facts, 0) {
            if keys.first().is_some_and(|key| is_wanted(key)) {
                block.goals.iter().for_each(|(goal, sums)| visitors.goals.entry(*goal).or_default().add(sums));
            }
        }
        visitors
    }

    fn is_empty(&self) -> bool {
        self.visits == 0.0 && self.goals.is_empty()
    }

    fn sums(&self, choice: GoalChoice) -> GoalSums {
        let mut sums = GoalSums::default();
        self.goals.iter().filter(|(goal, _)| choice.has(**goal)).for_each(|(_, goal)| sums.add(goal));
        if choice == GoalChoice::All {
            sums.visits = self.converted;
        }
        sums
    }

    fn rate(&self, visits: f64) -> Value {
        Value::number(quotient(visits, self.visits, 4))
    }

    fn columns(&self, view: &View<'_>) -> Record {
        let choice = view.goals.choice;
        let sums = self.sums(choice);
        let each = if choice == GoalChoice::All && view.goals.each { view.goals.ids } else { &[] };
        let mut record = Record::default();
        if choice == GoalChoice::All && view.goals.each {
            record.set("nb_visits", Value::number(self.visits));
        }
        let goal = match choice {
            GoalChoice::One(goal) => goal,
            _ => 1,
        };
        sums.columns(goal).iter().for_each(|(name, value)| record.set(name.clone(), value.clone()));
        for goal in each {
            let sums = self.sums(GoalChoice::One(*goal)).columns(*goal);
            sums.iter().for_each(|(name, value)| record.set(format!("goal_{goal}_{name}"), value.clone()));
        }
        for goal in each {
            let visits = self.sums(GoalChoice::One(*goal)).visits;
            record.set(format!("goal_{goal}_conversion_rate"), self.rate(visits));
        }
        if matches!(choice, GoalChoice::One(ORDER | CART)) {
            record.set("avg_order_revenue", Value::number(quotient(round(sums.money[0], 2), sums.conversions, 2)));
        }
        record.set("conversion_rate", self.rate(sums.visits));
        record
    }
}

/// `None` when there was no visit.
pub(super) fn summary(facts: &Facts, columns: GoalColumns, view: &View<'_>) -> Option<Record> {
    let all = Visitors::read(facts, |_| true);
    if view.is_keyed && all.is_empty() {
        return None;
    }
    let mut record = all.columns(view);
    if matches!(columns, GoalColumns::ByVisitor | GoalColumns::OnlyByVisitor(_)) {
        for (suffix, is_new) in VISITOR_SUFFIXES.iter().zip([true, false]) {
            let some = Visitors::read(facts, |key| (key == NEW) == is_new);
            if !(view.is_keyed && some.is_empty()) {
                let own = some.columns(view);
                own.iter().for_each(|(name, value)| record.set(format!("{name}{suffix}"), value.clone()));
            }
        }
    }
    if let GoalColumns::Only(column) | GoalColumns::OnlyByVisitor(column) = columns {
        record.retain(|name| name_of(name) == column);
    }
    Some(record)
}

/// The name of a column, whichever visitors it is about.
fn name_of(name: &str) -> &str {
    VISITOR_SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name)
}

/// Every range has a row when there was a visit.
pub(super) fn ranges(facts: &Facts, ranges: &Ranges, view: &View<'_>) -> Table {
    if !facts.values().flatten().any(|fact| fact.number(0) != 0.0) {
        return Table::default();
    }
    let mut counts = vec![0.0; ranges.labels.len()];
    for fact in facts.get(&Part::ConversionSums(0)).into_iter().flatten() {
        let [number, goal] = fact.keys.as_slice() else { continue };
        let (Ok(number), Ok(goal)) = (number.parse::<u32>(), goal.parse::<i32>()) else { continue };
        if view.goals.choice.has(goal) {
            let above = ranges.labels.partition_point(|(from, _)| *from <= number);
            counts[above.saturating_sub(1)] += fact.number(0);
        }
    }
    let rows = ranges.labels.iter().zip(counts).map(|((_, label), count)| {
        let columns: [(Name, Value); 2] =
            [("label".into(), (*label).into()), ("nb_conversions".into(), Value::number(count))];
        Row { columns: columns.into_iter().collect(), ..Row::default() }
    });
    Table { rows: rows.collect(), ..Table::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalogue, query::Fact, shape::rows::GoalView};

    fn fact(keys: &[&str], numbers: &[f64]) -> Fact {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Fact { site: 1, bucket: String::new(), keys, numbers: numbers.iter().map(|number| Some(*number)).collect() }
    }

    #[test]
    fn a_site_that_does_not_sell_has_goals_alone() {
        let mut facts = facts();
        crate::shape::without_sales(&mut facts);
        let goals: Vec<&str> = facts[&Part::ConversionSums(0)].iter().map(|fact| fact.keys[1].as_str()).collect();
        assert_eq!((goals, facts[&Part::VisitSums(0)].len()), (vec!["1"], 1));
    }

    /// Three visits of new visitors, one of which met goal 1 and ordered.
    fn facts() -> Facts {
        Facts::from([
            (Part::VisitSums(0), vec![fact(&["0"], &[3.0, 9.0, 60.0, 1.0, 1.0])]),
            (
                Part::ConversionSums(0),
                vec![
                    fact(&["0", "1"], &[2.0, 10_000.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
                    fact(&["0", "0"], &[1.0, 105_000.0, 100_000.0, 5000.0, 0.0, 0.0, 3.0]),
                    fact(&["0", "-1"], &[1.0, 70_000.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
                ],
            ),
            (
                Part::ConversionVisits(0),
                vec![fact(&["0", "1"], &[1.0]), fact(&["0", "0"], &[1.0]), fact(&["0", "-1"], &[1.0])],
            ),
        ])
    }

    fn check(query: &str, is_keyed: bool, expected: &[(&str, f64)]) {
        let params = Params::parse(query).unwrap();
        let goals = GoalView { choice: GoalChoice::read(&params), each: params.flag("each"), ids: &[1], carts: false };
        let view = View { is_keyed, goals, ..View::default() };
        let record = summary(&facts(), GoalColumns::ByVisitor, &view).unwrap();
        let numbers: Vec<(&str, f64)> =
            record.iter().map(|(name, value)| (name.as_ref(), value.as_number().unwrap_or(f64::NAN))).collect();
        assert_eq!(&numbers[..expected.len()], expected, "{query}");
        assert_eq!(numbers.iter().any(|(name, _)| name.ends_with("_returning_visit")), !is_keyed, "{query}");
    }

    /// `reports.md` §11.2.
    #[test]
    fn goals_are_told_of_all_and_by_visitor() {
        check(
            "",
            true,
            &[
                ("nb_conversions", 3.0),
                ("nb_visits_converted", 1.0),
                ("revenue", 11.5),
                ("conversion_rate", 0.3333),
                ("nb_conversions_new_visit", 3.0),
            ],
        );
        check("idGoal=1", false, &[("nb_conversions", 2.0), ("nb_visits_converted", 1.0), ("revenue", 1.0)]);
        check("idGoal=7", false, &[("nb_conversions", 0.0), ("nb_visits_converted", 0.0), ("revenue", 0.0)]);
        check(
            "idGoal=ecommerceAbandonedCart",
            false,
            &[
                ("nb_conversions", 1.0),
                ("nb_visits_converted", 1.0),
                ("revenue", 7.0),
                ("items", 1.0),
                ("avg_order_revenue", 7.0),
            ],
        );
        check(
            "each=1",
            false,
            &[
                ("nb_visits", 3.0),
                ("nb_conversions", 3.0),
                ("nb_visits_converted", 1.0),
                ("revenue", 11.5),
                ("goal_1_nb_conversions", 2.0),
                ("goal_1_nb_visits_converted", 1.0),
                ("goal_1_revenue", 1.0),
                ("goal_1_conversion_rate", 0.3333),
                ("conversion_rate", 0.3333),
            ],
        );
    }

    /// `reports.md` §11.3.
    #[test]
    fn conversions_fall_into_ranges() {
        let sums = vec![fact(&["1", "1"], &[2.0]), fact(&["10", "0"], &[1.0]), fact(&["400", "-1"], &[1.0])];
        let facts = Facts::from([(Part::ConversionSums(0), sums)]);
        let report = catalogue::reports().find(|report| report.name == "Goals.getDaysToConversion").unwrap();
        let catalogue::Source::ConversionRanges(labels) = report.source else { panic!("ranges") };
        let table = ranges(&facts, labels, &View::default());
        let counts: Vec<f64> = table.rows.iter().filter_map(|row| row.columns.number("nb_conversions")).collect();
        assert_eq!(counts, [0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(ranges(&Facts::default(), labels, &View::default()), Table::default());
    }
}

use super::{processed::Processed, rows::quotient};
use crate::{
    request::Params,
    table::Table,
    value::{Record, Value},
};

/// Goals of one request at most.
const GOALS_MAX: usize = 100;
const CART: &str = "ecommerceAbandonedCart";

/// Columns of each goal: `filter_update_columns_when_show_all_goals` (`reporting-api.md` §9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GoalColumns {
    detail: Detail,
    /// Goals that are shown though no row has them; the only one where the detail is of one goal.
    named: Vec<String>,
}

/// Which columns a goal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Minimal,
    Overview,
    Full,
    Pages,
    Entries,
    /// As `Full` of the named goal only; of orders and carts with what was bought.
    Only,
}

impl GoalColumns {
    pub(super) fn read(params: &Params) -> Option<Self> {
        params.filled("filter_update_columns_when_show_all_goals").filter(|text| *text != "0")?;
        let mut named = params.list("filter_show_goal_columns_process_goals").unwrap_or_default();
        named.truncate(GOALS_MAX);
        let detail = match (params.filled("idGoal"), named.as_slice()) {
            (None, [_]) => Detail::Only,
            (None | Some("-1"), _) => Detail::Overview,
            (Some("-2"), _) => Detail::Minimal,
            (Some("0"), _) => Detail::Full,
            (Some("-3" | "-5"), _) => Detail::Pages,
            (Some("-4" | "-6"), _) => Detail::Entries,
            (Some(goal), _) => {
                named = vec![goal.to_owned()];
                Detail::Only
            }
        };
        Some(Self { detail, named })
    }

    pub(super) fn apply(&self, table: &mut Table, rates: &[Processed]) {
        let goals = self.goals(table);
        table.for_each_level(0, &mut |table, _| {
            for row in &mut table.rows {
                rates.iter().for_each(|metric| metric.fill(&mut row.columns));
                let revenue = revenue_per_visit(&row.columns);
                row.columns.set("revenue_per_visit", Value::number(revenue));
                goals.iter().for_each(|goal| self.fill(goal, &mut row.columns));
            }
        });
    }

    /// Those of the rows, then those that are named.
    fn goals(&self, table: &Table) -> Vec<String> {
        if self.detail == Detail::Only {
            return self.named.clone();
        }
        let mut goals: Vec<String> = Vec::new();
        let of_rows = table.rows.iter().flat_map(|row| goals_of(&row.columns)).map(|(goal, _)| goal);
        for goal in of_rows.chain(self.named.iter().map(String::as_str)) {
            if !goals.iter().any(|known| known == goal) && goals.len() < GOALS_MAX {
                goals.push(goal.to_owned());
            }
        }
        goals
    }

    fn fill(&self, goal: &str, row: &mut Record) {
        if self.detail == Detail::Minimal {
            return;
        }
        let own = goals_of(row).find(|(name, _)| *name == goal).map(|(_, record)| record.clone()).unwrap_or_default();
        let number = |name: &str| own.number(name).unwrap_or(0.0);
        let (visits, entries) = (row.number("nb_visits").unwrap_or(0.0), row.number("entry_nb_visits").unwrap_or(0.0));
        let (conversions, revenue) = (number("nb_conversions"), number("revenue"));
        let mut columns: Vec<(&str, f64)> = vec![("conversion_rate", quotient(conversions, visits, 4))];
        if self.detail != Detail::Overview {
            columns.push(("nb_conversions", conversions));
            columns.push(("revenue_per_visit", quotient(revenue, visits, 2)));
            columns.push(("revenue", revenue));
        }
        let copied = |names: [&'static str; 3]| names.map(|name| (name, number(name)));
        match self.detail {
            Detail::Pages => {
                columns.extend(copied(["nb_conversions_attrib", "revenue_attrib", "nb_conversions_page_rate"]));
            }
            Detail::Entries => columns.extend([
                ("nb_conversions_entry", number("nb_conversions_entry")),
                ("revenue_per_entry", quotient(number("revenue_entry"), entries, 2)),
                ("revenue_entry", number("revenue_entry")),
                ("nb_conversions_entry_rate", number("nb_conversions_entry_rate")),
            ]),
            Detail::Only if goal.starts_with("ecommerce") => {
                columns.extend([("avg_order_revenue", quotient(revenue, conversions, 2)), ("items", number("items"))]);
            }
            _ => {}
        }
        for (name, value) in columns {
            row.set(format!("goal_{goal}_{name}"), Value::number(value));
        }
    }
}

fn goals_of(row: &Record) -> impl Iterator<Item = (&str, &Record)> {
    let goals = row.get("goals").and_then(|goals| if let Value::Record(goals) = goals { Some(goals) } else { None });
    goals.into_iter().flat_map(Record::iter).filter_map(|(name, goal)| match goal {
        Value::Record(goal) => name.strip_prefix("idgoal=").map(|name| (name, goal)),
        _ => None,
    })
}

/// Whole units of revenue of goals and orders by visit (`reporting-api.md` §10).
fn revenue_per_visit(row: &Record) -> f64 {
    let goals = goals_of(row).filter(|(goal, _)| *goal != CART);
    let sum: f64 = goals.map(|(_, goal)| goal.number("revenue").unwrap_or(0.0).trunc()).sum();
    let number = |name: &str| row.number(name).unwrap_or(0.0);
    let revenue = if sum == 0.0 { number("revenue").trunc() } else { sum };
    let visits = number("nb_visits");
    quotient(revenue, if visits == 0.0 { number("nb_conversions") } else { visits }, 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Row;

    fn check(query: &str, expected: &[(&str, f64)]) {
        let goal = Record::default().with("nb_conversions", 3).with("revenue", Value::Float(10.9));
        let goals = Record::default().with("idgoal=1", goal);
        let columns = Record::default().with("nb_visits", 2).with("goals", goals);
        let mut table = Table { rows: vec![Row { columns, ..Row::default() }], ..Table::default() };
        let params = Params::parse(&format!("filter_update_columns_when_show_all_goals=1&{query}")).unwrap();
        GoalColumns::read(&params).unwrap().apply(&mut table, &[]);
        let shown =
            table.rows[0].columns.iter().filter(|(name, _)| name.starts_with("goal_") || name.starts_with("rev"));
        let shown: Vec<(&str, f64)> =
            shown.map(|(name, value)| (name.as_ref(), value.as_number().unwrap_or(-1.0))).collect();
        assert_eq!(shown, expected, "{query}");
    }

    #[test]
    fn goals_have_the_columns_that_are_asked_for() {
        check("idGoal=-2", &[("revenue_per_visit", 5.0)]);
        check("", &[("revenue_per_visit", 5.0), ("goal_1_conversion_rate", 1.5)]);
        let full = [("goal_1_conversion_rate", 1.5), ("goal_1_nb_conversions", 3.0)];
        let money = [("goal_1_revenue_per_visit", 5.45), ("goal_1_revenue", 10.9)];
        let expected: Vec<(&str, f64)> = [("revenue_per_visit", 5.0)].into_iter().chain(full).chain(money).collect();
        check("idGoal=0", &expected);
        check("idGoal=1", &expected);
    }
}

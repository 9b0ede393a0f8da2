//! From conditions to tests of columns: names, rights, unions and negation.

use super::{
    Check, Clause, Context, Segment, Test, Whole,
    field::{Column, Field, Listing, Rows, Source},
    fields::{self, SLOTS},
    grammar::Condition,
    value,
};
use crate::error::Fault;

/// Tables that one definition may mix within its ORs, multiplied over its ANDs.
const CHOICES_MAX: usize = 64;

/// What an OR means.
///
/// # Errors
/// Those of `segments.md` §3.
pub(super) fn clause(any: &[Condition], context: Context<'_>) -> Result<Clause, Fault> {
    let mut clause = Clause::default();
    let mut absent: Vec<Whole> = Vec::new();
    for condition in any {
        let (field, slot) = find(&condition.name, context)?;
        let tests = tests(&field, slot, condition, context)?;
        if let Source::AnyRow(rows, _) = field.source {
            clause.visits.push(Whole { has: true, rows, all: vec![tests] });
        } else if is_absence(condition, &tests) {
            merge(&mut absent, tests);
        } else {
            clause.rows.extend(tests);
        }
    }
    clause.visits.append(&mut absent);
    Ok(clause)
}

/// The field of a name, and the slot that the name ends with.
///
/// # Errors
/// When there is no such name, or it is for users only.
pub(super) fn find(name: &str, context: Context<'_>) -> Result<(Field, Option<u32>), Fault> {
    let found = fields::find(name).or_else(|| Some((fields::of_dimension(name, context)?, None)));
    let Some((field, slot)) = found.filter(|_| !context.hides(name)) else {
        return Err(Fault::new(format!("Segment '{name}' is not a supported segment.")));
    };
    if field.listing == Listing::Restricted && !context.is_user {
        return Err(Fault::denied(format!("You do not have enough permission to access the segment {name}")));
    }
    Ok((field, slot))
}

/// The tests that a condition is: several for a union, any of which must hold.
///
/// # Errors
/// When the name knows no such value.
pub(super) fn tests(
    field: &Field,
    slot: Option<u32>,
    condition: &Condition,
    context: Context<'_>,
) -> Result<Vec<Test>, Fault> {
    let check = value::check(condition, field.reading, context)?;
    let test = |rows: Rows, column: Column| Test { rows, column, check: check.clone() };
    Ok(match (field.source, slot) {
        (Source::Column(rows, column) | Source::AnyRow(rows, column), _) => vec![test(rows, column)],
        (Source::Slots(rows, column), Some(slot)) => vec![test(rows, column.at(slot))],
        (Source::Slots(rows, column), None) => (1..=SLOTS).map(|slot| test(rows, column.at(slot))).collect(),
        (Source::Union(members), _) => {
            let mut all = Vec::new();
            for member in members.iter().filter_map(|member| fields::find(member)) {
                all.extend(tests(&member.0, member.1, condition, context)?);
            }
            all
        }
    })
}

/// Negation of what is not on the visit itself asks for visits without such a row (§4.5).
fn is_absence(condition: &Condition, tests: &[Test]) -> bool {
    condition.operator.negated().is_some()
        && !condition.value.is_empty()
        && tests.iter().all(|test| test.rows != Rows::Visits)
}

/// Negations of one OR are about the same row.
fn merge(absent: &mut Vec<Whole>, tests: Vec<Test>) {
    let inverted: Vec<Test> = tests.into_iter().map(Test::inverted).collect();
    let Some(rows) = inverted.first().map(|test| test.rows) else { return };
    match absent.iter_mut().find(|whole| whole.rows == rows) {
        Some(whole) => whole.all.push(inverted),
        None => absent.push(Whole { has: false, rows, all: vec![inverted] }),
    }
}

impl Test {
    fn inverted(self) -> Self {
        let check = match self.check {
            Check::Is(operator, value) => Check::Is(operator.negated().unwrap_or(operator), value),
            Check::NotAmong(values) => Check::Among(values),
            other => other,
        };
        Self { check, ..self }
    }

    /// True when a visit without any such row passes: it is as if it had one of NULLs.
    pub(crate) fn passes_without_row(&self) -> bool {
        self.check == Check::Empty
    }
}

impl Clause {
    /// The tables that its tests are about.
    pub(crate) fn tables(&self) -> impl Iterator<Item = Rows> + '_ {
        [Rows::Visits, Rows::Actions, Rows::Conversions, Rows::Items]
            .into_iter()
            .filter(|rows| self.rows.iter().any(|test| test.rows == *rows))
    }

    fn choices(&self) -> usize {
        self.tables().count() + usize::from(!self.visits.is_empty())
    }
}

impl Segment {
    /// Refuses definitions whose SQL would be too large.
    pub(super) fn bounded(self) -> Result<Self, Fault> {
        let mut choices: usize = 1;
        for clause in &self.all {
            choices = choices.saturating_mul(clause.choices().max(1));
        }
        if choices > CHOICES_MAX {
            return Err(Fault::bad_request(
                "The segment mixes visits, actions and conversions in too many conditions.",
            ));
        }
        Ok(self)
    }
}

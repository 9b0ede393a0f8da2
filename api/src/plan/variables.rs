//! Statements over custom variables: in which slots visits have them, and those of actions.

use super::{
    Part, Plan, Scope,
    clauses::{WINDOW, adds_days, bind, bucket, segment_on},
    visits,
};
use crate::{
    catalogue::{Dimension, Key},
    segment::Rows,
};

/// Names by slot of visits, and what actions have.
pub(super) fn slots(scope: &Scope) -> Plan {
    let (_, of_visits) = visits::sums(scope, Dimension::Variable, &[Key::VariableName, Key::VariableSlot]);
    vec![(Part::VariableSlots, of_visits), of_actions(scope)]
}

/// Keys: name, value, slot. Numbers: visits, visitors, actions.
fn of_actions(scope: &Scope) -> (Part, super::Statement) {
    let (visit, visitor) =
        if adds_days(scope) { ("(day, visit_id)", "(day, visitor_id)") } else { ("visit_id", "visitor_id") };
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, variable.1 AS k0, variable.2 AS k1, toString(slot) AS k2, \
         uniqExact({visit}), uniqExact({visitor}), count() FROM actions{unfolding} \
         WHERE notEmpty(variables) AND {WINDOW}{segment} GROUP BY site_id, bucket, k0, k1, k2",
        bucket = bucket(&scope.periods),
        unfolding = Dimension::Variable.unfolding(),
        segment = segment_on(scope, Rows::Actions),
    );
    (Part::PageVariables, bind(scope, sql, 3))
}

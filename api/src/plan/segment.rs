//! The place of segments in a plan: a typed filter that becomes a condition with bound values.

use super::{Bound, Statement};

/// A typed filter of visits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Segment {
    /// All must hold.
    pub(crate) visits: Vec<VisitCondition>,
}

/// One condition on a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VisitCondition {
    pub(crate) field: VisitField,
    pub(crate) value: String,
}

/// Columns of `visits` that a condition may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "the segment language, which builds them, comes later"))]
pub(crate) enum VisitField {
    Country,
    ReferrerType,
}

impl VisitField {
    fn column(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::ReferrerType => "toString(referrer_type)",
        }
    }
}

impl Segment {
    /// The condition on a row of `visits`, to be used after `AND`.
    pub(super) fn visit_condition(&self) -> String {
        let conditions = self.visits.iter().enumerate();
        let texts: Vec<String> = conditions
            .map(|(at, condition)| format!("{} = {{segment_{at}:String}}", condition.field.column()))
            .collect();
        if texts.is_empty() { "1".to_owned() } else { texts.join(" AND ") }
    }

    pub(super) fn bind(&self, statement: Statement) -> Statement {
        self.visits.iter().enumerate().fold(statement, |statement, (at, condition)| {
            statement.bind(format!("segment_{at}"), Bound::Text(condition.value.clone()))
        })
    }
}

//! Values that clients offer for a name (`segments.md` §7).

use std::collections::HashMap;

use jiff::civil::Date;

use super::{
    Context, Operator, Test,
    field::{Category, Field, Reading, Suggestion},
    grammar::Condition,
    meaning, value,
};
use crate::{error::Fault, names::UNKNOWN};

/// Values of one answer. A sequence shows those up to its thirtieth step: one more, unless it counts
/// from 1.
pub(crate) const VALUES_MAX: usize = 30;

/// A name whose values are asked for.
pub(crate) struct Suggested {
    field: Field,
    slot: Option<u32>,
}

impl Suggested {
    /// Finds a name.
    ///
    /// # Errors
    /// When it is unknown, or hidden from the caller.
    pub(crate) fn find(name: &str, context: Context<'_>) -> Result<Self, Fault> {
        let found = meaning::find(name, context).ok();
        let shown = found.filter(|(field, slot)| slot.is_none() || field.category != Category::Ecommerce);
        let (field, slot) = shown.ok_or_else(|| Fault::new(format!("Requested segment {name} not found.")))?;
        match field.suggestion {
            Suggestion::Of(other) => Self::find(other, context),
            _ => Ok(Self { field, slot }),
        }
    }

    /// The values, where they do not depend on the log.
    pub(crate) fn fixed(&self, today: Date) -> Option<Vec<String>> {
        match (self.field.suggestion, self.field.reading) {
            (Suggestion::Nothing, _) => Some(Vec::new()),
            (Suggestion::Numbers(first, last), _) => {
                let shown = if first == 1 { VALUES_MAX } else { VALUES_MAX + 1 };
                Some((first..=last).take(shown).map(|number| number.to_string()).collect())
            }
            (Suggestion::Listed(values), _) => Some(values.iter().map(|value| (*value).to_owned()).collect()),
            (Suggestion::Days, _) => {
                let days = std::iter::successors(today.yesterday().ok(), |day| day.yesterday().ok());
                Some(days.take(VALUES_MAX + 1).map(|day| day.to_string()).collect())
            }
            (Suggestion::Logged, Reading::Numbered { names, .. }) => {
                Some(names.iter().map(|(name, _)| (*name).to_owned()).collect())
            }
            (Suggestion::Logged | Suggestion::Known | Suggestion::Of(_), _) => None,
        }
    }

    /// The columns of the log that hold values, each with the test that it has one.
    ///
    /// # Errors
    /// Never for a name that was found.
    pub(crate) fn columns(&self, context: Context<'_>) -> Result<Vec<Test>, Fault> {
        let filled =
            Condition { name: self.field.name.to_owned(), operator: Operator::Different, value: String::new() };
        meaning::tests(&self.field, self.slot, &filled, context)
    }

    /// The values, from how often the log has which.
    pub(crate) fn of_log(&self, logged: &[(String, i64)], context: Context<'_>) -> Vec<String> {
        let mut counts: HashMap<String, i64> = HashMap::new();
        if let Reading::Called(vocabulary) = self.field.reading {
            let called = vocabulary.list(context);
            let names: HashMap<&str, &str> =
                called.iter().map(|called| (called.value.as_str(), called.name.as_str())).collect();
            for (stored, count) in logged {
                let Some(name) = names.get(stored.as_str()) else { continue };
                *counts.entry((*name).to_owned()).or_default() += count;
            }
            if self.field.suggestion == Suggestion::Known {
                let known = called.into_iter().map(|called| called.name).filter(|name| name != UNKNOWN);
                known.for_each(|name| *counts.entry(name).or_default() += 0);
            }
        } else {
            for (stored, count) in logged {
                let Some(shown) = value::shown(self.field.reading, stored) else { continue };
                *counts.entry(shown).or_default() += count;
            }
        }
        self.sorted(counts)
    }

    /// By frequency and text; what goes on with the rest of a vocabulary takes texts from their end.
    fn sorted(&self, counts: HashMap<String, i64>) -> Vec<String> {
        let mut values: Vec<(String, i64)> = counts.into_iter().collect();
        if self.field.suggestion == Suggestion::Known {
            values.sort_by(|(text, count), (other, others)| (others, other).cmp(&(count, text)));
        } else {
            values.sort_by(|(text, count), (other, others)| (others, text).cmp(&(count, other)));
        }
        values.into_iter().take(VALUES_MAX).map(|(text, _)| text).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use nagare_schema::{Config, Entity, Goal, SiteId};

    use super::*;

    fn check(name: &str, logged: &[(&str, i64)], expected: &[&str]) {
        let mut config = Config::default();
        let goal = Entity::Goal(SiteId(1), Goal { id: 2, name: "Bought".to_owned(), ..Goal::default() });
        config.apply(1, &goal.key(), Some(goal));
        let context = Context { config: &config, sites: &[SiteId(1)], is_user: false, hides_visitors: false };
        let values = Suggested::find(name, context).map(|suggested| {
            let logged: Vec<(String, i64)> = logged.iter().map(|(text, count)| ((*text).to_owned(), *count)).collect();
            suggested.fixed(date(2024, 3, 1)).unwrap_or_else(|| suggested.of_log(&logged, context))
        });
        let values = values.unwrap_or_else(|fault| vec![fault.message]);
        let start: Vec<&str> = values.iter().map(String::as_str).take(expected.len()).collect();
        assert_eq!(start, expected, "{name}");
        assert!(values.len() == expected.len() || values.len() >= VALUES_MAX, "{name}: {}", values.len());
    }

    #[test]
    fn section_7_values_of_the_log_come_by_frequency_and_text() {
        check("city", &[("Rome", 1), ("Oslo", 3), ("Bern", 1)], &["Oslo", "Bern", "Rome"]);
        check("city", &[], &[]);
        check("browserVersion", &[("11.0", 2), ("9.04", 1)], &["11", "9.04"]);
        check("daysSinceFirstVisit", &[("3600", 1), ("7200", 1), ("86400", 1)], &["0", "1"]);
        check("continentCode", &[("fr", 1), ("us", 1), ("de", 1)], &["eur", "amn"]);
        check("visitorType", &[("0", 1), ("2", 4), ("1", 2)], &["returningCustomer", "returning", "new"]);
        check("visitConvertedGoalName", &[("1.0", 5), ("1.2", 1)], &["Bought"]);
    }

    #[test]
    fn section_7_what_has_names_goes_on_with_the_other_names() {
        check(
            "countryName",
            &[("fr", 1), ("it", 1), ("gb", 2)],
            &["United Kingdom", "Italy", "France", "Åland Islands"],
        );
    }

    #[test]
    fn section_7_sequences_and_lists_are_the_same_for_all() {
        check("visitEndServerQuarter", &[], &["1", "2", "3", "4"]);
        check("visitEndServerDate", &[], &["2024-02-29", "2024-02-28"]);
        check("visitEcommerceStatus", &[], &["none", "ordered", "abandonedCart", "orderedThenAbandonedCart"]);
        check("productSku", &[], &[]);
    }

    #[test]
    fn section_7_what_is_not_listed_is_not_found() {
        for name in ["nothing", "visitIp", "productCategory2"] {
            check(name, &[], &[&format!("Requested segment {name} not found.")]);
        }
    }
}

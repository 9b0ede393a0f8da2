//! The value of a condition, as its column holds it (`segments.md` §4.9–16).

use super::{Check, Context, Operator, called::Vocabulary, field::Reading, grammar::Condition};
use crate::{error::Fault, names};

/// Seconds of a day.
const DAY_S: f64 = 86_400.0;
/// What is not part of a page's address.
const URL_PREFIXES: [&str; 4] = ["http://www.", "https://www.", "http://", "https://"];
const REFERRER_TYPES: [(&str, i64); 5] = [("direct", 1), ("search", 2), ("website", 3), ("campaign", 6), ("social", 7)];
const VISITOR_TYPES: [(&str, i64); 2] = [("new", 0), ("returning", 1)];
/// Of any other text.
const RETURNING_CUSTOMER: i64 = 2;
const RETURNING_CUSTOMER_NAME: &str = "returningCustomer";

/// What the column must be.
///
/// # Errors
/// When the value is none of those that the name knows.
pub(super) fn check(condition: &Condition, reading: Reading, context: Context<'_>) -> Result<Check, Fault> {
    let (operator, value) = (condition.operator, condition.value.as_str());
    let is = |value: String| Ok(Check::Is(operator, value));
    match (operator, value, reading) {
        (_, _, Reading::Amount) => amount(operator, value),
        (Operator::Equal, "", _) => Ok(Check::Empty),
        (Operator::Different, "", _) => Ok(Check::Filled),
        (_, _, Reading::Plain | Reading::Model) => is(value.to_owned()),
        (_, _, Reading::Url) => is(without_prefix(value).to_owned()),
        (_, _, Reading::Days) => is((leading_number(value) * DAY_S).to_string()),
        (_, _, Reading::VisitorType) => is(numbered(&VISITOR_TYPES, value).unwrap_or(RETURNING_CUSTOMER).to_string()),
        (_, _, Reading::ReferrerType) => match numbered(&REFERRER_TYPES, value) {
            Some(number) => is(number.to_string()),
            None => Err(Fault::new(format!("Referrer type '{value}' is not valid."))),
        },
        (_, _, Reading::Numbered { column, names }) => match numbered(names, value) {
            Some(number) => is(number.to_string()),
            None => Err(Fault::new(format!("Invalid '{column}' segment value {value}"))),
        },
        (_, _, Reading::Called(vocabulary)) => called(vocabulary, condition, context),
    }
}

/// What a condition says for a value that a column holds; `None` where there is no name for it.
pub(super) fn shown(reading: Reading, stored: &str) -> Option<String> {
    let name = |names: &[(&str, i64)]| {
        let number: i64 = stored.parse().ok()?;
        names.iter().find(|(_, known)| *known == number).map(|(name, _)| (*name).to_owned())
    };
    match reading {
        Reading::Plain | Reading::Url | Reading::Amount | Reading::Called(_) => Some(without_zeros(stored).to_owned()),
        Reading::Model => Some(names::model(stored)),
        Reading::Days => Some((leading_number(stored) / DAY_S).floor().to_string()),
        Reading::VisitorType => name(&VISITOR_TYPES).or_else(|| Some(RETURNING_CUSTOMER_NAME.to_owned())),
        Reading::ReferrerType => name(&REFERRER_TYPES),
        Reading::Numbered { names, .. } => name(names),
    }
}

/// A number without the zeros that end its decimals.
fn without_zeros(text: &str) -> &str {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, decimals)) if is_digits(whole.trim_start_matches('-')) && is_digits(decimals) => {
            text.trim_end_matches('0').trim_end_matches('.')
        }
        _ => text,
    }
}

/// The number of a name, or a number as it is.
fn numbered(names: &[(&str, i64)], value: &str) -> Option<i64> {
    let value = value.trim();
    let named = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(value)).map(|(_, number)| *number);
    named.or_else(|| value.parse().ok())
}

/// The number that a text begins with; 0 when it begins with none.
pub(crate) fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let digits = |char: char| char.is_ascii_digit() || matches!(char, '.' | '-' | '+');
    let end = text.find(|char| !digits(char)).unwrap_or(text.len());
    let longest = (1..=end).rev().find_map(|end| text[..end].parse::<f64>().ok());
    longest.filter(|number| number.is_finite()).unwrap_or(0.0)
}

fn without_prefix(value: &str) -> &str {
    let starts = |prefix: &&str| value.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    URL_PREFIXES.iter().find(|prefix| starts(prefix)).map_or(value, |prefix| &value[prefix.len()..])
}

fn amount(operator: Operator, value: &str) -> Result<Check, Fault> {
    match operator {
        Operator::Equal | Operator::AtLeast | Operator::AtMost | Operator::Above | Operator::Below => {
            Ok(Check::Is(operator, value.to_owned()))
        }
        other => Err(Fault::new(format!("This match type {} is not available for action-segments.", other.sign()))),
    }
}

/// The values that have a name which the condition fits.
///
/// # Errors
/// When nothing may have the name: brands are known.
fn called(vocabulary: Vocabulary, condition: &Condition, context: Context<'_>) -> Result<Check, Fault> {
    let values = vocabulary.fitting(condition.operator, &condition.value, context);
    let is_exact = matches!(condition.operator, Operator::Equal | Operator::Different);
    if vocabulary == Vocabulary::Brands && is_exact && values.is_empty() {
        let mut names: Vec<String> = vocabulary.list(context).into_iter().map(|called| called.name).collect();
        names.sort();
        return Err(Fault::new(format!("{} segment must be one of: {}", condition.name, names.join(", "))));
    }
    Ok(if condition.operator.negated().is_some() { Check::NotAmong(values) } else { Check::Among(values) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_9_scheme_and_www_do_not_matter() {
        for url in ["http://www.x.org/a", "HTTPS://x.org/a", "x.org/a"] {
            assert_eq!(without_prefix(url), "x.org/a");
        }
        assert_eq!(without_prefix("www.x.org"), "www.x.org");
    }

    #[test]
    fn numbers_are_read_from_the_left() {
        for (text, number) in [("12", 12.0), (" -1.5x", -1.5), ("03", 3.0), ("abc", 0.0), ("", 0.0), ("1.2.3", 1.2)] {
            assert_eq!(leading_number(text), number, "{text}");
        }
    }
}

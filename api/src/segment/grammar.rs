//! The text of a segment: conditions, ORed by `,` and ANDed by `;` (`segments.md` §2).

use crate::{error::Fault, request::decode};

/// Bytes of a definition that are read; what follows is cut off.
pub(crate) const TEXT_BYTES_MAX: usize = 8192;

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operator {
    Equal,
    Different,
    AtLeast,
    Above,
    AtMost,
    Below,
    Contains,
    Lacks,
    Begins,
    Ends,
}

/// By priority: at one position of a text the first that fits is meant.
const OPERATORS: [(&str, Operator); 10] = [
    ("==", Operator::Equal),
    ("!=", Operator::Different),
    (">=", Operator::AtLeast),
    (">", Operator::Above),
    ("<=", Operator::AtMost),
    ("<", Operator::Below),
    ("=@", Operator::Contains),
    ("!@", Operator::Lacks),
    ("=^", Operator::Begins),
    ("=$", Operator::Ends),
];

impl Operator {
    pub(crate) fn sign(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or("", |(sign, _)| sign)
    }

    /// What `!=` and `!@` negate.
    pub(crate) fn negated(self) -> Option<Self> {
        match self {
            Self::Different => Some(Self::Equal),
            Self::Lacks => Some(Self::Contains),
            _ => None,
        }
    }
}

/// `name operator value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) name: String,
    pub(crate) operator: Operator,
    pub(crate) value: String,
}

/// An AND of ORs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Expression {
    pub(crate) all: Vec<Vec<Condition>>,
}

impl Expression {
    fn conditions(&self) -> usize {
        self.all.iter().map(Vec::len).sum()
    }
}

/// Reads a definition as it is and decoded once; the one with more conditions is meant, the decoded
/// one where they have as many (§1).
///
/// # Errors
/// When a condition has no operator, or no value where it needs one.
pub(crate) fn parse(text: &str) -> Result<Expression, Fault> {
    let text = cut(text.trim());
    let (raw, decoded) = (expression(text), expression(&decode(text)));
    match (raw, decoded) {
        (Ok(raw), Ok(decoded)) if raw.conditions() > decoded.conditions() => Ok(raw),
        (Ok(raw), Err(_)) => Ok(raw),
        (_, decoded) => decoded,
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn expression(text: &str) -> Result<Expression, Fault> {
    let parts = split(text, ';').into_iter().filter(|part| !part.is_empty());
    let all: Result<Vec<Vec<Condition>>, Fault> =
        parts.map(|part| split(&part, ',').iter().map(|text| condition(text)).collect()).collect();
    Ok(Expression { all: all? })
}

/// Splits at the delimiter, but neither after a backslash, which is dropped, nor at the very end.
fn split(text: &str, delimiter: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char == delimiter && chars.peek().is_some() {
            parts.push(String::new());
            continue;
        }
        let is_escape = char == '\\' && chars.peek() == Some(&delimiter);
        let literal = if is_escape { chars.next() } else { Some(char) };
        if let (Some(part), Some(literal)) = (parts.last_mut(), literal) {
            part.push(literal);
        }
    }
    parts
}

fn condition(text: &str) -> Result<Condition, Fault> {
    let text = decode(text);
    let found = text.char_indices().skip(1).find_map(|(at, _)| {
        let rest = &text[at..];
        OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign)).map(|(sign, operator)| (at, *sign, *operator))
    });
    let Some((at, sign, operator)) = found else {
        return Err(Fault::new(format!("The segment condition '{text}' is not valid.")));
    };
    let value = decode(&text[at + sign.len()..]);
    if value.is_empty() && !matches!(operator, Operator::Equal | Operator::Different) {
        return Err(Fault::new(format!(
            "The segment '{text}' has no value specified. You can leave this value empty only when you use the \
             operators: != (is not) or == (is)"
        )));
    }
    Ok(Condition { name: text[..at].to_owned(), operator, value })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    /// Each condition as `name|operator|value`, ORs by `,`, ANDs by `;`.
    fn check(text: &str, expected: &str) {
        let read = match parse(text) {
            Ok(expression) => expression
                .all
                .iter()
                .map(|any| {
                    let texts: Vec<String> =
                        any.iter().map(|c| format!("{}|{}|{}", c.name, c.operator.sign(), c.value)).collect();
                    texts.join(" , ")
                })
                .collect::<Vec<_>>()
                .join(" ; "),
            Err(fault) => fault.message,
        };
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn or_binds_tighter_than_and() {
        check("a==1;b!=2,c>=3;d=@x", "a|==|1 ; b|!=|2 , c|>=|3 ; d|=@|x");
        check("a<=1;;b<2", "a|<=|1 ; b|<|2");
        check("", "");
    }

    #[test]
    fn delimiters_are_literal_after_a_backslash_and_at_the_end() {
        check("a==1\\;2;b==x\\,y", "a|==|1;2 ; b|==|x,y");
        check("a==1;", "a|==|1;");
        check("a==1,", "a|==|1,");
    }

    #[test]
    fn the_leftmost_operator_splits() {
        check("a=$b==c", "a|=$|b==c");
        check("a>=1", "a|>=|1");
        check("==1", "The segment condition '==1' is not valid.");
        check("nothing", "The segment condition 'nothing' is not valid.");
        check("=a==b", "=a|==|b");
    }

    #[test]
    fn only_equality_may_have_no_value() {
        check("a==;b!=", "a|==| ; b|!=|");
        check(
            "a=@",
            "The segment 'a=@' has no value specified. You can leave this value empty only when you use the operators: \
             != (is not) or == (is)",
        );
    }

    #[test]
    fn single_and_double_encoded_definitions_are_read() {
        check("browserCode%3D%3DFF", "browserCode|==|FF");
        check("a%3D%3D1%3Bb%3D%3D2", "a|==|1 ; b|==|2");
        check("pageUrl==http%253A%252F%252Fx.org%252F%253Fa%253B", "pageUrl|==|http://x.org/?a;");
        check("city==New+York", "city|==|New York");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let text = format!("a=={}é", "x".repeat(TEXT_BYTES_MAX - 4));
        let read = parse(&text).unwrap();
        assert_eq!(read.all[0][0].value.len(), TEXT_BYTES_MAX - 4);
    }

    /// The text of an expression, so encoded that every reading of it gives the same.
    fn print(expression: &Expression) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut text = String::new();
        for (at, any) in expression.all.iter().enumerate() {
            text.push_str(if at > 0 { ";" } else { "" });
            for (at, condition) in any.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                let value = encode(&encode(&encode(&condition.value)));
                write!(text, "{}{}{value}", condition.name, condition.operator.sign()).unwrap();
            }
        }
        text
    }

    fn conditions() -> impl Strategy<Value = Condition> {
        let operators = prop::sample::select(OPERATORS.to_vec());
        ("[a-z][a-zA-Z0-9]{0,12}", operators, "\\PC{1,12}").prop_map(|(name, (_, operator), value)| Condition {
            name,
            operator,
            value,
        })
    }

    proptest! {
        #[test]
        fn a_printed_expression_is_read_back(
            all in prop::collection::vec(prop::collection::vec(conditions(), 1..4), 1..5),
        ) {
            let expression = Expression { all };
            prop_assert_eq!(parse(&print(&expression)).unwrap(), expression);
        }

        #[test]
        fn no_text_panics(text in "[a-c=!<>@^$;,\\\\%0-9é]{0,60}") {
            let _ = parse(&text);
        }
    }
}

//! Requests that are not recorded, by expressions on their parameters (`tracking.md` §4.2).

use crate::params::{Name, Params, from_form};

/// Operators, the longest match first; each is two characters.
const OPERATORS: [(&str, Test); 6] = [
    ("==", |sent, value| sent == value),
    ("!=", |sent, value| sent != value),
    ("=@", |sent, value| sent.contains(value)),
    ("!@", |sent, value| !sent.contains(value)),
    ("=^", |sent, value| sent.starts_with(value)),
    ("=$", |sent, value| sent.ends_with(value)),
];

type Test = fn(&str, &str) -> bool;

/// Compiled expressions; a request is excluded when any holds.
#[derive(Debug, Default)]
pub(crate) struct ExcludedRequests(Vec<Expression>);

#[derive(Debug)]
struct Expression {
    name: Name,
    test: Test,
    /// Lower case.
    value: String,
}

impl ExcludedRequests {
    /// Compiles a list, whose entries may be lists themselves; what is no expression is left out.
    pub(crate) fn new(entries: &[String]) -> Self {
        Self(entries.iter().flat_map(|entry| entry.split(',')).filter_map(Expression::parse).collect())
    }

    /// True when an expression holds.
    pub(crate) fn exclude(&self, params: &Params<'_>) -> bool {
        self.0.iter().any(|expression| {
            let sent = params.text(expression.name).unwrap_or_default().to_lowercase();
            (expression.test)(&sent, &expression.value)
        })
    }
}

impl Expression {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let at = text.find(['=', '!'])?;
        let (name, rest) = text.split_at(at);
        let (operator, test) = OPERATORS.iter().find(|(operator, _)| rest.starts_with(operator))?;
        let value = from_form(&rest.as_bytes()[operator.len()..]).to_lowercase();
        Some(Self { name: Name::of(name.trim().as_bytes())?, test: *test, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, query: &str, expected: bool) {
        let requests = ExcludedRequests::new(&[expression.to_owned()]);
        assert_eq!(requests.exclude(&Params::from_form(query.as_bytes())), expected, "{expression} on {query}");
    }

    #[test]
    fn section_4_2_expressions() {
        check("e_c==Media%20Test", "e_c=media+test", true);
        check("e_c==Media", "e_c=media+test", false);
        check("e_c!=media", "", true);
        check("url=@/INTERNAL/", "url=http://x.test/internal/a", true);
        check("url!@internal", "url=http://x.test/internal/a", false);
        check("action_name=^test", "action_name=Test+page", true);
        check("action_name=$page", "action_name=Test+page", true);
        check("uid==a, uid==b", "uid=b", true);
        check("uid", "uid=b", false);
        check("nonsense==1", "uid=b", false);
    }
}

//! Goals: what makes a hit a conversion (`tracking.md` §7.1 to §7.3).

use std::borrow::Cow;

use nagare_schema::{Goal, GoalAttribute, GoalId, PatternKind};
use percent_encoding::percent_decode_str;
use regex::{Regex, RegexBuilder};

/// Bytes a compiled pattern may take: bounds what a pattern from outside can cost.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A goal, compiled.
#[derive(Debug)]
pub struct GoalRule {
    /// Its id.
    pub id: GoalId,
    /// What it compares.
    pub attribute: GoalAttribute,
    /// Every match counts.
    pub allow_multiple: bool,
    /// Revenue unless the hit names one.
    pub revenue: f64,
    /// The event's value is the revenue.
    pub event_value_as_revenue: bool,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Never,
    Contains { texts: [String; 2], case_sensitive: bool },
    Exact { texts: [String; 2], case_sensitive: bool },
    Regex(Vec<Regex>),
    Above(f64),
}

/// What a hit offers to goals, by attribute.
#[derive(Debug, Default)]
pub struct GoalInput<'a> {
    /// Raw page URL of a page view.
    pub url: Option<Cow<'a, str>>,
    /// Title of a page view.
    pub title: Option<&'a str>,
    /// Download URL.
    pub file: Option<&'a str>,
    /// Outlink URL.
    pub outlink: Option<&'a str>,
    /// Event category, action and name.
    pub event: Option<(&'a str, &'a str, Option<&'a str>)>,
    /// Seconds since the visit began, for running visits.
    pub visit_seconds: Option<i64>,
}

impl GoalRule {
    /// Compiles a goal; `None` when its pattern is no pattern.
    pub fn new(goal: &Goal) -> Option<Self> {
        let texts = [goal.pattern.clone(), percent_decode_str(&goal.pattern).decode_utf8_lossy().into_owned()];
        let test = match (goal.attribute, goal.pattern_kind) {
            (GoalAttribute::Manually, _) => Test::Never,
            (GoalAttribute::VisitDuration, _) | (_, PatternKind::GreaterThan) => {
                Test::Above(goal.pattern.trim().parse().ok()?)
            }
            (_, PatternKind::Contains) => Test::Contains { texts, case_sensitive: goal.case_sensitive },
            (_, PatternKind::Exact) => Test::Exact { texts, case_sensitive: goal.case_sensitive },
            (_, PatternKind::Regex) => Test::Regex(compile(&texts, goal.case_sensitive)?),
        };
        Some(Self {
            id: GoalId(goal.id),
            attribute: goal.attribute,
            allow_multiple: goal.allow_multiple,
            revenue: goal.revenue,
            event_value_as_revenue: goal.event_value_as_revenue,
            test,
        })
    }

    /// Whether a hit meets the goal.
    pub fn is_met(&self, input: &GoalInput<'_>) -> bool {
        let text = match self.attribute {
            GoalAttribute::Manually => None,
            GoalAttribute::Url => input.url.as_deref(),
            GoalAttribute::Title => input.title,
            GoalAttribute::File => input.file,
            GoalAttribute::ExternalWebsite => input.outlink,
            GoalAttribute::EventCategory => input.event.map(|event| event.0),
            GoalAttribute::EventAction => input.event.map(|event| event.1),
            GoalAttribute::EventName => input.event.and_then(|event| event.2),
            GoalAttribute::VisitDuration => return input.visit_seconds.is_some_and(|seconds| self.is_above(seconds)),
        };
        text.is_some_and(|text| self.matches(text))
    }

    fn is_above(&self, seconds: i64) -> bool {
        matches!(self.test, Test::Above(minutes) if seconds as f64 / 60.0 > minutes)
    }

    fn matches(&self, text: &str) -> bool {
        match &self.test {
            Test::Never | Test::Above(_) => false,
            Test::Contains { texts, case_sensitive } => texts.iter().any(|part| contains(text, part, *case_sensitive)),
            Test::Exact { texts, case_sensitive: true } => texts.iter().any(|whole| whole == text),
            Test::Exact { texts, case_sensitive: false } => texts.iter().any(|whole| whole.eq_ignore_ascii_case(text)),
            Test::Regex(patterns) => patterns.iter().any(|pattern| pattern.is_match(text)),
        }
    }
}

/// The pattern as written, and URL-decoded where that differs and still is a pattern (§7.2).
fn compile(texts: &[String; 2], case_sensitive: bool) -> Option<Vec<Regex>> {
    let build = |text: &str| {
        let pattern = text.replace(r"\/", "/");
        RegexBuilder::new(&pattern).case_insensitive(!case_sensitive).size_limit(PATTERN_BYTES_MAX).build().ok()
    };
    let mut patterns = vec![build(&texts[0])?];
    if texts[1] != texts[0] {
        patterns.extend(build(&texts[1]));
    }
    Some(patterns)
}

/// Case-insensitive for ASCII letters only (§7.2).
fn contains(text: &str, part: &str, case_sensitive: bool) -> bool {
    if case_sensitive {
        return text.contains(part);
    }
    let (text, part) = (text.as_bytes(), part.as_bytes());
    part.is_empty() || text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: PatternKind, pattern: &str, case_sensitive: bool, url: &str, expected: bool) {
        let goal = Goal {
            id: 1,
            attribute: GoalAttribute::Url,
            pattern: pattern.to_owned(),
            pattern_kind: kind,
            case_sensitive,
            ..Goal::default()
        };
        let input = GoalInput { url: Some(url.into()), ..GoalInput::default() };
        assert_eq!(GoalRule::new(&goal).unwrap().is_met(&input), expected, "{pattern} on {url}");
    }

    /// §7.2
    #[test]
    fn patterns() {
        use PatternKind::{Contains, Exact, Regex};
        check(Contains, "THANKS", false, "http://a.b/thanks?x", true);
        check(Contains, "THANKS", true, "http://a.b/thanks?x", false);
        check(Contains, "a%20b", false, "http://a.b/?q=a b", true);
        check(Exact, "http://a.b/x", false, "http://A.b/x", true);
        check(Exact, "http://a.b/x", false, "http://a.b/xy", false);
        check(Regex, r"(.*)store\/purchase\.(.*)", false, "http://example.org/STORE/purchase.htm", true);
        check(Regex, "^purchase", true, "http://example.org/purchase", false);
    }

    #[test]
    fn a_broken_pattern_is_no_goal() {
        let goal = Goal {
            attribute: GoalAttribute::Url,
            pattern_kind: PatternKind::Regex,
            pattern: "(".into(),
            ..Goal::default()
        };
        assert!(GoalRule::new(&goal).is_none());
    }

    /// §7.1
    #[test]
    fn a_duration_counts_minutes() {
        let goal = Goal { attribute: GoalAttribute::VisitDuration, pattern: "2".into(), ..Goal::default() };
        let rule = GoalRule::new(&goal).unwrap();
        let at = |seconds| rule.is_met(&GoalInput { visit_seconds: Some(seconds), ..GoalInput::default() });
        assert!(!at(120));
        assert!(at(121));
    }
}

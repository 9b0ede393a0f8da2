//! Custom dimensions of a site: what a hit gives for them (`tracking.md` §5.8).

use std::collections::BTreeMap;

use nagare_schema::{CustomDimension, DimensionScope, Extraction, ExtractionSource, Hit, Text};
use regex::{Regex, RegexBuilder};

use crate::page_url::{UrlParts, clean, decode_value, pairs};

/// Bytes a compiled pattern may take: bounds what a pattern from outside can cost.
const PATTERN_BYTES_MAX: usize = 1 << 20;
/// Characters of a value.
const VALUE_CHARS_MAX: usize = 250;

/// Values by dimension; an empty one was sent as such.
pub type Values = BTreeMap<u32, Text>;

/// The active dimensions of a site, compiled.
#[derive(Debug, Default)]
pub struct DimensionRules {
    visit: Vec<DimensionRule>,
    action: Vec<DimensionRule>,
}

#[derive(Debug)]
struct DimensionRule {
    id: u32,
    extractions: Vec<Rule>,
}

#[derive(Debug)]
enum Rule {
    Url(Regex),
    Parameter(String),
    Title(Regex),
}

impl DimensionRules {
    /// Compiles the dimensions of a site; an extraction that is no pattern finds nothing.
    pub fn new<'a>(dimensions: impl Iterator<Item = &'a CustomDimension>) -> Self {
        let mut rules = Self::default();
        for dimension in dimensions.filter(|dimension| dimension.active) {
            let extractions = dimension.extractions.iter().filter_map(|e| Rule::new(e, dimension.case_sensitive));
            let rule = DimensionRule { id: dimension.id, extractions: extractions.collect() };
            match dimension.scope {
                DimensionScope::Visit => rules.visit.push(rule),
                DimensionScope::Action => rules.action.push(rule),
            }
        }
        rules
    }

    /// What a hit gives for dimensions of visit scope.
    pub fn of_visit(&self, hit: &Hit) -> Values {
        values(&self.visit, hit)
    }

    /// What a hit gives for dimensions of action scope.
    pub fn of_action(&self, hit: &Hit) -> Values {
        values(&self.action, hit)
    }
}

fn values(rules: &[DimensionRule], hit: &Hit) -> Values {
    let value = |rule: &DimensionRule| {
        let sent = hit.dimensions.get(&rule.id).cloned();
        Some((rule.id, sent.or_else(|| rule.extractions.iter().find_map(|extraction| extraction.value(hit)))?))
    };
    rules.iter().filter_map(value).collect()
}

impl Rule {
    fn new(extraction: &Extraction, case_sensitive: bool) -> Option<Self> {
        let pattern = || {
            let text = extraction.pattern.replace(r"\/", "/");
            RegexBuilder::new(&text).case_insensitive(!case_sensitive).size_limit(PATTERN_BYTES_MAX).build().ok()
        };
        Some(match extraction.source {
            ExtractionSource::Url => Self::Url(pattern()?),
            ExtractionSource::UrlParam => Self::Parameter(extraction.pattern.clone()),
            ExtractionSource::ActionName => Self::Title(pattern()?),
        })
    }

    fn value(&self, hit: &Hit) -> Option<Text> {
        let captured = |pattern: &Regex, text: &str| {
            let found = pattern.captures(text)?.get(1)?;
            Some(decode_value(found.as_str()))
        };
        let found = match self {
            Self::Url(pattern) => captured(pattern, &clean(hit.url.as_deref()?))?,
            Self::Title(pattern) => captured(pattern, hit.title.as_deref()?)?,
            Self::Parameter(name) => {
                let query = UrlParts::parse(hit.url.as_deref()?)?.query?;
                decode_value(pairs(query).find(|(known, _)| known == name)?.1)
            }
        };
        let end = found.char_indices().nth(VALUE_CHARS_MAX).map_or(found.len(), |(end, _)| end);
        (!found.is_empty()).then(|| found[..end].into())
    }
}

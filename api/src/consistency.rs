//! Rollups and base tables answer alike: every report is read from both and compared.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use nagare_schema::SiteId;
use prometheus::Registry;

use crate::{
    ApiError, ApiOptions,
    catalogue::{Report, reports},
    metrics::Metrics,
    period,
    plan::{self, Part, Scope},
    query::{Engine, Fact, Facts},
    segment::Segment,
};

/// Numbers differ when they are further apart than this share: sums of fractions are made in any order.
const TOLERANCE: f64 = 1e-9;

/// Where rollup and base tables disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The report.
    pub report: &'static str,
    /// Which part of it, for whom, and both numbers.
    pub detail: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.report, self.detail)
    }
}

/// Reads every report of the catalogue for the days `from` to `to`, once from the rollups and once
/// from the base tables, and lists what differs. Days are read as one range and by day.
///
/// # Errors
/// [`ApiError::Query`] when a query fails.
pub async fn compare_sources(
    clickhouse: &clickhouse::Client,
    sites: &[SiteId],
    (from, to): (Date, Date),
) -> Result<Vec<Difference>, ApiError> {
    let metrics = Metrics::new(&Registry::new())?;
    let engine = Engine::new(clickhouse.clone(), ApiOptions::default(), metrics);
    let mut differences = Vec::new();
    for period in ["range", "day"] {
        let date = format!("{from},{to}");
        let periods = period::parse(period, &date, to).map_err(|fault| ApiError::Query(fault.message))?;
        let rollup = Scope::new(sites, periods);
        let base = Scope { segment: Some(Segment::default()), ..rollup.clone() };
        for report in reports() {
            let (rollup, base) = (facts(&engine, report, &rollup).await?, facts(&engine, report, &base).await?);
            differences.extend(compare(report.name, &rollup, &base));
        }
    }
    Ok(differences)
}

async fn facts(engine: &Engine, report: &Report, scope: &Scope) -> Result<Facts, ApiError> {
    engine.run(plan::plan(report, scope)).await.map_err(|fault| ApiError::Query(fault.message))
}

type Key<'a> = (u32, &'a str, &'a [String]);

fn by_key(facts: Option<&Vec<Fact>>) -> BTreeMap<Key<'_>, &Fact> {
    let facts = facts.map_or(&[][..], Vec::as_slice);
    facts.iter().map(|fact| ((fact.site, fact.bucket.as_str(), fact.keys.as_slice()), fact)).collect()
}

fn compare(report: &'static str, rollup: &Facts, base: &Facts) -> Vec<Difference> {
    let mut differences = Vec::new();
    for part in rollup.keys().chain(base.keys().filter(|part| !rollup.contains_key(part))) {
        let (of_rollup, of_base) = (by_key(rollup.get(part)), by_key(base.get(part)));
        for key in of_rollup.keys().chain(of_base.keys().filter(|key| !of_rollup.contains_key(*key))) {
            let numbers = (of_rollup.get(key).copied(), of_base.get(key).copied());
            differences.extend(difference(*part, key, numbers).map(|detail| Difference { report, detail }));
        }
    }
    differences
}

fn difference(part: Part, key: &Key<'_>, (rollup, base): (Option<&Fact>, Option<&Fact>)) -> Option<String> {
    let count = [rollup, base].into_iter().flatten().map(|fact| fact.numbers.len()).max().unwrap_or(0);
    let number = |fact: Option<&Fact>, at: usize| fact.map_or(0.0, |fact| fact.number(at));
    (0..count).find_map(|at| {
        let (rollup, base) = (number(rollup, at), number(base, at));
        let differs = (rollup - base).abs() > TOLERANCE * rollup.abs().max(base.abs()).max(1.0);
        differs.then(|| format!("{part:?} of {key:?}, number {at}: rollup {rollup}, base {base}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(numbers: &[f64]) -> Facts {
        let numbers = numbers.iter().map(|number| Some(*number)).collect();
        let fact = Fact { site: 1, bucket: "2024-01-01".to_owned(), keys: vec!["x".to_owned()], numbers };
        Facts::from([(Part::ActionSums, vec![fact])])
    }

    #[test]
    fn a_number_that_differs_is_named() {
        assert!(compare("r", &facts(&[1.0, 2.0]), &facts(&[1.0, 2.0 + 1e-12])).is_empty());
        let differences = compare("r", &facts(&[1.0, 2.0]), &facts(&[1.0, 3.0]));
        assert_eq!(differences.len(), 1);
        assert!(differences[0].to_string().contains("number 1: rollup 2, base 3"), "{}", differences[0]);
    }

    #[test]
    fn a_row_that_only_one_side_has_differs() {
        assert_eq!(compare("r", &facts(&[1.0]), &Facts::new()).len(), 1);
        assert_eq!(compare("r", &Facts::new(), &facts(&[1.0])).len(), 1);
        assert!(compare("r", &facts(&[0.0]), &Facts::new()).is_empty());
    }
}

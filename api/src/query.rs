//! Runs the statements of a plan, within limits, all at once.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use clickhouse::Client;
use jiff::civil::Date;
use nagare_runtime::Removals;
use nagare_schema::{Day, SiteId};
use quick_cache::sync::Cache;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::{
    error::Fault,
    metrics::Metrics,
    options::ApiOptions,
    period::Periods,
    plan::{self, Bound, Distinct, EXACT_VISITS_MAX, Part, Plan, Statement},
};

/// Rows of one statement's answer at most.
const ROWS_MAX: u64 = 2_000_000;
/// Windows of sites whose size is remembered at most, and for how long: many reports ask about the same
/// one after another, and only their speed depends on it.
const SIZES_MAX: usize = 10_000;
const SIZE_HOLDS: Duration = Duration::from_secs(60);
/// How rows of facts are answered.
const FACTS: &str = "JSONCompactEachRow";
/// Numbers that a map of timings becomes: one for each of the six timings, by number from 1.
const TIMINGS: usize = 6;

/// ClickHouse with the limits of a report.
#[derive(Clone)]
pub(crate) struct Engine {
    client: Client,
    metrics: Metrics,
    limits: ApiOptions,
    sizes: Arc<Sizes>,
    /// Which visits are gone for their age; none: nobody asks.
    removals: Option<Removals>,
}

/// By site and window: when it was asked, and what was decided.
type Sizes = Cache<(SiteId, (Date, Date)), (Instant, Distinct)>;

/// One row: whose it is, what it is grouped by, and its numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    pub(crate) site: u32,
    pub(crate) bucket: String,
    pub(crate) keys: Vec<String>,
    pub(crate) numbers: Vec<Option<f64>>,
}

impl Fact {
    pub(crate) fn number(&self, at: usize) -> f64 {
        self.numbers.get(at).copied().flatten().unwrap_or(0.0)
    }
}

/// The answers of a plan.
pub(crate) type Facts = HashMap<Part, Vec<Fact>>;

impl Engine {
    pub(crate) fn new(client: Client, limits: ApiOptions, metrics: Metrics) -> Self {
        let client = client
            .with_setting("max_execution_time", limits.query_seconds_max.to_string())
            .with_setting("max_memory_usage", (limits.query_memory_mib_max << 20).to_string())
            .with_setting("max_result_rows", ROWS_MAX.to_string())
            .with_setting("result_overflow_mode", "throw")
            .with_setting("output_format_json_quote_64bit_integers", "0")
            .with_setting("output_format_json_quote_denormals", "0");
        Self { client, metrics, limits, sizes: Arc::new(Cache::new(SIZES_MAX)), removals: None }
    }

    /// The same for tables whose old visits are removed.
    pub(crate) fn with_removals(self, removals: Removals) -> Self {
        Self { removals: Some(removals), ..self }
    }

    /// Days back from today whose visits suggest values for segments.
    pub(crate) fn suggest_days(&self) -> u32 {
        self.limits.suggest_days
    }

    /// Runs all statements at once.
    pub(crate) async fn run(&self, plan: Plan) -> Result<Facts, Fault> {
        let parts = plan.into_iter().map(|(part, statement)| async move {
            Ok::<_, Fault>(parts_of(part, &statement, self.fetch(&statement).await?))
        });
        futures_util::future::try_join_all(parts).await.map(|parts| parts.into_iter().flatten().collect())
    }

    /// The facts of one statement.
    pub(crate) async fn fetch(&self, statement: &Statement) -> Result<Vec<Fact>, Fault> {
        let rows = self.rows(statement).await?;
        Ok(rows.into_iter().filter_map(|row| fact(row, statement.keys)).collect())
    }

    /// How the visitors of sites in periods are counted.
    pub(crate) async fn distinct(&self, sites: &[SiteId], periods: &Periods) -> Result<Distinct, Fault> {
        let whole = periods.window();
        if whole.is_some_and(|(from, _)| self.is_removed(from)) {
            return Ok(Distinct::Sketch);
        }
        let window = whole.filter(|_| sites.len() == 1);
        let key = sites.first().copied().zip(window);
        if let Some((known_at, distinct)) = key.and_then(|key| self.sizes.get(&key))
            && known_at.elapsed() < SIZE_HOLDS
        {
            return Ok(distinct);
        }
        let visits = self.fetch(&plan::size(sites, periods)).await?;
        let visits = visits.first().map_or(0.0, |fact| fact.number(0));
        let distinct = if visits <= EXACT_VISITS_MAX as f64 { Distinct::Exact } else { Distinct::Sketch };
        if let Some(key) = key {
            self.sizes.insert(key, (Instant::now(), distinct));
        }
        Ok(distinct)
    }

    /// True when visits of the day are no longer in the base tables.
    fn is_removed(&self, day: Date) -> bool {
        self.removals.as_ref().is_some_and(|removals| Day::from_date(day) < removals.visits_from())
    }

    /// The rows of a statement as JSON values.
    pub(crate) async fn rows(&self, statement: &Statement) -> Result<Vec<Vec<Json>>, Fault> {
        self.read(statement, FACTS).await
    }

    /// The rows of a statement by the names of their columns.
    pub(crate) async fn records(&self, statement: &Statement) -> Result<Vec<Map<String, Json>>, Fault> {
        self.read(statement, "JSONEachRow").await
    }

    async fn read<T: DeserializeOwned>(&self, statement: &Statement, format: &str) -> Result<Vec<T>, Fault> {
        let bytes = self.bytes(statement, format).await?;
        let rows: Result<Vec<T>, _> = serde_json::Deserializer::from_slice(&bytes).into_iter().collect();
        rows.map_err(|error| {
            tracing::error!(%error, "an answer of ClickHouse cannot be read");
            Fault::unavailable("The answer of the database cannot be read.")
        })
    }

    /// The answer of a statement as facts are read from, not read.
    pub(crate) async fn answer(&self, statement: &Statement) -> Result<Bytes, Fault> {
        self.bytes(statement, FACTS).await
    }

    async fn bytes(&self, statement: &Statement, format: &str) -> Result<Bytes, Fault> {
        let started = Instant::now();
        let mut query = self.client.query(&statement.sql);
        for (name, value) in &statement.params {
            query = match value {
                Bound::Ids(ids) => query.param(name, ids),
                Bound::Number(number) => query.param(name, number),
                Bound::Text(text) => query.param(name, text),
                Bound::Texts(texts) => query.param(name, texts),
            };
        }
        let bytes = async { query.fetch_bytes(format)?.collect().await }.await;
        self.metrics.query_seconds.observe(started.elapsed().as_secs_f64());
        bytes.map_err(|error| self.failed(&error))
    }

    /// Says which limit was hit.
    fn failed(&self, error: &clickhouse::error::Error) -> Fault {
        let text = error.to_string();
        let hit = |code: &str| text.contains(&format!("Code: {code}."));
        let limit = if hit("159") {
            format!("it runs longer than {} seconds (max_execution_time)", self.limits.query_time_max().as_secs())
        } else if hit("241") {
            format!("it needs more than {} MiB of memory (max_memory_usage)", self.limits.query_memory_mib_max)
        } else if hit("396") || hit("158") {
            format!("it has more than {ROWS_MAX} rows (max_result_rows)")
        } else {
            tracing::error!(%error, "a query failed");
            return Fault::unavailable("The database cannot answer now.");
        };
        Fault::unavailable(format!("The report was stopped: {limit}. Ask for a shorter period."))
    }
}

/// The facts of each part that a statement tells.
fn parts_of(part: Part, statement: &Statement, mut facts: Vec<Fact>) -> Facts {
    let mut parts = Facts::new();
    for (part, begin) in statement.also.iter().rev() {
        let told = facts.iter_mut().filter_map(|fact| {
            let numbers = fact.numbers.split_off(*begin.min(&fact.numbers.len()));
            let is_told = numbers.first().is_some_and(Option::is_some);
            is_told.then(|| Fact { site: fact.site, bucket: fact.bucket.clone(), keys: fact.keys.clone(), numbers })
        });
        parts.insert(*part, told.collect());
    }
    parts.insert(part, facts);
    parts
}

fn fact(row: Vec<Json>, keys: usize) -> Option<Fact> {
    let mut cells = row.into_iter();
    let site = u32::try_from(cells.next()?.as_u64()?).ok()?;
    let bucket = cells.next()?.as_str()?.to_owned();
    let keys = cells.by_ref().take(keys).map(|cell| cell.as_str().unwrap_or_default().to_owned()).collect();
    let mut numbers = Vec::with_capacity(cells.len());
    cells.for_each(|cell| flatten(&cell, &mut numbers));
    Some(Fact { site, bucket, keys, numbers })
}

fn flatten(cell: &Json, numbers: &mut Vec<Option<f64>>) {
    match cell {
        Json::Array(cells) => cells.iter().for_each(|cell| flatten(cell, numbers)),
        Json::Object(map) => {
            numbers.extend((1..=TIMINGS).map(|timing| map.get(&timing.to_string()).and_then(Json::as_f64)));
        }
        other => numbers.push(other.as_f64()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_statement_tells_several_parts() {
        let fact = |key: &str, numbers: &[Option<f64>]| Fact {
            site: 1,
            bucket: String::new(),
            keys: vec![key.to_owned()],
            numbers: numbers.to_vec(),
        };
        let also = vec![(Part::TimeSpent, 1), (Part::EntrySums, 2)];
        let statement = Statement { also, ..Statement::new("", 1) };
        let rows =
            vec![fact("a", &[Some(1.0), Some(0.0), None, None]), fact("b", &[Some(2.0), Some(3.0), Some(4.0), None])];
        let expected = Facts::from([
            (Part::ActionSums, vec![fact("a", &[Some(1.0)]), fact("b", &[Some(2.0)])]),
            (Part::TimeSpent, vec![fact("a", &[Some(0.0)]), fact("b", &[Some(3.0)])]),
            (Part::EntrySums, vec![fact("b", &[Some(4.0), None])]),
        ]);
        assert_eq!(parts_of(Part::ActionSums, &statement, rows), expected);
    }

    #[test]
    fn a_row_becomes_keys_and_numbers() {
        let row = vec![json!(1), json!("2010-03-06"), json!("x"), json!(3), json!({"2": 5}), json!([1, null])];
        let fact = fact(row, 1).unwrap();
        assert_eq!(
            (fact.site, fact.bucket.as_str(), fact.keys.as_slice()),
            (1, "2010-03-06", ["x".to_owned()].as_slice())
        );
        let numbers = [Some(3.0), None, Some(5.0), None, None, None, None, Some(1.0), None];
        assert_eq!(fact.numbers, numbers);
    }
}

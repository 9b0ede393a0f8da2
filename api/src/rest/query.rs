//! Reports: any dimensions of visits by any metrics, for a segment, over days.

use std::{cmp::Ordering, collections::HashMap};

use axum::{Json, extract::State, http::StatusCode};
use nagare_schema::{UnixSeconds, ZoneClock};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{
    cursor,
    fields::{FIELDS, Field, METRICS, Metric, Numbers, Vocabulary, rollup_of},
    given::{Given, Viewed, within},
    problem::Problem,
};
use crate::{
    period,
    plan::{self, Distinct, Part, Scope},
    query::{Fact, Facts},
    segment::{self, Segment},
    server::Shared,
    shape,
};

const LIMIT_DEFAULT: u64 = 100;
/// Rows of one page at most.
const LIMIT_MAX: u64 = 10_000;
/// Dimensions of one query at most.
const DIMENSIONS_MAX: usize = 5;
/// Decimals of rates.
const DECIMALS: i32 = 4;
const METRICS_DEFAULT: &str = "visits,visitors,actions";

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// First day, `YYYY-MM-DD` or a word like `today`, in the time zone of the site.
    #[param(example = "2024-01-01")]
    from: String,
    /// Last day.
    #[param(example = "2024-01-31")]
    to: String,
    /// Names of dimensions, separated by commas; none: one row for all visits.
    #[param(example = "country,browser")]
    dimensions: Option<String>,
    /// Names of metrics, separated by commas; `visits,visitors,actions` unless given.
    metrics: Option<String>,
    /// Only visits of this segment.
    #[param(example = "actions>1")]
    segment: Option<String>,
    /// What a row is about: the whole period unless given.
    granularity: Option<Granularity>,
    /// A metric to sort by, after a `-` the largest first; `-` and the first metric unless given.
    sort: Option<String>,
    /// Rows of a page; 100 unless given.
    #[param(minimum = 1, maximum = 10000)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Length of what a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Granularity {
    All,
    Day,
    Week,
    Month,
    Year,
}

impl Granularity {
    fn period(self) -> &'static str {
        match self {
            Self::All => "range",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// A page of rows.
#[derive(Serialize, ToSchema)]
pub(super) struct Answer {
    /// First and last day that the rows are about: whole periods.
    from: String,
    to: String,
    granularity: Granularity,
    /// Whether visitors and users are counted exactly, or to about 0.8 %.
    exact: bool,
    /// By `date`, the first day of the row's period, then as sorted. Dimensions are texts, metrics numbers.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Map<String, Value>>,
    /// Where the next page begins; none after the last.
    next_cursor: Option<String>,
}

/// A group of visits.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    date: String,
    keys: Vec<String>,
    numbers: Numbers,
}

/// Where a row stands in the order: its date, what it is sorted by, and its keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Place(String, f64, Vec<String>);

/// A query, its names known.
struct Wanted {
    fields: Vec<&'static Field>,
    metrics: Vec<&'static Metric>,
    sort: &'static Metric,
    descending: bool,
}

/// Visits by any dimensions, as any metrics.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/report",
    operation_id = "getReport",
    tag = "reports",
    params(("site" = u32, Path, description = "id of the site", example = 1), Asked),
    responses(
        (status = 200, body = Answer),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn report(
    State(shared): State<Shared>,
    Viewed { caller, site }: Viewed,
    Given(asked): Given<Asked>,
) -> Result<Json<Answer>, Problem> {
    let wanted = Wanted::read(&asked)?;
    let sites = [site];
    let zone = caller.config.sites.get(&sites[0]).map_or("UTC", |site| site.timezone.as_str());
    let today = ZoneClock::new(zone).local(UnixSeconds::from(shared.context.clock.now())).date();
    let granularity = asked.granularity.unwrap_or(Granularity::All);
    let periods = period::parse(granularity.period(), &format!("{},{}", asked.from, asked.to), today)?;
    let (from, to) = periods.window().unwrap_or_default();
    let segment = Segment::parse(asked.segment.as_deref(), segment::Context::new(&caller, &sites))?;
    let engine = shared.endpoint.engine();
    let distinct = engine.distinct(&sites, &periods).await?;
    let rollup = rollup_of(&wanted.fields).filter(|_| segment.is_none());
    let scope = Scope { segment, distinct, levels: 1, ..Scope::new(&sites, periods) };
    let keys: Vec<_> = wanted.fields.iter().map(|field| field.key).collect();
    let facts = engine.run(plan::visits_by(&scope, rollup, &keys)).await?;
    let after = asked.cursor.as_deref().map(cursor::read::<Place>).transpose()?;
    let limit = within("limit", asked.limit.unwrap_or(LIMIT_DEFAULT), 1..=LIMIT_MAX)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (page, next) = wanted.page(groups(&facts), after.as_ref(), limit);
    Ok(Json(Answer {
        from: from.to_string(),
        to: to.to_string(),
        granularity,
        exact: rollup.is_none() || distinct == Distinct::Exact,
        rows: page.iter().map(|group| wanted.row(group)).collect(),
        next_cursor: next.map(|place| cursor::write(&place)),
    }))
}

/// What queries can be made of.
#[utoipa::path(
    get,
    path = "/api/v1/fields",
    operation_id = "listFields",
    tag = "reports",
    responses((status = 200, body = Vocabulary)),
    security(())
)]
pub(super) async fn vocabulary() -> Json<Vocabulary> {
    Json(Vocabulary::all())
}

fn groups(facts: &Facts) -> Vec<Group> {
    let of = |part: Part| facts.get(&part).into_iter().flatten();
    let uniques: HashMap<_, _> =
        of(Part::VisitUniques(0)).map(|fact| ((fact.bucket.as_str(), fact.keys.as_slice()), fact)).collect();
    let group = |fact: &Fact| {
        let unique = uniques.get(&(fact.bucket.as_str(), fact.keys.as_slice()));
        let numbers = Numbers {
            sums: std::array::from_fn(|at| fact.number(at)),
            uniques: std::array::from_fn(|at| unique.map_or(0.0, |unique| unique.number(at))),
        };
        Group { date: fact.bucket.clone(), keys: fact.keys.clone(), numbers }
    };
    of(Part::VisitSums(0)).map(group).collect()
}

fn find<T>(all: &'static [T], name: &str, name_of: fn(&T) -> &'static str, kind: &str) -> Result<&'static T, Problem> {
    let found = all.iter().find(|one| name_of(one) == name);
    found.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, format!("'{name}' is no {kind}; see /api/v1/fields")))
}

fn metric(name: &str) -> Result<&'static Metric, Problem> {
    find(METRICS, name, |metric| metric.name, "metric")
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// A whole number without decimals, a rate with four.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 { (number as i64).into() } else { shape::round(number, DECIMALS).into() }
}

impl Wanted {
    fn read(asked: &Asked) -> Result<Self, Problem> {
        let dimension = |name| find(FIELDS, name, |field: &Field| field.name, "dimension");
        let fields: Vec<_> =
            names(asked.dimensions.as_deref().unwrap_or_default()).map(dimension).collect::<Result<_, _>>()?;
        if fields.len() > DIMENSIONS_MAX {
            let detail = format!("at most {DIMENSIONS_MAX} dimensions may be asked for at once");
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
        }
        let metrics: Vec<_> =
            names(asked.metrics.as_deref().unwrap_or(METRICS_DEFAULT)).map(metric).collect::<Result<_, _>>()?;
        let Some(first) = metrics.first() else {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "'metrics' names none"));
        };
        let (sort, descending) = match asked.sort.as_deref() {
            Some(sort) => (metric(sort.trim_start_matches('-'))?, sort.starts_with('-')),
            None => (*first, true),
        };
        Ok(Self { fields, metrics, sort, descending })
    }

    fn place(&self, group: &Group) -> Place {
        Place(group.date.clone(), (self.sort.of)(&group.numbers), group.keys.clone())
    }

    fn compare(&self, a: &Place, b: &Place) -> Ordering {
        let numbers = if self.descending { b.1.total_cmp(&a.1) } else { a.1.total_cmp(&b.1) };
        a.0.cmp(&b.0).then(numbers).then_with(|| a.2.cmp(&b.2))
    }

    /// The rows after a place, as many as asked for, and where the next page begins.
    fn page(&self, groups: Vec<Group>, after: Option<&Place>, limit: usize) -> (Vec<Group>, Option<Place>) {
        let mut placed: Vec<(Place, Group)> = groups.into_iter().map(|group| (self.place(&group), group)).collect();
        placed.retain(|(place, _)| after.is_none_or(|after| self.compare(place, after).is_gt()));
        placed.sort_by(|(a, _), (b, _)| self.compare(a, b));
        let is_last = placed.len() <= limit;
        placed.truncate(limit);
        let next = placed.last().filter(|_| !is_last).map(|(place, _)| place.clone());
        (placed.into_iter().map(|(_, group)| group).collect(), next)
    }

    fn row(&self, group: &Group) -> Map<String, Value> {
        let mut row = Map::new();
        row.insert("date".to_owned(), group.date.as_str().into());
        for (field, key) in self.fields.iter().zip(&group.keys) {
            row.insert(field.name.to_owned(), (field.told)(key).into());
        }
        for metric in &self.metrics {
            row.insert(metric.name.to_owned(), number((metric.of)(&group.numbers)));
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        let uri = format!("/?from=2024-01-01&to=2024-01-31&{query}").parse().unwrap();
        axum::extract::Query::try_from_uri(&uri).unwrap().0
    }

    fn group(date: &str, key: &str, visits: f64) -> Group {
        let numbers = Numbers { sums: [visits, 0.0, 0.0, 0.0, 0.0], ..Numbers::default() };
        Group { date: date.to_owned(), keys: vec![key.to_owned()], numbers }
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_repetition() {
        let wanted = Wanted::read(&asked("dimensions=country&metrics=visits")).unwrap();
        let all = || vec![group("b", "x", 1.0), group("a", "z", 1.0), group("a", "y", 1.0), group("a", "x", 5.0)];
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let (page, next) = wanted.page(all(), after.as_ref(), 1);
            seen.extend(page.iter().map(|group| format!("{}{}", group.date, group.keys[0])));
            let Some(next) = next else { break };
            after = Some(cursor::read(&cursor::write(&next)).unwrap());
        }
        assert_eq!(seen, ["ax", "ay", "az", "bx"]);
    }

    #[test]
    fn unknown_names_are_refused() {
        for query in ["dimensions=planet", "metrics=luck", "sort=luck", "metrics="] {
            assert!(Wanted::read(&asked(query)).is_err(), "{query}");
        }
        assert_eq!(Wanted::read(&asked("metrics=visits&sort=visitors")).unwrap().sort.name, "visitors");
    }

    #[test]
    fn a_row_tells_dimensions_by_name() {
        let wanted = Wanted::read(&asked("dimensions=device_type&metrics=visits,bounce_rate")).unwrap();
        let row = wanted.row(&group("2024-01-01", "1", 3.0));
        let expected = serde_json::json!({
            "date": "2024-01-01", "device_type": "smartphone", "visits": 3, "bounce_rate": 0,
        });
        assert_eq!(Value::Object(row), expected);
    }
}

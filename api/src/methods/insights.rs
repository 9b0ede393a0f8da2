//! Insights (`reports.md` §17): what changed most in a report since an earlier period.

use std::collections::HashMap;

use super::{Answering, Call, Method, nested, report::today};
use crate::{
    error::Fault,
    metrics::Family,
    period::{self, Period, PeriodKind},
    permission::{Granted, Permission},
    request::Params,
    shape::round,
    table::{Answer, AnswerMap, Row, Table},
    value::{Record, Value},
};

/// Reports of the overviews, by the names of their keys.
const OVERVIEW: [(&str, &str); 8] = [
    ("Page URLs", "Actions.getPageUrls"),
    ("Page titles", "Actions.getPageTitles"),
    ("Downloads", "Actions.getDownloads"),
    ("Websites", "Referrers.getWebsites"),
    ("Campaigns", "Referrers.getCampaigns"),
    ("Social Networks", "Referrers.getSocials"),
    ("Search Engines", "Referrers.getSearchEngines"),
    ("Country", "UserCountry.getCountry"),
];
const METRIC: &str = "nb_visits";
/// Periods that a comparison may go back.
const PERIODS_BACK_MAX: u32 = 400;
/// Percent that a row has to change more than the whole site, to be a mover and shaker.
const SHAKE_PERCENT: f64 = 20.0;
const ALL_PERCENT: f64 = 100.0;
/// A report that covers less of the visits than this is measured by itself.
const COVERED: f64 = 0.5;

const fn method(
    name: &'static str,
    permission: Permission,
    action: for<'a> fn(Call<'a>, Granted) -> Answering<'a>,
) -> Method {
    Method::new(name, permission, Family::Report, action)
}

pub(super) const METHODS: &[Method] = &[
    method("Insights.canGenerateInsights", Permission::SomeView, |call, _| {
        let can = compared(&call, &Granted::default()).is_ok();
        Box::pin(std::future::ready(Ok(Answer::Value(can.into()))))
    }),
    method("Insights.getInsights", Permission::View, |call, granted| Box::pin(one(call, granted, Limits::INSIGHTS))),
    method("Insights.getMoversAndShakers", Permission::View, |call, granted| {
        Box::pin(one(call, granted, Limits::MOVERS))
    }),
    method("Insights.getInsightsOverview", Permission::View, |call, granted| {
        Box::pin(overview(call, granted, Limits::INSIGHTS_OVERVIEW))
    }),
    method("Insights.getMoversAndShakersOverview", Permission::View, |call, granted| {
        Box::pin(overview(call, granted, Limits::MOVERS))
    }),
];

/// Which changes are told.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Limits {
    increasers: usize,
    decreasers: usize,
    /// Least part of all visits that a change is, in percent.
    impact: f64,
    /// Least growth of what was there before, in percent.
    growth: f64,
    only: Only,
    order: Order,
    /// Only movers and shakers.
    shaking: bool,
}

/// Kinds of change.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Only {
    All,
    Movers,
    New,
    Disappeared,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Order {
    Difference,
    Growth,
}

impl Limits {
    const INSIGHTS: Self = Self {
        increasers: 5,
        decreasers: 5,
        impact: 2.0,
        growth: 20.0,
        only: Only::All,
        order: Order::Difference,
        shaking: false,
    };
    const INSIGHTS_OVERVIEW: Self = Self { increasers: 3, decreasers: 3, impact: 1.0, growth: 25.0, ..Self::INSIGHTS };
    const MOVERS: Self =
        Self { increasers: 4, decreasers: 4, impact: 0.5, growth: 0.0, shaking: true, ..Self::INSIGHTS };

    fn read(self, params: &Params) -> Self {
        Self {
            increasers: params.number("limitIncreaser").unwrap_or(self.increasers),
            decreasers: params.number("limitDecreaser").unwrap_or(self.decreasers),
            impact: params.number("minImpactPercent").unwrap_or(self.impact),
            growth: params.number("minGrowthPercent").unwrap_or(self.growth),
            only: match params.text("filterBy") {
                Some("movers") => Only::Movers,
                Some("new") => Only::New,
                Some("disappeared") => Only::Disappeared,
                _ => self.only,
            },
            order: if params.text("orderBy") == Some("relative") { Order::Growth } else { self.order },
            shaking: self.shaking,
        }
    }
}

/// The period of the request, and the earlier one.
fn compared(call: &Call<'_>, granted: &Granted) -> Result<[Period; 2], Fault> {
    let params = call.params;
    let periods = period::parse(params.required("period")?, params.required("date")?, today(call, &granted.sites))?;
    let [now] = periods.list.as_slice() else {
        return Err(Fault::new("Insights are generated for one date at a time."));
    };
    let back = params.number::<u32>("comparedToXPeriods").unwrap_or(1).clamp(1, PERIODS_BACK_MAX);
    let before = (0..back).fold(*now, |period, _| period.previous());
    Ok([*now, before])
}

/// Labels and visits of a report in a period.
async fn visits(call: &Call<'_>, granted: &Granted, name: &str, period: &Period) -> Result<Vec<(String, f64)>, Fault> {
    let date = match period.kind {
        PeriodKind::Range => format!("{},{}", period.from, period.to),
        _ => period.from.to_string(),
    };
    let mut params = Params::default()
        .with("idSite", granted.one()?.to_string())
        .with("period", period.kind.name())
        .with("date", date)
        .with("flat", "1");
    if let Some(segment) = call.params.filled("segment") {
        params = params.with("segment", segment);
    }
    let rows = match nested::ask(call, name, &params).await? {
        Answer::Table(table) => table.rows.into_iter().map(|row| (row.label(), row.columns)).collect(),
        Answer::Simple(Some(record)) => vec![(String::new(), record)],
        _ => Vec::new(),
    };
    Ok(rows.into_iter().map(|(label, columns)| (label, columns.number(METRIC).unwrap_or(0.0))).collect())
}

async fn total(call: &Call<'_>, granted: &Granted, period: &Period) -> Result<f64, Fault> {
    let visits = visits(call, granted, "VisitsSummary.get", period).await?;
    Ok(visits.first().map_or(0.0, |(_, visits)| *visits))
}

async fn one(call: Call<'_>, granted: Granted, defaults: Limits) -> Result<Answer, Fault> {
    let id = call.params.required("reportUniqueId")?;
    let name = id.replacen('_', ".", 1);
    let limits = defaults.read(call.params);
    let periods = compared(&call, &granted)?;
    let totals = [total(&call, &granted, &periods[0]).await?, total(&call, &granted, &periods[1]).await?];
    changes(&call, &granted, &name, (&periods, totals), &limits).await.map(Answer::Table)
}

async fn overview(call: Call<'_>, granted: Granted, limits: Limits) -> Result<Answer, Fault> {
    let periods = compared(&call, &granted)?;
    let totals = [total(&call, &granted, &periods[0]).await?, total(&call, &granted, &periods[1]).await?];
    let mut entries = Vec::with_capacity(OVERVIEW.len());
    for (key, name) in OVERVIEW {
        let table = changes(&call, &granted, name, (&periods, totals), &limits).await?;
        entries.push((key.to_owned(), Answer::Table(table)));
    }
    Ok(Answer::Map(AnswerMap { key_name: "defaultKeyName", entries }))
}

async fn changes(
    call: &Call<'_>,
    granted: &Granted,
    name: &str,
    (periods, totals): (&[Period; 2], [f64; 2]),
    limits: &Limits,
) -> Result<Table, Fault> {
    let new = visits(call, granted, name, &periods[0]).await?;
    let old = visits(call, granted, name, &periods[1]).await?;
    Ok(Table { rows: told(Change::all(new, old), totals, limits), ..Table::default() })
}

/// A row of a report in two periods.
#[derive(Debug, Clone, PartialEq)]
struct Change {
    label: String,
    new: f64,
    old: f64,
}

impl Change {
    /// What is in either period, in the order of the new one.
    fn all(new: Vec<(String, f64)>, old: Vec<(String, f64)>) -> Vec<Self> {
        let mut before: HashMap<String, f64> = old.iter().cloned().collect();
        let mut all: Vec<Self> = Vec::with_capacity(new.len() + old.len());
        for (label, new) in new {
            let old = before.remove(&label).unwrap_or(0.0);
            all.push(Self { label, new, old });
        }
        let gone = old.into_iter().filter(|(label, _)| before.contains_key(label));
        all.extend(gone.map(|(label, old)| Self { label, new: 0.0, old }));
        all
    }

    fn difference(&self) -> f64 {
        self.new - self.old
    }

    fn is_new(&self) -> bool {
        self.old == 0.0
    }

    fn is_gone(&self) -> bool {
        self.new == 0.0
    }

    fn is_mover(&self) -> bool {
        !self.is_new() && !self.is_gone()
    }

    /// Growth in percent; what is new grew by all of it.
    fn growth(&self) -> f64 {
        growth(self.new, self.old)
    }

    fn is_wanted(&self, only: Only) -> bool {
        match only {
            Only::Movers => self.is_mover(),
            Only::New => self.is_new(),
            Only::Disappeared => self.is_gone(),
            Only::All => true,
        }
    }

    fn row(&self, shakes: bool) -> Row {
        let (growth, importance) = (self.growth(), self.difference().abs());
        let flag = |is_on: bool| i64::from(is_on);
        let columns = Record::default()
            .with("label", self.label.as_str())
            .with(METRIC, Value::number(if self.is_gone() { self.old } else { self.new }))
            .with("growth_percent", format!("{growth}%"))
            .with("growth_percent_numeric", Value::number(growth))
            .with("grown", flag(self.difference() > 0.0))
            .with("value_old", Value::number(self.old))
            .with("value_new", Value::number(self.new))
            .with("difference", Value::number(self.difference()))
            .with("importance", Value::number(importance))
            .with("isDisappeared", flag(self.is_gone()))
            .with("isNew", flag(self.is_new()))
            .with("isMover", flag(self.is_mover()))
            .with("isMoverAndShaker", flag(shakes));
        Row { columns, ..Row::default() }
    }
}

fn growth(new: f64, old: f64) -> f64 {
    if old == 0.0 {
        return if new == 0.0 { 0.0 } else { ALL_PERCENT };
    }
    round((new - old) / old * ALL_PERCENT, 1)
}

/// The changes that are large enough: those that grew, then those that shrank, the largest first.
fn told(changes: Vec<Change>, [total, total_before]: [f64; 2], limits: &Limits) -> Vec<Row> {
    let covered: f64 = changes.iter().map(|change| change.new).sum();
    let relevant = if covered < total * COVERED { covered } else { total };
    let least = relevant * limits.impact / ALL_PERCENT;
    let evolution = growth(total, total_before);
    let shakes = |change: &Change| {
        let (up, down) = (evolution.max(0.0) + SHAKE_PERCENT, evolution.min(0.0) - SHAKE_PERCENT);
        change.is_mover() && !(down..=up).contains(&change.growth())
    };
    let is_large = |change: &Change| {
        let grew_enough = !change.is_mover() || change.growth().abs() >= limits.growth;
        let difference = change.difference();
        difference != 0.0 && difference.abs() >= least && grew_enough
    };
    let mut large: Vec<Change> = changes
        .into_iter()
        .filter(|change| is_large(change) && change.is_wanted(limits.only))
        .filter(|change| !limits.shaking || !change.is_mover() || shakes(change))
        .collect();
    let size = |change: &Change| match limits.order {
        Order::Difference => change.difference().abs(),
        Order::Growth => change.growth().abs(),
    };
    large.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let (grown, shrunk): (Vec<Change>, Vec<Change>) = large.into_iter().partition(|change| change.difference() > 0.0);
    let told = grown.into_iter().take(limits.increasers).chain(shrunk.into_iter().take(limits.decreasers));
    told.map(|change| change.row(shakes(&change))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(rows: &[(&str, f64, f64)]) -> Vec<Change> {
        rows.iter().map(|(label, new, old)| Change { label: (*label).to_owned(), new: *new, old: *old }).collect()
    }

    fn check(rows: &[(&str, f64, f64)], limits: &Limits, expected: &[&str]) {
        let rows = told(changes(rows), [100.0, 50.0], limits);
        assert_eq!(rows.iter().map(Row::label).collect::<Vec<_>>(), expected);
    }

    /// `reports.md` §17.
    #[test]
    fn large_changes_are_told() {
        let rows = [("small", 11.0, 10.0), ("up", 40.0, 10.0), ("gone", 0.0, 30.0), ("new", 20.0, 0.0)];
        check(&rows, &Limits::INSIGHTS, &["up", "new", "gone"]);
        check(&rows, &Limits { increasers: 1, ..Limits::INSIGHTS }, &["up", "gone"]);
        check(&rows, &Limits { only: Only::New, ..Limits::INSIGHTS }, &["new"]);
        check(&rows, &Limits { order: Order::Growth, ..Limits::INSIGHTS }, &["up", "new", "gone"]);
        // All grew by half; what grew less does not move.
        check(&rows, &Limits::MOVERS, &["up", "new", "gone"]);
    }

    #[test]
    fn a_change_is_described() {
        let pairs = |rows: &[(&str, f64)]| rows.iter().map(|(label, visits)| ((*label).to_owned(), *visits)).collect();
        let all = Change::all(pairs(&[("a", 501.0)]), pairs(&[("b", 1.0), ("a", 201.0)]));
        assert_eq!(all, changes(&[("a", 501.0, 201.0), ("b", 0.0, 1.0)]));
        let row = all.first().unwrap().row(true).columns;
        assert_eq!(row.get("growth_percent"), Some(&Value::from("149.3%")));
        let gone = all.last().unwrap().row(false).columns;
        assert_eq!((gone.number("growth_percent_numeric"), gone.number(METRIC)), (Some(-100.0), Some(1.0)));
    }
}

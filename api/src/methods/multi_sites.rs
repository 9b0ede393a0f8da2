//! All sites at a glance, each against the period before (`reports.md` §13).

use std::collections::HashMap;

use nagare_schema::{GrantLevel, Site, SiteId, UnixSeconds};

use super::{Answering, Call, Method, report, sites::lookup};
use crate::{
    catalogue::{Flatten, Sort},
    error::Fault,
    metrics::Family,
    period::{self, Period, Periods},
    permission::{Granted, Permission},
    plan::{self, Distinct, Part, Scope},
    query::Facts,
    request::Params,
    segment::{self, Segment},
    shape::{self, Rules, Steps, pretty},
    table::{Answer, AnswerMap, Row, Table},
    value::{Record, Value},
};

/// Sites and periods of one answer at most, multiplied.
const CELLS_MAX: usize = 20_000;
const RULES: Rules = Rules { processed: &[], sort: Sort::VISITS, flatten: Flatten::Unsupported };
const ORDER: &str = "0";
const CART: &str = "-1";

/// A metric with the names of its evolution and of its value in the period before.
struct Metric {
    name: &'static str,
    evolution: &'static str,
    previous: &'static str,
}

const fn metric(name: &'static str, evolution: &'static str, previous: &'static str) -> Metric {
    Metric { name, evolution, previous }
}

/// The first four are always told, the fifth of enhanced requests, the others of shops.
const METRICS: [Metric; 7] = [
    metric("nb_visits", "visits_evolution", "previous_nb_visits"),
    metric("nb_actions", "actions_evolution", "previous_nb_actions"),
    metric("nb_pageviews", "pageviews_evolution", "previous_Actions_nb_pageviews"),
    metric("revenue", "revenue_evolution", "previous_Goal_revenue"),
    metric("nb_conversions", "nb_conversions_evolution", "previous_Goal_nb_conversions"),
    metric("orders", "orders_evolution", "previous_Goal_0_nb_conversions"),
    metric("ecommerce_revenue", "ecommerce_revenue_evolution", "previous_Goal_0_revenue"),
];
const METRICS_BASIC: usize = 4;
const METRICS_ENHANCED: usize = 5;

type Numbers = [f64; METRICS.len()];

pub(super) const METHODS: &[Method] = &[
    Method::new("MultiSites.getAll", Permission::SomeView, Family::Report, |call, _| Box::pin(all(call))),
    Method::new("MultiSites.getOne", Permission::View, Family::Report, one),
    Method::new("MultiSites.getAllWithGroups", Permission::SomeView, Family::Report, |call, _| Box::pin(groups(call))),
];

fn one(call: Call<'_>, granted: Granted) -> Answering<'_> {
    Box::pin(async move {
        let overview = Overview::read(&call, vec![granted.one()?]).await?;
        let steps = Steps::read(call.params, RULES)?;
        let answer = |at: usize| {
            let site = overview.sites.first().copied();
            Answer::Simple(site.map(|site| steps.record(overview.compared(site, at).single(), "$")))
        };
        Ok(overview.by_date(answer))
    })
}

async fn all(call: Call<'_>) -> Result<Answer, Fault> {
    let overview = Overview::read(&call, visible(&call)).await?;
    let steps = Steps::read(call.params, RULES)?;
    Ok(overview.by_date(|at| Answer::Table(steps.table(overview.table(at), "$"))))
}

/// The sites that the caller may see and `pattern` matches.
fn visible(call: &Call<'_>) -> Vec<SiteId> {
    let pattern = call.params.filled("pattern").map(str::to_lowercase);
    let matches = |site: &Site| pattern.as_ref().is_none_or(|pattern| lookup::matches(site, pattern));
    let sites = call.caller.sites_with(GrantLevel::View).into_iter();
    sites.filter(|site| call.caller.config.sites.get(site).is_some_and(|site| matches(site))).collect()
}

/// The numbers of sites in periods, and in the periods before.
struct Overview<'a> {
    call: Call<'a>,
    sites: Vec<&'a Site>,
    periods: Periods,
    current: HashMap<(u32, String), Numbers>,
    previous: HashMap<(u32, String), Numbers>,
    is_enhanced: bool,
    shown: Option<Vec<String>>,
}

impl<'a> Overview<'a> {
    async fn read(call: &Call<'a>, sites: Vec<SiteId>) -> Result<Self, Fault> {
        let params: &Params = call.params;
        let today = report::today(call, &sites);
        let periods = period::parse(params.required("period")?, params.required("date")?, today)?;
        if sites.len() * periods.list.len() > CELLS_MAX {
            return Err(Fault::bad_request(format!("At most {CELLS_MAX} periods of sites may be asked for at once.")));
        }
        let segment = Segment::parse(params.text("segment"), segment::Context::new(call.caller, &sites))?;
        let before = Periods { list: periods.list.iter().map(Period::previous).collect(), keyed: periods.keyed };
        let (current, previous) = tokio::try_join!(
            numbers(call, &sites, periods.clone(), segment.clone()),
            numbers(call, &sites, before, segment)
        )?;
        let config = &call.caller.config;
        Ok(Self {
            call: *call,
            sites: sites.iter().filter_map(|site| config.sites.get(site)).map(AsRef::as_ref).collect(),
            periods,
            current,
            previous,
            is_enhanced: params.flag("enhanced"),
            shown: params.list("showColumns").filter(|columns| !columns.is_empty()),
        })
    }

    fn by_date(&self, answer: impl Fn(usize) -> Answer) -> Answer {
        if !self.periods.keyed {
            return answer(0);
        }
        let entries = self.periods.list.iter().enumerate().map(|(at, period)| (period.to_string(), answer(at)));
        Answer::Map(AnswerMap { key_name: "date", entries: entries.collect() })
    }

    fn compared(&self, site: &'a Site, at: usize) -> Compared<'a> {
        let period = self.periods.list[at];
        let find = |numbers: &HashMap<(u32, String), Numbers>, period: &Period| {
            numbers.get(&(site.id.0, period.bucket())).copied().unwrap_or_default()
        };
        let count = match (self.is_enhanced, site.ecommerce) {
            (false, _) => METRICS_BASIC,
            (true, false) => METRICS_ENHANCED,
            (true, true) => METRICS.len(),
        };
        Compared {
            site,
            period,
            count,
            current: find(&self.current, &period),
            previous: find(&self.previous, &period.previous()),
            ratio: period.elapsed(UnixSeconds::from(self.call.now)),
        }
    }

    fn shows(&self, metric: &Metric) -> bool {
        self.shown.as_ref().is_none_or(|shown| shown.iter().any(|column| column == metric.name))
    }

    fn table(&self, at: usize) -> Table {
        let keeps_empty = self.is_enhanced || !self.shows(&METRICS[0]);
        let compared = self.sites.iter().map(|site| self.compared(site, at));
        let rows = compared.filter(|compared| keeps_empty || compared.current[0] > 0.0).map(|compared| Row {
            columns: compared.columns(),
            metadata: compared.metadata(|metric| self.shows(metric)),
            ..Row::default()
        });
        Table { rows: rows.collect(), ..Table::default() }
    }
}

/// The numbers by site and first day of the period.
async fn numbers(
    call: &Call<'_>,
    sites: &[SiteId],
    periods: Periods,
    segment: Option<Segment>,
) -> Result<HashMap<(u32, String), Numbers>, Fault> {
    let scope = Scope { segment, distinct: Distinct::Sketch, levels: 1, ..Scope::new(sites, periods) };
    let cells = shape::by_site_and_period(call.engine.run(plan::site_totals(&scope)).await?);
    Ok(cells.into_iter().map(|(cell, facts)| (cell, numbers_of(&facts))).collect())
}

fn numbers_of(facts: &Facts) -> Numbers {
    let sum = |part: Part, at: usize, is_wanted: &dyn Fn(&str) -> bool| -> f64 {
        let facts = facts.get(&part).into_iter().flatten();
        facts.filter(|fact| is_wanted(fact.keys.first().map_or("", String::as_str))).map(|fact| fact.number(at)).sum()
    };
    let (any, sold, ordered) = (|_: &str| true, |goal: &str| goal != CART, |goal: &str| goal == ORDER);
    let money = |is_wanted: &dyn Fn(&str) -> bool| shape::round(sum(Part::ConversionSums(0), 1, is_wanted) / 1e4, 2);
    [
        sum(Part::VisitSums(0), 0, &any),
        sum(Part::VisitSums(0), 1, &any),
        sum(Part::PageViews, 0, &any),
        money(&sold),
        sum(Part::ConversionSums(0), 0, &sold),
        sum(Part::ConversionSums(0), 0, &ordered),
        money(&ordered),
    ]
}

/// A site in a period, against the one before.
struct Compared<'a> {
    site: &'a Site,
    period: Period,
    /// How many metrics are told.
    count: usize,
    current: Numbers,
    previous: Numbers,
    /// The part of the period that has passed.
    ratio: f64,
}

/// How much a number grew, and whether it did.
pub(super) fn evolution(current: f64, previous: f64, ratio: f64) -> (f64, i64) {
    let previous = previous * ratio;
    let growth = if current == previous {
        0.0
    } else if previous == 0.0 {
        1.0
    } else {
        shape::round((current - previous) / previous, 3)
    };
    (growth, if growth > 0.0 { 1 } else { -i64::from(growth < 0.0) })
}

impl Compared<'_> {
    fn metrics(&self) -> impl Iterator<Item = (&'static Metric, f64, f64)> {
        METRICS
            .iter()
            .zip(self.current)
            .zip(self.previous)
            .map(|((metric, now), before)| (metric, now, before))
            .take(self.count)
    }

    fn evolutions(&self, columns: &mut Record) {
        for (metric, current, previous) in self.metrics() {
            let (growth, trend) = evolution(current, previous, self.ratio);
            columns.set(metric.evolution, Value::number(growth));
            columns.set(format!("{}_trend", metric.evolution), trend);
        }
    }

    fn columns(&self) -> Record {
        let mut columns = Record::default().with("label", self.site.name.as_str());
        self.metrics().for_each(|(metric, current, _)| columns.set(metric.name, Value::number(current)));
        self.evolutions(&mut columns);
        columns
    }

    /// As [`Self::columns`], in the order of a site alone.
    fn single(&self) -> Record {
        const FIRST: usize = 2;
        let mut columns = Record::default();
        self.metrics().take(FIRST).for_each(|(metric, current, _)| columns.set(metric.name, Value::number(current)));
        self.evolutions(&mut columns);
        self.metrics().skip(FIRST).for_each(|(metric, current, _)| columns.set(metric.name, Value::number(current)));
        columns
    }

    fn metadata(&self, shows: impl Fn(&Metric) -> bool) -> Record {
        let mut metadata = Record::default()
            .with("idsite", i64::from(self.site.id.0))
            .with("ratio", Value::number(self.ratio))
            .with("currencySymbol", pretty::currency_symbol(&self.site.currency));
        for (at, (metric, _, previous)) in self.metrics().filter(|(metric, ..)| shows(metric)).enumerate() {
            metadata.set(metric.previous, Value::number(previous));
            if at == 0 {
                metadata.set("periodName", self.period.kind.name());
                metadata.set("previousRange", self.period.previous().short());
            }
        }
        metadata.set("group", self.site.group.as_str());
        metadata.set("main_url", self.site.urls.first().cloned().unwrap_or_default());
        metadata
    }
}

/// All sites, those of a group below it, with totals; as many as `filter_limit` says.
async fn groups(call: Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let overview = Overview::read(&call, visible(&call)).await?;
    if overview.periods.keyed {
        return Err(Fault::new("Multiple periods are not supported"));
    }
    let mut sites: Vec<Compared<'_>> = overview.sites.iter().map(|site| overview.compared(site, 0)).collect();
    sites.sort_by(|a, b| b.current[0].total_cmp(&a.current[0]).then_with(|| a.site.name.cmp(&b.site.name)));
    let total = |numbers: fn(&Compared<'_>) -> Numbers, at: usize| {
        Value::number(shape::round(sites.iter().map(|site| numbers(site)[at]).sum(), 2))
    };
    let totals = Record::default()
        .with("nb_pageviews", total(|site| site.current, 2))
        .with("nb_visits", total(|site| site.current, 0))
        .with("nb_actions", total(|site| site.current, 1))
        .with("revenue", total(|site| site.current, 3))
        .with("nb_visits_lastdate", total(|site| site.previous, 0));
    let day = report::today(&call, &[]);
    let last_date = match overview.periods.list.first() {
        Some(period) => {
            period.before(period::parse_date(params.required("date")?, day).unwrap_or(period.from)).to_string()
        }
        None => String::new(),
    };
    let steps = Steps::read(params, RULES)?;
    let limit = params.number::<usize>("filter_limit").unwrap_or(0);
    let offset = params.number::<usize>("filter_offset").unwrap_or(0);
    let rows = grouped(&sites).into_iter().skip(offset).take(limit);
    let record = Record::default()
        .with("numSites", i64::try_from(sites.len()).unwrap_or(i64::MAX))
        .with("totals", totals)
        .with("lastDate", last_date)
        .with("sites", Value::List(rows.map(|row| steps.record(row, "$").into()).collect()));
    Ok(Answer::Value(record.into()))
}

/// A row for each group, at the place of its first site, with its sites below it.
fn grouped(sites: &[Compared<'_>]) -> Vec<Record> {
    let mut rows = Vec::with_capacity(sites.len());
    let mut seen: Vec<&str> = Vec::new();
    for first in sites {
        let group = first.site.group.as_str();
        if group.is_empty() {
            rows.push(first.record());
        } else if !seen.contains(&group) {
            seen.push(group);
            let of_group = || sites.iter().filter(|other| other.site.group == group);
            let sum = |numbers: fn(&Compared<'_>) -> Numbers| -> Numbers {
                std::array::from_fn(|at| of_group().map(|site| numbers(site)[at]).sum())
            };
            let whole = Compared { current: sum(|site| site.current), previous: sum(|site| site.previous), ..*first };
            rows.push(whole.columns().with("label", group).with("isGroup", 1));
            rows.extend(of_group().map(Compared::record));
        }
    }
    rows
}

impl Compared<'_> {
    fn record(&self) -> Record {
        let mut record = self.columns();
        self.metadata(|_| true).iter().for_each(|(name, value)| record.set(name.clone(), value.clone()));
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reporting-api.md` §10.
    #[test]
    fn growth_is_relative_to_the_period_before() {
        assert_eq!(evolution(6.0, 2.0, 1.0), (2.0, 1));
        assert_eq!(evolution(1.0, 3.0, 1.0), (-0.667, -1));
        assert_eq!(evolution(0.0, 0.0, 1.0), (0.0, 0));
        assert_eq!(evolution(3.0, 0.0, 1.0), (1.0, 1));
        assert_eq!(evolution(3.0, 6.0, 0.5), (0.0, 0));
    }
}

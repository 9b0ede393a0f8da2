//! Reports: plan, query, rows, and what the request asks of them.

use std::collections::HashMap;

use jiff::civil::Date;
use nagare_schema::{NamedSettings, SiteId, UnixSeconds, ZoneClock, named_setting};

use super::Call;
use crate::{
    catalogue::{ActionGroup, Report, Sites, Source, Summary},
    error::Fault,
    period::{self, Period, PeriodKind, Periods},
    permission::Granted,
    plan::{self, Distinct, EXACT_VISITS_MAX, Scope},
    query::Facts,
    request::Params,
    segment::{self, Segment},
    shape::{self, Content, GoalChoice, GoalView, Rules, Steps, View, pretty},
    table::{Answer, AnswerMap},
};

/// Sites and periods of one answer at most, multiplied.
const CELLS_MAX: usize = 20_000;

/// A report as it was asked for.
struct Request<'a> {
    report: &'static Report,
    call: Call<'a>,
    granted: Granted,
    periods: Periods,
    segment: Option<Segment>,
    steps: Steps,
    subtable: Option<u64>,
    /// The custom dimension that the report is about.
    custom: Option<u32>,
}

pub(super) async fn answer(report: &'static Report, call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let request = read(report, call, granted)?;
    let scope = scope(&request).await?;
    let facts = call.engine.run(plan::plan(report, &scope)).await?;
    Ok(request.answer(&shape::by_site_and_period(facts)))
}

fn read<'a>(report: &'static Report, call: Call<'a>, granted: Granted) -> Result<Request<'a>, Fault> {
    let params = call.params;
    if let Sites::OneAndOneDate(told) = report.sites
        && granted.keyed
    {
        let told = told.replace("multiple dates", "multiple sites");
        return Err(Fault::new(format!("{}{told}", report.name)));
    }
    if report.sites == Sites::One && granted.keyed {
        return Err(Fault::new(format!("{} with multiple sites is not supported (yet).", report.name)));
    }
    let segment = Segment::parse(params.text("segment"), segment::Context::new(call.caller, &granted.sites))?;
    if let Source::Visits(visits) = &report.source
        && visits.requires_subtable()
    {
        params.required("idSubtable")?;
    }
    let periods = period::parse(params.required("period")?, params.required("date")?, today(&call, &granted.sites))?;
    if let Sites::OneAndOneDate(told) = report.sites
        && periods.keyed
    {
        return Err(Fault::new(format!("{}{told}", report.name)));
    }
    if granted.sites.len() * periods.list.len() > CELLS_MAX {
        return Err(Fault::bad_request(format!("At most {CELLS_MAX} periods of sites may be asked for at once.")));
    }
    if let Source::VisitSummary(Summary::Only(column @ ("nb_uniq_visitors" | "nb_users"))) = report.source
        && !has_uniques(&call.caller.config.settings.named, &periods)
    {
        return Err(Fault::new(format!("The metric {column} is not enabled for the requested period.")));
    }
    check_secondary(report, params)?;
    let rules = Rules { processed: report.processed, sort: report.sort, flatten: report.flatten };
    // Contents never show what is below their rows in place (`reports.md` §10).
    let steps = match report.source {
        Source::Groups { group: ActionGroup::Contents, .. } => {
            Steps::read(&params.clone().without(&["expanded"]), rules)?
        }
        _ => Steps::read(params, rules)?,
    };
    let custom = params.number("idDimension").filter(|_| report.source.is_custom());
    Ok(Request { report, call, granted, periods, segment, steps, subtable: params.number("idSubtable"), custom })
}

/// `secondaryDimension` names one of the keys that may stand below the first (`reports.md` §10).
fn check_secondary(report: &Report, params: &Params) -> Result<(), Fault> {
    let (Source::Groups { seconds, .. }, Some(asked)) = (&report.source, params.filled("secondaryDimension")) else {
        return Ok(());
    };
    if seconds.iter().any(|key| key.name() == asked) {
        return Ok(());
    }
    let names: Vec<&str> = seconds.iter().map(|key| key.name()).collect();
    Err(Fault::new(format!(
        "Secondary dimension '{asked}' is not valid for the API {}. Use one of: {}",
        report.name.rsplit('.').next().unwrap_or_default(),
        names.join(", ")
    )))
}

/// The date where words like `today` are resolved: that of the site when there is one, else UTC.
pub(super) fn today(call: &Call<'_>, sites: &[SiteId]) -> Date {
    let zone = match sites {
        [site] => call.caller.config.sites.get(site).map_or("UTC", |site| site.timezone.as_str()),
        _ => "UTC",
    };
    ZoneClock::new(zone).local(UnixSeconds::from(call.now)).date()
}

/// Visitors and users of a whole site are told for the kinds of period that settings name.
fn has_uniques(settings: &NamedSettings, periods: &Periods) -> bool {
    settings.flag(match periods.kind() {
        PeriodKind::Day => &named_setting::UNIQUES_OF_DAY,
        PeriodKind::Week => &named_setting::UNIQUES_OF_WEEK,
        PeriodKind::Month => &named_setting::UNIQUES_OF_MONTH,
        PeriodKind::Year => &named_setting::UNIQUES_OF_YEAR,
        PeriodKind::Range => &named_setting::UNIQUES_OF_RANGE,
    })
}

async fn scope(request: &Request<'_>) -> Result<Scope, Fault> {
    let (sites, periods) = (request.granted.sites.clone(), request.periods.clone());
    let visits = request.call.engine.fetch(&plan::size(&sites, &periods)).await?;
    let visits = visits.first().map_or(0.0, |fact| fact.number(0));
    let distinct = if visits <= EXACT_VISITS_MAX as f64 { Distinct::Exact } else { Distinct::Sketch };
    let all_levels = request.steps.needs_levels() || request.subtable.is_some();
    Ok(Scope {
        sites,
        periods,
        segment: request.segment.clone(),
        distinct,
        levels: if all_levels { usize::MAX } else { 1 },
        custom: request.custom,
    })
}

impl Request<'_> {
    /// By site, then by date; plain when one of each was asked for.
    fn answer(&self, cells: &HashMap<(u32, String), Facts>) -> Answer {
        if !self.granted.keyed {
            return self.granted.sites.first().map_or(Answer::Simple(None), |site| self.site(cells, *site));
        }
        let entries = self.granted.sites.iter().map(|site| (site.to_string(), self.site(cells, *site)));
        Answer::Map(AnswerMap { key_name: "idSite", entries: entries.collect() })
    }

    fn site(&self, cells: &HashMap<(u32, String), Facts>, site: SiteId) -> Answer {
        let cell = |period: &Period| self.cell(cells.get(&(site.0, period.bucket())), site, period);
        if !self.periods.keyed {
            return self.periods.list.first().map_or(Answer::Simple(None), cell);
        }
        let entries = self.periods.list.iter().map(|period| (period.to_string(), cell(period)));
        Answer::Map(AnswerMap { key_name: "date", entries: entries.collect() })
    }

    fn cell(&self, facts: Option<&Facts>, site: SiteId, period: &Period) -> Answer {
        let day = period.bucket().parse().ok();
        let site = self.call.caller.config.sites.get(&site);
        let symbol = pretty::currency_symbol(site.map_or("USD", |site| site.currency.as_str()));
        let ids: Vec<i32> = site
            .map(|site| self.call.caller.config.goals_of(site.id).map(|goal| goal.id).collect())
            .unwrap_or_default();
        let params = self.call.params;
        let view = View {
            is_day: self.periods.kind() == PeriodKind::Day,
            has_uniques: has_uniques(&self.call.caller.config.settings.named, &self.periods),
            subtable: self.subtable,
            is_flat: params.flag("flat"),
            zone: site.map_or("UTC", |site| site.timezone.as_str()),
            day: day.unwrap_or_default(),
            site_urls: site.map_or(&[], |site| site.urls.as_slice()),
            is_keyed: self.granted.keyed || self.periods.keyed,
            secondary: params.filled("secondaryDimension"),
            goals: GoalView {
                choice: GoalChoice::read(params),
                each: params.flag("showAllGoalSpecificMetrics"),
                ids: &ids,
                carts: params.flag("abandonedCarts"),
            },
            custom: self.custom.unwrap_or(0),
        };
        match shape::content(self.report, facts, &view) {
            Content::Table(table) => Answer::Table(self.steps.table(table, symbol)),
            Content::Simple(Some(record)) => Answer::Simple(Some(self.steps.record(record, symbol))),
            Content::Simple(None) if view.is_keyed => Answer::Simple(None),
            Content::Simple(None) => Answer::Simple(Some(self.steps.record(shape::zeros(self.report, &view), symbol))),
        }
    }
}

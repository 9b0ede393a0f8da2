//! Reports: plan, query, rows, and what the request asks of them.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use nagare_schema::{NamedSettings, SiteId, UnixSeconds, ZoneClock, named_setting};

use super::{Call, comparison, pivoted, segment_editor};
use crate::{
    catalogue::{ActionGroup, Flatten, Limits, Naming, PageField, Report, Sites, Source, Summary, Visits},
    error::Fault,
    page_name,
    period::{self, Period, PeriodKind, Periods},
    permission::Granted,
    plan::{self, Scope},
    query::Facts,
    request::Params,
    segment::{self, Segment},
    shape::{self, Content, Cut, GoalChoice, GoalView, PathRules, Pivot, Rules, Steps, View, pretty},
    table::{Answer, AnswerMap, Table},
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
    /// Sites that reports tell nothing of.
    unanswered: Vec<SiteId>,
    steps: Steps,
    subtable: Option<u64>,
    /// The custom dimension that the report is about.
    custom: Option<u32>,
    /// The name of the only row that is told.
    wanted: Option<(Naming, &'a str)>,
}

pub(super) async fn answer(report: &'static Report, call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    if call.params.flag("compare") {
        return comparison::answer(report, call, granted).await;
    }
    let limit = call.caller.config.settings.named.number(&named_setting::PIVOT_COLUMNS_MAX);
    let pivot = Pivot::read(call.params, limit);
    if let Some(pivot) = pivot.as_ref().filter(|pivot| !pivot.is_below(report.flatten)) {
        return pivoted::by_segments(report, pivot, call, granted).await;
    }
    let request = read(report, call, granted)?;
    let request = Request { steps: request.steps.pivoted(pivot), ..request };
    let scope = scope(&request).await?;
    let cells = request.cells(&scope).await?;
    let plain = request.plain(&scope).await?;
    let mut found = Found { cells, days: Cells::new(), plain };
    if let Some(days) = request.days_to_cut(&found) {
        found.days = request.cells(&Scope { periods: days, top: request.top(), ..scope }).await?;
    }
    Ok(request.answer(&found))
}

/// The facts of each site and period.
type Cells = HashMap<(u32, String), Facts>;

/// What was found: where days are cut to row limits before they add up, they are told alone, too.
struct Found {
    cells: Cells,
    days: Cells,
    plain: Option<Plain>,
}

/// The sites and periods that another report tells of.
struct Plain {
    told: &'static Report,
    among: HashSet<(u32, String)>,
    cells: Cells,
}

impl Plain {
    fn content(&self, site: SiteId, period: &Period, view: &View<'_>) -> Option<Content> {
        let cell = (site.0, period.bucket());
        self.among.contains(&cell).then(|| shape::content(self.told, self.cells.get(&cell), view))
    }
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
    let unanswered = unanswered(&call, &granted, segment.as_ref())?;
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
    let custom = params.number("idDimension").filter(|_| report.source.is_custom());
    let flatten = custom.map_or(report.flatten, Flatten::Custom);
    let rules = Rules { processed: report.processed, sort: report.sort, flatten };
    // Contents never show what is below their rows in place (`reports.md` §10).
    let steps = match report.source {
        Source::Groups { group: ActionGroup::Contents, .. } => {
            Steps::read(&params.clone().without(&["expanded"]), rules)?
        }
        _ => Steps::read(params, rules)?,
    };
    let wanted = match report.source.naming() {
        Some(naming @ (Naming::Address(name) | Naming::Title(name))) => Some((naming, params.required(name)?)),
        None => None,
    };
    let subtable = params.number("idSubtable");
    Ok(Request { report, call, granted, periods, segment, unanswered, steps, subtable, custom, wanted })
}

/// Where a setting lets reports answer for stored segments alone: the sites that the segment is not stored for.
/// A request about one such site is refused.
fn unanswered(call: &Call<'_>, granted: &Granted, segment: Option<&Segment>) -> Result<Vec<SiteId>, Fault> {
    let is_limited = call.caller.config.settings.named.flag(&named_setting::STORED_SEGMENTS_ONLY);
    let Some(segment) = segment.filter(|_| is_limited) else { return Ok(Vec::new()) };
    let is_stored = |site: &&SiteId| segment_editor::is_stored(segment, **site, call.caller);
    let unanswered: Vec<SiteId> = granted.sites.iter().filter(|site| !is_stored(site)).copied().collect();
    if unanswered.is_empty() || granted.keyed {
        return Ok(unanswered);
    }
    Err(Fault::new("Reports answer for stored segments alone, and this segment is not stored for the website."))
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
    let distinct = request.call.engine.distinct(&sites, &periods).await?;
    let all_levels = request.steps.needs_levels() || request.subtable.is_some();
    Ok(Scope {
        sites,
        periods,
        segment: request.segment.clone(),
        distinct,
        levels: if all_levels { usize::MAX } else { 1 },
        custom: request.custom,
        top: None,
    })
}

impl Request<'_> {
    /// What the tables say; reports about conversions tell orders and products of sites that sell.
    async fn cells(&self, scope: &Scope) -> Result<Cells, Fault> {
        let mut cells = shape::by_site_and_period(self.call.engine.run(plan::plan(self.report, scope)).await?);
        cells.retain(|(site, _), _| !self.unanswered.contains(&SiteId(*site)));
        if !matches!(self.report.source, Source::Goals(_) | Source::ConversionRanges(_) | Source::Products(_)) {
            return Ok(cells);
        }
        let sites = &self.call.caller.config.sites;
        let sells = |site: u32| sites.get(&SiteId(site)).is_none_or(|site| site.ecommerce);
        let others = cells.iter_mut().filter(|((site, _), _)| !sells(*site));
        others.for_each(|(_, facts)| shape::without_sales(facts));
        Ok(cells)
    }

    /// What another report tells of, where this one has nothing to be about.
    async fn plain(&self, scope: &Scope) -> Result<Option<Plain>, Fault> {
        let Source::Visits(Visits { otherwise: Some(otherwise), .. }) = &self.report.source else { return Ok(None) };
        let cells = |report| async move {
            self.call.engine.run(plan::plan(report, scope)).await.map(shape::by_site_and_period)
        };
        let known = cells(&otherwise.without).await?;
        let mut among = HashSet::new();
        for (site, period) in scope.sites.iter().flat_map(|site| scope.periods.list.iter().map(move |p| (site, p))) {
            let cell = (site.0, period.bucket());
            let content =
                self.with_view(*site, period, |view| shape::content(&otherwise.without, known.get(&cell), view));
            if matches!(content, Content::Table(table) if table.rows.is_empty()) {
                among.insert(cell);
            }
        }
        if among.is_empty() {
            return Ok(None);
        }
        Ok(Some(Plain { told: &otherwise.told, among, cells: cells(&otherwise.told).await? }))
    }

    /// By site, then by date; plain when one of each was asked for.
    fn answer(&self, found: &Found) -> Answer {
        if !self.granted.keyed {
            return self.granted.sites.first().map_or(Answer::Simple(None), |site| self.site(found, *site));
        }
        let entries = self.granted.sites.iter().map(|site| (site.to_string(), self.site(found, *site)));
        Answer::Map(AnswerMap { key_name: "idSite", entries: entries.collect() })
    }

    fn site(&self, found: &Found, site: SiteId) -> Answer {
        let cell = |period: &Period| self.cell(found, site, period);
        if !self.periods.keyed {
            return self.periods.list.first().map_or(Answer::Simple(None), cell);
        }
        if self.wanted.is_some() && self.granted.keyed {
            // As in Matomo, one row of several sites is that of the first period that has it.
            let mut found = self.periods.list.iter().map(cell);
            let has_row = |answer: &Answer| matches!(answer, Answer::Table(table) if !table.rows.is_empty());
            return found.find(has_row).unwrap_or_else(|| Answer::Table(Table::default()));
        }
        let entries = self.periods.list.iter().map(|period| (period.to_string(), cell(period)));
        // So it is called in answers about one site.
        let is_frequency = matches!(self.report.source, Source::VisitFrequency) && !self.granted.keyed;
        let key_name = if is_frequency { "period" } else { "date" };
        Answer::Map(AnswerMap { key_name, entries: entries.collect() })
    }

    fn cell(&self, found: &Found, site: SiteId, period: &Period) -> Answer {
        let stored = self.call.caller.config.sites.get(&site);
        let symbol = pretty::currency_symbol(stored.map_or("USD", |site| site.currency.as_str()));
        self.with_view(site, period, |view| match self.content(found, site, period, view) {
            Content::Table(table) => Answer::Table(self.steps.table(table, symbol)),
            Content::Simple(Some(record)) => Answer::Simple(Some(self.steps.record(record, symbol))),
            Content::Simple(None) if view.is_keyed && !self.is_pretty() => Answer::Simple(None),
            Content::Simple(None) => Answer::Simple(Some(self.steps.record(shape::zeros(self.report, view), symbol))),
        })
    }

    fn with_view<T>(&self, site: SiteId, period: &Period, show: impl FnOnce(&View<'_>) -> T) -> T {
        let config = &self.call.caller.config;
        let stored = config.sites.get(&site);
        let ids: Vec<i32> = config.goals_of(site).map(|goal| goal.id).collect();
        let params = self.call.params;
        let wanted = self.wanted.map(|(naming, name)| match (naming, stored) {
            (Naming::Address(_), Some(site)) => page_name::without_excluded(name, site, &config.settings),
            _ => name.to_owned(),
        });
        show(&View {
            is_day: self.periods.kind() == PeriodKind::Day,
            has_uniques: has_uniques(&config.settings.named, &self.periods),
            subtable: self.subtable,
            is_flat: params.flag("flat"),
            shows_raw: params.flag("showRawMetrics"),
            is_named: params.get("label").is_some(),
            zone: stored.map_or("UTC", |site| site.timezone.as_str()),
            day: period.from,
            site_urls: stored.map_or(&[], |site| site.urls.as_slice()),
            is_keyed: self.granted.keyed || self.periods.keyed,
            secondary: params.filled("secondaryDimension"),
            wanted: wanted.as_deref(),
            paths: PathRules::new(&config.settings.named),
            goals: GoalView {
                choice: GoalChoice::read(params),
                each: params.flag("showAllGoalSpecificMetrics"),
                ids: &ids,
                carts: params.flag("abandonedCarts"),
            },
            custom: self.custom.unwrap_or(0),
        })
    }

    /// A sentence is told of periods without visits, too.
    fn is_pretty(&self) -> bool {
        matches!(self.report.source, Source::VisitSummary(Summary::LengthPretty))
    }

    /// Row limits, unless the request lifts them.
    fn limits(&self) -> Limits {
        if self.call.params.flag("lift_row_limits") {
            return Limits::default();
        }
        self.report.limits(&self.call.caller.config.settings.named)
    }

    /// The content of a period within the row limits: those of days, then those of all days together.
    fn content(&self, found: &Found, site: SiteId, period: &Period, view: &View<'_>) -> Content {
        if let Some(mut plain) = found.plain.as_ref().and_then(|plain| plain.content(site, period, view)) {
            if let Content::Table(table) = &mut plain {
                self.cut(view, |cut| cut.apply(table));
            }
            return plain;
        }
        let content = shape::content(self.report, found.cells.get(&(site.0, period.bucket())), view);
        let Content::Table(mut table) = content else { return content };
        self.cut(view, |cut| {
            if self.periods.kind() != PeriodKind::Day && !found.days.is_empty() && cut.exceeds(&table) {
                table = Table::default();
                for day in period.days() {
                    let facts = found.days.get(&(site.0, day.to_string()));
                    if let Content::Table(mut own) = shape::content(self.report, facts, view) {
                        cut.apply(&mut own);
                        shape::merge(&mut table, own);
                    }
                }
            }
            cut.apply(&mut table);
        });
        Content::Table(table)
    }

    fn cut(&self, view: &View<'_>, act: impl FnOnce(&Cut<'_>)) {
        let is_below = self.subtable.is_some() || matches!(&self.report.source, Source::Visits(visits) if visits.below);
        let unknown = |level: usize| shape::unknown(self.report, level, view);
        act(&Cut { limits: self.limits(), level: usize::from(is_below), unknown: &unknown });
    }

    /// Rows of a day that are told by themselves where its table is cut: of tables without hierarchy whose rows the
    /// engine knows by their keys.
    fn top(&self) -> Option<usize> {
        let is_known = match &self.report.source {
            Source::Pages { field: PageField::Title, .. } => {
                !PathRules::new(&self.call.caller.config.settings.named).splits_titles()
            }
            Source::Visits(visits) => matches!(visits.levels, [level] if level.is_long),
            _ => false,
        };
        self.limits().first.filter(|_| is_known)
    }

    /// The days that must be cut by themselves: of periods with a table that has too many rows.
    fn days_to_cut(&self, found: &Found) -> Option<Periods> {
        if self.periods.kind() == PeriodKind::Day || self.limits().is_none() {
            return None;
        }
        let exceeds = |site: &SiteId, period: &Period| {
            self.with_view(*site, period, |view| {
                let content = shape::content(self.report, found.cells.get(&(site.0, period.bucket())), view);
                let mut is_past = false;
                if let Content::Table(table) = content {
                    self.cut(view, |cut| is_past = cut.exceeds(&table));
                }
                is_past
            })
        };
        let is_past =
            self.granted.sites.iter().any(|site| self.periods.list.iter().any(|period| exceeds(site, period)));
        let (from, to) = self.periods.window().filter(|_| is_past)?;
        period::parse("day", &format!("{from},{to}"), to).ok()
    }
}

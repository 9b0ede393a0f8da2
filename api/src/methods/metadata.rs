//! What there is to ask for: descriptors of reports, and the glossary (`reports.md` §24).

use std::collections::BTreeMap;

use nagare_schema::{GrantLevel, SiteId};

use super::{Answering, Call, Method, registry, report};
use crate::{
    describe::{self, Asked, Descriptor},
    error::Fault,
    period::{self, PeriodKind},
    permission::{Granted, Permission, check_site},
    shape::Columns,
    table::Answer,
    value::{Record, Value},
};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("API.getReportMetadata", Permission::SomeView, |call, _| ready(list(&call))),
    Method::configuration("API.getMetadata", Permission::View, |call, granted| ready(matching(&call, &granted))),
    Method::configuration("API.getGlossaryReports", Permission::View, |call, granted| {
        ready(Ok(reports(&call, &granted)))
    }),
    Method::configuration("API.getGlossaryMetrics", Permission::View, |call, granted| {
        ready(Ok(metrics(&call, &granted)))
    }),
    Method::configuration("API.getReportPagesMetadata", Permission::View, |call, granted| {
        let pages = granted.one().map(|site| describe::pages(&call.caller.config, site));
        ready(pages.map(Answer::Value))
    }),
];

fn ready<'a>(answer: Result<Answer, Fault>) -> Answering<'a> {
    Box::pin(std::future::ready(answer))
}

/// Descriptors of the site's reports that clients list and this server answers.
pub(super) fn of_site(call: &Call<'_>, site: SiteId) -> Vec<Descriptor> {
    let mut descriptors = describe::of_site(&call.caller.config, site);
    descriptors.retain(|descriptor| descriptor.is_listed() && registry::find(descriptor.name()).is_some());
    descriptors
}

/// The one report that `apiModule`, `apiAction` and their parameters name.
pub(super) fn named(call: &Call<'_>, site: SiteId) -> Result<Descriptor, Fault> {
    let (module, action) = (call.params.required("apiModule")?, call.params.required("apiAction")?);
    let name = format!("{module}.{action}");
    let parameter = |name: &str| call.params.api_parameter(name).map(str::to_owned);
    describe::find(&call.caller.config, site, &name, parameter).ok_or_else(|| {
        Fault::new(format!(
            "Requested report {module}.{action} for Website id={site} not found in the list of available reports. \n"
        ))
    })
}

/// What the request says about graphs and documentation.
pub(super) fn asked(call: &Call<'_>, site: SiteId) -> Result<Asked, Fault> {
    let params = call.params;
    let text = |name: &str| params.filled(name).map(str::to_owned);
    let (period, date) = (text("period"), text("date"));
    let evolution = match (&period, &date) {
        (Some(period), Some(date)) => Some(evolution(call, site, period, date)?),
        _ => None,
    };
    Ok(Asked {
        site: site.to_string(),
        hides_uniques: period.as_deref().is_some_and(|period| period != PeriodKind::Day.name()),
        period,
        date,
        evolution,
        subtable: text("idSubtable"),
        hides_documentation: params.flag("hideMetricsDoc"),
        columns: Columns::read(params, false),
        silent: Vec::new(),
    })
}

/// Period and dates of the graph over time.
fn evolution(call: &Call<'_>, site: SiteId, period: &str, date: &str) -> Result<(String, String), Fault> {
    let periods = period::parse(period, date, report::today(call, &[site]))?;
    let last = periods.list.last().ok_or_else(|| Fault::missing("date"))?;
    if period == PeriodKind::Range.name() || periods.keyed {
        let kind = if periods.keyed { last.kind } else { PeriodKind::Day };
        return Ok((kind.name().to_owned(), date.to_owned()));
    }
    let (from, to) = last.evolution();
    Ok((last.kind.name().to_owned(), format!("{from},{to}")))
}

fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let ids = call.params.list("idSites").or_else(|| call.params.list("idSite")).unwrap_or_default();
    let mut sites: Vec<SiteId> = ids.iter().filter_map(|id| id.parse().ok()).map(SiteId).collect();
    if sites.is_empty() {
        sites.extend(call.caller.sites_with(GrantLevel::View).into_iter().next());
    }
    for site in &sites {
        check_site(GrantLevel::View, call.caller, *site)?;
    }
    let Some(site) = sites.first().copied() else { return Ok(Answer::Value(Value::List(Vec::new()))) };
    let asked = asked(call, site)?;
    let with_subtables = call.params.flag("showSubtableReports");
    let listed = of_site(call, site).into_iter().filter(|descriptor| with_subtables || !descriptor.is_subtable());
    Ok(Answer::Value(Value::List(listed.map(|descriptor| descriptor.record(&asked).into()).collect())))
}

fn matching(call: &Call<'_>, granted: &Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let (descriptor, asked) = (named(call, site)?, asked(call, site)?);
    Ok(Answer::Value(Value::List(vec![descriptor.record(&asked).into()])))
}

/// What reports are about, by their names.
fn reports(call: &Call<'_>, granted: &Granted) -> Answer {
    let mut entries: BTreeMap<String, Record> = BTreeMap::new();
    for descriptor in granted.sites.iter().flat_map(|site| of_site(call, *site)) {
        let Some(text) = descriptor.documentation() else { continue };
        let name = format!("{} ({})", descriptor.title, descriptor.category);
        let mut entry = Record::default().with("name", name.clone()).with("documentation", text);
        if let Some(guide) = descriptor.guide() {
            entry.set("onlineGuideUrl", guide);
        }
        entries.entry(name).or_insert(entry);
    }
    Answer::Value(Value::List(entries.into_values().map(Value::Record).collect()))
}

/// What metrics mean, by their names; a second meaning names the category. Of hits, and of what has one meaning
/// under several names, the first is told.
fn metrics(call: &Call<'_>, granted: &Granted) -> Answer {
    let mut meanings: BTreeMap<(String, String), Record> = BTreeMap::new();
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for descriptor in granted.sites.iter().flat_map(|site| of_site(call, *site)) {
        for shown in descriptor.every_metric() {
            let Some(text) = shown.metric.documentation.as_deref() else { continue };
            let name = match first.get(shown.name) {
                None => shown.metric.label.clone(),
                Some(known) if *known == text || shown.name == "nb_hits" => continue,
                Some(_) => format!("{} ({})", shown.metric.label, descriptor.category),
            };
            first.entry(shown.name).or_insert(text);
            let entry = Record::default().with("name", name.clone()).with("id", shown.name).with("documentation", text);
            meanings.entry((name, shown.name.to_owned())).or_insert(entry);
        }
    }
    Answer::Value(Value::List(meanings.into_values().map(Value::Record).collect()))
}

//! ScheduledReports (`reports.md` §19): what is put together and sent regularly.

mod definition;
mod document;
mod message;

use nagare_schema::{ConfigKey, Entity, GrantLevel, ReportFormat, ReportTransport, ScheduledReport};

use super::{
    Call, Method, at_once,
    change::{change, create},
};
use crate::{
    delivery,
    error::Fault,
    permission::{Granted, Permission, check_site},
    request::Params,
    table::{Answer, Document},
    value::Value,
};

pub(crate) use definition::data_period;
pub(crate) use document::render;

/// Reports of one user.
const REPORTS_MAX: usize = 200;

pub(super) const METHODS: &[Method] = &[
    Method::configuration("ScheduledReports.addReport", Permission::View, |call, granted| Box::pin(add(call, granted))),
    Method::configuration("ScheduledReports.updateReport", Permission::View, |call, granted| {
        Box::pin(update(call, granted))
    }),
    Method::configuration("ScheduledReports.deleteReport", Permission::SignedIn, |call, _| Box::pin(delete(call))),
    Method::configuration("ScheduledReports.getReports", Permission::SomeView, |call, _| at_once(list(&call))),
    Method::configuration("ScheduledReports.generateReport", Permission::SignedIn, |call, _| Box::pin(generate(call))),
    Method::configuration("ScheduledReports.sendReport", Permission::SignedIn, |call, _| Box::pin(send(call))),
];

async fn add(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let login = call.caller.login().filter(|_| call.caller.is_user());
    let login = login.ok_or_else(|| Fault::denied("You must be logged in to access this functionality."))?.to_owned();
    let config = call.directory.snapshot();
    if config.reports.values().filter(|report| report.login == login && !report.deleted).count() >= REPORTS_MAX {
        return Err(Fault::bad_request(format!("A user has at most {REPORTS_MAX} reports.")));
    }
    let report =
        definition::given(call.params, ScheduledReport { site, login, created_at: call.now, ..Default::default() })?;
    let first = config.reports.keys().next_back().map_or(1, |last| last.saturating_add(1));
    let id = create(call.directory, first, |id| Entity::Report(ScheduledReport { id, ..report.clone() })).await?;
    Ok(Answer::Value(Value::Int(i64::from(id))))
}

async fn update(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let (before, site) = (own(&call)?.clone(), granted.one()?);
    let after = definition::given(call.params, ScheduledReport { site, ..before })?;
    store(&call, after).await
}

async fn delete(call: Call<'_>) -> Result<Answer, Fault> {
    let report = own(&call)?.clone();
    store(&call, ScheduledReport { deleted: true, ..report }).await
}

async fn store(call: &Call<'_>, report: ScheduledReport) -> Result<Answer, Fault> {
    change(call.directory, &ConfigKey::Report(report.id), |stored| match stored {
        // When it was sent last is nobody's to change.
        Some(Entity::Report(before)) => {
            Ok(Entity::Report(ScheduledReport { sent_at: before.sent_at, ..report.clone() }))
        }
        _ => Err(missing()),
    })
    .await?;
    Ok(Answer::Done)
}

fn missing() -> Fault {
    Fault::new("Requested report couldn't be found.")
}

/// The report of the request, when it is the caller's, or the caller is superuser.
fn own<'a>(call: &Call<'a>) -> Result<&'a ScheduledReport, Fault> {
    let id = call.params.required("idReport")?.parse().unwrap_or(0);
    let report = call.caller.config.reports.get(&id).filter(|report| !report.deleted).ok_or_else(missing)?;
    if call.caller.is_superuser() || call.caller.login() == Some(&report.login) {
        return Ok(report);
    }
    Err(missing())
}

fn list(call: &Call<'_>) -> Result<Value, Fault> {
    let params = call.params;
    if params.filled("idReport").is_some() {
        own(call)?;
    }
    let (id, site) = (params.number::<u32>("idReport"), params.number::<u32>("idSite"));
    let (period, segment) = (params.filled("period"), params.number::<u32>("idSegment"));
    let only_own = params.flag("ifSuperUserReturnOnlySuperUserReports") || !call.caller.is_superuser();
    let is_asked = |report: &&ScheduledReport| {
        !report.deleted
            && call.caller.may(GrantLevel::View, report.site)
            && (!only_own || call.caller.login() == Some(&report.login))
            && id.is_none_or(|id| report.id == id)
            && site.is_none_or(|site| report.site.0 == site)
            && period.is_none_or(|period| definition::schedule_name(report.schedule) == period)
            && segment.is_none_or(|segment| report.segment == Some(segment))
    };
    let mut reports: Vec<&ScheduledReport> =
        call.caller.config.reports.values().map(AsRef::as_ref).filter(is_asked).collect();
    reports.sort_by(|a, b| a.description.cmp(&b.description));
    Ok(Value::List(reports.into_iter().map(|report| definition::record(report).into()).collect()))
}

/// The document of a report, or its text when the caller asks for that.
async fn generate(call: Call<'_>) -> Result<Answer, Fault> {
    const AS_VALUE: &str = "4";
    let mut report = own(&call)?.clone();
    check_site(GrantLevel::View, call.caller, report.site)?;
    if let Some(name) = call.params.filled("reportFormat") {
        report.format = definition::format_of(name)?;
    }
    let date = call.params.required("date")?;
    let period = call.params.filled("period").map_or_else(|| data_period(&report).to_owned(), str::to_owned);
    let document = render(&call, &report, &period, date).await?;
    if call.params.text("outputType") == Some(AS_VALUE) {
        return Ok(Answer::Document(Document { file: None, ..document }));
    }
    Ok(Answer::Document(document))
}

/// Sends a report now, whenever it is due.
async fn send(call: Call<'_>) -> Result<Answer, Fault> {
    let report = own(&call)?.clone();
    check_site(GrantLevel::View, call.caller, report.site)?;
    let period = call.params.filled("period").map_or_else(|| data_period(&report).to_owned(), str::to_owned);
    let date = call.params.filled("date").unwrap_or("yesterday");
    delivery::send(&call, &report, &period, date).await?;
    Ok(Answer::Done)
}

/// What a request for a part of a report asks for.
fn about(report: &ScheduledReport, period: &str, date: &str) -> Params {
    Params::default().with("idSite", report.site.to_string()).with("period", period).with("date", date)
}

/// A report is text for a phone, whatever its format says.
fn is_message(report: &ScheduledReport) -> bool {
    report.transport == ReportTransport::Mobile || report.format == ReportFormat::Sms
}

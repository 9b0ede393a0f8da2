//! What a scheduled report is: from a request, and as Matomo tells it.

use jiff::Timestamp;
use nagare_schema::{ReportFormat, ReportSchedule, ReportTransport, ScheduledReport, UnixMillis};

use crate::{
    error::Fault,
    request::{Param, Params},
    value::{Record, Value},
};

const DESCRIPTION_CHARS_MAX: usize = 250;
/// Reports that one document holds.
const PARTS_MAX: usize = 200;
/// Recipients besides the owner.
const RECIPIENTS_MAX: usize = 100;
/// Periods of a graph unless the request says otherwise, and at most.
const GRAPH_PERIODS: u32 = 30;
const GRAPH_PERIODS_MAX: u32 = 500;

/// The report with what the request gives.
pub(super) fn given(params: &Params, before: ScheduledReport) -> Result<ScheduledReport, Fault> {
    let transport = transport_of(params.required("reportType")?)?;
    let format = format_of(params.required("reportFormat")?)?;
    let schedule = schedule_of(params.required("period")?)?;
    let hour = params.number("hour").filter(|hour: &u8| *hour < 24 || schedule == ReportSchedule::Never);
    let hour = hour.ok_or_else(|| Fault::new("Invalid hour, a number from 0 to 23 is expected."))?;
    let reports = params.list("reports").filter(|list| !list.is_empty()).ok_or_else(|| Fault::missing("reports"))?;
    let parameter = |name: &str| parameter(params, name);
    let display =
        parameter("displayFormat").and_then(|text| text.parse().ok()).filter(|display| (1..=4).contains(display));
    if transport == ReportTransport::Email && display.is_none() {
        return Err(Fault::new("'displayFormat' is mandatory: a number from 1 to 4."));
    }
    let is_on = |name: &str| parameter(name).is_some_and(|text| !matches!(text, "" | "0" | "false"));
    let recipients = if transport == ReportTransport::Email { "additionalEmails" } else { "phoneNumbers" };
    Ok(ScheduledReport {
        description: params.required("description")?.chars().take(DESCRIPTION_CHARS_MAX).collect(),
        segment: params.number("idSegment").filter(|id| *id > 0),
        schedule,
        hour,
        transport,
        format,
        reports: reports.into_iter().take(PARTS_MAX).collect(),
        recipients: texts(params, recipients),
        to_owner: parameter("emailMe").is_none_or(|text| !matches!(text, "0" | "false")),
        display: display.unwrap_or(1),
        evolution: is_on("evolutionGraph"),
        evolution_each: params.text("evolutionPeriodFor") == Some("each"),
        evolution_periods: params.number("evolutionPeriodN").unwrap_or(GRAPH_PERIODS).clamp(1, GRAPH_PERIODS_MAX),
        period: params.filled("periodParam").unwrap_or_default().to_owned(),
        ..before
    })
}

fn parameter<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    match params.get("parameters") {
        Some(Param::Array(items)) => items.iter().find(|(item, _)| item == name)?.1.as_text(),
        _ => None,
    }
}

fn texts(params: &Params, name: &str) -> Vec<String> {
    let Some(Param::Array(items)) = params.get("parameters") else { return Vec::new() };
    let Some((_, Param::Array(texts))) = items.iter().find(|(item, _)| item == name) else { return Vec::new() };
    let texts = texts.iter().filter_map(|(_, text)| text.as_text()).filter(|text| !text.is_empty());
    texts.take(RECIPIENTS_MAX).map(str::to_owned).collect()
}

/// Names of alternatives in Matomo's API.
const SCHEDULES: [(&str, ReportSchedule); 4] = [
    ("never", ReportSchedule::Never),
    ("day", ReportSchedule::Day),
    ("week", ReportSchedule::Week),
    ("month", ReportSchedule::Month),
];
const FORMATS: [(&str, ReportFormat); 5] = [
    ("html", ReportFormat::Html),
    ("pdf", ReportFormat::Pdf),
    ("csv", ReportFormat::Csv),
    ("tsv", ReportFormat::Tsv),
    ("sms", ReportFormat::Sms),
];
const TRANSPORTS: [(&str, ReportTransport); 2] =
    [("email", ReportTransport::Email), ("mobile", ReportTransport::Mobile)];

fn named<T: Copy>(known: &[(&str, T)], what: &str, name: &str) -> Result<T, Fault> {
    let names = || known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let found = known.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    found
        .ok_or_else(|| Fault::new(format!("{what} '{name}' not valid. Try one of the following instead: {}.", names())))
}

fn name_of<T: PartialEq + Copy>(known: &[(&'static str, T)], value: T) -> &'static str {
    known.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

fn schedule_of(name: &str) -> Result<ReportSchedule, Fault> {
    named(&SCHEDULES, "Report schedule", name)
}

pub(super) fn format_of(name: &str) -> Result<ReportFormat, Fault> {
    named(&FORMATS, "Report format", name)
}

fn transport_of(name: &str) -> Result<ReportTransport, Fault> {
    named(&TRANSPORTS, "Report type", name)
}

pub(super) fn schedule_name(schedule: ReportSchedule) -> &'static str {
    name_of(&SCHEDULES, schedule)
}

/// The kind of period that the report is about.
pub(crate) fn data_period(report: &ScheduledReport) -> &str {
    match report.schedule {
        _ if !report.period.is_empty() => &report.period,
        ReportSchedule::Never => "day",
        schedule => schedule_name(schedule),
    }
}

/// A report as Matomo tells it.
pub(super) fn record(report: &ScheduledReport) -> Record {
    let at = |at: UnixMillis| {
        let at = Timestamp::from_millisecond(at.0).unwrap_or_default();
        Value::from(at.strftime("%Y-%m-%d %H:%M:%S").to_string())
    };
    let list = |texts: &[String]| Value::List(texts.iter().cloned().map(Value::from).collect());
    Record::default()
        .with("idreport", i64::from(report.id))
        .with("idsite", i64::from(report.site.0))
        .with("login", report.login.as_str())
        .with("description", report.description.as_str())
        .with("idsegment", report.segment.map_or(Value::Null, |id| Value::Int(i64::from(id))))
        .with("period", schedule_name(report.schedule))
        .with("hour", i64::from(report.hour))
        .with("type", name_of(&TRANSPORTS, report.transport))
        .with("format", name_of(&FORMATS, report.format))
        .with("reports", list(&report.reports))
        .with("parameters", parameters(report, list(&report.recipients)))
        .with("ts_created", at(report.created_at))
        .with("ts_last_sent", report.sent_at.map_or(Value::Null, at))
        .with("deleted", i64::from(report.deleted))
        .with("evolution_graph_within_period", i64::from(report.evolution_each))
        .with("evolution_graph_period_n", i64::from(report.evolution_periods))
        .with("period_param", report.period.as_str())
}

fn parameters(report: &ScheduledReport, recipients: Value) -> Record {
    match report.transport {
        ReportTransport::Email => Record::default()
            .with("emailMe", report.to_owner)
            .with("evolutionGraph", report.evolution)
            .with("additionalEmails", recipients)
            .with("displayFormat", i64::from(report.display)),
        ReportTransport::Mobile => Record::default().with("phoneNumbers", recipients),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "description=d&period=week&hour=3&reportType=email&reportFormat=html&reports[]=VisitsSummary_get&\
                        parameters[displayFormat]=1&parameters[additionalEmails][]=a@b.example";

    fn read(query: &str) -> Result<ScheduledReport, Fault> {
        given(&Params::parse(query).unwrap(), ScheduledReport::default())
    }

    /// `reports.md` §19
    #[test]
    fn a_report_is_read_and_told() {
        let report = read(GOOD).unwrap();
        assert_eq!(
            (report.hour, report.display, report.recipients.as_slice()),
            (3, 1, &["a@b.example".to_owned()][..])
        );
        assert_eq!(data_period(&report), "week");
        let told = record(&report);
        assert_eq!((told.get("period"), told.get("type")), (Some(&"week".into()), Some(&"email".into())));
    }

    /// `reports.md` §19: `displayFormat` is mandatory for e-mail
    #[test]
    fn what_cannot_be_is_refused() {
        for (good, bad) in [
            ("period=week", "period=eon"),
            ("hour=3", "hour=24"),
            ("reportType=email", "reportType=pigeon"),
            ("reportFormat=html", "reportFormat=docx"),
            ("reports[]=VisitsSummary_get", "x=1"),
            ("parameters[displayFormat]=1", "parameters[displayFormat]=9"),
        ] {
            assert!(read(&GOOD.replace(good, bad)).is_err(), "{bad}");
        }
    }
}

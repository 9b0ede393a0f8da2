//! Live (`reports.md` §12): counters and the visit log.

use nagare_schema::{UnixSeconds, ZoneClock};

use super::{Answering, Call, Method, visit_log};
use crate::{
    error::Fault,
    metrics::Family,
    period,
    permission::{Granted, Permission},
    plan::{self, VisitLog},
    segment::{self, Segment},
    table::Answer,
    value::{Record, Value},
};

/// Minutes that the counters may look back.
const MINUTES_MAX: u32 = 2880;
/// Visits of one answer at most, also where a client asks for all.
const VISITS_MAX: u64 = 10_000;
/// Visits of one answer unless the client says how many.
const VISITS_DEFAULT: u64 = 100;
/// What is shown when neither period nor limits are given.
const DAY_S: i64 = 86_400;

const fn method(name: &'static str, action: for<'a> fn(Call<'a>, Granted) -> Answering<'a>) -> Method {
    Method::new(name, Permission::View, Family::Live, action)
}

pub(super) const METHODS: &[Method] = &[
    method("Live.getCounters", |call, granted| Box::pin(counters(call, granted))),
    method("Live.getLastVisitsDetails", |call, granted| Box::pin(last_visits(call, granted))),
];

async fn counters(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    const NAMES: [&str; 4] = ["visits", "actions", "visitors", "visitsConverted"];
    call.params.required("lastMinutes")?;
    let minutes = call.params.number::<u32>("lastMinutes").filter(|minutes| (1..=MINUTES_MAX).contains(minutes));
    let minutes = minutes.ok_or_else(|| Fault::new(format!("'lastMinutes' is a number from 1 to {MINUTES_MAX}.")))?;
    let segment = segment_of(&call, &granted)?;
    let since = UnixSeconds(UnixSeconds::from(call.now).0 - i64::from(minutes) * 60);
    let rows = call.engine.rows(&plan::counters(&granted.sites, since, segment.as_ref())).await?;
    let row = rows.into_iter().next().unwrap_or_default();
    let numbers = NAMES
        .iter()
        .enumerate()
        .map(|(at, name)| (*name, Value::number(row.get(at).and_then(serde_json::Value::as_f64).unwrap_or(0.0))));
    let record: Record = numbers.collect();
    Ok(Answer::Value(Value::List(vec![record.into()])))
}

fn segment_of(call: &Call<'_>, granted: &Granted) -> Result<Option<Segment>, Fault> {
    Segment::parse(call.params.text("segment"), segment::Context::new(call.caller, &granted.sites))
}

async fn last_visits(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let log = log_of(&call, &granted)?;
    visit_log::table(&call, &log).await.map(Answer::Table)
}

fn log_of(call: &Call<'_>, granted: &Granted) -> Result<VisitLog, Fault> {
    let params = call.params;
    let now = UnixSeconds::from(call.now);
    let zone = match granted.sites.as_slice() {
        [site] => call.caller.config.sites.get(site).map_or("UTC", |site| site.timezone.as_str()),
        _ => "UTC",
    };
    let days = match (params.filled("period"), params.filled("date")) {
        (Some(period), Some(date)) => {
            let today = ZoneClock::new(zone).local(now).date();
            let window = period::parse(period, date, today)?.window();
            window.map(|(from, to)| (from.to_string(), to.to_string()))
        }
        _ => None,
    };
    let limit = match params.number::<i64>("filter_limit") {
        Some(limit) => u64::try_from(limit).unwrap_or(VISITS_MAX).min(VISITS_MAX),
        None => VISITS_DEFAULT,
    };
    let is_bounded = days.is_some() || params.text("filter_limit").is_some();
    let after = params.number("minTimestamp").unwrap_or(if is_bounded { 0 } else { now.0 - DAY_S });
    Ok(VisitLog {
        sites: granted.sites.clone(),
        days,
        segment: segment_of(call, granted)?,
        after: UnixSeconds(after.max(0)),
        limit,
        offset: params.number("filter_offset").unwrap_or(0),
        ascending: params.text("filter_sort_order") == Some("asc"),
    })
}

//! Live (`reports.md` §12): counters, the visit log, and who visited.

use jiff::{ToSpan, civil::Date};
use nagare_schema::{Day, NamedSetting, Site, SiteId, UnixMillis, UnixSeconds, VisitorId, ZoneClock, named_setting};

use super::{Answering, Call, Method, visit_log, visitor_profile};
use crate::{
    error::Fault,
    metrics::Family,
    period,
    permission::{Granted, Permission},
    plan::{self, VisitLog},
    segment::{self, Segment},
    shape::Columns,
    table::Answer,
    value::{Record, Value},
};

/// Minutes that the counters may look back.
const MINUTES_MAX: u32 = 2880;
/// Visits of one answer at most, also where a client asks for all.
const VISITS_MAX: u64 = 10_000;
/// Visits of one answer unless the client says how many.
const VISITS_DEFAULT: u64 = 100;
const DAY_S: i64 = 86_400;
/// Days that are searched for a neighbouring visit, one after the other, before all of them are.
const SEARCHED_DAYS: [i64; 3] = [2, 30, 365];

const fn method(name: &'static str, action: for<'a> fn(Call<'a>, Granted) -> Answering<'a>) -> Method {
    Method::new(name, Permission::View, Family::Live, action)
}

pub(super) const METHODS: &[Method] = &[
    method("Live.getCounters", |call, granted| Box::pin(counters(call, granted))),
    method("Live.getLastVisitsDetails", |call, granted| Box::pin(last_visits(call, granted))),
    method("Live.getMostRecentVisitsDateTime", |call, granted| Box::pin(most_recent_time(call, granted))),
    method("Live.getMostRecentVisitorId", |call, granted| Box::pin(most_recent_visitor(call, granted))),
    method("Live.getFirstVisitForVisitorId", |call, granted| Box::pin(first_visit(call, granted))),
    method("Live.getVisitorProfile", |call, granted| Box::pin(visitor_profile::answer(call, granted))),
    method("Live.isVisitorProfileEnabled", |call, granted| {
        let is_enabled = profile_enabled(&call, &granted.sites).is_ok();
        Box::pin(std::future::ready(Ok(Answer::Value(is_enabled.into()))))
    }),
];

async fn counters(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    const NAMES: [&str; 4] = ["visits", "actions", "visitors", "visitsConverted"];
    call.params.required("lastMinutes")?;
    let minutes = call.params.number::<u32>("lastMinutes").filter(|minutes| (1..=MINUTES_MAX).contains(minutes));
    let minutes = minutes.ok_or_else(|| Fault::new(format!("'lastMinutes' is a number from 1 to {MINUTES_MAX}.")))?;
    let segment = segment_of(&call, &granted.sites)?;
    let since = UnixSeconds(UnixSeconds::from(call.now).0 - i64::from(minutes) * 60);
    let rows = call.engine.rows(&plan::counters(&granted.sites, since, segment.as_ref())).await?;
    let row = rows.into_iter().next().unwrap_or_default();
    let numbers = NAMES
        .iter()
        .enumerate()
        .map(|(at, name)| (*name, Value::number(row.get(at).and_then(serde_json::Value::as_f64).unwrap_or(0.0))));
    let mut record: Record = numbers.collect();
    Columns::read(call.params, false).record(&mut record);
    Ok(Answer::Value(Value::List(vec![record.into()])))
}

/// The segment of the request.
pub(super) fn segment_of(call: &Call<'_>, sites: &[SiteId]) -> Result<Option<Segment>, Fault> {
    Segment::parse(call.params.text("segment"), segment::Context::new(call.caller, sites))
}

/// The visits of one visitor among those that the request selects.
pub(super) fn of_visitor(call: &Call<'_>, sites: &[SiteId], visitor: &str) -> Result<Segment, Fault> {
    let visitor: VisitorId = visitor.parse().map_err(|_| Fault::new("'visitorId' is a visitor id of 16 digits."))?;
    let own = Segment::parse(Some(&format!("visitorId=={visitor}")), segment::Context::new(call.caller, sites))?;
    own.unwrap_or_default().and(segment_of(call, sites)?)
}

/// Refuses where the visit log is off: everywhere, or for one of the sites.
pub(crate) fn log_enabled(call: &Call<'_>, sites: &[SiteId]) -> Result<(), Fault> {
    enabled(call, sites, "Visits log", (&named_setting::LOG_DISABLED, |site| site.visit_log_disabled))
}

/// A profile is made of the log.
pub(super) fn profile_enabled(call: &Call<'_>, sites: &[SiteId]) -> Result<(), Fault> {
    log_enabled(call, sites)?;
    enabled(call, sites, "Visitor profile", (&named_setting::PROFILE_DISABLED, |site| site.profile_disabled))
}

fn enabled(
    call: &Call<'_>,
    sites: &[SiteId],
    feature: &str,
    (everywhere, of_site): (&NamedSetting<bool>, fn(&Site) -> bool),
) -> Result<(), Fault> {
    let config = &call.caller.config;
    if config.settings.named.flag(everywhere) {
        return Err(Fault::new(format!(
            "{feature} is deactivated globally. A user with super user access can enable this feature in the general \
             settings."
        )));
    }
    match sites.iter().find(|site| config.sites.get(site).is_some_and(|site| of_site(site))) {
        None => Ok(()),
        Some(site) => Err(Fault::new(format!(
            "{feature} is deactivated in website settings. A user with at least admin access can enable this feature \
             in the settings for this website (idSite={site})."
        ))),
    }
}

async fn last_visits(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    log_enabled(&call, &granted.sites)?;
    let log = log_of(&call, &granted)?;
    visit_log::table(&call, &log).await.map(Answer::Table)
}

/// Between when the visits of the request's period were last seen; `None` without a period.
fn window_of(call: &Call<'_>, granted: &Granted) -> Result<Option<(UnixSeconds, UnixSeconds)>, Fault> {
    let (Some(period), Some(date)) = (call.params.filled("period"), call.params.filled("date")) else {
        return Ok(None);
    };
    window(period, date, &zone_of(call, granted), call.now)
}

/// The time zone that the sites share, else UTC.
fn zone_of(call: &Call<'_>, granted: &Granted) -> ZoneClock {
    let mut zones =
        granted.sites.iter().filter_map(|site| call.caller.config.sites.get(site)).map(|site| &site.timezone);
    let zone = zones.next().filter(|zone| zones.all(|other| other == *zone));
    ZoneClock::new(zone.map_or("UTC", |zone| zone.as_str()))
}

/// From the first instant of a period to its end, which belongs to it; `today` begins the day before, so
/// that a log is not empty soon after midnight (`reports.md` §12).
fn window(
    period: &str,
    date: &str,
    zone: &ZoneClock,
    now: UnixMillis,
) -> Result<Option<(UnixSeconds, UnixSeconds)>, Fault> {
    let periods = period::parse(period, date, zone.local(UnixSeconds::from(now)).date())?;
    let before = i64::from(period == "day" && date == "today");
    let start_of = |day: Date, days: i64| zone.start_of(Day::from_date(day.saturating_add(days.days())));
    Ok(periods.window().map(|(from, to)| (start_of(from, -before), start_of(to, 1))))
}

/// How many visits are asked for; the second name is that of old clients.
fn limit_of(call: &Call<'_>) -> Option<u64> {
    let limit = ["filter_limit", "countVisitorsToFetch"].into_iter().find_map(|name| call.params.number::<i64>(name));
    limit.map(|limit| u64::try_from(limit).unwrap_or(VISITS_MAX).min(VISITS_MAX))
}

fn log_of(call: &Call<'_>, granted: &Granted) -> Result<VisitLog, Fault> {
    let params = call.params;
    let window = window_of(call, granted)?;
    let limit = limit_of(call);
    let is_bounded = window.is_some() || limit.is_some();
    let day_ago = UnixSeconds::from(call.now).0 - DAY_S;
    let after: i64 = params.number("minTimestamp").unwrap_or(if is_bounded { 0 } else { day_ago });
    let segment = match params.filled("visitorId") {
        Some(visitor) => Some(of_visitor(call, &granted.sites, visitor)?),
        None => segment_of(call, &granted.sites)?,
    };
    Ok(VisitLog {
        window,
        after: UnixSeconds(after.max(0)),
        offset: params.number("filter_offset").unwrap_or(0),
        ascending: params.text("filter_sort_order") == Some("asc"),
        with_actions: !params.flag("doNotFetchActions"),
        ..VisitLog::of(&granted.sites, segment, limit.unwrap_or(VISITS_DEFAULT))
    })
}

/// The first visit of a log that has no lower end: days are searched in growing steps.
pub(super) async fn first_of(call: &Call<'_>, log: VisitLog) -> Result<Option<visit_log::Logged>, Fault> {
    let newest = log.beyond.map_or(UnixSeconds::from(call.now), |(at, _)| at);
    for days in SEARCHED_DAYS {
        let log = VisitLog { after: UnixSeconds((newest.0 - days * DAY_S).max(0)), ..log.clone() };
        if let Some(found) = visit_log::read(call, &log).await?.pop() {
            return Ok(Some(found));
        }
    }
    Ok(visit_log::read(call, &log).await?.pop())
}

/// The visitor of the latest visit.
pub(super) async fn latest_visitor(call: &Call<'_>, sites: &[SiteId]) -> Result<Option<VisitorId>, Fault> {
    let log = VisitLog::of(sites, segment_of(call, sites)?, 1);
    Ok(first_of(call, log).await?.map(|found| VisitorId(found.visit.visitor)))
}

async fn most_recent_visitor(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    profile_enabled(&call, &granted.sites)?;
    let visitor = latest_visitor(&call, &granted.sites).await?.filter(|_| call.caller.is_user());
    Ok(Answer::Value(visitor.map(|visitor| visitor.to_string()).unwrap_or_default().into()))
}

async fn most_recent_time(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let window = window_of(&call, &granted)?;
    let log = VisitLog { window, ..VisitLog::of(&granted.sites, segment_of(&call, &granted.sites)?, 1) };
    let last = visit_log::read(&call, &log).await?.pop();
    let text = |logged: visit_log::Logged| {
        let at = ZoneClock::new("UTC").local(UnixSeconds(logged.visit.last_at));
        at.strftime("%Y-%m-%d %H:%M:%S").to_string()
    };
    Ok(Answer::Value(last.map(text).unwrap_or_default().into()))
}

async fn first_visit(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    profile_enabled(&call, &granted.sites)?;
    let segment = of_visitor(&call, &granted.sites, call.params.required("visitorId")?)?;
    let log = VisitLog { ascending: true, ..VisitLog::of(&granted.sites, Some(segment), 1) };
    visit_log::table(&call, &log).await.map(Answer::Table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_12_a_day_ends_with_the_midnight_after_it_and_today_begins_with_yesterday() {
        const NOON: UnixMillis = UnixMillis(1_733_745_600_000); // 2024-12-09T12:00:00Z
        const DAY: i64 = DAY_S;
        let check = |period: &str, date: &str, zone: &str, expected: (i64, i64)| {
            let (from, to) = window(period, date, &ZoneClock::new(zone), NOON).unwrap().unwrap();
            assert_eq!((from.0, to.0), expected, "{period} {date} {zone}");
        };
        let midnight = 1_733_702_400; // 2024-12-09T00:00:00Z
        check("day", "2024-12-09", "UTC", (midnight, midnight + DAY));
        check("day", "yesterday", "UTC-4", (midnight + 4 * 3600 - DAY, midnight + 4 * 3600));
        check("day", "today", "UTC", (midnight - DAY, midnight + DAY));
        check("range", "2024-12-08,2024-12-09", "UTC", (midnight - DAY, midnight + DAY));
    }
}

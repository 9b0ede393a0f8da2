//! When a scheduled report is due, and what it is about then (`reports.md` §19).

use jiff::{ToSpan, civil::Date};
use nagare_schema::{Day, ReportSchedule, ScheduledReport, UnixSeconds, ZoneClock};

const HOUR_SECONDS: i64 = 3600;

/// True when a time to send has come since the report was sent last, or made.
pub(super) fn is_due(report: &ScheduledReport, clock: &ZoneClock, now: UnixSeconds) -> bool {
    let since = UnixSeconds::from(report.sent_at.unwrap_or(report.created_at));
    !report.deleted && last_time(report, clock, now).is_some_and(|time| time > since)
}

/// The last time to send up to `now`; `None` when it is sent only on request.
fn last_time(report: &ScheduledReport, clock: &ZoneClock, now: UnixSeconds) -> Option<UnixSeconds> {
    let today = clock.local(now).date();
    let (this, before) = match report.schedule {
        ReportSchedule::Never => return None,
        ReportSchedule::Day => (today, today.yesterday().ok()?),
        ReportSchedule::Week => {
            let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
            (monday, monday.saturating_sub(1.weeks()))
        }
        ReportSchedule::Month => (today.first_of_month(), today.first_of_month().saturating_sub(1.months())),
    };
    let at = |date: Date| UnixSeconds(clock.start_of(Day::from_date(date)).0 + i64::from(report.hour) * HOUR_SECONDS);
    Some(if at(this) <= now { at(this) } else { at(before) })
}

/// A date in the last whole period before today.
pub(super) fn date_of(period: &str, today: Date) -> Date {
    match period {
        "week" => today.saturating_sub(1.weeks()),
        "month" => today.first_of_month().saturating_sub(1.days()),
        "year" => today.first_of_year().saturating_sub(1.days()),
        _ => today.saturating_sub(1.days()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use nagare_schema::UnixMillis;

    use super::*;

    /// 2024-03-13, a Wednesday, 10:00 in Paris.
    const NOW: i64 = 1_710_320_400;

    fn check(schedule: ReportSchedule, hour: u8, expected: Option<i64>) {
        let report = ScheduledReport { schedule, hour, ..ScheduledReport::default() };
        let last = last_time(&report, &ZoneClock::new("Europe/Paris"), UnixSeconds(NOW));
        assert_eq!(last.map(|at| at.0), expected.map(|ago| NOW - ago * HOUR_SECONDS), "{schedule:?} {hour}");
    }

    /// `reports.md` §19: the hour is one of the site's time zone
    #[test]
    fn the_last_time_is_found() {
        check(ReportSchedule::Never, 9, None);
        check(ReportSchedule::Day, 9, Some(1));
        check(ReportSchedule::Day, 11, Some(23));
        check(ReportSchedule::Week, 9, Some(49));
        check(ReportSchedule::Month, 10, Some(12 * 24));
    }

    #[test]
    fn a_report_is_due_once_for_each_time() {
        let clock = ZoneClock::new("Europe/Paris");
        let mut report = ScheduledReport { schedule: ReportSchedule::Day, hour: 9, ..ScheduledReport::default() };
        assert!(is_due(&report, &clock, UnixSeconds(NOW)));
        report.sent_at = Some(UnixMillis(NOW * 1000 - 1000));
        assert!(!is_due(&report, &clock, UnixSeconds(NOW)));
        assert!(is_due(&report, &clock, UnixSeconds(NOW + 24 * HOUR_SECONDS)));
    }

    #[test]
    fn a_report_is_about_whole_periods() {
        let dates = ["day", "week", "month", "year"].map(|period| date_of(period, date(2024, 3, 13)));
        assert_eq!(dates, [date(2024, 3, 12), date(2024, 3, 6), date(2024, 2, 29), date(2023, 12, 31)]);
    }
}

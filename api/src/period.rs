//! Periods and dates of a request (`reporting-api.md` §3).

use std::fmt;

use jiff::{ToSpan, civil::Date};
use nagare_schema::UnixSeconds;

use crate::error::Fault;

const NAMES: &str = "day, week, month, year, range";
const FIRST_DATE: Date = jiff::civil::date(1991, 8, 6);

/// Kinds of period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PeriodKind {
    Day,
    Week,
    Month,
    Year,
    Range,
}

impl PeriodKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
            Self::Range => "range",
        }
    }

    fn parse(name: &str) -> Result<Self, Fault> {
        Ok(match name {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "year" => Self::Year,
            "range" => Self::Range,
            _ => {
                return Err(Fault::new(format!(
                    "The period '{name}' is not supported. Try any of the following instead: {NAMES}"
                )));
            }
        })
    }

    /// Periods of one request at most.
    fn count_max(self) -> i64 {
        match self {
            Self::Day | Self::Range => 1825,
            Self::Week => 520,
            Self::Month => 120,
            Self::Year => 10,
        }
    }

    /// First and last date of the period that holds `date`.
    fn around(self, date: Date) -> (Date, Date) {
        match self {
            Self::Day | Self::Range => (date, date),
            Self::Week => {
                let monday = date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days());
                (monday, monday.saturating_add(6.days()))
            }
            Self::Month => (date.first_of_month(), date.last_of_month()),
            Self::Year => (date.first_of_year(), date.last_of_year()),
        }
    }

    fn shift(self, date: Date, periods: i64) -> Date {
        date.saturating_add(match self {
            Self::Day | Self::Range => periods.days(),
            Self::Week => periods.weeks(),
            Self::Month => periods.months(),
            Self::Year => periods.years(),
        })
    }
}

/// Consecutive days that an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) kind: PeriodKind,
    pub(crate) from: Date,
    pub(crate) to: Date,
}

impl Period {
    fn holding(kind: PeriodKind, date: Date) -> Self {
        let (from, to) = kind.around(date);
        Self { kind, from, to }
    }

    /// Every day of it.
    pub(crate) fn days(&self) -> impl Iterator<Item = Date> + use<> {
        let to = self.to;
        self.from.series(1.day()).take_while(move |day| *day <= to)
    }

    /// The period as people write it.
    pub(crate) fn pretty(&self) -> String {
        match self.kind {
            PeriodKind::Day => self.from.strftime("%A, %B %-d, %Y").to_string(),
            PeriodKind::Month => self.from.strftime("%B %Y").to_string(),
            PeriodKind::Year => self.from.strftime("%Y").to_string(),
            PeriodKind::Week => format!("Week {}", pretty_range(self.from, self.to)),
            PeriodKind::Range => pretty_range(self.from, self.to),
        }
    }

    /// First day of the first and last day of the last of the periods that end with this one: what a
    /// graph over time shows.
    pub(crate) fn evolution(&self) -> (Date, Date) {
        const PERIODS: i64 = 30;
        let periods = PERIODS.min(self.kind.count_max());
        (self.kind.around(self.kind.shift(self.from, 1 - periods)).0, self.to)
    }

    /// The period of the same length before this one.
    pub(crate) fn previous(&self) -> Self {
        if self.kind != PeriodKind::Range {
            return Self::holding(self.kind, self.kind.shift(self.from, -1));
        }
        let days = i64::from((self.to - self.from).get_days()) + 1;
        Self { kind: self.kind, from: self.from.saturating_sub(days.days()), to: self.to.saturating_sub(days.days()) }
    }

    /// The date that is as far into the period before as `date` is into this one.
    pub(crate) fn before(&self, date: Date) -> Date {
        match self.kind {
            PeriodKind::Range => self.previous().from,
            kind => kind.shift(date, -1),
        }
    }

    /// The part of the period that has passed by `now`, all days being those of UTC.
    pub(crate) fn elapsed(&self, now: UnixSeconds) -> f64 {
        let start = |date: Date| date.in_tz("UTC").map_or(0, |zoned| zoned.timestamp().as_second());
        let (start, end) = (start(self.from), start(self.to.saturating_add(1.days())));
        if now.0 >= end || now.0 <= start { 1.0 } else { (now.0 - start) as f64 / (end - start) as f64 }
    }

    /// As people write it, shortly.
    pub(crate) fn short(&self) -> String {
        let (from, to) = (self.from, self.to);
        match self.kind {
            PeriodKind::Day => from.strftime("%a, %b %-d").to_string(),
            PeriodKind::Month => from.strftime("%b %Y").to_string(),
            PeriodKind::Year => from.strftime("%Y").to_string(),
            PeriodKind::Week | PeriodKind::Range => {
                // Thin spaces around an en dash.
                const TO: &str = "\u{2009}\u{2013}\u{2009}";
                let first = if from.year() == to.year() { "%b %-d" } else { "%b %-d, %Y" };
                let same_month = from.first_of_month() == to.first_of_month();
                let last = if same_month { "%-d, %Y" } else { "%b %-d, %Y" };
                format!("{}{TO}{}", from.strftime(first), to.strftime(last))
            }
        }
    }

    /// What ClickHouse calls the period in a query over several: its first day.
    pub(crate) fn bucket(&self) -> String {
        self.from.to_string()
    }
}

/// Two dates, the parts they share told once.
pub(crate) fn pretty_range(from: Date, to: Date) -> String {
    let to_pattern = if (from.year(), from.month()) == (to.year(), to.month()) { "%-d, %Y" } else { "%B %-d, %Y" };
    let from_pattern = if from.year() == to.year() { "%B %-d" } else { "%B %-d, %Y" };
    format!("{}\u{2009}–\u{2009}{}", from.strftime(from_pattern), to.strftime(to_pattern))
}

/// The key of a period in an answer by date.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PeriodKind::Day => write!(f, "{}", self.from),
            PeriodKind::Week | PeriodKind::Range => write!(f, "{},{}", self.from, self.to),
            PeriodKind::Month => write!(f, "{}", self.from.strftime("%Y-%m")),
            PeriodKind::Year => write!(f, "{}", self.from.strftime("%Y")),
        }
    }
}

/// The periods of a request, oldest first, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Periods {
    pub(crate) list: Vec<Period>,
    /// Several were asked for: the answer is keyed by date.
    pub(crate) keyed: bool,
}

impl Periods {
    pub(crate) fn kind(&self) -> PeriodKind {
        self.list.first().map_or(PeriodKind::Day, |period| period.kind)
    }

    /// First and last day of all periods.
    pub(crate) fn window(&self) -> Option<(Date, Date)> {
        Some((self.list.first()?.from, self.list.last()?.to))
    }
}

/// Reads `period` and `date`; `today` is the date where relative words are resolved.
pub(crate) fn parse(period: &str, date: &str, today: Date) -> Result<Periods, Fault> {
    let kind = PeriodKind::parse(period)?;
    if kind == PeriodKind::Range {
        return range(date, today).map(|period| Periods { list: vec![period], keyed: false });
    }
    let Some((first, last)) = several(kind, date, today)? else {
        let period = Period::holding(kind, parse_date(date, today)?);
        return Ok(Periods { list: vec![period], keyed: false });
    };
    let mut list = Vec::new();
    let mut current = Period::holding(kind, first);
    while current.from <= last {
        if list.len() as i64 >= kind.count_max() {
            return Err(Fault::new(format!("At most {} periods of this kind may be asked for.", kind.count_max())));
        }
        list.push(current);
        current = Period::holding(kind, kind.shift(current.from, 1));
    }
    Ok(Periods { list, keyed: true })
}

/// First and last date of a request for several periods; `None` when it is for one.
fn several(kind: PeriodKind, date: &str, today: Date) -> Result<Option<(Date, Date)>, Fault> {
    if let Some((from, to)) = date.split_once(',') {
        let (from, to) = (parse_date(from, today)?, parse_date(to, today)?);
        return if from <= to { Ok(Some((from, to))) } else { Err(bad_range(date)) };
    }
    Ok(match counted(date) {
        Some((Counted::Last, count)) => Some((kind.shift(today, 1 - count.clamp(1, kind.count_max())), today)),
        Some((Counted::Previous, count)) => {
            let last = kind.shift(today, -1);
            Some((kind.shift(last, 1 - count.clamp(1, kind.count_max())), last))
        }
        None => None,
    })
}

fn range(date: &str, today: Date) -> Result<Period, Fault> {
    let (from, to) = match date.split_once(',') {
        Some((from, to)) => {
            (parse_date(from, today).map_err(|_| bad_range(date))?, parse_date(to, today).map_err(|_| bad_range(date))?)
        }
        None => match counted(date) {
            Some((Counted::Last, count)) => (today.saturating_sub((count.max(1) - 1).days()), today),
            Some((Counted::Previous, count)) => {
                let last = today.saturating_sub(1.days());
                (last.saturating_sub((count.max(1) - 1).days()), last)
            }
            None => return Err(bad_range(date)),
        },
    };
    if from > to {
        return Err(bad_range(date));
    }
    let kind = if from == to { PeriodKind::Day } else { PeriodKind::Range };
    Ok(Period { kind, from, to })
}

enum Counted {
    Last,
    Previous,
}

/// `last7`, `previous30`.
fn counted(date: &str) -> Option<(Counted, i64)> {
    const COUNT_MAX: i64 = 36_500;
    let (which, count) = match date.strip_prefix("last") {
        Some(count) => (Counted::Last, count),
        None => (Counted::Previous, date.strip_prefix("previous")?),
    };
    Some((which, count.parse::<u32>().ok().map_or(0, i64::from).min(COUNT_MAX))).filter(|(_, count)| *count > 0)
}

/// Reads one date; `today` is the date where relative words are resolved.
pub(crate) fn parse_date(text: &str, today: Date) -> Result<Date, Fault> {
    let text = text.trim();
    let date = match text.to_ascii_lowercase().replace([' ', '-'], "").as_str() {
        "today" | "now" => today,
        "yesterday" | "yesterdaysametime" => today.saturating_sub(1.days()),
        "lastweek" => today.saturating_sub(1.weeks()),
        "lastmonth" => today.saturating_sub(1.months()),
        "lastyear" => today.saturating_sub(1.years()),
        _ => text.parse::<Date>().map_err(|_| bad_date())?,
    };
    if date < FIRST_DATE {
        return Err(Fault::new(format!("The date '{date}' is a date before first website was online. ")));
    }
    Ok(date)
}

fn bad_date() -> Fault {
    Fault::new(
        "Date format must be: YYYY-MM-DD, or 'today' or 'yesterday' or any keyword supported by the strtotime \
         function (see http://php.net/strtotime for more information)",
    )
}

fn bad_range(date: &str) -> Fault {
    Fault::new(format!(
        "The date '{date}' is not a correct date range. It should have the following format:  'lastN', 'previousN', \
         'YYYY-MM-DD,YYYY-MM-DD'."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2024, 3, 31);

    fn check(period: &str, date: &str, expected: &[&str]) {
        let periods = parse(period, date, TODAY).unwrap();
        let keys: Vec<String> = periods.list.iter().map(Period::to_string).collect();
        assert_eq!(keys, expected, "{period} {date}");
    }

    #[test]
    fn one_period() {
        check("day", "2010-03-06", &["2010-03-06"]);
        check("day", "yesterday", &["2024-03-30"]);
        check("day", "last month", &["2024-02-29"]);
        check("day", "last-year", &["2023-03-31"]);
        check("week", "2010-01-03", &["2009-12-28,2010-01-03"]);
        check("month", "today", &["2024-03"]);
        check("year", "now", &["2024"]);
        check("range", "2010-03-06,2010-03-09", &["2010-03-06,2010-03-09"]);
        check("range", "2010-03-06,2010-03-06", &["2010-03-06"]);
        check("range", "last7", &["2024-03-25,2024-03-31"]);
        check("range", "previous2", &["2024-03-29,2024-03-30"]);
        check("range", "lastWeek,today", &["2024-03-24,2024-03-31"]);
    }

    #[test]
    fn a_graph_shows_thirty_periods_and_ten_years() {
        let dates = |period: &str| {
            let (from, to) = parse(period, "2009-01-04", TODAY).unwrap().list[0].evolution();
            format!("{from},{to}")
        };
        assert_eq!(dates("day"), "2008-12-06,2009-01-04");
        assert_eq!(dates("year"), "2000-01-01,2009-12-31");
    }

    #[test]
    fn periods_are_written_as_people_do() {
        let pretty = |period: &str, date: &str| parse(period, date, TODAY).unwrap().list[0].pretty();
        assert_eq!(pretty("day", "2009-01-04"), "Sunday, January 4, 2009");
        assert_eq!(pretty("week", "2010-01-03"), "Week December 28, 2009\u{2009}–\u{2009}January 3, 2010");
        assert_eq!(pretty("month", "2010-01-03"), "January 2010");
        assert_eq!(pretty("range", "2010-01-03,2010-01-09"), "January 3\u{2009}–\u{2009}9, 2010");
    }

    #[test]
    fn several_periods() {
        check("day", "last2", &["2024-03-30", "2024-03-31"]);
        check("week", "previous2", &["2024-03-11,2024-03-17", "2024-03-18,2024-03-24"]);
        check("month", "last2", &["2024-02", "2024-03"]);
        check("month", "2010-01-31,2010-03-01", &["2010-01", "2010-02", "2010-03"]);
        check("day", "2010-03-06,2010-03-06", &["2010-03-06"]);
        assert!(parse("day", "2010-03-06,2010-03-06", TODAY).unwrap().keyed);
        assert_eq!(parse("year", "last99", TODAY).unwrap().list.len(), 10);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        let message = |period: &str, date: &str| parse(period, date, TODAY).unwrap_err().message;
        assert!(message("decade", "today").starts_with("The period 'decade' is not supported. Try any"));
        assert!(message("day", "x").starts_with("Date format must be: YYYY-MM-DD"));
        assert!(message("range", "2010-01-01").starts_with("The date '2010-01-01' is not a correct date range."));
        assert!(message("range", "2010-01-02,2010-01-01").contains("is not a correct date range"));
        assert!(message("day", "1990-01-01").contains("before first website was online"));
    }
}

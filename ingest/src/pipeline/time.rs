//! When a hit happened (`tracking.md` §1.8).

use jiff::{Span, Timestamp, civil, tz::TimeZone};
use nagare_schema::{DropReason, UnixSeconds, named_setting::FREE_TIME_SECONDS_MAX};

use super::{Draft, access::require};
use crate::params::{Name, float};

/// Older times are no times, seconds: twenty years.
const EPOCH_S: i64 = 20 * 365 * 86_400;
/// Words of a relative time.
const WORDS_MAX: usize = 16;
/// A relative amount; twenty years of seconds.
const AMOUNT_MAX: i64 = EPOCH_S;

/// `cdt` and `cdo`. A time that cannot be is ignored; an old one needs a token.
pub(super) fn time(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    let now = UnixSeconds::from(draft.envelope.received_at);
    let sent = draft.params.text(Name::Time);
    let offset = draft.params.int(Name::TimeOffset).map(i64::saturating_abs);
    if sent.is_none() && offset.is_none() {
        return Ok(());
    }
    let base = sent.map_or(Some(now.0), |text| seconds(text.trim(), now));
    let at = base.map(|base| base.saturating_sub(offset.unwrap_or(0)));
    let Some(at) = at.filter(|at| *at <= now.0 && *at > now.0 - EPOCH_S) else { return Ok(()) };
    if now.0 - at >= draft.rules.settings().named.number(&FREE_TIME_SECONDS_MAX) {
        require(draft)?;
    }
    draft.at = UnixSeconds(at);
    Ok(())
}

/// Unix seconds, a date and time, or words that count from now; UTC unless it names a zone.
fn seconds(text: &str, now: UnixSeconds) -> Option<i64> {
    if let Some(number) = float(text.strip_prefix('@').unwrap_or(text)) {
        return Some(number as i64);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_second());
    }
    if let Ok(instant) = jiff::fmt::rfc2822::parse(text) {
        return Some(instant.timestamp().as_second());
    }
    let plain = ["UTC", "GMT"].iter().find_map(|zone| text.strip_suffix(zone)).map_or(text, str::trim_end);
    let civil = plain.parse::<civil::DateTime>().ok().or_else(|| relative(plain, now))?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_second())
}

/// Words such as `yesterday noon`, `-2 hours`, `3 days ago`; `None` when one of them means nothing.
fn relative(text: &str, now: UnixSeconds) -> Option<civil::DateTime> {
    let mut at = Timestamp::from_second(now.0).ok()?.to_zoned(TimeZone::UTC).datetime();
    let text = text.to_ascii_lowercase();
    let mut words = text.split_ascii_whitespace().take(WORDS_MAX).peekable();
    words.peek()?;
    while let Some(word) = words.next() {
        at = match word {
            "now" => at,
            "today" | "midnight" => at.date().to_datetime(civil::Time::midnight()),
            "noon" => at.date().at(12, 0, 0, 0),
            "yesterday" => at.date().yesterday().ok()?.to_datetime(civil::Time::midnight()),
            "tomorrow" => at.date().tomorrow().ok()?.to_datetime(civil::Time::midnight()),
            clock if clock.contains(':') => at.date().to_datetime(clock.parse().ok()?),
            amount => {
                let (amount, unit) = amount_and_unit(amount, &mut words)?;
                let is_past = words.next_if_eq(&"ago").is_some();
                at.checked_add(span(unit, if is_past { -amount } else { amount })?).ok()?
            }
        };
    }
    Some(at)
}

/// `-2 hours`, `-2hours`, `last week`, `next month`.
fn amount_and_unit<'t>(word: &'t str, rest: &mut impl Iterator<Item = &'t str>) -> Option<(i64, &'t str)> {
    let amount = match word {
        "last" | "previous" => -1,
        "next" => 1,
        word => {
            let end = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
            let (number, unit) = word.split_at(end);
            let amount = number.parse::<i64>().ok().filter(|amount| amount.abs() <= AMOUNT_MAX)?;
            return Some((amount, if unit.is_empty() { rest.next()? } else { unit }));
        }
    };
    Some((amount, rest.next()?))
}

fn span(unit: &str, amount: i64) -> Option<Span> {
    let span = Span::new();
    match unit.strip_suffix('s').unwrap_or(unit) {
        "sec" | "second" => span.try_seconds(amount),
        "min" | "minute" => span.try_minutes(amount),
        "hour" => span.try_hours(amount),
        "day" => span.try_days(amount),
        "week" => span.try_weeks(amount),
        "fortnight" => span.try_weeks(amount.checked_mul(2)?),
        "month" => span.try_months(amount),
        "year" => span.try_years(amount),
        _ => return None,
    }
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2011-04-05 00:11:42 UTC.
    const NOW: UnixSeconds = UnixSeconds(1_301_962_302);

    #[test]
    fn section_1_8_times_are_read() {
        assert_eq!(seconds("1302000000", NOW), Some(1_302_000_000));
        assert_eq!(seconds("@1302000000", NOW), Some(1_302_000_000));
        for text in [
            "2011-04-05 00:11:42",
            "2011-04-05 00:11:42 UTC",
            "2011-04-05T00:11:42Z",
            "2011-04-05T02:11:42+02:00",
            "Tue, 05 Apr 2011 00:11:42 +0000",
            "1301962302.9",
        ] {
            assert_eq!(seconds(text, NOW), Some(NOW.0), "{text}");
        }
        assert_eq!(seconds("2011-04-05", NOW), Some(1_301_961_600));
        for text in ["never", "", "2011-13-05", "0x10", "yesterday soon", "5", "99999999999999 days"] {
            assert_ne!(seconds(text, NOW), Some(NOW.0), "{text}");
        }
        assert_eq!(seconds("yesterday soon", NOW), None);
    }

    #[test]
    fn section_1_8_words_count_from_now() {
        const DAY: i64 = 86_400;
        let midnight = NOW.0 - 702;
        for (text, expected) in [
            ("now", NOW.0),
            ("today", midnight),
            ("Yesterday", midnight - DAY),
            ("yesterday noon", midnight - DAY / 2),
            ("yesterday 14:30", midnight - DAY + 14 * 3600 + 1800),
            ("-2 hours", NOW.0 - 7200),
            ("-2hours", NOW.0 - 7200),
            ("3 days ago", NOW.0 - 3 * DAY),
            ("last week", NOW.0 - 7 * DAY),
            ("+1 day -1 day", NOW.0),
        ] {
            assert_eq!(seconds(text, NOW), Some(expected), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_times_never_panic(text in ".{0,40}", words in "([-+]?[0-9]{1,20} ?(days?|months|years|weeks|hours) ?(ago)? ?){0,4}") {
            let _ = (seconds(&text, NOW), seconds(&words, NOW));
        }
    }
}

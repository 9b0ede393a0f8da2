//! Numbers as people read them (`reporting-api.md` §10), in English.

use super::rows::round;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// A duration as a sentence of at most two units.
#[expect(clippy::cast_sign_loss, reason = "negative durations are 0 by then")]
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    if whole < MINUTE {
        let decimals = if seconds > 0.0 && seconds < 0.01 { 3 } else { 2 };
        return format!("{}s", round(seconds, decimals));
    }
    if whole < HOUR {
        return format!("{} min {}s", whole / MINUTE, whole % MINUTE);
    }
    if whole < DAY {
        return format!("{} hours {} min", whole / HOUR, whole % HOUR / MINUTE);
    }
    if whole < YEAR {
        return format!("{} days {} hours", whole / DAY, whole % DAY / HOUR);
    }
    format!("{} years {} days", whole / YEAR, whole % YEAR / DAY)
}

/// A duration as a clock shows it (`reporting-api.md` §10).
#[expect(clippy::cast_sign_loss, reason = "the sign is written apart")]
pub(crate) fn clock(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let whole = seconds.abs() as u64;
    let days = if whole >= DAY { format!("{} days ", whole / DAY) } else { String::new() };
    let hundredths = (seconds.abs().fract() * 100.0).round() as u64;
    let fraction = if hundredths == 0 { String::new() } else { format!(".{hundredths:02}") };
    let (hours, minutes) = (whole % DAY / HOUR, whole % HOUR / MINUTE);
    format!("{sign}{days}{hours:02}:{minutes:02}:{:02}{fraction}", whole % MINUTE)
}

/// A ratio as percent with at most four decimals.
pub(crate) fn percent(ratio: f64) -> String {
    format!("{}%", grouped(round(ratio * 100.0, 4), None))
}

/// An amount of money: without decimals when it has none.
pub(crate) fn money(amount: f64, symbol: &str) -> String {
    let decimals = if amount.fract() == 0.0 { 0 } else { 2 };
    format!("{symbol}{}", grouped(amount, Some(decimals)))
}

/// Bytes in the largest unit that leaves a whole part.
pub(crate) fn bytes(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "K", "M", "G", "T"];
    if bytes == 0.0 {
        return "0 M".to_owned();
    }
    let mut scaled = bytes;
    let mut unit = 0;
    while scaled >= 1024.0 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    format!("{} {}", round(scaled, 1), UNITS[unit])
}

/// The symbol of a currency; its code when it has none of its own.
pub(crate) fn currency_symbol(code: &str) -> &str {
    match code {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" | "CNY" => "¥",
        "INR" => "₹",
        "KRW" => "₩",
        "RUB" => "₽",
        "BRL" => "R$",
        other => other,
    }
}

fn grouped(number: f64, decimals: Option<usize>) -> String {
    let text = decimals.map_or_else(|| number.to_string(), |decimals| format!("{number:.decimals$}"));
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units() {
        let texts = [0.0, 12.0, 0.004, 2.456, 184.0, 7500.0, 266_400.0, 33_264_000.0].map(duration);
        assert_eq!(
            texts,
            ["0s", "12s", "0.004s", "2.46s", "3 min 4s", "2 hours 5 min", "3 days 2 hours", "1 years 20 days"]
        );
    }

    #[test]
    fn a_clock_has_days_and_hundredths() {
        assert_eq!(
            [1086.0, 93_784.0, 0.25, -5.0].map(clock),
            ["00:18:06", "1 days 02:03:04", "00:00:00.25", "-00:00:05"]
        );
    }

    #[test]
    fn amounts_are_grouped() {
        assert_eq!([percent(0.5), percent(2.0 / 3.0), percent(12.5)], ["50%", "66.6667%", "1,250%"]);
        assert_eq!([money(1000.0, "$"), money(1555.555, "€"), money(-3.5, "$")], ["$1,000", "€1,555.56", "$-3.50"]);
        assert_eq!([bytes(0.0), bytes(900.0), bytes(1_572_864.0)], ["0 M", "900 B", "1.5 M"]);
        assert_eq!([currency_symbol("EUR"), currency_symbol("CHF")], ["€", "CHF"]);
    }
}

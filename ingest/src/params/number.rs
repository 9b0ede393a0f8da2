//! Numbers as tracking parameters are read (`tracking.md` §1.3).

/// A numeric text equal to its integer value: `7`, ` 7 `, `007`, `+5`, `-1`, `1.0`, `1e2`.
pub(crate) fn int(text: &str) -> Option<i64> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let text = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    if !is_float(text) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    // Beyond 2^53 a float no longer names one integer.
    (value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0).then_some(value as i64)
}

/// A finite float; a comma is a decimal point.
pub(crate) fn float(text: &str) -> Option<f64> {
    let value: f64 = if text.contains(',') {
        let dotted = text.replacen(',', ".", 1);
        is_float(&dotted).then(|| dotted.parse().ok())??
    } else {
        is_float(text).then(|| text.parse().ok())??
    };
    value.is_finite().then_some(value)
}

/// The whole part of a number that is not negative.
#[expect(clippy::cast_sign_loss, reason = "negative numbers are none")]
pub(crate) fn whole(value: f64) -> Option<u64> {
    (value >= 0.0).then_some(value as u64)
}

/// `^[+-]?(digits | .digits | digits. | digits.digits)([eE][+-]?digits)?$`
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    !(whole.is_empty() && fraction.is_empty())
        && digits(whole)
        && digits(fraction)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// Two decimals, as money is kept.
pub(crate) fn cents(value: f64) -> f64 {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded.is_finite() { rounded } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_1_3_int_vectors() {
        for (text, value) in [
            ("7", Some(7)),
            (" 7", Some(7)),
            ("7 ", Some(7)),
            ("007", Some(7)),
            ("+5", Some(5)),
            ("-1", Some(-1)),
            ("1.0", Some(1)),
            ("1e2", Some(100)),
            ("1.5", None),
            ("abc", None),
            ("true", None),
            ("0x1A", None),
            ("99999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(int(text), value, "{text:?}");
        }
    }

    #[test]
    fn section_1_3_float_vectors() {
        for (text, value) in [
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            (" 5", None),
            ("-1.25e1", Some(-12.5)),
            ("1,5", Some(1.5)),
            ("1e999", None),
            ("1e", None),
            (".", None),
            ("nan", None),
            ("inf", None),
            ("", None),
        ] {
            assert_eq!(float(text), value, "{text:?}");
        }
    }
}

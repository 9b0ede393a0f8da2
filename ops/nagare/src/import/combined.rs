//! The common log format of Apache and nginx, and what is often added to it: the host before it,
//! referrer and user agent after it.

use jiff::fmt::strtime;
use nagare_schema::UnixSeconds;

use super::line::{LogLine, given};

/// Fields of a line that are read.
const FIELDS_MAX: usize = 32;

/// Reads `[host[:port]] address ident user [time] "request" status bytes ["referrer" "user agent" …]`.
pub(super) fn read(line: &str) -> Option<LogLine> {
    let fields = fields(line);
    let time = fields.iter().position(|field| field.bracket == Bracket::Square)?;
    let before = |back: usize| time.checked_sub(back).and_then(|at| fields.get(at)).map(|field| field.text);
    let after = |ahead: usize| fields.get(time + ahead).map(|field| field.text);
    let mut request = after(1)?.split(' ');
    let (method, target) = (request.next()?, request.next()?);
    Some(LogLine {
        at: instant(fields.get(time)?.text)?,
        address: before(3)?.to_owned(),
        method: method.to_owned(),
        target: target.to_owned(),
        status: after(2)?.parse().ok()?,
        host: before(4).and_then(given).map(str::to_owned),
        referrer: after(4).and_then(given).map(str::to_owned),
        user_agent: after(5).and_then(given).map(unescaped),
        user: before(1).and_then(given).map(str::to_owned),
        bytes: after(3).and_then(|bytes| bytes.parse().ok()),
        milliseconds: None,
    })
}

/// `10/Oct/2000:13:55:36 -0700`
pub(super) fn instant(text: &str) -> Option<UnixSeconds> {
    let parsed = strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).ok()?;
    Some(UnixSeconds(parsed.to_timestamp().ok()?.as_second()))
}

fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    None,
    Quotes,
    Square,
}

struct Field<'l> {
    text: &'l str,
    bracket: Bracket,
}

/// Fields between spaces, quotes or square brackets; a quote after a backslash ends none.
fn fields(line: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() && fields.len() < FIELDS_MAX {
        let (bracket, end) = match rest.as_bytes()[0] {
            b'"' => (Bracket::Quotes, end_of_quotes(&rest[1..])),
            b'[' => (Bracket::Square, rest[1..].find(']')),
            _ => (Bracket::None, rest.find(' ')),
        };
        let text = if bracket == Bracket::None { rest } else { &rest[1..] };
        let end = end.unwrap_or(text.len());
        fields.push(Field { text: &text[..end], bracket });
        let closed = usize::from(bracket != Bracket::None && end < text.len());
        rest = text[end + closed..].trim_start();
    }
    fields
}

fn end_of_quotes(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMBINED: &str = r#"1.2.3.4 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?b=c HTTP/1.0" 200 2326 "http://r.example/" "Mozilla/4.08 \"x\" (Win98)""#;

    #[test]
    fn the_combined_format() {
        let line = read(COMBINED).unwrap();
        let expected = LogLine {
            at: UnixSeconds(971_211_336),
            address: "1.2.3.4".to_owned(),
            method: "GET".to_owned(),
            target: "/a?b=c".to_owned(),
            status: 200,
            host: None,
            referrer: Some("http://r.example/".to_owned()),
            user_agent: Some("Mozilla/4.08 \"x\" (Win98)".to_owned()),
            user: Some("frank".to_owned()),
            bytes: Some(2326),
            milliseconds: None,
        };
        assert_eq!(line, expected);
    }

    #[test]
    fn the_common_format_and_a_host_before_it() {
        let common = read(r#"::1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 304 -"#).unwrap();
        assert_eq!((common.address.as_str(), common.bytes, common.user_agent), ("::1", None, None));
        let hosted = read(&format!("shop.example {COMBINED}")).unwrap();
        assert_eq!((hosted.host.as_deref(), hosted.address.as_str()), (Some("shop.example"), "1.2.3.4"));
    }

    #[test]
    fn other_lines_are_not_read() {
        for line in ["", "[", "\"", "a b c", r#"1.2.3.4 - - [nonsense] "GET / HTTP/1.1" 200 1"#, "1 2 3 [x"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read_or_not(line in r#"[ -~é"\\\[\]]{0,200}"#) {
            let _ = read(&line);
            let _ = read(&format!("1.2.3.4 - - [10/Oct/2000:13:55:36 +0000] {line}"));
        }
    }
}

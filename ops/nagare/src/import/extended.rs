//! The extended log format of the W3C: IIS, and CloudFront, which both name their columns.

use nagare_schema::UnixSeconds;

use super::line::{LogLine, given};

/// Columns of a log at most.
const COLUMNS_MAX: usize = 64;

/// The columns that a log has named last.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<String>);

impl Columns {
    /// Takes note of a comment; true when it was one.
    pub(super) fn note(&mut self, line: &str) -> bool {
        if let Some(names) = line.strip_prefix("#Fields:") {
            self.0 = names.split_ascii_whitespace().take(COLUMNS_MAX).map(str::to_ascii_lowercase).collect();
        }
        line.starts_with('#')
    }

    /// Reads a line by the columns; CloudFront separates them by tabs, and some values hold spaces.
    pub(super) fn read(&self, line: &str) -> Option<LogLine> {
        let values: Vec<&str> = match line.contains('\t') {
            true => line.split('\t').take(COLUMNS_MAX).collect(),
            false => line.split(' ').take(COLUMNS_MAX).collect(),
        };
        let value = |names: &[&str]| {
            let column = names.iter().find_map(|name| self.0.iter().position(|known| known == name))?;
            values.get(column).copied().and_then(given)
        };
        let path = value(&["cs-uri-stem", "cs-uri"])?;
        let query = value(&["cs-uri-query"]).map(|query| format!("?{query}")).unwrap_or_default();
        Some(LogLine {
            at: instant(value(&["date"])?, value(&["time"])?)?,
            address: value(&["c-ip", "x-forwarded-for", "cs(x-forwarded-for)"])?.to_owned(),
            method: value(&["cs-method"])?.to_owned(),
            target: format!("{path}{query}"),
            status: value(&["sc-status"])?.parse().ok()?,
            host: value(&["x-host-header", "cs-host", "cs(host)"]).map(str::to_owned),
            referrer: value(&["cs(referer)", "cs-referer"]).map(str::to_owned),
            user_agent: value(&["cs(user-agent)", "cs-user-agent"]).map(spaced),
            user: value(&["cs-username"]).map(str::to_owned),
            bytes: value(&["sc-bytes"]).and_then(|bytes| bytes.parse().ok()),
            milliseconds: value(&["time-taken"]).and_then(milliseconds),
        })
    }
}

/// In UTC, as both write it.
fn instant(date: &str, time: &str) -> Option<UnixSeconds> {
    let instant: jiff::Timestamp = format!("{date}T{time}Z").parse().ok()?;
    Some(UnixSeconds(instant.as_second()))
}

/// A value with `+` for spaces (IIS) or with escapes (CloudFront, sometimes twice).
fn spaced(text: &str) -> String {
    text.replace("%2520", " ").replace("%20", " ").replace('+', " ")
}

/// CloudFront writes seconds with a fraction, IIS milliseconds.
fn milliseconds(text: &str) -> Option<u64> {
    if text.contains('.') { super::line::milliseconds(text) } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str, line: &str) -> Option<LogLine> {
        let mut columns = Columns::default();
        assert!(columns.note("#Version: 1.0") && columns.note(header));
        assert!(!columns.note(line));
        columns.read(line)
    }

    #[test]
    fn a_line_of_iis() {
        let header = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
                      cs(User-Agent) cs(Referer) sc-status time-taken";
        let line = "2024-05-01 12:00:01 10.0.0.1 GET /a.aspx b=c 443 - 1.2.3.4 Mozilla/5.0+(X) - 200 78";
        let line = read(header, line).unwrap();
        assert_eq!((line.at, line.address.as_str()), (UnixSeconds(1_714_564_801), "1.2.3.4"));
        assert_eq!((line.target.as_str(), line.status, line.milliseconds), ("/a.aspx?b=c", 200, Some(78)));
        assert_eq!((line.user_agent.as_deref(), line.referrer), (Some("Mozilla/5.0 (X)"), None));
    }

    #[test]
    fn a_line_of_cloudfront() {
        let header = "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status \
                      cs(Referer) cs(User-Agent) cs-uri-query x-host-header time-taken";
        let line = "2024-05-01\t12:00:01\tFRA2\t2390\t1.2.3.4\tGET\td1.cloudfront.net\t/a\t200\thttp://r.example/\t\
                    Mozilla/5.0%2520(X)\t-\tshop.example\t0.012";
        let line = read(header, line).unwrap();
        assert_eq!((line.host.as_deref(), line.target.as_str()), (Some("shop.example"), "/a"));
        assert_eq!((line.bytes, line.milliseconds), (Some(2390), Some(12)));
        assert_eq!(line.user_agent.as_deref(), Some("Mozilla/5.0 (X)"));
    }

    #[test]
    fn lines_without_named_columns_are_not_read() {
        assert_eq!(Columns::default().read("2024-05-01 12:00:01 1.2.3.4 GET / 200"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read_or_not(header in "[a-z() -]{0,80}", line in "[ -~\t]{0,200}") {
            let mut columns = Columns::default();
            columns.note(&format!("#Fields: date time c-ip cs-method cs-uri-stem sc-status {header}"));
            let _ = columns.read(&line);
        }
    }
}

//! One JSON object a line, as nginx, Caddy, Traefik and others write it when they are asked to.

use nagare_schema::UnixSeconds;
use serde_json::Value;

use super::{
    combined,
    line::{LogLine, given},
};

/// Names of each value, the first that is there; a dot leads into an object.
const TIME: &[&str] = &["time_iso8601", "@timestamp", "timestamp", "StartUTC", "time", "ts", "msec", "time_local"];
const ADDRESS: &[&str] =
    &["remote_addr", "client_ip", "request.client_ip", "request.remote_ip", "ClientHost", "clientip", "ip"];
const METHOD: &[&str] = &["request_method", "method", "request.method", "RequestMethod", "verb"];
const TARGET: &[&str] = &["request_uri", "uri", "request.uri", "RequestPath", "path", "url"];
const STATUS: &[&str] = &["status", "DownstreamStatus", "response", "status_code"];
const HOST: &[&str] = &["http_host", "host", "request.host", "RequestHost", "server_name"];
const REFERRER: &[&str] = &["http_referer", "referer", "referrer", "request.headers.Referer.0", "request_Referer"];
const USER_AGENT: &[&str] =
    &["http_user_agent", "user_agent", "agent", "request.headers.User-Agent.0", "request_User-Agent"];
const USER: &[&str] = &["remote_user", "user_id", "ClientUsername"];
const BYTES: &[&str] = &["body_bytes_sent", "bytes_sent", "size", "DownstreamContentSize", "bytes"];
const SECONDS: &[&str] = &["request_time", "duration"];

/// Reads a line.
pub(super) fn read(line: &str) -> Option<LogLine> {
    let object: Value = serde_json::from_str(line).ok()?;
    let text = |names: &[&str]| value(&object, names).and_then(text_of).filter(|text| given(text).is_some());
    // nginx names the whole request line `request`.
    let request = object.get("request").and_then(Value::as_str).unwrap_or_default();
    let mut words = request.split(' ').map(str::to_owned);
    let (method, target) = (words.next().filter(|word| !word.is_empty()), words.next());
    Some(LogLine {
        at: instant(value(&object, TIME)?)?,
        address: text(ADDRESS)?,
        method: text(METHOD).or(method)?,
        target: text(TARGET).or(target)?,
        status: text(STATUS)?.parse().ok()?,
        host: text(HOST),
        referrer: text(REFERRER),
        user_agent: text(USER_AGENT),
        user: text(USER),
        bytes: text(BYTES).and_then(|bytes| bytes.parse().ok()),
        milliseconds: text(SECONDS).and_then(|seconds| super::line::milliseconds(&seconds)),
    })
}

fn value<'v>(object: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().find_map(|name| {
        object.get(name).or_else(|| {
            name.split('.').try_fold(object, |inner, part| match inner {
                Value::Array(values) => values.get(part.parse::<usize>().ok()?),
                inner => inner.get(part),
            })
        })
    })
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Unix seconds, a time with its zone, or the time of the common format.
fn instant(value: &Value) -> Option<UnixSeconds> {
    let text = text_of(value)?;
    if let Ok(seconds) = text.parse::<f64>() {
        return Some(UnixSeconds(seconds as i64));
    }
    let instant = text.parse::<jiff::Timestamp>().ok().map(|instant| UnixSeconds(instant.as_second()));
    instant.or_else(|| combined::instant(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_nginx() {
        let line = read(
            r#"{"time_iso8601":"2024-05-01T14:00:01+02:00","remote_addr":"1.2.3.4","request":"GET /a?b=c HTTP/2.0",
                "status":200,"body_bytes_sent":"12","http_referer":"-","http_user_agent":"Firefox","host":"x.example",
                "request_time":0.012}"#,
        );
        let line = line.unwrap();
        assert_eq!((line.at, line.target.as_str()), (UnixSeconds(1_714_564_801), "/a?b=c"));
        assert_eq!((line.referrer, line.host.as_deref(), line.bytes), (None, Some("x.example"), Some(12)));
        assert_eq!(line.milliseconds, Some(12));
    }

    #[test]
    fn a_line_of_caddy() {
        let line = read(
            r#"{"ts":1714564801.5,"request":{"remote_ip":"1.2.3.4","method":"GET","host":"x.example","uri":"/a",
                "headers":{"User-Agent":["Firefox"],"Referer":["http://r.example/"]}},"status":200,"size":5,"duration":0.1}"#,
        );
        let line = line.unwrap();
        assert_eq!((line.at, line.target.as_str(), line.status), (UnixSeconds(1_714_564_801), "/a", 200));
        assert_eq!((line.user_agent.as_deref(), line.milliseconds), (Some("Firefox"), Some(100)));
    }

    #[test]
    fn other_lines_are_not_read() {
        for line in ["", "{}", "[]", r#"{"time":"now","ip":"1","method":"GET","path":"/","status":200}"#] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}

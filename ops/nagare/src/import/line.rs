//! What a line of an access log says, and the hit it makes.

use nagare_schema::UnixSeconds;
use serde_json::{Map, Value, json};

/// Bytes of a path or referrer that are sent.
const TEXT_BYTES_MAX: usize = 1024;
/// Files that a page consists of: asking for one is no visit of a page.
const STATIC_FILES: [&str; 27] = [
    "avif",
    "bmp",
    "css",
    "cur",
    "eot",
    "gif",
    "htc",
    "ico",
    "jpeg",
    "jpg",
    "js",
    "json",
    "map",
    "mjs",
    "otf",
    "png",
    "svg",
    "svgz",
    "swf",
    "tif",
    "tiff",
    "ttf",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
    "xsl",
];
/// Files that are downloads.
const DOWNLOADS: [&str; 48] = [
    "7z", "aac", "apk", "arj", "asf", "avi", "azw3", "bin", "bz2", "csv", "deb", "dmg", "doc", "docx", "epub", "exe",
    "flv", "gz", "hqx", "iso", "jar", "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "msi", "odp", "ods",
    "odt", "ogg", "pdf", "ppt", "pptx", "rar", "rpm", "rtf", "tar", "tgz", "torrent", "wav", "webm", "wmv", "xls",
    "zip",
];

/// A request, as far as its line tells.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct LogLine {
    pub(super) at: UnixSeconds,
    pub(super) address: String,
    pub(super) method: String,
    /// Path and query; may be a whole URL.
    pub(super) target: String,
    pub(super) status: u16,
    pub(super) host: Option<String>,
    pub(super) referrer: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) user: Option<String>,
    pub(super) bytes: Option<u64>,
    /// Milliseconds until it was answered.
    pub(super) milliseconds: Option<u64>,
}

/// Why a line makes no hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Skipped {
    /// It is no line of the format, or a comment.
    Unreadable,
    /// Another method than GET.
    Method,
    /// Not answered with a page: redirects, errors.
    Status,
    /// An image, script or style.
    StaticFile,
}

/// What every hit is given.
#[derive(Debug)]
pub(super) struct HitRules {
    pub(super) site: u32,
    /// Scheme and host of URLs whose line names no host.
    pub(super) base: String,
    /// Errors and redirects are recorded too, under a title that says so.
    pub(super) with_errors: bool,
    pub(super) with_static_files: bool,
    /// Robots are recorded too.
    pub(super) with_robots: bool,
}

/// Seconds with a fraction, as milliseconds; `None` when below 0 or no number.
pub(super) fn milliseconds(seconds: &str) -> Option<u64> {
    let time = std::time::Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
    u64::try_from(time.as_millis()).ok()
}

impl LogLine {
    /// The parameters of the hit (`tracking.md` §11.2).
    pub(super) fn hit(&self, rules: &HitRules) -> Result<Value, Skipped> {
        if !self.method.eq_ignore_ascii_case("GET") {
            return Err(Skipped::Method);
        }
        let is_page = matches!(self.status, 200..=299 | 304);
        let is_wanted = is_page || (rules.with_errors && self.status >= 300);
        if !is_wanted {
            return Err(Skipped::Status);
        }
        let extension = extension(&self.target);
        if !rules.with_static_files && is_one_of(&STATIC_FILES, extension.as_deref()) {
            return Err(Skipped::StaticFile);
        }
        let url = self.url(&rules.base);
        let mut hit = Map::new();
        let mut set = |name: &str, value: Value| hit.insert(name.to_owned(), value);
        set("idsite", json!(rules.site));
        set("rec", json!(1));
        set("cip", json!(self.address));
        set("cdt", json!(self.at.0));
        set("ua", json!(self.user_agent.as_deref().unwrap_or_default()));
        if is_page && is_one_of(&DOWNLOADS, extension.as_deref()) {
            set("download", json!(url));
        }
        if !is_page {
            let from = self.referrer.as_deref().map(|from| format!("/From = {from}")).unwrap_or_default();
            set("action_name", json!(format!("{}/URL = {}{from}", self.status, self.target)));
        }
        set("url", json!(url));
        if let Some(referrer) = &self.referrer {
            set("urlref", json!(cut(referrer)));
        }
        if let Some(user) = &self.user {
            set("uid", json!(user));
        }
        if let Some(bytes) = self.bytes {
            set("bw_bytes", json!(bytes));
        }
        if let Some(milliseconds) = self.milliseconds {
            set("pf_srv", json!(milliseconds));
        }
        if rules.with_robots {
            set("bots", json!(1));
        }
        Ok(Value::Object(hit))
    }

    fn url(&self, base: &str) -> String {
        let target = cut(&self.target);
        if target.contains("://") {
            return target.to_owned();
        }
        match &self.host {
            Some(host) if host.contains("://") => format!("{host}{target}"),
            Some(host) => format!("{}://{host}{target}", base.split_once("://").map_or("http", |(scheme, _)| scheme)),
            None => format!("{}{target}", base.trim_end_matches('/')),
        }
    }
}

/// A text that is not `-`, which logs write for nothing.
pub(super) fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty() && *text != "-")
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

/// The extension of the file that is asked for, lower case.
fn extension(target: &str) -> Option<String> {
    let path = target.split(['?', '#']).next()?;
    let (_, file) = path.rsplit_once('/')?;
    file.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

fn is_one_of(known: &[&str], extension: Option<&str>) -> bool {
    extension.is_some_and(|extension| known.contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> HitRules {
        HitRules {
            site: 3,
            base: "https://site.example".to_owned(),
            with_errors: false,
            with_static_files: false,
            with_robots: false,
        }
    }

    fn line(target: &str, status: u16) -> LogLine {
        LogLine {
            at: UnixSeconds(1_700_000_000),
            address: "1.2.3.4".to_owned(),
            method: "GET".to_owned(),
            target: target.to_owned(),
            status,
            ..LogLine::default()
        }
    }

    #[test]
    fn section_11_2_a_line_becomes_a_hit() {
        let seen = LogLine {
            referrer: Some("http://r.example/".to_owned()),
            user_agent: Some("Firefox".to_owned()),
            bytes: Some(12),
            milliseconds: Some(7),
            ..line("/a?b=c", 200)
        };
        let expected = json!({
            "idsite": 3, "rec": 1, "cip": "1.2.3.4", "cdt": 1_700_000_000, "ua": "Firefox", "bw_bytes": 12,
            "pf_srv": 7, "url": "https://site.example/a?b=c", "urlref": "http://r.example/",
        });
        assert_eq!(seen.hit(&rules()), Ok(expected));
    }

    #[test]
    fn hosts_of_lines_and_downloads_are_told() {
        let download = LogLine { host: Some("other.example".to_owned()), ..line("/f.PDF?x", 200) };
        let hit = download.hit(&rules()).unwrap();
        assert_eq!(hit["download"], "https://other.example/f.PDF?x");
        assert_eq!(line("http://whole.example/x", 200).hit(&rules()).unwrap()["url"], "http://whole.example/x");
    }

    #[test]
    fn what_is_no_page_is_skipped_unless_asked_for() {
        assert_eq!(line("/a.png", 200).hit(&rules()), Err(Skipped::StaticFile));
        assert_eq!(line("/a", 404).hit(&rules()), Err(Skipped::Status));
        assert_eq!(LogLine { method: "POST".to_owned(), ..line("/a", 200) }.hit(&rules()), Err(Skipped::Method));
        let all = HitRules { with_errors: true, with_static_files: true, with_robots: true, ..rules() };
        assert_eq!(line("/a.png", 200).hit(&all).unwrap()["bots"], 1);
        assert_eq!(line("/a", 404).hit(&all).unwrap()["action_name"], "404/URL = /a");
    }
}

//! RSS (`reporting-api.md` §5.5): a feed of the periods of one site.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::html::escape;
use crate::{
    table::{Answer, AnswerMap},
    value::{Record, Value},
};

/// Said of answers that are no periods of one site.
pub(super) const ONE_SITE: &str = "RSS feeds can be generated for one specific website &idSite=X.\nPlease specify only \
                                   one idSite or consider using &format=XML instead.";
const EMPTY: &str = "<strong><em>Empty table</em></strong><br />";
const AUTHOR: &str = "https://matomo.org";
const DAY_S: i64 = 86_400;

/// What a feed is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Feed {
    /// Where the dashboard is, with a slash at the end.
    pub(crate) origin: String,
    pub(crate) site: String,
    pub(crate) site_name: String,
    pub(crate) period: String,
    /// Seconds of the server's clock.
    pub(crate) now: i64,
    /// The periods are those before now: they have its time of day.
    pub(crate) is_relative: bool,
}

impl Feed {
    /// The feed, newest first; `None` when the answer is not by date.
    pub(super) fn render(&self, answer: &Answer) -> Option<String> {
        let Answer::Map(AnswerMap { key_name: "date", entries }) = answer else { return None };
        let now = rfc_2822(self.now);
        let items: String = entries.iter().rev().map(|(key, answer)| self.item(key, answer)).collect();
        Some(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n  <channel>\n    <title>matomo \
             statistics - RSS</title>\n    <link>{AUTHOR}</link>\n    <description>Matomo RSS feed</description>\n    \
             <pubDate>{now}</pubDate>\n    <generator>matomo</generator>\n    <language>en</language>\n    \
             <lastBuildDate>{now}</lastBuildDate>\n{items}\t</channel>\n</rss>"
        ))
    }

    fn item(&self, key: &str, answer: &Answer) -> String {
        let date = first_day(key);
        let midnight =
            date.and_then(|date| date.to_zoned(TimeZone::UTC).ok()).map_or(0, |at| at.timestamp().as_second());
        let published = if self.is_relative { midnight + self.now.rem_euclid(DAY_S) } else { midnight };
        let link = format!(
            "{}?module=CoreHome&action=index&idSite={}&period={}&date={}",
            self.origin,
            self.site,
            self.period,
            date.map_or_else(String::new, |date| date.to_string())
        );
        let (published, link) = (rfc_2822(published), escape(&link));
        let (title, table) = (escape(&format!("{} on {key}", self.site_name)), escape(&table(answer)));
        format!(
            "\t<item>\n\t\t<pubDate>{published}</pubDate>\n\t\t<guid>{link}</guid>\n\t\t<link>{link}</link>\n\t\t\
             <title>{title}</title>\n\t\t<author>{AUTHOR}</author>\n\t\t<description>{table}</description>\n\t</item>\n"
        )
    }
}

fn rfc_2822(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map_or_else(|_| String::new(), |at| at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
}

/// The first day of the period with the key.
fn first_day(key: &str) -> Option<Date> {
    let first = key.split(',').next().unwrap_or(key);
    let whole = match first.len() {
        4 => format!("{first}-01-01"),
        7 => format!("{first}-01"),
        _ => first.to_owned(),
    };
    whole.parse().ok()
}

fn table(answer: &Answer) -> String {
    let rows: Vec<&Record> = match answer {
        Answer::Table(table) => table.rows.iter().map(|row| &row.columns).collect(),
        Answer::Simple(Some(record)) => vec![record],
        _ => Vec::new(),
    };
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| row.iter()) {
        if !names.contains(&name.as_ref()) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return EMPTY.to_owned();
    }
    let line = |cells: String| format!("<tr>{cells}</tr>");
    let header = names.iter().map(|name| format!("\t<td><strong>{}</strong></td>", escape(name))).collect();
    let lines =
        rows.iter().map(|row| line(names.iter().map(|name| format!("\t<td>{}</td>", cell(row, name))).collect()));
    format!("<table border=1 width=70%>{}{}</table>", line(header), lines.collect::<String>())
}

fn cell(row: &Record, name: &str) -> String {
    let value = row.get(name).filter(|value| **value != Value::Null);
    value.and_then(Value::as_text).map_or_else(|| "-".to_owned(), |text| escape(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::xml::tests as examples;

    #[test]
    fn a_feed_has_an_item_for_each_period_newest_first() {
        let feed = Feed { origin: "http://h/".to_owned(), site_name: "A & B".to_owned(), ..Feed::default() };
        let text = feed.render(&examples::two_days()).unwrap();
        let at = |text: &str, part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
        assert!(at(&text, "A &amp; B on 2024-05-02") < at(&text, "A &amp; B on 2024-05-01"));
        assert!(text.contains("<pubDate>Wed, 01 May 2024 00:00:00 +0000</pubDate>"), "{text}");
        assert!(text.contains("Empty table&lt;/em&gt;") && text.contains("&lt;td&gt;4&lt;/td&gt;"), "{text}");
        assert_eq!(feed.render(&examples::single(1)), None);
    }

    #[test]
    fn periods_before_now_have_its_time_of_day() {
        let text = Feed { now: 3661, is_relative: true, ..Feed::default() }.render(&examples::two_days()).unwrap();
        assert!(text.contains("<pubDate>Wed, 01 May 2024 01:01:01 +0000</pubDate>"), "{text}");
    }

    #[test]
    fn periods_begin_on_their_first_day() {
        let days = ["2024", "2024-03", "2024-03-04,2024-03-10"].map(|key| first_day(key).unwrap().to_string());
        assert_eq!(days, ["2024-01-01", "2024-03-01", "2024-03-04"]);
    }
}

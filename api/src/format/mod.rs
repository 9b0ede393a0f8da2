//! Answers as text (`reporting-api.md` §5): one renderer for each format.

mod csv;
mod html;
mod json;
mod labels;
mod rss;
mod xml;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

pub(crate) use json::of_value as json_of;
use labels::Labels;
pub(crate) use rss::Feed;
use serde_json::Value as Json;

use crate::{
    describe,
    error::Fault,
    request::Params,
    table::{Answer, Document},
    value::Value,
};

pub(crate) use html::escape as escape_html;

const XML: &str = "text/xml; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const JAVASCRIPT: &str = "application/javascript; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const SPREADSHEET: &str = "application/vnd.ms-excel";
const PLAIN: &str = "text/plain; charset=utf-8";

/// How an answer is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    /// With the name of the function that a browser calls with it.
    Json {
        callback: Option<String>,
    },
    Csv(Lines),
    /// Filled in by who knows the site.
    Rss(Feed),
    Html {
        /// The method, which names the table.
        id: String,
        labels: Labels,
    },
}

/// How lines of cells are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lines {
    separator: char,
    extension: &'static str,
    /// Sixteen bits a letter, which spreadsheets expect.
    is_wide: bool,
    labels: Labels,
    /// What the report and its period are called.
    title: String,
}

impl Format {
    /// The format that the request asks for; `xml` when it does not say.
    ///
    /// # Errors
    /// The text of the answer, when there is no such format.
    pub(crate) fn of(params: &Params) -> Result<Self, String> {
        let name = params.filled("format").unwrap_or("xml");
        match name.to_ascii_lowercase().as_str() {
            "xml" => Ok(Self::Xml),
            "json" | "original" => Ok(Self::Json { callback: callback(params) }),
            "csv" => Ok(Self::Csv(Lines::read(params, ',', "csv"))),
            "tsv" => Ok(Self::Csv(Lines::read(params, '\t', "csv"))),
            "html" => {
                let id = params.filled("method").unwrap_or_default().replace('.', "_");
                Ok(Self::Html { id, labels: Labels::read(params) })
            }
            "rss" => Ok(Self::Rss(Feed::default())),
            "console" => Err(format!(
                "Error: Renderer format '{name}' is not available yet. Try xml, json, csv, tsv, html or rss."
            )),
            _ => Err(format!(
                "Error: Renderer format '{name}' not valid. Try any of the following instead: console, csv, html, \
                 json, original, rss, tsv, xml."
            )),
        }
    }

    /// Writes an answer.
    pub(crate) fn answer(&self, answer: &Answer) -> Response {
        if let Answer::Document(document) = answer {
            return as_it_is(document);
        }
        match self {
            Self::Xml => text(StatusCode::OK, XML, xml::render(answer)),
            Self::Csv(lines) => lines.answer(answer),
            Self::Rss(feed) => match feed.render(answer) {
                Some(rss) => text(StatusCode::OK, XML, rss),
                None => text(StatusCode::OK, PLAIN, format!("Error: {}", rss::ONE_SITE)),
            },
            Self::Html { .. } if *answer == Answer::Done => {
                text(StatusCode::OK, HTML, "<!-- Success: ok -->".to_owned())
            }
            Self::Html { id, labels } => text(StatusCode::OK, HTML, html::render(answer, id, labels)),
            Self::Json { callback } => json_text(StatusCode::OK, json::render(answer), callback.as_deref()),
        }
    }

    /// Writes an error.
    pub(crate) fn fault(&self, fault: &Fault) -> Response {
        match self {
            Self::Xml => text(fault.status, XML, xml::error(&fault.message)),
            Self::Rss(_) => text(fault.status, PLAIN, format!("Error: {}", fault.message)),
            Self::Csv(_) => text(fault.status, HTML, format!("Error: {}", html::escape(&fault.message))),
            Self::Html { .. } => text(fault.status, PLAIN, fault.message.replace('\n', "<br />")),
            Self::Json { callback } => json_text(fault.status, json::error(&fault.message), callback.as_deref()),
        }
    }
}

impl Lines {
    fn read(params: &Params, separator: char, extension: &'static str) -> Self {
        let method = params.filled("method").unwrap_or_default();
        let title = describe::title_of(method).unwrap_or(method);
        let date = params.filled("date").unwrap_or_default();
        Self {
            separator,
            extension,
            is_wide: params.optional_flag("convertToUnicode").unwrap_or(true),
            labels: Labels::read(params),
            title: format!("Export _ {title} _ {date}"),
        }
    }

    fn answer(&self, answer: &Answer) -> Response {
        let (rendered, name) = match answer {
            Answer::Done => {
                (Some(format!("message{}ok", if self.separator == '\t' { '\t' } else { '\n' })), "piwik-report-export")
            }
            other => (csv::render(other, self.separator, &self.labels), self.title.as_str()),
        };
        let Some(rendered) = rendered else {
            return text(StatusCode::OK, SPREADSHEET, csv::NO_DATA.to_owned());
        };
        let attachment = attachment(name, self.extension);
        let headers = [(header::CONTENT_TYPE, SPREADSHEET.to_owned()), (header::CONTENT_DISPOSITION, attachment)];
        let body = if self.is_wide { wide(&rendered) } else { rendered.into_bytes() };
        (StatusCode::OK, headers, body).into_response()
    }
}

/// What makes a browser save an answer under a name.
fn attachment(name: &str, extension: &str) -> String {
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("attachment; filename*=UTF-8''{name}.{extension}")
}

fn as_it_is(document: &Document) -> Response {
    let mut response = (StatusCode::OK, document.bytes.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(document.content_type));
    let file = document.file.as_deref().and_then(|file| file.rsplit_once('.'));
    let attachment = file.and_then(|(name, extension)| HeaderValue::from_str(&attachment(name, extension)).ok());
    if let Some(attachment) = attachment {
        headers.insert(header::CONTENT_DISPOSITION, attachment);
    }
    response
}

/// An answer as lines of cells.
pub(crate) fn lines(answer: &Answer, separator: char) -> String {
    csv::render(answer, separator, &Labels::default()).unwrap_or_else(|| csv::NO_DATA.to_owned())
}

/// Sixteen bits a letter, the lower byte first, after the mark that says so.
fn wide(text: &str) -> Vec<u8> {
    const MARK: u16 = 0xfeff;
    [MARK].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// What a client reads from an answer in JSON.
pub(crate) fn decoded(answer: &Answer) -> Value {
    serde_json::from_str::<Json>(&json::render(answer)).map_or(Value::Null, |json| json::value_of(&json))
}

/// Answers a request for a format that does not exist.
pub(crate) fn unknown_format(message: String) -> Response {
    text(StatusCode::OK, PLAIN, message)
}

fn callback(params: &Params) -> Option<String> {
    let name = params.filled("callback").or_else(|| params.filled("jsoncallback"))?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    name.bytes().all(allowed).then(|| name.to_owned())
}

fn json_text(status: StatusCode, json: String, callback: Option<&str>) -> Response {
    match callback {
        Some(name) => text(status, JAVASCRIPT, format!("{name}({json})")),
        None => text(status, JSON, json),
    }
}

fn text(status: StatusCode, content_type: &'static str, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_format_names_the_known_ones() {
        let error = Format::of(&Params::parse("format=pdf").unwrap()).unwrap_err();
        assert!(error.starts_with("Error: Renderer format 'pdf' not valid. Try any of"), "{error}");
        assert_eq!(Format::of(&Params::default()), Ok(Format::Xml));
    }

    #[test]
    fn a_callback_is_a_plain_name() {
        let format = |query: &str| Format::of(&Params::parse(query).unwrap()).unwrap();
        assert_eq!(format("format=json&callback=a.b"), Format::Json { callback: Some("a.b".to_owned()) });
        assert_eq!(format("format=json&callback=alert(1)"), Format::Json { callback: None });
    }
}

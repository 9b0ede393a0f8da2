//! Answers as text (`reporting-api.md` §5): one renderer for each format.

mod json;
mod xml;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{error::Fault, request::Params, table::Answer};

const XML: &str = "text/xml; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const JAVASCRIPT: &str = "application/javascript; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// How an answer is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    /// With the name of the function that a browser calls with it.
    Json {
        callback: Option<String>,
    },
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
            "console" | "csv" | "html" | "rss" | "tsv" => {
                Err(format!("Error: Renderer format '{name}' is not available yet. Try xml or json."))
            }
            _ => Err(format!(
                "Error: Renderer format '{name}' not valid. Try any of the following instead: console, csv, html, \
                 json, original, rss, tsv, xml."
            )),
        }
    }

    /// Writes an answer.
    pub(crate) fn answer(&self, answer: &Answer) -> Response {
        match self {
            Self::Xml => text(StatusCode::OK, XML, xml::render(answer)),
            Self::Json { callback } => json_text(StatusCode::OK, json::render(answer), callback.as_deref()),
        }
    }

    /// Writes an error.
    pub(crate) fn fault(&self, fault: &Fault) -> Response {
        match self {
            Self::Xml => text(fault.status, XML, xml::error(&fault.message)),
            Self::Json { callback } => json_text(fault.status, json::error(&fault.message), callback.as_deref()),
        }
    }
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

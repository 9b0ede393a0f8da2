//! Which format a line has.

use super::{combined, extended::Columns, line::LogLine, objects};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Whatever a line looks like.
    Auto,
    /// Apache's and nginx's `common` and `combined`, with or without a host before.
    Common,
    /// The W3C's extended format: IIS, CloudFront.
    Extended,
    /// A JSON object a line.
    Json,
}

/// Reads lines, one after the other.
pub(super) struct Reader {
    format: Format,
    columns: Columns,
    header: String,
}

impl Reader {
    /// With the last comment that named columns, of a run before this one.
    pub(super) fn new(format: Format, header: &str) -> Self {
        let mut reader = Self { format, columns: Columns::default(), header: String::new() };
        reader.note(header);
        reader
    }

    /// Takes note of a comment; true when the line is one.
    pub(super) fn note(&mut self, line: &str) -> bool {
        let may_be_comment = matches!(self.format, Format::Auto | Format::Extended);
        if !may_be_comment || !self.columns.note(line) {
            return false;
        }
        if line.starts_with("#Fields:") {
            line.clone_into(&mut self.header);
        }
        true
    }

    /// The last comment that named columns.
    pub(super) fn header(&self) -> &str {
        &self.header
    }

    /// Reads a line.
    pub(super) fn read(&self, line: &str) -> Option<LogLine> {
        match self.format {
            Format::Common => combined::read(line),
            Format::Extended => self.columns.read(line),
            Format::Json => objects::read(line),
            Format::Auto if line.starts_with('{') => objects::read(line),
            Format::Auto if self.header.is_empty() => combined::read(line),
            Format::Auto => self.columns.read(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_its_format() {
        let mut reader = Reader::new(Format::Auto, "");
        assert!(reader.read(r#"1.2.3.4 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1"#).is_some());
        let object = r#"{"time":"2024-05-01T12:00:00Z","ip":"1.2.3.4","method":"GET","path":"/","status":200}"#;
        assert!(reader.read(object).is_some());
        let extended = "2024-05-01 12:00:01 1.2.3.4 GET / 200";
        assert!(reader.read(extended).is_none());
        assert!(reader.note("#Fields: date time c-ip cs-method cs-uri-stem sc-status"));
        assert!(reader.read(extended).is_some());
        assert!(Reader::new(Format::Extended, reader.header()).read(extended).is_some());
    }
}

//! The lines of a log, plain or compressed, with the position after each.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;

/// Bytes of a line.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// A line without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Whole(String),
    TooLong,
}

/// A log that is read from its beginning.
pub(super) struct Source {
    reader: Box<dyn BufRead + Send>,
    position: u64,
}

impl Source {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).context("cannot be opened")?;
        let is_compressed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
        Ok(Self::of(if is_compressed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) }))
    }

    fn of(bytes: Box<dyn Read + Send>) -> Self {
        Self { reader: Box::new(BufReader::new(bytes)), position: 0 }
    }

    /// Bytes of the lines read so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Passes over bytes that were read before.
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<()> {
        self.position += io::copy(&mut self.reader.by_ref().take(bytes), &mut io::sink())?;
        Ok(())
    }

    /// The line that a log is known by.
    pub(super) fn first_line(mut self) -> io::Result<Option<String>> {
        while let Some(line) = self.next_line()? {
            if let Line::Whole(text) = line
                && !text.starts_with('#')
            {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// The next line; a last one that is still without its end is left for the next time.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes)? as u64;
        if bytes.last() == Some(&b'\n') {
            self.position += read;
            let text = String::from_utf8_lossy(&bytes);
            return Ok(Some(Line::Whole(text.trim_end_matches(['\n', '\r']).to_owned())));
        }
        if read < LINE_BYTES_MAX {
            return Ok(None);
        }
        self.position += read + self.skip_line()?;
        Ok(Some(Line::TooLong))
    }

    /// Passes over the rest of a line, whatever its length.
    fn skip_line(&mut self) -> io::Result<u64> {
        let mut skipped = 0;
        loop {
            let mut part = Vec::new();
            let read = self.reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut part)? as u64;
            skipped += read;
            if read == 0 || part.last() == Some(&b'\n') {
                return Ok(skipped);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::of(Box::new(io::Cursor::new(text.to_owned().into_bytes())))
    }

    #[test]
    fn lines_come_with_positions_and_an_open_end_waits() {
        let mut log = source("#x\na\r\nbb\nope");
        let mut lines = Vec::new();
        while let Some(line) = log.next_line().unwrap() {
            lines.push((line, log.position()));
        }
        let whole = |text: &str| Line::Whole(text.to_owned());
        assert_eq!(lines, [(whole("#x"), 3), (whole("a"), 6), (whole("bb"), 9)]);
        let mut resumed = source("#x\na\r\nbb\nopen\n");
        resumed.skip(9).unwrap();
        assert_eq!(resumed.next_line().unwrap(), Some(whole("open")));
        assert_eq!(source("#x\na\n").first_line().unwrap().as_deref(), Some("a"));
    }

    #[test]
    fn a_line_beyond_all_bounds_is_passed_over() {
        let text = format!("{}\nafter\n", "x".repeat(3 * LINE_BYTES_MAX as usize));
        let mut log = source(&text);
        assert_eq!(log.next_line().unwrap(), Some(Line::TooLong));
        assert_eq!(log.next_line().unwrap(), Some(Line::Whole("after".to_owned())));
    }
}

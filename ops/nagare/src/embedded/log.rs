//! The file that receives what a child prints: bounded, and quoted when it fails.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

const BYTES_MAX: u64 = 16 * 1024 * 1024;
const QUOTED_BYTES: u64 = 16 * 1024;
const QUOTED_LINES: usize = 8;

/// Neither empty nor a frame of ClickHouse's stack traces (`12. name @ 0xaddress`).
fn is_telling(line: &str) -> bool {
    !line.trim().is_empty() && !line.contains(" @ 0x")
}

/// An output file, emptied when the parent starts and whenever it grows too large.
#[derive(Debug)]
pub(super) struct ChildLog {
    path: PathBuf,
    file: File,
}

impl ChildLog {
    /// Creates or empties it.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let open = || {
            let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
            file.set_len(0)?;
            Ok::<_, std::io::Error>(file)
        };
        let file = open().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// A handle for a child. It appends, so that emptying the file under it is safe.
    pub(super) fn writer(&self) -> Result<File> {
        self.file.try_clone().with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Empties it when it has grown too large.
    pub(super) fn bound(&self) {
        let bounded =
            self.file.metadata().and_then(|now| if now.len() > BYTES_MAX { self.file.set_len(0) } else { Ok(()) });
        if let Err(error) = bounded {
            tracing::warn!(log = %self.path.display(), %error, "cannot bound a log file");
        }
    }

    /// Whether the child complains about a port that is in use.
    pub(super) fn says_port_taken(&self) -> bool {
        self.tail().to_lowercase().contains("address already in use")
    }

    /// For an error message.
    pub(super) fn last_lines(&self) -> String {
        let tail = self.tail();
        let lines: Vec<&str> = tail.lines().filter(|line| is_telling(line)).collect();
        let last = &lines[lines.len().saturating_sub(QUOTED_LINES)..];
        let path = self.path.display();
        if last.is_empty() { format!("{path} is empty") } else { format!("{path} ends with:\n{}", last.join("\n")) }
    }

    fn tail(&self) -> String {
        let read = || {
            let mut file = File::open(&self.path)?;
            let size = file.metadata()?.len();
            file.seek(SeekFrom::Start(size.saturating_sub(QUOTED_BYTES)))?;
            let mut bytes = Vec::new();
            file.take(QUOTED_BYTES).read_to_end(&mut bytes)?;
            Ok::<_, std::io::Error>(bytes)
        };
        read().map_or_else(|error| error.to_string(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }
}

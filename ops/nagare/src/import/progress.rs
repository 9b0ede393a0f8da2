//! What was sent of each log, on disk.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How far a log was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Done {
    /// Bytes, uncompressed.
    pub(super) bytes: u64,
    /// The comment that named the columns of what follows.
    pub(super) header: String,
}

/// The file of it.
pub(super) struct Progress {
    path: PathBuf,
    done: BTreeMap<String, Done>,
}

/// A log by where it goes and its first line: under another name it is still the same.
pub(super) fn key(target: &str, first_line: &str) -> String {
    format!("{:x}", Sha256::digest(format!("{target}\n{first_line}")))
}

impl Progress {
    /// Reads the file, if there is one.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let done = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is no record of what was imported", path.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        Ok(Self { path: path.to_owned(), done })
    }

    /// How far a log was sent.
    pub(super) fn of(&self, key: &str) -> Done {
        self.done.get(key).cloned().unwrap_or_default()
    }

    /// Notes how far, all or nothing.
    pub(super) fn note(&mut self, key: &str, done: &Done) -> anyhow::Result<()> {
        self.done.insert(key.to_owned(), done.clone());
        let next = self.path.with_extension("next");
        fs::write(&next, serde_json::to_vec_pretty(&self.done)?).with_context(|| next.display().to_string())?;
        fs::File::open(&next)?.sync_all()?;
        fs::rename(&next, &self.path).with_context(|| self.path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.json");
        let done = Done { bytes: 7, header: "#Fields: date".to_owned() };
        let mut progress = Progress::open(&path).unwrap();
        assert_eq!(progress.of("a"), Done::default());
        progress.note("a", &done).unwrap();
        assert_eq!(Progress::open(&path).unwrap().of("a"), done);
        fs::write(&path, "[").unwrap();
        assert!(Progress::open(&path).is_err());
        assert_ne!(key("x", "line"), key("y", "line"));
    }
}

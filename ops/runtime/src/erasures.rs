//! The list of erasures: a file that a restored backup does not take back, by which what was erased after the
//! backup was made is erased again. It tells ids of visits, which tell nothing of whose they were.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use nagare_schema::{ErasureRequest, UnixSeconds};
use serde::{Deserialize, Serialize};

/// Where the list of erasures is.
#[derive(Debug, Clone, Default, Args)]
pub struct ErasureListOptions {
    /// File to which every erasure is appended before it is done; keep it where a restored backup does not
    /// replace it.
    #[arg(long, env = "NAGARE_ERASURES_FILE")]
    pub erasures_file: Option<PathBuf>,
}

/// An erasure that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedErasure {
    /// When. A restored log gives ids anew: visits that were not over by then are others.
    pub at: UnixSeconds,
    /// Of what.
    #[serde(flatten)]
    pub request: ErasureRequest,
}

/// Appends an erasure, a line each; it is on disk when this returns.
///
/// # Errors
/// When the file cannot be written.
pub fn list_erasure(path: &Path, erasure: &ListedErasure) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    // An empty line before it ends what a crash has cut off.
    file.write_all(format!("\n{}\n", serde_json::to_string(erasure)?).as_bytes())?;
    file.sync_all()
}

/// The erasures of a list, the oldest first; none where there is no file. A line that was cut off is one that
/// was not done.
///
/// # Errors
/// When the file cannot be read.
pub fn listed_erasures(path: &Path) -> io::Result<Vec<ListedErasure>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read?,
    };
    let lines = text.lines().filter(|line| !line.is_empty());
    Ok(lines.filter_map(|line| serde_json::from_str(line).ok()).collect())
}

#[cfg(test)]
mod tests {
    use nagare_schema::{SiteId, VisitId};

    use super::*;

    fn erasure(visit: u64) -> ListedErasure {
        let request = ErasureRequest { site: SiteId(1), visits: vec![VisitId(visit)] };
        ListedErasure { at: UnixSeconds(1_700_000_000), request }
    }

    #[test]
    fn erasures_are_appended_and_a_line_that_was_cut_off_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.jsonl");
        assert_eq!(listed_erasures(&path).unwrap(), []);
        list_erasure(&path, &erasure(1)).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}\n{}", &whole[..20])).unwrap();
        list_erasure(&path, &erasure(2)).unwrap();
        assert_eq!(listed_erasures(&path).unwrap(), [erasure(1), erasure(2)]);
    }
}

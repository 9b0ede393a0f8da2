//! Texts that tests compare with files of the crate. `NAGARE_UPDATE_SNAPSHOTS=1` writes them anew.

use std::{fs, path::Path};

/// Compares `text` with the file, or writes it.
pub(crate) fn check(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("NAGARE_UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        recorded == text,
        "{file} differs; if that is meant, run the test with NAGARE_UPDATE_SNAPSHOTS=1 and read the change\n{text}"
    );
}

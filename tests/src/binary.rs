use std::{env, path::PathBuf};

use anyhow::{Context as _, bail};

/// The binary under test: `NAGARE_BIN`, else the one of the build that this test belongs to.
///
/// # Errors
/// When it was not built.
pub fn nagare() -> anyhow::Result<PathBuf> {
    if let Some(path) = env::var_os("NAGARE_BIN") {
        return Ok(path.into());
    }
    let own = env::current_exe().context("cannot find this executable")?;
    // target/<profile>/deps/it-<hash>, or target/<profile>/bench.
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join("nagare"));
    for path in beside {
        if path.is_file() {
            return Ok(path);
        }
    }
    bail!("no `nagare` beside {}: run `make build`, or set NAGARE_BIN", own.display())
}

/// The root of the source tree.
pub fn workspace() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.parent().map_or(root.clone(), PathBuf::from)
}

//! Changes of the directory: read, decide, compare-and-set, and again when somebody else was first.

use nagare_runtime::{Directory, DirectoryError, Expected};
use nagare_schema::{ConfigKey, Entity};

use crate::error::Fault;

/// Times a change is decided anew before it is given up.
const ATTEMPTS_MAX: usize = 16;

/// Decides what an entity becomes from what it is; `None` when there is none.
pub(super) async fn change(
    directory: &Directory,
    key: &ConfigKey,
    decide: impl Fn(Option<&Entity>) -> Result<Entity, Fault> + Send + Sync,
) -> Result<(), Fault> {
    for _ in 0..ATTEMPTS_MAX {
        let stored = directory.get(key).await?;
        let changed = decide(stored.as_ref().map(|(entity, _)| entity))?;
        let expected = stored.map_or(Expected::Absent, |(_, revision)| Expected::Revision(revision));
        match directory.put(&changed, expected).await {
            Err(DirectoryError::Conflict(_)) => {}
            other => return other.map(|_| ()).map_err(Fault::from),
        }
    }
    Err(Fault::from(DirectoryError::Conflict(key.to_string())))
}

/// Stores a new entity under the first free number from `first` on, and tells the number.
pub(super) async fn create(
    directory: &Directory,
    first: u32,
    make: impl Fn(u32) -> Entity + Send + Sync,
) -> Result<u32, Fault> {
    for number in (first..).take(ATTEMPTS_MAX) {
        let entity = make(number);
        match directory.put(&entity, Expected::Absent).await {
            Err(DirectoryError::Conflict(_)) => {}
            other => return other.map(|_| number).map_err(Fault::from),
        }
    }
    Err(Fault::from(DirectoryError::Conflict("a new entity".to_owned())))
}

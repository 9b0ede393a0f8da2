//! The server's clock, read in one place and passed as data from there.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use nagare_schema::UnixMillis;

/// Tells the time of receipt.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> UnixMillis + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    pub(crate) fn system() -> Self {
        Self(Arc::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        }))
    }

    /// A clock that stands still.
    #[cfg(test)]
    pub(crate) fn fixed(at: UnixMillis) -> Self {
        Self(Arc::new(move || at))
    }

    /// Now.
    pub(crate) fn now(&self) -> UnixMillis {
        (self.0)()
    }
}

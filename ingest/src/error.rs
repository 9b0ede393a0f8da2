use std::{io, path::PathBuf};

/// Why ingest cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The CONFIG directory holds no deployment: `nagare up` or `nagare migrate` has not run.
    #[error("the deployment is not initialised")]
    Uninitialised,
    /// The spool folder cannot be used.
    #[error("the spool folder {folder} cannot be used: {source}")]
    Spool {
        /// The folder.
        folder: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// Another process uses the spool folder.
    #[error("the spool folder {0} belongs to another process")]
    SpoolTaken(PathBuf),
    /// The bucket of salts cannot be opened.
    #[error("the SALTS bucket cannot be opened: {0}")]
    Salts(String),
    /// The bucket of refused hits cannot be opened.
    #[error(transparent)]
    Refusals(#[from] nagare_runtime::RefusalError),
    /// A metric cannot be registered.
    #[error("metrics cannot be registered: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The other processes cannot be told of this one.
    #[error(transparent)]
    Membership(#[from] nagare_runtime::MembershipError),
}

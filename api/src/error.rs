use axum::http::StatusCode;
use nagare_runtime::DirectoryError;

/// Why the role cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The deployment is not initialised: it has no secret to sign with.
    #[error("the deployment is not initialised yet")]
    NotInitialised,
    /// A metric cannot be registered.
    #[error("cannot register metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// A bucket or stream cannot be opened.
    #[error("cannot open a bucket: {0}")]
    Bucket(String),
    /// The security log cannot be opened.
    #[error(transparent)]
    Log(#[from] nagare_runtime::LogError),
    /// The records of removals cannot be opened.
    #[error(transparent)]
    Removals(#[from] nagare_runtime::RemovalError),
    /// The master key cannot be used.
    #[error(transparent)]
    Vault(#[from] nagare_runtime::VaultError),
    /// A query failed.
    #[error("{0}")]
    Query(String),
    /// The mail server, or the sender, is not valid.
    #[error("{0}")]
    Mail(String),
    /// The OpenID provider of the options cannot be used.
    #[error(transparent)]
    OpenId(#[from] crate::auth::OpenIdError),
    /// A password cannot be hashed.
    #[error("cannot hash a password: {0}")]
    Hash(String),
}

/// Why a request is refused: what Matomo's API calls an error, in the format that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl Fault {
    /// An error of an API method: status 200, as clients of Matomo expect.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, message: message.into() }
    }

    pub(crate) fn with_status(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::with_status(StatusCode::UNAUTHORIZED, message)
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::with_status(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::with_status(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    pub(crate) fn missing(name: &str) -> Self {
        Self::new(format!("Please specify a value for '{name}'."))
    }
}

impl From<DirectoryError> for Fault {
    fn from(error: DirectoryError) -> Self {
        tracing::error!(%error, "the directory cannot be changed");
        match error {
            DirectoryError::Conflict(_) => Self::with_status(StatusCode::CONFLICT, "Somebody else changed this first."),
            DirectoryError::Unavailable(_) => Self::unavailable("The configuration cannot be reached."),
            DirectoryError::Unstorable(..) => Self::bad_request("The values are too large to be stored."),
        }
    }
}

use std::{convert::Infallible, fmt, str::FromStr, time::Duration};

use clap::Args;
use nagare_runtime::VaultOptions;

use crate::auth::OpenIdOptions;

/// A century of suggestions.
const SUGGEST_DAYS_MAX: i64 = 36_525;

/// What an operator decides about the API role.
#[derive(Debug, Clone, Args)]
pub struct ApiOptions {
    /// Seconds a report's query may run.
    #[arg(long, env = "NAGARE_QUERY_SECONDS_MAX", default_value_t = 30)]
    pub query_seconds_max: u64,
    /// Mebibytes of memory a report's query may use.
    #[arg(long, env = "NAGARE_QUERY_MEMORY_MIB_MAX", default_value_t = 2048)]
    pub query_memory_mib_max: u64,
    /// Requests that are worked on at once; further ones are answered with 503.
    #[arg(long, env = "NAGARE_API_REQUESTS_MAX", default_value_t = 256)]
    pub requests_max: usize,
    /// Days back from today whose visits suggest values for segments.
    #[arg(long, env = "NAGARE_SUGGEST_DAYS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(..=SUGGEST_DAYS_MAX))]
    pub suggest_days: u32,
    /// Requests a second of one client address, twice as many at once; further ones are answered with 429.
    /// 0: no bound.
    #[arg(long, env = "NAGARE_API_ADDRESS_REQUESTS_PER_SECOND", default_value_t = 1000)]
    pub address_requests_per_second: u32,
    /// Requests a second of one token or session, twice as many at once; further ones are answered with 429.
    /// 0: no bound.
    #[arg(long, env = "NAGARE_API_TOKEN_REQUESTS_PER_SECOND", default_value_t = 500)]
    pub token_requests_per_second: u32,
    /// Requests a second about one site, twice as many at once; further ones are answered with 429. 0: no
    /// bound.
    #[arg(long, env = "NAGARE_API_SITE_REQUESTS_PER_SECOND", default_value_t = 1000)]
    pub site_requests_per_second: u32,
    /// Every account needs a second factor to sign in.
    #[arg(long, env = "NAGARE_SECOND_FACTOR_REQUIRED")]
    pub second_factor_required: bool,
    /// Where the master key comes from.
    #[command(flatten)]
    pub vault: VaultOptions,
    /// Where people may sign in instead.
    #[command(flatten)]
    pub openid: OpenIdOptions,
    /// Mail server for scheduled reports: `smtp://user:password@host:587?tls=required` or `smtps://…`.
    #[arg(long, env = "NAGARE_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<SecretUrl>,
    /// Whom scheduled reports say they are from.
    #[arg(long, env = "NAGARE_SMTP_FROM", default_value = FROM)]
    pub smtp_from: String,
}

/// Sender of reports unless the operator names one.
const FROM: &str = "Nagare <reports@localhost>";

/// An URL that may hold a password: it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(pub(crate) String);

impl FromStr for SecretUrl {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretUrl")
    }
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            query_seconds_max: 30,
            query_memory_mib_max: 2048,
            requests_max: 256,
            suggest_days: 60,
            address_requests_per_second: 1000,
            token_requests_per_second: 500,
            site_requests_per_second: 1000,
            second_factor_required: false,
            vault: VaultOptions::default(),
            openid: OpenIdOptions::default(),
            smtp_url: None,
            smtp_from: FROM.to_owned(),
        }
    }
}

impl ApiOptions {
    /// Time a report's query may run.
    pub(crate) fn query_time_max(&self) -> Duration {
        Duration::from_secs(self.query_seconds_max)
    }
}

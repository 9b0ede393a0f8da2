use std::time::Duration;

use clap::Args;
use nagare_runtime::ErasureListOptions;

/// Options of the projector.
#[derive(Debug, Clone, Args)]
pub struct ProjectorOptions {
    /// Name among the projectors; one that comes back under its name takes its share back at once.
    /// Random when empty.
    #[arg(id = "projector_member", long = "member", env = "NAGARE_MEMBER", default_value = "")]
    pub member: String,
    /// How long the logs are kept.
    #[command(flatten)]
    pub retention: RetentionOptions,
    /// Where erasures are listed.
    #[command(flatten)]
    pub erasures: ErasureListOptions,
}

/// How long the logs are kept.
#[derive(Debug, Clone, Args)]
pub struct RetentionOptions {
    /// Hours that hits and events stay in the log. What is not in the tables yet, and the last hours
    /// of events, stay longer.
    #[arg(long, env = "NAGARE_LOG_AGE_HOURS", default_value_t = Self::HOURS)]
    pub log_age_hours: u32,
}

impl RetentionOptions {
    const HOURS: u32 = 7 * 24;

    pub(crate) fn age(&self) -> Duration {
        Duration::from_secs(u64::from(self.log_age_hours) * 3600)
    }
}

impl Default for RetentionOptions {
    fn default() -> Self {
        Self { log_age_hours: Self::HOURS }
    }
}

use clap::Args;

/// Options of the projector.
#[derive(Debug, Clone, Args)]
pub struct ProjectorOptions {
    /// Name among the projectors; default: random.
    #[arg(id = "projector_member", long = "projector-member", env = "NAGARE_MEMBER")]
    pub member: Option<String>,
    /// Hours that hits and events stay in the log; below three it is taken as three.
    #[arg(long, env = "NAGARE_LOG_AGE_HOURS", default_value_t = 7 * 24)]
    pub log_age_hours: u32,
}

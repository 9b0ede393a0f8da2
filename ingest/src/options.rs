use std::path::PathBuf;

use clap::Args;

/// What an ingest process is told besides its connections.
#[derive(Debug, Clone, Args)]
pub struct IngestOptions {
    /// Folder that takes hits while the log is unreachable; of one process only.
    #[arg(long, env = "NAGARE_SPOOL", default_value = "data/spool")]
    pub spool: PathBuf,
    /// Bytes of that folder at most; beyond them hits are refused.
    #[arg(long, env = "NAGARE_SPOOL_BYTES_MAX", default_value_t = 4 << 30)]
    pub spool_bytes_max: u64,
    /// Folder of place databases in MaxMind's format (`*.mmdb`); without one, countries are guessed
    /// from languages.
    #[arg(long, env = "NAGARE_GEOIP_DIR")]
    pub geoip_dir: Option<PathBuf>,
}

use std::{fs, path::PathBuf};

use clap::Args;
use sha2::{Digest, Sha256};

/// What an ingest process is told besides its connections.
#[derive(Debug, Clone, Args)]
pub struct IngestOptions {
    /// Folder that takes hits while the log is unreachable; of one process only.
    #[arg(long, env = "NAGARE_SPOOL", default_value = "data/spool")]
    pub spool: PathBuf,
    /// Bytes of that folder at most; beyond them hits are refused.
    #[arg(long, env = "NAGARE_SPOOL_BYTES_MAX", default_value_t = 4 << 30)]
    pub spool_bytes_max: u64,
    /// Name among the ingest processes; made of host and spool folder when empty.
    #[arg(long, env = "NAGARE_INGEST_MEMBER", default_value = "")]
    pub ingest_member: String,
    /// Folder of place databases in MaxMind's format (`*.mmdb`); without one, countries are guessed
    /// from languages.
    #[arg(long, env = "NAGARE_GEOIP_DIR")]
    pub geoip_dir: Option<PathBuf>,
    /// Folder of the patterns that devices and robots are told by; without it, robots are told by a
    /// few names.
    #[arg(long, env = "NAGARE_DEVICE_DIR")]
    pub device_dir: Option<PathBuf>,
    /// Requests a second of one client address, twice as many at once; further ones are answered with 429.
    /// Addresses of private networks have no bound: they may be proxies. 0: no bound.
    #[arg(
        id = "ingest_address_requests_per_second",
        long = "ingest-address-requests-per-second",
        env = "NAGARE_INGEST_ADDRESS_REQUESTS_PER_SECOND",
        default_value_t = 1000
    )]
    pub address_requests_per_second: u32,
    /// Hits a second of one site, twice as many at once; further ones are answered with 429. Those of a bulk
    /// request with a superuser's token do not count. 0: no bound.
    #[arg(long, env = "NAGARE_INGEST_SITE_HITS_PER_SECOND", default_value_t = 0)]
    pub site_hits_per_second: u32,
}

impl IngestOptions {
    /// The name among the ingest processes: the same after a restart, so that the one that was killed
    /// is not waited for.
    pub(crate) fn member(&self) -> String {
        if !self.ingest_member.is_empty() {
            return self.ingest_member.clone();
        }
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let folder = fs::canonicalize(&self.spool).unwrap_or_else(|_| self.spool.clone());
        let digest = Sha256::digest(format!("{}\0{}", host.trim(), folder.display()).as_bytes());
        digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

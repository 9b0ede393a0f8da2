//! `nagare audit`: the security log.

use anyhow::{Result, bail};
use clap::Subcommand;
use nagare_runtime::{Audit, Context};
use tokio_util::sync::CancellationToken;

use super::Deployed;
use crate::first_start::tell;

/// Entries that are read at once.
const PAGE: usize = 1000;

/// `nagare audit …`
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// Checks that no entry was changed, removed or put in; exits 1 when one was.
    Verify {
        #[command(flatten)]
        deployed: Deployed,
        /// Hash of an entry that was written down elsewhere: it must still be the last, or before it.
        #[arg(long)]
        head: Option<String>,
    },
    /// Prints all entries as JSON, one a line, the newest first.
    Export {
        #[command(flatten)]
        deployed: Deployed,
    },
}

/// Runs `nagare audit …`.
pub async fn audit(command: AuditCommand) -> Result<()> {
    match command {
        AuditCommand::Verify { deployed, head } => {
            let audit = open(&deployed).await?;
            match audit.verify().await? {
                Ok((entries, last)) => tell(&format!("{entries} entries, the last is {last}")),
                Err(fault) => bail!("the security log was tampered with: {fault}"),
            }
            if let Some(head) = head
                && !holds(&audit, &head).await?
            {
                bail!("the security log was tampered with: it does not hold {head} any more");
            }
        }
        AuditCommand::Export { deployed } => {
            let audit = open(&deployed).await?;
            let mut before = None;
            loop {
                let page = audit.newest(before, PAGE).await?;
                let Some((oldest, _)) = page.last() else { break };
                before = Some(*oldest);
                for (_, entry) in &page {
                    tell(&serde_json::to_string(entry)?);
                }
            }
        }
    }
    Ok(())
}

async fn open(deployed: &Deployed) -> Result<Audit> {
    let context = Context::connect(&deployed.connection, &deployed.log, CancellationToken::new()).await?;
    Ok(Audit::open(&context.jetstream, context.log.replicas()).await?)
}

async fn holds(audit: &Audit, head: &str) -> Result<bool> {
    let mut before = None;
    loop {
        let page = audit.newest(before, PAGE).await?;
        let Some((oldest, _)) = page.last() else { return Ok(false) };
        before = Some(*oldest);
        if page.iter().any(|(_, entry)| entry.hash == head) {
            return Ok(true);
        }
    }
}

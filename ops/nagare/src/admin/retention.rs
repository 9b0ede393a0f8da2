//! `nagare retention`: what is removed for its age.

use anyhow::Result;
use clap::Subcommand;
use nagare_runtime::{Context, Removals};
use tokio_util::sync::CancellationToken;

use super::{Deployed, OPERATOR};
use crate::first_start::tell;

/// Records that are listed.
const LISTED_MAX: usize = 100;

/// `nagare retention …`
#[derive(Debug, Clone, Subcommand)]
pub enum RetentionCommand {
    /// Removes now what is older than the settings keep it; `list` says how it ends.
    Run {
        #[command(flatten)]
        deployed: Deployed,
    },
    /// Prints what was removed as JSON, one removal a line, the newest first.
    List {
        #[command(flatten)]
        deployed: Deployed,
    },
}

/// Runs `nagare retention …`.
pub async fn retention(command: RetentionCommand) -> Result<()> {
    match command {
        RetentionCommand::Run { deployed } => open(&deployed).await?.request(OPERATOR).await?,
        RetentionCommand::List { deployed } => {
            for removal in open(&deployed).await?.newest(LISTED_MAX).await? {
                tell(&serde_json::to_string(&removal)?);
            }
        }
    }
    Ok(())
}

async fn open(deployed: &Deployed) -> Result<Removals> {
    let context = Context::connect(&deployed.connection, &deployed.log, CancellationToken::new()).await?;
    Ok(Removals::open(&context).await?)
}

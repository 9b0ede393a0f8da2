//! `nagare subject`: persons who ask what is known of them.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use nagare_api::Subjects;
use nagare_runtime::Context;
use nagare_schema::SiteId;
use tokio_util::sync::CancellationToken;

use super::{Deployed, OPERATOR};
use crate::{first_start::tell, restored::erase_again};

/// `nagare subject …`
#[derive(Debug, Clone, Subcommand)]
pub enum SubjectCommand {
    /// Prints the visits of a person as JSON.
    Find(Person),
    /// Prints all that is stored of a person's visits as JSON, by table.
    Export(Person),
    /// Erases a person's visits from tables and reports, and prints the signed receipt.
    Erase(Person),
    /// Does the erasures of a list again, after a backup was restored.
    EraseAgain {
        #[command(flatten)]
        deployed: Deployed,
        /// The file that `NAGARE_ERASURES_FILE` named for a projector.
        list: PathBuf,
    },
    /// Prints what a receipt says; fails when this deployment did not sign it.
    Verify {
        #[command(flatten)]
        deployed: Deployed,
        /// The receipt.
        receipt: String,
    },
}

/// Whom it is about.
#[derive(Debug, Clone, Args)]
pub struct Person {
    #[command(flatten)]
    deployed: Deployed,
    /// Id of the site.
    #[arg(long)]
    site: u32,
    /// Whose visits: a segment, as `userId==jane` or `visitorId==0123456789abcdef`.
    #[arg(long)]
    segment: String,
}

/// Runs `nagare subject …`.
pub async fn subject(command: SubjectCommand) -> Result<()> {
    let told = match command {
        SubjectCommand::Find(person) => {
            let (_, subjects) = open(&person.deployed).await?;
            serde_json::to_string_pretty(&subjects.visits_of(SiteId(person.site), &person.segment).await?)?
        }
        SubjectCommand::Export(person) => {
            let (context, subjects) = open(&person.deployed).await?;
            let site = SiteId(person.site);
            let visits = subjects.visits_of(site, &person.segment).await?;
            let exported = subjects.export_as(OPERATOR, context.clock.now(), (site, &visits)).await?;
            serde_json::to_string_pretty(&exported)?
        }
        SubjectCommand::Erase(person) => {
            let (context, subjects) = open(&person.deployed).await?;
            let site = SiteId(person.site);
            let visits = subjects.visits_of(site, &person.segment).await?;
            subjects.erase_as(OPERATOR, context.clock.now(), (site, &visits)).await?
        }
        SubjectCommand::EraseAgain { deployed, list } => {
            let (context, _) = open(&deployed).await?;
            format!("{} visits are erased again", erase_again(&context, &list).await?)
        }
        SubjectCommand::Verify { deployed, receipt } => {
            let (_, subjects) = open(&deployed).await?;
            let erased = subjects.verify(receipt.trim()).context("this deployment did not sign the receipt")?;
            serde_json::to_string_pretty(&erased)?
        }
    };
    tell(&told);
    Ok(())
}

async fn open(deployed: &Deployed) -> Result<(Context, Subjects)> {
    let context = Context::connect(&deployed.connection, &deployed.log, CancellationToken::new()).await?;
    let subjects = Subjects::open(&context).await?;
    Ok((context, subjects))
}

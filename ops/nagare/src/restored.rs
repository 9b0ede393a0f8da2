//! What a restored backup brought back of those who were erased after it was made is erased again.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use nagare_api::Subjects;
use nagare_runtime::{Backoff, Context, ErasedVisits, ListedErasure, caught_up, listed_erasures};

/// Who did it, in the security log.
const RESTORATION: &str = "(restoration)";
/// Time until what the log tells is in the tables.
const PROJECTED_WITHIN: std::time::Duration = std::time::Duration::from_secs(300);
/// Tries while the roles of this deployment begin.
const TRIES_MAX: u32 = 60;

/// Does the erasures of a list again that this deployment knows nothing of; tells how many visits are gone.
///
/// # Errors
/// When the list cannot be read, or the visits cannot be erased: nobody should read them then.
pub async fn erase_again(context: &Context, list: &Path) -> Result<usize> {
    let unreadable = || format!("the list of erasures {} cannot be read", list.display());
    let listed = listed_erasures(list).with_context(unreadable)?;
    let known = ErasedVisits::open(&context.jetstream, context.log.replicas()).await?.all().await?;
    let is_unknown = |erasure: &ListedErasure| !erasure.request.visits.iter().all(|visit| known.contains(visit));
    let unknown: Vec<ListedErasure> = listed.into_iter().filter(is_unknown).collect();
    if unknown.is_empty() {
        return Ok(0);
    }
    tracing::info!(erasures = unknown.len(), "erasures that a backup does not know are done again");
    caught_up(context, PROJECTED_WITHIN).await?;
    let subjects = Subjects::open(context).await?;
    let mut visits = 0;
    for erasure in &unknown {
        visits += again(context, &subjects, erasure).await?;
    }
    Ok(visits)
}

async fn again(context: &Context, subjects: &Subjects, erasure: &ListedErasure) -> Result<usize> {
    let mut backoff = Backoff::default();
    let mut tries = 0;
    loop {
        tries += 1;
        match subjects.erase_again(RESTORATION, context.clock.now(), erasure).await {
            Ok(visits) => return Ok(visits),
            Err(error) if tries == TRIES_MAX => return Err(error).context("erased persons would be readable again"),
            Err(error) => tracing::warn!(%error, "an erasure is tried again"),
        }
        if !backoff.wait(&context.stop).await {
            bail!("stopped");
        }
    }
}

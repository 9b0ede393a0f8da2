use std::sync::Arc;

use clap::Args;
use nagare_runtime::{Context, Membership, Role, run_owned};

use crate::{
    error::ProcessorError,
    metrics::Metrics,
    partition::{Shared, run_partition},
    search_engine::ReferrerLists,
};

/// How a processor runs.
#[derive(Debug, Clone, Args)]
pub struct ProcessorOptions {
    /// Name among the processors; one that comes back under its name takes its share back at once.
    /// Random when empty.
    #[arg(long, env = "NAGARE_MEMBER", default_value = "")]
    pub member: String,
}

/// Processes the share of partitions that falls to this process, until the context's `stop`.
///
/// # Errors
/// When the process cannot begin; what happens to a partition later is retried.
pub async fn run(context: Context, options: ProcessorOptions) -> Result<(), ProcessorError> {
    let ready = context.health.register("processor");
    let metrics = Metrics::new(&context.registry)?;
    let mut changes = context.directory.changes();
    let partitions = tokio::select! {
        () = context.stop.cancelled() => return Ok(()),
        config = changes.wait_for(|config| config.deployment.is_some()) => match config {
            Ok(config) => config.partitions(),
            Err(_) => return Ok(()),
        },
    };
    let name = if options.member.is_empty() { random_name() } else { options.member };
    let membership =
        Membership::join(&context.jetstream, Role::Processor, &name, partitions, context.stop.clone()).await?;
    ready.set(true);
    let stop = context.stop.clone();
    let shared = Shared { context, metrics, lists: Arc::new(ReferrerLists::embedded()?) };
    run_owned(membership.owned(), stop, move |partition, token| run_partition(shared.clone(), partition, token)).await;
    membership.leave().await;
    Ok(())
}

fn random_name() -> String {
    format!("{:016x}", rand::random::<u64>())
}

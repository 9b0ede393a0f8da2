use std::time::Duration;

use nagare_tests::{Cluster, Layout, LoadPlan, RoleKind, until};
use rustix::process::Signal;
use tokio::time::Instant;

use super::{SITES, settle, until_accepted, until_flowing};

/// Longer than the others take to believe that a silent member is dead.
const PAUSED: Duration = Duration::from_secs(15);

/// Two processors and two projectors share the partitions. One of each is paused in the middle of its
/// work, the others take over, and it wakes up believing that it still owns its share.
pub(crate) async fn paused_owners_return_and_do_no_harm() -> anyhow::Result<()> {
    let mut layout = Layout::default();
    layout.roles.extend([("processor-2", RoleKind::Processor), ("projector-2", RoleKind::Projector)]);
    let mut cluster = Cluster::up(layout).await?;
    let sites = cluster.add_sites(SITES).await?;
    let load = LoadPlan::thousand(&cluster.url("ingest")?, &sites, 240.0).start()?;
    until_accepted(&cluster, 2000.0).await?;
    for paused in [["processor", "projector-2"], ["processor-2", "projector"]] {
        for name in paused {
            cluster.signal(name, Signal::STOP)?;
        }
        let until_resumed = Instant::now() + PAUSED;
        // The others take over the whole meanwhile.
        until_flowing(&cluster).await?;
        until("the pause to be over", PAUSED * 2, || async { Ok((Instant::now() > until_resumed).then_some(())) })
            .await?;
        for name in paused {
            cluster.signal(name, Signal::CONT)?;
        }
        until_accepted(&cluster, 3000.0).await?;
        until_flowing(&cluster).await?;
    }
    let report = load.stop().await?;
    settle(cluster, report, 0).await
}

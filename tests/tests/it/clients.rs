//! Clients that others made for Matomo's APIs, one that a generator makes for ours, as their registries
//! serve them, and our own tracker.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Stack, workspace};
use tokio::{process::Command, time::timeout};

use crate::world::{SiteUnderTest, World, shared};

const CLIENT_WITHIN: Duration = Duration::from_secs(120);

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![
        shared(world, "clients::matomo_tracker_of_npm", matomo_tracker),
        shared(world, "clients::jonkoops_matomo_tracker_of_npm", jonkoops),
        shared(world, "clients::matomopy_of_pypi", matomopy),
        shared(world, "clients::matomopy_of_pypi_reads_reports", matomopy_reads),
        shared(world, "clients::openapi_ts_of_npm_generates_a_client", generated),
        shared(world, "clients::own_tracker_across_domains", own_tracker),
    ]
}

async fn matomo_tracker(world: World) -> anyhow::Result<()> {
    check(&world, "node", "server.mjs").await
}

async fn jonkoops(world: World) -> anyhow::Result<()> {
    check(&world, "node", "page.mjs").await
}

async fn matomopy(world: World) -> anyhow::Result<()> {
    check(&world, "python3", "client.py").await
}

async fn matomopy_reads(world: World) -> anyhow::Result<()> {
    check_reading(&world, "python3", "reports.py").await
}

async fn generated(world: World) -> anyhow::Result<()> {
    check_reading(&world, "node", "generated.mjs").await
}

/// Runs a client that reads one visit of today: page A, an event, and page B.
async fn check_reading(world: &World, interpreter: &str, script: &str) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(world, &[]).await?;
    let tracker = site.tracker();
    let visitor = ("_id", "0123456789abcdef");
    let page = |url: &'static str| [visitor, ("url", url)];
    tracker.hit(&page("https://site.example/a")).await?;
    tracker.hit(&[&page("https://site.example/a")[..], &[("e_c", "shop"), ("e_a", "open")]].concat()).await?;
    tracker.hit(&page("https://site.example/b")).await?;
    site.stack.caught_up().await?;
    run(site.stack, site.id, interpreter, script).await
}

async fn own_tracker(world: World) -> anyhow::Result<()> {
    check(&world, "node", "tracker.mjs").await
}

/// Runs a client that sends page A, an event, and page B: one visit.
async fn check(world: &World, interpreter: &str, script: &str) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(world, &[]).await?;
    run(site.stack, site.id, interpreter, script).await?;
    let visits = site.visits().await?;
    ensure!(visits.len() == 1, "one visit expected: {visits:?}");
    let visit = &visits[0];
    ensure!((visit.actions, visit.interactions, visit.events) == (3, 2, 1), "{visit:?}");
    ensure!(visit.entry_url.as_deref() == Some("site.example/a"), "{visit:?}");
    ensure!(visit.exit_url.as_deref() == Some("site.example/b"), "{visit:?}");
    let mut kinds: Vec<_> = site.actions().await?.iter().map(|action| (action.kind, action.name.clone())).collect();
    kinds.sort();
    let named = |name: &str| Some(name.to_owned());
    ensure!(kinds[..2] == [(1, named("A")), (1, named("B"))] && kinds[2].0 == 10, "{kinds:?}");
    Ok(())
}

async fn run(stack: &Stack, site: u32, interpreter: &str, script: &str) -> anyhow::Result<()> {
    let root: PathBuf = workspace();
    let client = Command::new(interpreter)
        .arg(root.join("tests/clients").join(script))
        .env("NAGARE_URL", stack.url())
        .env("NAGARE_SITE", site.to_string())
        .env("NAGARE_TOKEN", ADMIN_TOKEN)
        .env("NAGARE_CLIENT_MODULES", root.join(".deps/clients/node_modules"))
        .env("NAGARE_BROWSER_MODULES", root.join(".deps/browser/node_modules"))
        .env("PYTHONPATH", root.join(".deps/clients/python"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(CLIENT_WITHIN, client).await.with_context(|| format!("{script} takes too long"))??;
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{script}:\n{told}");
    Ok(())
}

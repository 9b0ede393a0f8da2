//! The OpenAPI document against the running product (product.md S15): schemathesis asks for all that the
//! document allows and for what it forbids, and reads the answers by it.

use std::{process::Stdio, time::Duration};

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Stack, workspace};
use tokio::{process::Command, time::timeout};

use crate::world::alone;

/// Requests by each operation of the document and phase at most.
const EXAMPLES_MAX: &str = "25";
const ENDS_WITHIN: Duration = Duration::from_secs(120);
/// Grammars of segments, days and cursors are said in words: what they refuse is no schema's.
const UNCHECKED: &str = "positive_data_acceptance";

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("document::no_request_breaks_the_server_or_the_document", document)]
}

async fn document() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let site = stack.matomo().add_site("Site", &[]).await?;
    for page in ["a", "b"] {
        let url = format!("https://site.example/{page}");
        stack.tracker(site).hit(&[("_id", "0123456789abcdef"), ("url", &url)]).await?;
    }
    stack.caught_up().await?;
    let address = format!("{}/api/v1/openapi.json", stack.url());
    let folder = tempfile::tempdir()?;
    let asking = Command::new("python3")
        .args(["-m", "schemathesis.cli", "run", &address, "--no-color", "--max-examples", EXAMPLES_MAX])
        .args(["--exclude-checks", UNCHECKED, "--continue-on-failure", "--generation-database", "none"])
        .args(["--header", &format!("Authorization: Bearer {ADMIN_TOKEN}")])
        .env("PYTHONPATH", workspace().join(".deps/schemathesis"))
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(ENDS_WITHIN, asking).await.context("schemathesis takes too long")??;
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{told}");
    stack.finish().await
}

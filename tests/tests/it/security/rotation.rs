//! The master key is replaced while hits keep coming (product.md S12).

use std::{fs, time::Duration};

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_LOGIN, ADMIN_PASSWORD, Rest, Stack, until};
use serde_json::{Value, json};

use crate::{
    erasure::Load,
    security::accounts::{begun, code_of, sign_in},
    world::alone,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("rotation::the_master_key_is_replaced_under_load", the_master_key_is_replaced)]
}

const OLD: &str = "the master key that is to be replaced";
const NEW: &str = "the master key that comes in its place";
/// A code counts once: the next one comes within this time.
const CODE_WITHIN: Duration = Duration::from_secs(40);

async fn the_master_key_is_replaced() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("master-key");
    fs::write(&path, OLD)?;
    let file = path.display().to_string();
    let mut stack = Stack::up_with(&[("NAGARE_MASTER_KEY_FILE", &file)]).await?;
    let site = stack.matomo().add_site("Site", &[]).await?;
    let load = Load::begin(&stack.tracker(site));
    let secret = enrolled(&Rest::new(stack.url())).await?;
    // Processes take each other's place: first such that know both keys, at last such that know the new one.
    fs::write(&path, format!("{NEW}\n{OLD}\n"))?;
    let (mut both, url) = stack.further_api(&[("NAGARE_MASTER_KEY_FILE", &file)]).await?;
    let used = code_of(&secret, 1)?;
    ensure!(sign_in(&Rest::new(&url), ADMIN_LOGIN, ADMIN_PASSWORD, &used).await?.status == 200, "not with both keys");
    for resealed in ["1 secrets", "0 secrets"] {
        let told = stack.command(&["vault", "rotate", "--master-key-file", &file]).await?;
        ensure!(told.contains(resealed), "{resealed} expected: {told}");
    }
    fs::write(&path, NEW)?;
    let (mut after, url) = stack.further_api(&[("NAGARE_MASTER_KEY_FILE", &file)]).await?;
    let next = until("another code", CODE_WITHIN, || {
        std::future::ready(code_of(&secret, 1).map(|code| (code != used).then_some(code)))
    })
    .await?;
    let signed_in = sign_in(&Rest::new(&url), ADMIN_LOGIN, ADMIN_PASSWORD, &next).await?;
    ensure!(signed_in.status == 200, "not with the new key alone: {signed_in:?}");
    load.end().await?;
    both.kill()?;
    after.kill()?;
    stack.restart(rustix::process::Signal::TERM).await?;
    stack.finish().await
}

/// Gives the superuser a second factor; returns its secret.
async fn enrolled(rest: &Rest) -> anyhow::Result<String> {
    let path = "/api/v1/account/second-factor";
    let (access, _) = begun(rest, ADMIN_PASSWORD).await?;
    let secret = rest.send("POST", path, &access, &Value::Null).await?.text("secret")?;
    let confirmed = rest.send("PUT", path, &access, &json!({ "code": code_of(&secret, 0)? })).await?;
    ensure!(confirmed.status == 200, "{confirmed:?}");
    Ok(secret)
}

//! `nagare vault`: what is sealed under the master key.

use anyhow::{Context as _, Result, ensure};
use clap::Subcommand;
use nagare_runtime::{Directory, Expected, Vault, VaultOptions};
use nagare_schema::{ConfigKey, Entity, SecondFactor, User};

use super::Deployed;
use crate::first_start::tell;

/// `nagare vault …`
#[derive(Debug, Clone, Subcommand)]
pub enum VaultCommand {
    /// Seals everything anew under the first of the keys given, so that the others can be taken away.
    Rotate {
        #[command(flatten)]
        deployed: Deployed,
        #[command(flatten)]
        vault: VaultOptions,
    },
}

/// Runs `nagare vault …`.
pub async fn vault(command: VaultCommand) -> Result<()> {
    let VaultCommand::Rotate { deployed, vault } = command;
    ensure!(vault.is_given(), "give the master key that is to be used, and after it those that it replaces");
    let directory = deployed.directory().await?;
    let config = directory.snapshot();
    let secret = &config.deployment.as_ref().context("the deployment is not initialised")?.secret;
    let vault = vault.open(secret)?;
    let mut resealed = 0;
    for login in config.users.keys() {
        resealed += usize::from(reseal(&directory, &vault, login).await?);
    }
    tell(&format!("{resealed} secrets are sealed anew"));
    Ok(())
}

/// True when the secret of an account was sealed under another key.
async fn reseal(directory: &Directory, vault: &Vault, login: &str) -> Result<bool> {
    let stored = directory.get(&ConfigKey::User(login.to_owned())).await?;
    let Some((Entity::User(user), revision)) = stored else { return Ok(false) };
    let Some(factor) = user.second_factor.clone().filter(|factor| vault.is_outdated(&factor.sealed_secret)) else {
        return Ok(false);
    };
    let place = nagare_api::second_factor_place(login);
    let sealed_secret = vault.seal(&place, &vault.open(&place, &factor.sealed_secret)?)?;
    let user = User { second_factor: Some(SecondFactor { sealed_secret, ..factor }), ..user };
    directory.put(&Entity::User(user), Expected::Revision(revision)).await?;
    Ok(true)
}

//! `nagare setting`: the settings under Matomo's names.

use anyhow::{Context as _, Result};
use clap::Subcommand;
use nagare_runtime::Expected;
use nagare_schema::{ALL_SETTINGS, AnySetting, ConfigKey, Entity, NamedSettings, Settings};

use super::Deployed;
use crate::first_start::tell;

/// `nagare setting …`
#[derive(Debug, Clone, Subcommand)]
pub enum SettingCommand {
    /// Prints a setting.
    Get {
        #[command(flatten)]
        deployed: Deployed,
        /// Its name, as `Tracker.visit_standard_length`.
        name: String,
    },
    /// Changes a setting; running processes follow at once.
    Set {
        #[command(flatten)]
        deployed: Deployed,
        /// Its name.
        name: String,
        /// What it becomes.
        value: String,
    },
    /// Lists all settings with their values.
    List {
        #[command(flatten)]
        deployed: Deployed,
    },
}

/// Runs `nagare setting …`.
pub async fn setting(command: SettingCommand) -> Result<()> {
    match command {
        SettingCommand::Get { deployed, name } => {
            let setting = AnySetting::find(&name).with_context(|| format!("there is no setting {name}"))?;
            tell(&deployed.directory().await?.snapshot().settings.named.get(&setting));
        }
        SettingCommand::Set { deployed, name, value } => {
            let directory = deployed.directory().await?;
            let (mut settings, expected) = match directory.get(&ConfigKey::Settings).await? {
                Some((Entity::Settings(settings), revision)) => (settings, Expected::Revision(revision)),
                _ => (Settings::default(), Expected::Absent),
            };
            settings.named.set(&name, &value)?;
            directory.put(&Entity::Settings(settings), expected).await?;
        }
        SettingCommand::List { deployed } => list(&deployed.directory().await?.snapshot().settings.named),
    }
    Ok(())
}

fn list(settings: &NamedSettings) {
    for setting in ALL_SETTINGS {
        tell(&format!("{} = {}", setting.name(), settings.get(setting)));
    }
}

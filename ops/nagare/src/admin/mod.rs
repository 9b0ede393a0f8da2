//! `nagare site`, `nagare user`, `nagare token`, `nagare setting`, `nagare audit`, `nagare vault`,
//! `nagare subject`, `nagare retention`: the deployment from the command line.

mod audit;
mod retention;
mod setting;
mod subject;
mod vault;

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Subcommand};
use nagare_runtime::{Clock, ConnectionOptions, Context, Directory, DirectoryError, Expected, LogOptions};
use nagare_schema::{ConfigKey, Entity, Scope, Site, SiteId, Token, UnixSeconds, User, ZoneClock};
use tokio_util::sync::CancellationToken;

use crate::first_start::{random_hex, tell};

pub use audit::{AuditCommand, audit};
pub use retention::{RetentionCommand, retention};
pub use setting::{SettingCommand, setting};
pub use subject::{SubjectCommand, subject};
pub use vault::{VaultCommand, vault};

/// Bytes of a token: 32 hexadecimal digits, as Matomo's clients expect.
const TOKEN_BYTES: usize = 16;
/// Who did it, in the security log.
const OPERATOR: &str = "(operator)";
/// Tries to find a free site id while others add sites, too.
const TRIES_MAX: u32 = 10;

/// Where the deployment is.
#[derive(Debug, Clone, Args)]
pub struct Deployed {
    #[command(flatten)]
    connection: ConnectionOptions,
    #[command(flatten)]
    log: LogOptions,
}

impl Deployed {
    async fn directory(&self) -> Result<Directory> {
        Ok(Context::connect(&self.connection, &self.log, CancellationToken::new()).await?.directory)
    }
}

/// `nagare site …`
#[derive(Debug, Clone, Subcommand)]
pub enum SiteCommand {
    /// Adds a site and prints its id.
    Add {
        #[command(flatten)]
        deployed: Deployed,
        /// Its name.
        #[arg(long)]
        name: String,
        /// Its URL; may be repeated, the main one first.
        #[arg(long, required = true)]
        url: Vec<String>,
        /// Its time zone.
        #[arg(long, default_value = "UTC")]
        timezone: String,
    },
    /// Lists sites.
    List {
        #[command(flatten)]
        deployed: Deployed,
    },
}

/// `nagare user …`
#[derive(Debug, Clone, Subcommand)]
pub enum UserCommand {
    /// Adds a user and prints a generated password.
    Add {
        #[command(flatten)]
        deployed: Deployed,
        /// Login.
        #[arg(long)]
        login: String,
        /// E-mail address.
        #[arg(long)]
        email: String,
        /// May do everything.
        #[arg(long)]
        superuser: bool,
    },
    /// Gives a user a new generated password and prints it.
    Password {
        #[command(flatten)]
        deployed: Deployed,
        /// Login.
        #[arg(long)]
        login: String,
    },
    /// Prints a link by which a user chooses a password, once, within an hour.
    ResetLink {
        #[command(flatten)]
        deployed: Deployed,
        /// Login.
        #[arg(long)]
        login: String,
        /// Where the dashboard is.
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        url: String,
    },
    /// Takes the second factor from a user who has lost it.
    ResetSecondFactor {
        #[command(flatten)]
        deployed: Deployed,
        /// Login.
        #[arg(long)]
        login: String,
    },
    /// Lists users.
    List {
        #[command(flatten)]
        deployed: Deployed,
    },
}

/// `nagare token …`
#[derive(Debug, Clone, Subcommand)]
pub enum TokenCommand {
    /// Creates a token and prints it; it is stored only as a hash.
    Add {
        #[command(flatten)]
        deployed: Deployed,
        /// Whose.
        #[arg(long)]
        login: String,
        /// What for.
        #[arg(long, default_value = "")]
        description: String,
    },
}

/// Runs `nagare site …`.
pub async fn site(command: SiteCommand) -> Result<()> {
    match command {
        SiteCommand::Add { deployed, name, url, timezone } => {
            ensure!(ZoneClock::is_known(&timezone), "{timezone} is no known time zone");
            let urls = url.iter().map(|url| url.trim_end_matches('/').to_owned()).collect();
            let created_at = UnixSeconds::from(Clock::system().now());
            let site = Site { name, urls, timezone, created_at, ..Site::default() };
            let id = add_site(&deployed.directory().await?, site).await?;
            tell(&id.to_string());
        }
        SiteCommand::List { deployed } => {
            for site in deployed.directory().await?.snapshot().sites.values() {
                tell(&format!("{}\t{}\t{}", site.id, site.name, site.urls.join(" ")));
            }
        }
    }
    Ok(())
}

async fn add_site(directory: &Directory, site: Site) -> Result<SiteId> {
    for _ in 0..TRIES_MAX {
        let last = directory.snapshot().sites.keys().next_back().map_or(0, |id| id.0);
        let id = SiteId(last + 1);
        match directory.put(&Entity::Site(Site { id, ..site.clone() }), Expected::Absent).await {
            Ok(_) => return Ok(id),
            Err(DirectoryError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    bail!("others keep adding sites; try again")
}

/// Runs `nagare user …`.
pub async fn user(command: UserCommand) -> Result<()> {
    match command {
        UserCommand::Add { deployed, login, email, superuser } => {
            let password = random_hex(12);
            let password_hash = nagare_api::hash_password(&password).context("the password cannot be hashed")?;
            let created_at = Clock::system().now();
            let user = User { login, email, password_hash, superuser, created_at, ..User::default() };
            deployed.directory().await?.put(&Entity::User(user), Expected::Absent).await?;
            tell(&password);
        }
        UserCommand::Password { deployed, login } => {
            let password = random_hex(12);
            let password_hash = nagare_api::hash_password(&password).context("the password cannot be hashed")?;
            change(&deployed.directory().await?, &login, |user| User { password_hash, ..user }).await?;
            tell(&password);
        }
        UserCommand::ResetLink { deployed, login, url } => {
            let config = deployed.directory().await?.snapshot();
            let now = UnixSeconds::from(Clock::system().now());
            let link = nagare_api::reset_link(&config, &login, &url, now);
            tell(&link.with_context(|| format!("there is no user {login}"))?);
        }
        UserCommand::ResetSecondFactor { deployed, login } => {
            change(&deployed.directory().await?, &login, |user| User { second_factor: None, ..user }).await?;
        }
        UserCommand::List { deployed } => {
            for user in deployed.directory().await?.snapshot().users.values() {
                let role = if user.superuser { "superuser" } else { "user" };
                tell(&format!("{}\t{}\t{role}", user.login, user.email));
            }
        }
    }
    Ok(())
}

/// Changes a user who exists.
async fn change(directory: &Directory, login: &str, to: impl FnOnce(User) -> User) -> Result<()> {
    let stored = directory.get(&ConfigKey::User(login.to_owned())).await?;
    let Some((Entity::User(user), revision)) = stored else { bail!("there is no user {login}") };
    directory.put(&Entity::User(to(user)), Expected::Revision(revision)).await?;
    Ok(())
}

/// Runs `nagare token …`.
pub async fn token(command: TokenCommand) -> Result<()> {
    let TokenCommand::Add { deployed, login, description } = command;
    let directory = deployed.directory().await?;
    ensure!(directory.snapshot().users.contains_key(&login), "there is no user {login}");
    let token = random_hex(TOKEN_BYTES);
    let entity = Token {
        hash: nagare_api::token_hash(&token),
        login,
        description,
        created_at: Clock::system().now(),
        expires_at: None,
        secure_only: false,
        scope: Scope::default(),
    };
    directory.put(&Entity::Token(entity), Expected::Absent).await?;
    tell(&token);
    Ok(())
}

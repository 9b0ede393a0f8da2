//! What a deployment needs before it can serve: tables, a deployment record, a superuser, a site.

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use nagare_runtime::{ConnectionOptions, Context, Directory, DirectoryError, Expected, LogOptions};
use nagare_schema::{Deployment, Entity, PARTITIONS_MAX, Scope, Site, SiteId, Token, UnixMillis, UnixSeconds, User};
use tokio_util::sync::CancellationToken;

use crate::migrate::migrate;

/// Bytes of a generated secret.
const SECRET_BYTES: usize = 32;

/// The first superuser and the first site.
#[derive(Debug, Clone, Args)]
pub struct FirstStart {
    /// Partitions of the log; fixed when the deployment is created. 8 on one machine, 64 in a cluster.
    #[arg(long, env = "NAGARE_PARTITIONS", default_value_t = 8)]
    pub partitions: u16,
    /// Login of the superuser.
    #[arg(long, env = "NAGARE_ADMIN_LOGIN", default_value = "admin")]
    pub admin_login: String,
    /// E-mail address of the superuser.
    #[arg(long, env = "NAGARE_ADMIN_EMAIL", default_value = "admin@localhost")]
    pub admin_email: String,
    /// Password of the superuser; generated and printed once when empty.
    #[arg(long, env = "NAGARE_ADMIN_PASSWORD", default_value = "", hide_env_values = true)]
    pub admin_password: String,
    /// API token of the superuser; none when empty.
    #[arg(long, env = "NAGARE_ADMIN_TOKEN", default_value = "", hide_env_values = true)]
    pub admin_token: String,
    /// Main URL of the first site; `none`: no site.
    #[arg(long, env = "NAGARE_INITIAL_SITE", default_value = "http://localhost")]
    pub initial_site: String,
}

/// What was created, to be told once.
#[derive(Debug, Default)]
pub struct Created {
    /// Login and password of the superuser, when it is new; no password when one was given.
    pub superuser: Option<(String, Option<String>)>,
    /// The site.
    pub site: Option<SiteId>,
}

/// `nagare migrate`: prepares brokers that run elsewhere.
///
/// # Errors
/// When a broker refuses.
pub async fn prepare(connection: &ConnectionOptions, log: &LogOptions, first: &FirstStart) -> Result<()> {
    let applied = migrate(connection).await?;
    let stop = CancellationToken::new();
    let context = Context::connect(connection, log, stop.clone()).await?;
    let created = create(&context, first).await?;
    tell(&format!("{} migrations applied", applied.len()));
    tell_created(&created);
    stop.cancel();
    Ok(())
}

/// Creates what does not exist; safe to repeat, and for two processes at once.
///
/// # Errors
/// When the directory cannot be changed.
pub async fn create(context: &Context, first: &FirstStart) -> Result<Created> {
    let (directory, now) = (&context.directory, context.clock.now());
    ensure!((1..=PARTITIONS_MAX).contains(&usize::from(first.partitions)), "partitions must be 1 to {PARTITIONS_MAX}");
    let deployment = Deployment { partitions: first.partitions, secret: random_hex(SECRET_BYTES), created_at: now };
    let is_first = put_absent(directory, Entity::Deployment(deployment)).await?;
    let mut created = Created { superuser: superuser(directory, first, now).await?, site: None };
    if !first.admin_token.is_empty() {
        let token = Token {
            hash: nagare_api::token_hash(&first.admin_token),
            login: first.admin_login.clone(),
            description: "given at start".to_owned(),
            created_at: now,
            expires_at: None,
            secure_only: false,
            scope: Scope::default(),
        };
        put_absent(directory, Entity::Token(token)).await?;
    }
    if is_first && first.initial_site != "none" {
        created.site = Some(first_site(directory, first, now).await?);
    }
    Ok(created)
}

async fn superuser(
    directory: &Directory,
    first: &FirstStart,
    now: UnixMillis,
) -> Result<Option<(String, Option<String>)>> {
    let config = directory.snapshot();
    let given = !first.admin_password.is_empty();
    if config.users.values().any(|user| user.superuser) {
        return Ok(None);
    }
    let password = if given { first.admin_password.clone() } else { random_hex(12) };
    let user = User {
        login: first.admin_login.clone(),
        email: first.admin_email.clone(),
        password_hash: nagare_api::hash_password(&password).context("the password cannot be hashed")?,
        superuser: true,
        created_at: now,
        ..User::default()
    };
    let login = user.login.clone();
    let is_new = put_absent(directory, Entity::User(user)).await?;
    Ok(is_new.then(|| (login, (!given).then_some(password))))
}

async fn first_site(directory: &Directory, first: &FirstStart, now: UnixMillis) -> Result<SiteId> {
    let site = Site {
        id: SiteId(1),
        name: "My site".to_owned(),
        urls: vec![first.initial_site.trim_end_matches('/').to_owned()],
        created_at: UnixSeconds::from(now),
        created_by: first.admin_login.clone(),
        ..Site::default()
    };
    put_absent(directory, Entity::Site(site)).await?;
    Ok(SiteId(1))
}

/// True when the entity was not there.
async fn put_absent(directory: &Directory, entity: Entity) -> Result<bool> {
    match directory.put(&entity, Expected::Absent).await {
        Ok(_) => Ok(true),
        Err(DirectoryError::Conflict(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Prints what was created; passwords appear here and nowhere else.
pub fn tell_created(created: &Created) {
    if let Some((login, password)) = &created.superuser {
        match password {
            Some(password) => tell(&format!("superuser   {login}   password {password}   (shown once)")),
            None => tell(&format!("superuser   {login}")),
        }
    }
}

/// Prints a line for the operator.
#[expect(clippy::print_stdout, reason = "commands talk to the operator on stdout")]
pub fn tell(line: &str) {
    println!("{line}");
}

/// Random bytes in hexadecimal.
pub fn random_hex(bytes: usize) -> String {
    (0..bytes).map(|_| format!("{:02x}", rand::random::<u8>())).collect()
}

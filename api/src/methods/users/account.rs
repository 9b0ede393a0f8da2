//! Changes of users and their access.

use jiff::civil::DateTime;
use nagare_runtime::Expected;
use nagare_schema::{ConfigKey, Entity, Grant, GrantLevel, Invitation, Scope, SiteId, Token, UnixMillis, User};

use super::{Call, level_of, unknown};
use crate::{
    auth::{Proof, Unconfirmed, generate_token, hash_password, token_hash},
    error::Fault,
    methods::change::change,
    permission::check_site,
    table::Answer,
    value::Value,
};

/// Characters of a login.
const LOGIN_CHARS: std::ops::RangeInclusive<usize> = 2..=100;
/// Characters of a password at least.
const PASSWORD_CHARS_MIN: usize = 6;
/// Days an invitation holds unless it says otherwise.
const INVITATION_DAYS: i64 = 7;
/// Longest validity that can be asked for, in hours.
const HOURS_MAX: i64 = 24 * 366 * 100;
const HOUR_MS: i64 = 3_600_000;

pub(super) async fn add(call: Call<'_>) -> Result<Answer, Fault> {
    let password = call.params.required("password")?.to_owned();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(Fault::new(format!("The password must be at least {PASSWORD_CHARS_MIN} characters long.")));
    }
    let password_hash = tokio::task::spawn_blocking(move || hash_password(&password)).await;
    let password_hash = password_hash.ok().and_then(Result::ok);
    let password_hash = password_hash.ok_or_else(|| Fault::unavailable("The password cannot be stored."))?;
    create(&call, User { password_hash, ..User::default() }).await
}

pub(super) async fn invite(call: Call<'_>) -> Result<Answer, Fault> {
    let days = call.params.number::<i64>("expiryInDays").unwrap_or(INVITATION_DAYS).clamp(1, HOURS_MAX / 24);
    let by = call.caller.login().unwrap_or_default().to_owned();
    let expires_at = UnixMillis(call.now.0 + days * 24 * HOUR_MS);
    create(&call, User { invitation: Some(Invitation { by, expires_at }), ..User::default() }).await
}

/// Stores the account with its first access.
async fn create(call: &Call<'_>, user: User) -> Result<Answer, Fault> {
    let (login, email) = (checked_login(call)?.to_owned(), checked_email(call)?.to_owned());
    let site = call.params.number::<u32>("initialIdSite").filter(|site| *site > 0).map(SiteId);
    match site {
        Some(site) => check_site(GrantLevel::Admin, call.caller, site)?,
        None if call.caller.is_superuser() => {}
        None => return Err(Fault::missing("initialIdSite")),
    }
    let user = User { login: login.clone(), email, created_at: call.now, ..user };
    call.directory.put(&Entity::User(user), Expected::Absent).await?;
    if let Some(site) = site {
        grant(call, &login, site, Some(GrantLevel::View)).await?;
    }
    Ok(Answer::Done)
}

fn checked_login<'a>(call: &Call<'a>) -> Result<&'a str, Fault> {
    let login = call.params.required("userLogin")?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.@+-äöüÄÖÜß".contains(c);
    if !LOGIN_CHARS.contains(&login.chars().count()) || !login.chars().all(fits) || login == "anonymous" {
        return Err(Fault::new(format!("The login '{login}' cannot be used.")));
    }
    if call.caller.config.users.contains_key(login) {
        return Err(Fault::new(format!("Username '{login}' already exists.")));
    }
    Ok(login)
}

fn checked_email<'a>(call: &Call<'a>) -> Result<&'a str, Fault> {
    let email = call.params.required("email")?;
    let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !is_address || email.contains(char::is_whitespace) {
        return Err(Fault::new("The email doesn't have a valid format."));
    }
    if call.caller.config.users.values().any(|user| user.email.eq_ignore_ascii_case(email)) {
        return Err(Fault::new(format!("User with email '{email}' already exists.")));
    }
    Ok(email)
}

/// Gives access to a site; `None` takes it away.
async fn grant(call: &Call<'_>, login: &str, site: SiteId, level: Option<GrantLevel>) -> Result<(), Fault> {
    let login = login.to_owned();
    match level {
        Some(level) => {
            call.directory.put(&Entity::Grant(Grant { login, site, level }), Expected::Any).await?;
        }
        None => call.directory.delete(&ConfigKey::Grant(login, site)).await?,
    }
    Ok(())
}

pub(super) async fn set_access(call: Call<'_>) -> Result<Answer, Fault> {
    let (login, access) = (call.params.required("userLogin")?, call.params.required("access")?);
    let level = if access == "noaccess" { None } else { Some(level_of(access)?) };
    let config = &call.caller.config;
    match config.users.get(login) {
        _ if login == "anonymous" && level > Some(GrantLevel::View) => {
            return Err(Fault::new("The anonymous user can only have 'view' or 'noaccess'."));
        }
        None if login != "anonymous" => return Err(unknown(login)),
        Some(user) if user.superuser => {
            return Err(Fault::new(format!("The user '{login}' is a superuser, who can access every website.")));
        }
        _ => {}
    }
    let asked = call.params.list("idSites").ok_or_else(|| Fault::missing("idSites"))?;
    let sites: Vec<SiteId> = if asked == ["all"] {
        call.caller.sites_with(GrantLevel::Admin).into_iter().collect()
    } else {
        asked.iter().filter_map(|id| id.parse().ok()).collect()
    };
    for site in &sites {
        check_site(GrantLevel::Admin, call.caller, *site)?;
    }
    for site in sites {
        grant(&call, login, site, level).await?;
    }
    Ok(Answer::Done)
}

/// Refuses unless the request carries the caller's own password.
pub(in crate::methods) async fn confirm(call: &Call<'_>) -> Result<(), Fault> {
    let login = call.caller.login().unwrap_or_default();
    confirm_as(call, login).await
}

async fn confirm_as(call: &Call<'_>, login: &str) -> Result<(), Fault> {
    let password = call.params.required("passwordConfirmation")?;
    let code = call.params.filled("authCode").unwrap_or_default();
    let proof = Proof { login, password, code, address: None };
    let confirmed = call.accounts.confirm(&call.caller.config, proof, call.now.into()).await;
    confirmed.map_err(|why| match why {
        Unconfirmed::Wrong => Fault::denied("The current password you entered is not correct."),
        Unconfirmed::CodeNeeded => Fault::denied("Please specify a value for 'authCode'."),
        Unconfirmed::Throttled(_) => {
            Fault::with_status(axum::http::StatusCode::TOO_MANY_REQUESTS, "Too many wrong passwords; try again later.")
        }
    })
}

/// True when the account is the only superuser.
fn is_last_superuser(call: &Call<'_>, login: &str) -> bool {
    let mut superusers = call.caller.config.users.values().filter(|user| user.superuser);
    superusers.next().is_some_and(|user| user.login == login) && superusers.next().is_none()
}

pub(super) async fn set_superuser(call: Call<'_>) -> Result<Answer, Fault> {
    let login = call.params.required("userLogin")?;
    let on = call.params.optional_flag("hasSuperUserAccess").ok_or_else(|| Fault::missing("hasSuperUserAccess"))?;
    confirm(&call).await?;
    if !on && is_last_superuser(&call, login) {
        return Err(Fault::new(format!("The user '{login}' is the last superuser and has to stay one.")));
    }
    change(call.directory, &ConfigKey::User(login.to_owned()), |stored| match stored {
        Some(Entity::User(user)) => Ok(Entity::User(User { superuser: on, ..user.clone() })),
        _ => Err(unknown(login)),
    })
    .await?;
    // A superuser needs no grant, and one who was keeps none.
    for site in sites_of(&call, login) {
        grant(&call, login, site, None).await?;
    }
    Ok(Answer::Done)
}

fn sites_of(call: &Call<'_>, login: &str) -> Vec<SiteId> {
    call.caller.config.grants.keys().filter(|(user, _)| user == login).map(|(_, site)| *site).collect()
}

/// Deletes an account, what it may do, and its tokens. Others than superusers delete whom they invited.
pub(super) async fn delete(call: Call<'_>) -> Result<Answer, Fault> {
    let login = call.params.required("userLogin")?;
    let user = call.caller.config.users.get(login).ok_or_else(|| unknown(login))?;
    let is_own_guest = user.invitation.as_ref().is_some_and(|invited| call.caller.login() == Some(&invited.by));
    if !call.caller.is_superuser() && !is_own_guest {
        return Err(Fault::denied("You can't access this resource as it requires a 'superuser' access."));
    }
    confirm(&call).await?;
    if is_last_superuser(&call, login) {
        return Err(Fault::new(format!("Deleting user '{login}' is not possible: it is the last superuser.")));
    }
    call.directory.delete(&ConfigKey::User(login.to_owned())).await?;
    for site in sites_of(&call, login) {
        grant(&call, login, site, None).await?;
    }
    for token in call.caller.config.tokens.values().filter(|token| token.login == login) {
        call.directory.delete(&ConfigKey::Token(token.hash.clone())).await?;
    }
    Ok(Answer::Done)
}

/// A token for an account whose password the request carries, by login or e-mail address.
pub(super) async fn create_token(call: Call<'_>) -> Result<Answer, Fault> {
    let asked = call.params.required("userLogin")?;
    let users = &call.caller.config.users;
    let by_email = || users.values().find(|user| user.email.eq_ignore_ascii_case(asked));
    let login = users.get(asked).or_else(by_email).map_or(asked, |user| user.login.as_str());
    confirm_as(&call, login).await?;
    let token = generate_token();
    let entity = Token {
        hash: token_hash(&token),
        login: login.to_owned(),
        description: call.params.text("description").unwrap_or_default().to_owned(),
        created_at: call.now,
        expires_at: expiry(&call)?,
        secure_only: false,
        scope: Scope::default(),
    };
    call.directory.put(&Entity::Token(entity), Expected::Absent).await?;
    Ok(Answer::Value(Value::from(token)))
}

fn expiry(call: &Call<'_>) -> Result<Option<UnixMillis>, Fault> {
    if let Some(hours) = call.params.number::<i64>("expireHours").filter(|hours| (1..=HOURS_MAX).contains(hours)) {
        return Ok(Some(UnixMillis(call.now.0 + hours * HOUR_MS)));
    }
    let Some(text) = call.params.filled("expireDate") else { return Ok(None) };
    let at = text.parse::<DateTime>().and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC));
    let at = at.map_err(|_| Fault::new(format!("The date '{text}' cannot be read.")))?;
    Ok(Some(UnixMillis(at.timestamp().as_millisecond())))
}

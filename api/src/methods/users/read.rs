//! What is told of users.

use std::collections::BTreeSet;

use jiff::Timestamp;
use nagare_schema::{GrantLevel, UnixMillis, User};

use super::{Call, level_name, level_of, one_site, unknown};
use crate::{
    error::Fault,
    permission::Granted,
    value::{Record, Value},
};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Logins that the caller may know of: those with access to a site that the caller administers.
fn known<'a>(call: &Call<'a>) -> Vec<&'a User> {
    let config = &call.caller.config;
    let users = config.users.values().map(AsRef::as_ref);
    if call.caller.is_superuser() {
        return users.collect();
    }
    let own = call.caller.sites_with(GrantLevel::Admin);
    let granted = config.grants.keys().filter(|(_, site)| own.contains(site)).map(|(login, _)| login.as_str());
    let logins: BTreeSet<&str> = granted.chain(call.caller.login()).collect();
    users.filter(|user| logins.contains(user.login.as_str())).collect()
}

/// Who is invited is shown to who invited, and to superusers.
fn is_shown(call: &Call<'_>, user: &User) -> bool {
    let invited_by_caller = |by: &str| call.caller.login() == Some(by);
    call.caller.is_superuser() || user.invitation.as_ref().is_none_or(|invitation| invited_by_caller(&invitation.by))
}

pub(super) fn users(call: &Call<'_>) -> Value {
    let asked = call.params.list("userLogins").filter(|logins| !logins.is_empty());
    let is_asked = |user: &&User| asked.as_ref().is_none_or(|logins| logins.contains(&user.login));
    let shown = known(call).into_iter().filter(|user| is_shown(call, user)).filter(is_asked);
    Value::List(shown.map(|user| record(call, user).into()).collect())
}

pub(super) fn logins(call: &Call<'_>) -> Value {
    Value::List(known(call).into_iter().map(|user| user.login.as_str().into()).collect())
}

pub(super) fn user(call: &Call<'_>) -> Result<Value, Fault> {
    let login = call.params.required("userLogin")?;
    if !call.caller.is_superuser() && call.caller.login() != Some(login) {
        return Err(Fault::denied(format!("The user has to be either a Super User or the user '{login}' itself.")));
    }
    let user = call.caller.config.users.get(login).ok_or_else(|| unknown(login))?;
    Ok(record(call, user).into())
}

fn by_email<'a>(call: &Call<'a>) -> Result<Option<&'a User>, Fault> {
    let email = call.params.required("userEmail")?;
    let users = call.caller.config.users.values();
    Ok(users.map(AsRef::as_ref).find(|user| user.email.eq_ignore_ascii_case(email)))
}

pub(super) fn user_by_email(call: &Call<'_>) -> Result<Value, Fault> {
    let user = by_email(call)?.ok_or_else(|| unknown(call.params.text("userEmail").unwrap_or_default()))?;
    Ok(record(call, user).into())
}

pub(super) fn email_exists(call: &Call<'_>) -> Result<Value, Fault> {
    Ok(by_email(call)?.is_some().into())
}

pub(super) fn login_of(call: &Call<'_>) -> Result<Value, Fault> {
    let user = by_email(call)?.ok_or_else(|| unknown(call.params.text("userEmail").unwrap_or_default()))?;
    Ok(user.login.as_str().into())
}

pub(super) fn exists(call: &Call<'_>) -> Result<Value, Fault> {
    Ok(call.caller.config.users.contains_key(call.params.required("userLogin")?).into())
}

pub(super) fn superusers(call: &Call<'_>) -> Value {
    let superusers = call.caller.config.users.values().filter(|user| user.superuser);
    Value::List(superusers.map(|user| record(call, user).into()).collect())
}

pub(super) fn access_of_site(call: &Call<'_>, granted: &Granted) -> Result<Value, Fault> {
    let site = one_site(granted)?;
    let grants = call.caller.config.grants.iter().filter(|((_, own), _)| *own == site);
    Ok(Value::Record(grants.map(|((login, _), level)| (login.clone(), level_name(*level))).collect()))
}

pub(super) fn users_with_access(call: &Call<'_>, granted: &Granted) -> Result<Value, Fault> {
    let (site, level) = (one_site(granted)?, level_of(call.params.required("access")?)?);
    let config = &call.caller.config;
    let grants = config.grants.iter().filter(|((_, own), has)| *own == site && **has == level);
    let users = grants.filter_map(|((login, _), _)| config.users.get(login));
    Ok(Value::List(users.map(|user| record(call, user).into()).collect()))
}

pub(super) fn sites_by_user(call: &Call<'_>) -> Result<Value, Fault> {
    let level = level_of(call.params.required("access")?)?;
    let config = &call.caller.config;
    let sites_of = |login: &String| {
        let own = config.grants.iter().filter(|((user, _), has)| user == login && **has == level);
        Value::List(own.map(|((_, site), _)| i64::from(site.0).into()).collect())
    };
    Ok(Value::Record(config.users.keys().map(|login| (login.clone(), sites_of(login))).collect()))
}

pub(super) fn sites_of_user(call: &Call<'_>) -> Result<Value, Fault> {
    let login = call.params.required("userLogin")?;
    let config = &call.caller.config;
    let user = config.users.get(login).ok_or_else(|| unknown(login))?;
    let level = |site| if user.superuser { Some(GrantLevel::Admin) } else { config.level_of(login, site) };
    let sites = config.sites.keys().filter_map(|site| Some((*site, level(*site)?)));
    let records =
        sites.map(|(site, level)| Record::default().with("site", i64::from(site.0)).with("access", level_name(level)));
    Ok(Value::List(records.map(Value::from).collect()))
}

/// A user as the caller may see it.
fn record(call: &Call<'_>, user: &User) -> Record {
    let is_superuser = call.caller.is_superuser();
    let mut record = Record::default().with("login", user.login.as_str());
    if is_superuser || call.caller.login() == Some(&user.login) {
        record.set("email", user.email.as_str());
    }
    record.set("superuser_access", i64::from(user.superuser));
    if is_superuser {
        record.set("date_registered", time(user.created_at));
        record.set("invited_by", user.invitation.as_ref().map_or(Value::Null, |invited| invited.by.as_str().into()));
        let expires = user.invitation.as_ref().map(|invited| time(invited.expires_at));
        record.set("invite_expired_at", expires.map_or(Value::Null, Value::from));
        record.set("invite_accept_at", Value::Null);
        record.set("uses_2fa", 0);
        record.set("last_seen", Value::Null);
        record.set("invite_status", status(user, call.now));
    } else if let Some(invitation) = &user.invitation {
        record.set("invited_by", invitation.by.as_str());
        record.set("invite_status", status(user, call.now));
    }
    record
}

fn time(at: UnixMillis) -> String {
    Timestamp::from_millisecond(at.0).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `active`, `expired`, or the days that are left to follow an invitation.
fn status(user: &User, now: UnixMillis) -> Value {
    match &user.invitation {
        None => "active".into(),
        Some(invitation) if invitation.expires_at <= now => "expired".into(),
        Some(invitation) => ((invitation.expires_at.0 - now.0).div_euclid(DAY_MS) + 1).into(),
    }
}

#[cfg(test)]
mod tests {
    use nagare_schema::Invitation;

    use super::*;

    /// `reports.md` §22
    #[test]
    fn an_invitation_counts_its_days_and_expires() {
        let invited = |expires_at| User {
            invitation: Some(Invitation { by: "root".to_owned(), expires_at: UnixMillis(expires_at) }),
            ..User::default()
        };
        assert_eq!(status(&User::default(), UnixMillis(0)), "active".into());
        assert_eq!(status(&invited(DAY_MS * 2 + 1), UnixMillis(0)), 3.into());
        assert_eq!(status(&invited(DAY_MS), UnixMillis(DAY_MS)), "expired".into());
    }
}

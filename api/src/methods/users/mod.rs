//! UsersManager (`reports.md` §22): accounts and what they may do.

mod account;
mod preference;
mod read;

use nagare_schema::{GrantLevel, SiteId};

pub(super) use account::confirm;
pub(super) use preference::prefer;

use super::{Answering, Call, Method};
use crate::{
    error::Fault,
    permission::{Granted, Permission},
    table::Answer,
    value::Value,
};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("UsersManager.getUsers", Permission::SomeAdmin, |call, _| now(Ok(read::users(&call)))),
    Method::configuration("UsersManager.getUsersLogin", Permission::SomeAdmin, |call, _| now(Ok(read::logins(&call)))),
    Method::configuration("UsersManager.getUser", Permission::SignedIn, |call, _| now(read::user(&call))),
    Method::configuration("UsersManager.getUserByEmail", Permission::Superuser, |call, _| {
        now(read::user_by_email(&call))
    }),
    Method::configuration("UsersManager.getUsersAccessFromSite", Permission::Admin, |call, granted| {
        now(read::access_of_site(&call, &granted))
    }),
    Method::configuration("UsersManager.getUsersWithSiteAccess", Permission::Admin, |call, granted| {
        now(read::users_with_access(&call, &granted))
    }),
    Method::configuration("UsersManager.getUsersSitesFromAccess", Permission::Superuser, |call, _| {
        now(read::sites_by_user(&call))
    }),
    Method::configuration("UsersManager.getSitesAccessFromUser", Permission::Superuser, |call, _| {
        now(read::sites_of_user(&call))
    }),
    Method::configuration("UsersManager.hasSuperUserAccess", Permission::None, |call, _| {
        now(Ok(call.caller.is_superuser().into()))
    }),
    Method::configuration("UsersManager.getUsersHavingSuperUserAccess", Permission::SignedIn, |call, _| {
        now(Ok(read::superusers(&call)))
    }),
    Method::configuration("UsersManager.userExists", Permission::SomeAdmin, |call, _| now(read::exists(&call))),
    Method::configuration("UsersManager.userEmailExists", Permission::SomeAdmin, |call, _| {
        now(read::email_exists(&call))
    }),
    Method::configuration("UsersManager.getUserLoginFromUserEmail", Permission::SomeAdmin, |call, _| {
        now(read::login_of(&call))
    }),
    Method::configuration("UsersManager.addUser", Permission::SomeAdmin, |call, _| Box::pin(account::add(call))),
    Method::configuration("UsersManager.inviteUser", Permission::SomeAdmin, |call, _| Box::pin(account::invite(call))),
    Method::configuration("UsersManager.deleteUser", Permission::SomeAdmin, |call, _| Box::pin(account::delete(call))),
    Method::configuration("UsersManager.setUserAccess", Permission::SomeAdmin, |call, _| {
        Box::pin(account::set_access(call))
    }),
    Method::configuration("UsersManager.setSuperUserAccess", Permission::Superuser, |call, _| {
        Box::pin(account::set_superuser(call))
    }),
    Method::configuration("UsersManager.createAppSpecificTokenAuth", Permission::None, |call, _| {
        Box::pin(account::create_token(call))
    }),
    Method::configuration("UsersManager.getUserPreference", Permission::SignedIn, |call, _| {
        now(preference::get(&call))
    }),
    Method::configuration("UsersManager.setUserPreference", Permission::SignedIn, |call, _| {
        Box::pin(preference::set(call))
    }),
];

fn now<'a>(value: Result<Value, Fault>) -> Answering<'a> {
    Box::pin(std::future::ready(value.map(Answer::Value)))
}

pub(super) fn unknown(login: &str) -> Fault {
    Fault::new(format!("User '{login}' doesn't exist."))
}

fn level_of(name: &str) -> Result<GrantLevel, Fault> {
    match name {
        "view" => Ok(GrantLevel::View),
        "write" => Ok(GrantLevel::Write),
        "admin" => Ok(GrantLevel::Admin),
        _ => Err(Fault::new(format!(
            "The parameter access must have one of the following values : [ noaccess, view, write, admin ], \
             '{name}' given."
        ))),
    }
}

fn level_name(level: GrantLevel) -> &'static str {
    match level {
        GrantLevel::View => "view",
        GrantLevel::Write => "write",
        GrantLevel::Admin => "admin",
    }
}

/// The site of a request that is about one.
fn one_site(granted: &Granted) -> Result<SiteId, Fault> {
    match granted.sites.as_slice() {
        [site] => Ok(*site),
        _ => Err(Fault::new("One website is expected in 'idSite'.")),
    }
}

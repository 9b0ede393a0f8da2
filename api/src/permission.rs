//! What a method requires of its caller (`reporting-api.md` §2).

use nagare_schema::{GrantLevel, SiteId};

use crate::{auth::Caller, error::Fault, request::Params};

/// What a method requires. Every method declares one where it is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Nothing.
    None,
    /// To be signed in.
    SignedIn,
    /// View access to some site.
    SomeView,
    /// Write access to some site.
    SomeWrite,
    /// Admin access to some site.
    SomeAdmin,
    /// View access to every site of `idSite`.
    View,
    /// Write access to every site of `idSite`.
    Write,
    /// Admin access to every site of `idSite`.
    Admin,
    /// To be superuser.
    Superuser,
}

/// What a permitted request is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Granted {
    /// Sites of `idSite`, in the order given; empty when the method takes none.
    pub(crate) sites: Vec<SiteId>,
    /// `all`, or more than one id: the answer is keyed by site.
    pub(crate) keyed: bool,
}

impl Granted {
    /// The only site of the request.
    pub(crate) fn one(&self) -> Result<SiteId, Fault> {
        match self.sites.as_slice() {
            [site] => Ok(*site),
            _ => Err(Fault::new("One website is expected in 'idSite'.")),
        }
    }
}

/// Refuses the request unless the caller has what the method requires.
pub(crate) fn authorise(permission: Permission, caller: &Caller, params: &Params) -> Result<Granted, Fault> {
    match permission {
        Permission::None => Ok(Granted::default()),
        Permission::SignedIn if caller.is_user() => Ok(Granted::default()),
        Permission::SignedIn => Err(Fault::denied("You must be logged in to access this functionality.")),
        Permission::Superuser if caller.is_superuser() => Ok(Granted::default()),
        Permission::Superuser => {
            Err(Fault::denied("You can't access this resource as it requires a 'superuser' access."))
        }
        Permission::SomeView => some(GrantLevel::View, caller),
        Permission::SomeWrite => some(GrantLevel::Write, caller),
        Permission::SomeAdmin => some(GrantLevel::Admin, caller),
        Permission::View => sites(GrantLevel::View, caller, params),
        Permission::Write => sites(GrantLevel::Write, caller, params),
        Permission::Admin => sites(GrantLevel::Admin, caller, params),
    }
}

fn level_name(level: GrantLevel) -> &'static str {
    match level {
        GrantLevel::View => "view",
        GrantLevel::Write => "write",
        GrantLevel::Admin => "admin",
    }
}

fn some(level: GrantLevel, caller: &Caller) -> Result<Granted, Fault> {
    // A superuser of an installation without sites may still ask.
    if caller.is_superuser() || !caller.sites_with(level).is_empty() {
        return Ok(Granted::default());
    }
    Err(requires_some(level))
}

fn requires_some(level: GrantLevel) -> Fault {
    let level = level_name(level);
    Fault::denied(format!("You can't access this resource as it requires {level} access for at least one website."))
}

fn sites(level: GrantLevel, caller: &Caller, params: &Params) -> Result<Granted, Fault> {
    let text = params.list("idSite").ok_or_else(|| Fault::missing("idSite"))?;
    if text == ["all"] {
        let sites: Vec<SiteId> = caller.sites_with(level).into_iter().collect();
        return if sites.is_empty() { Err(requires_some(level)) } else { Ok(Granted { sites, keyed: true }) };
    }
    let mut sites: Vec<SiteId> = Vec::new();
    for id in text.iter().filter_map(|id| id.parse::<u32>().ok()).filter(|id| *id > 0) {
        if !sites.contains(&SiteId(id)) {
            sites.push(SiteId(id));
        }
    }
    if sites.is_empty() {
        return Err(requires_some(level));
    }
    for site in &sites {
        check_site(level, caller, *site)?;
    }
    Ok(Granted { keyed: sites.len() > 1, sites })
}

/// Refuses unless the caller has `level` on the site.
pub(crate) fn check_site(level: GrantLevel, caller: &Caller, site: SiteId) -> Result<(), Fault> {
    if caller.may(level, site) {
        return Ok(());
    }
    if caller.is_superuser() {
        return Err(Fault::new(format!(
            "An unexpected website was found in the request: website id was set to '{site}' ."
        )));
    }
    let level = level_name(level);
    Err(Fault::denied(format!(
        "You can't access this resource as it requires '{level}' access for the website id = {site}."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::caller;

    fn check(login: &str, permission: Permission, query: &str, expected: Result<&[u32], &str>) {
        let granted = authorise(permission, &caller(login), &Params::parse(query).unwrap());
        let sites = granted.map(|granted| granted.sites.iter().map(|site| site.0).collect::<Vec<_>>());
        assert_eq!(
            sites.as_deref().map_err(|fault| fault.message.as_str()),
            expected,
            "{login} {permission:?} {query}"
        );
    }

    #[test]
    fn sites_are_checked_from_left_to_right() {
        check("root", Permission::View, "idSite=3,1,3,x,0", Ok(&[3, 1]));
        check("viewer", Permission::View, "idSite=all", Ok(&[1]));
        check(
            "viewer",
            Permission::View,
            "idSite=1,3,2",
            Err("You can't access this resource as it requires 'view' access for the website id = 3."),
        );
        check(
            "viewer",
            Permission::Write,
            "idSite=1",
            Err("You can't access this resource as it requires 'write' access for the website id = 1."),
        );
        check(
            "",
            Permission::View,
            "idSite=all",
            Err("You can't access this resource as it requires view access for at least one website."),
        );
        check(
            "root",
            Permission::View,
            "idSite=9",
            Err("An unexpected website was found in the request: website id was set to '9' ."),
        );
        check("root", Permission::View, "", Err("Please specify a value for 'idSite'."));
    }

    #[test]
    fn levels_include_those_below() {
        for (login, levels) in [("viewer", 1), ("writer", 2), ("admin", 3), ("root", 3)] {
            let granted = [Permission::View, Permission::Write, Permission::Admin].into_iter().filter(|permission| {
                authorise(*permission, &caller(login), &Params::parse("idSite=1").unwrap()).is_ok()
            });
            assert_eq!(granted.count(), levels, "{login}");
        }
    }

    #[test]
    fn only_a_superuser_is_one() {
        check("root", Permission::Superuser, "", Ok(&[]));
        let refused = Err("You can't access this resource as it requires a 'superuser' access.");
        for login in ["", "anonymous", "admin"] {
            check(login, Permission::Superuser, "", refused);
        }
        check("anonymous", Permission::SignedIn, "", Err("You must be logged in to access this functionality."));
    }
}

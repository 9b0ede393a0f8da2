use std::net::IpAddr;

use nagare_runtime::{Directory, Expected, Vault};
use nagare_schema::{Config, ConfigKey, Entity, UnixSeconds, User};

use super::{PasswordChecker, Subject, Throttle, second_factor};

/// Why a password does not confirm a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unconfirmed {
    /// It is not the account's, or the code is not.
    Wrong,
    /// The password is right and the account has a second factor: its code is needed, too.
    CodeNeeded,
    /// Too many were wrong: wait so many seconds.
    Throttled(u64),
}

/// What an account's owner shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof<'a> {
    pub(crate) login: &'a str,
    pub(crate) password: &'a str,
    /// Code of the second factor; empty: none.
    pub(crate) code: &'a str,
    pub(crate) address: Option<IpAddr>,
}

/// Checks what confirms requests: passwords and the codes of second factors.
#[derive(Clone)]
pub(crate) struct Accounts {
    pub(crate) passwords: PasswordChecker,
    pub(crate) throttle: Throttle,
    pub(crate) vault: Vault,
    pub(crate) directory: Directory,
}

impl Accounts {
    /// Fails unless the proof is that of the account's owner; failures slow further tries down, in all processes.
    pub(crate) async fn confirm(&self, config: &Config, proof: Proof<'_>, now: UnixSeconds) -> Result<(), Unconfirmed> {
        let subjects = Subject::both(proof.login, proof.address);
        if let Some(wait) = self.throttle.wait(&subjects).await {
            return Err(Unconfirmed::Throttled(wait.as_secs() + 1));
        }
        let user = config.users.get(proof.login);
        let stored = user.map(|user| user.password_hash.clone());
        let matches = self.passwords.matches(stored, proof.password.to_owned()).await;
        let checked = match user.filter(|_| matches) {
            Some(user) => self.check_code(user, proof.code, now).await,
            None => Err(Unconfirmed::Wrong),
        };
        match checked {
            Err(Unconfirmed::Wrong) => self.throttle.failed(&subjects).await,
            Ok(()) => self.throttle.succeeded(proof.login).await,
            Err(_) => {}
        }
        checked
    }

    async fn check_code(&self, user: &User, code: &str, now: UnixSeconds) -> Result<(), Unconfirmed> {
        if !user.second_factor.as_ref().is_some_and(|factor| factor.confirmed) {
            return Ok(());
        }
        if code.is_empty() {
            return Err(Unconfirmed::CodeNeeded);
        }
        self.spend_code(&user.login, code, now).await
    }

    /// Accepts a code, once in all processes.
    async fn spend_code(&self, login: &str, code: &str, now: UnixSeconds) -> Result<(), Unconfirmed> {
        let stored = self.directory.get(&ConfigKey::User(login.to_owned())).await;
        let Ok(Some((Entity::User(user), revision))) = stored else { return Err(Unconfirmed::Wrong) };
        let Some(factor) = &user.second_factor else { return Err(Unconfirmed::Wrong) };
        let accepted = second_factor::accept(&self.vault, login, factor, code, now).unwrap_or_else(|error| {
            tracing::error!(%error, "a second factor cannot be checked");
            None
        });
        let Some(accepted) = accepted else { return Err(Unconfirmed::Wrong) };
        let user = User { second_factor: Some(accepted), ..user };
        let spent = self.directory.put(&Entity::User(user), Expected::Revision(revision)).await;
        // Somebody else spent it at the same moment.
        spent.map(|_| ()).map_err(|_| Unconfirmed::Wrong)
    }
}

use std::{sync::Arc, time::Instant};

use nagare_schema::Config;

use super::{PasswordChecker, Throttle};

/// Why a password does not confirm a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unconfirmed {
    /// It is not the account's.
    Wrong,
    /// Too many were wrong: wait.
    Throttled,
}

/// Checks the passwords that confirm requests.
#[derive(Clone)]
pub(crate) struct Accounts {
    pub(crate) passwords: PasswordChecker,
    pub(crate) throttle: Arc<Throttle>,
}

impl Accounts {
    /// Fails unless the password is the account's; failures slow further tries down.
    pub(crate) async fn confirm(&self, config: &Config, login: &str, password: &str) -> Result<(), Unconfirmed> {
        if self.throttle.wait(login, None, Instant::now()).is_some() {
            return Err(Unconfirmed::Throttled);
        }
        let stored = config.users.get(login).map(|user| user.password_hash.clone());
        if !self.passwords.matches(stored, password.to_owned()).await {
            self.throttle.failed(login, None, Instant::now());
            return Err(Unconfirmed::Wrong);
        }
        self.throttle.succeeded(login, None);
        Ok(())
    }
}

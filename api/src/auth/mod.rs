//! Who asks: tokens, sessions and passwords.

mod accounts;
mod caller;
mod password;
mod session;
mod throttle;
mod token;

pub(crate) use accounts::{Accounts, Unconfirmed};
#[cfg(test)]
pub(crate) use caller::tests;
pub(crate) use caller::{Authenticator, Caller, Credentials};
pub(crate) use password::PasswordChecker;
pub use password::hash_password;
pub(crate) use session::{SESSION_SECONDS, Sessions};
pub(crate) use throttle::Throttle;
pub(crate) use token::hex;
pub use token::{generate_token, token_hash};

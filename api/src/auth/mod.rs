//! Who asks: tokens, sessions, passwords and second factors.

mod accounts;
mod caller;
mod openid;
mod password;
mod password_policy;
pub(crate) mod second_factor;
mod session;
mod session_store;
mod throttle;
mod token;
mod token_use;

pub(crate) use accounts::{Accounts, Proof, Unconfirmed};
#[cfg(test)]
pub(crate) use caller::tests;
pub(crate) use caller::{Authenticator, Caller, Credentials, Identity};
pub use openid::OpenIdError;
pub use openid::OpenIdOptions;
pub(crate) use openid::{Attempt, Person, Provider};
pub(crate) use password::PasswordChecker;
pub use password::hash_password;
pub(crate) use password_policy::{Weakness, weakness};
pub use second_factor::place as second_factor_place;
pub(crate) use session::{Claims, Purpose, Signer};
pub(crate) use session_store::{KnownSessions, Renewal, SESSION_MAX, SessionStore};
pub(crate) use throttle::{Subject, Throttle};
pub(crate) use token::hex;
pub use token::{generate_token, token_hash};
pub(crate) use token_use::TokenUse;

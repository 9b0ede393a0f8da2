//! Signing in (`reports.md` §23): lost second factors, and the waits after wrong passwords.

use nagare_schema::{ConfigKey, Entity, User};

use super::{Call, Method, change::change, users};
use crate::{error::Fault, permission::Permission, table::Answer};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("TwoFactorAuth.resetTwoFactorAuth", Permission::Superuser, |call, _| {
        Box::pin(reset_second_factor(call))
    }),
    Method::configuration("Login.unblockBruteForceIPs", Permission::Superuser, |call, _| Box::pin(unblock(call))),
];

/// Takes the second factor from an account whose owner has lost it.
async fn reset_second_factor(call: Call<'_>) -> Result<Answer, Fault> {
    let login = call.params.required("userLogin")?;
    users::confirm(&call).await?;
    change(call.directory, &ConfigKey::User(login.to_owned()), |stored| match stored {
        Some(Entity::User(user)) => Ok(Entity::User(User { second_factor: None, ..user.clone() })),
        _ => Err(users::unknown(login)),
    })
    .await?;
    Ok(Answer::Done)
}

/// Lets all addresses try again.
async fn unblock(call: Call<'_>) -> Result<Answer, Fault> {
    call.accounts.throttle.forget_addresses().await.map_err(|error| {
        tracing::error!(%error, "failed sign-ins cannot be forgotten");
        Fault::unavailable("The failed sign-ins cannot be forgotten now.")
    })?;
    Ok(Answer::Done)
}

use std::net::SocketAddr;

use axum::{
    Extension, Json, Router,
    extract::{ConnectInfo, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{post, put},
};
use nagare_runtime::Expected;
use nagare_schema::{Config, ConfigKey, Entity, UnixSeconds, User};
use serde::Deserialize;

use super::{Owner, about, no_content, now, record, refused, unavailable, unchanged};
use crate::{
    auth::{Proof, Purpose, Signer, hash_password, token_hash, weakness},
    rest::problem,
    server::{Shared, address_of},
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/v1/account/password", put(change)).route("/api/v1/account/password-reset", post(reset))
}

#[derive(Deserialize)]
struct Change {
    current: String,
    new: String,
    #[serde(default)]
    code: String,
}

/// Changes the owner's password and ends their other sessions.
async fn change(
    State(shared): State<Shared>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Result<Json<Change>, JsonRejection>,
) -> Response {
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let Ok(Json(change)) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object with current and new is expected");
    };
    let config = shared.context.directory.snapshot();
    let proof =
        Proof { login: &owner.login, password: &change.current, code: &change.code, address: address_of(connection) };
    if let Err(why) = Box::pin(shared.accounts.confirm(&config, proof, now(&shared))).await {
        return refused(why);
    }
    store(&shared, &owner.login, change.new, Some(&owner.session)).await
}

#[derive(Deserialize)]
struct Reset {
    token: String,
    new: String,
}

/// Sets the password that a signed link allows to set, once, and ends all sessions of the account.
async fn reset(State(shared): State<Shared>, body: Result<Json<Reset>, JsonRejection>) -> Response {
    let Ok(Json(Reset { token, new })) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object with token and new is expected");
    };
    let config = shared.context.directory.snapshot();
    let claims = shared.authenticator.signer.read(Purpose::Reset, &token, now(&shared));
    let user = claims.and_then(|claims| config.users.get(&claims.sub).filter(|user| state_of(user) == claims.sid));
    match user {
        Some(user) => store(&shared, &user.login, new, None).await,
        None => problem(StatusCode::UNAUTHORIZED, "the link has expired or was used"),
    }
}

async fn store(shared: &Shared, login: &str, new: String, kept: Option<&str>) -> Response {
    let key = ConfigKey::User(login.to_owned());
    let (user, revision) = match shared.context.directory.get(&key).await {
        Ok(Some((Entity::User(user), revision))) => (user, revision),
        Ok(_) => return problem(StatusCode::NOT_FOUND, "there is no such account"),
        Err(error) => return unchanged(&error),
    };
    if let Some(weakness) = weakness(&new, &[&user.login, &user.email]) {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, weakness.detail());
    }
    let Ok(Ok(password_hash)) = tokio::task::spawn_blocking(move || hash_password(&new)).await else {
        return unavailable();
    };
    // Who chose a password has followed the invitation.
    let user = User { password_hash, invitation: None, ..user };
    if let Err(error) = shared.context.directory.put(&Entity::User(user), Expected::Revision(revision)).await {
        return unchanged(&error);
    }
    if shared.sessions.end_all(login, kept, shared.context.clock.now()).await.is_err() {
        return unavailable();
    }
    record(shared, login, "password.changed", about(login)).await;
    no_content()
}

/// What a reset token is bound to: it is spent as soon as the password is another.
fn state_of(user: &User) -> String {
    token_hash(&format!("{}\0{}", user.login, user.password_hash))
}

pub(super) fn reset_token(signer: &Signer, user: &User, now: UnixSeconds) -> Option<String> {
    signer.issue(Purpose::Reset, &user.login, &state_of(user), now)
}

/// A link by which an account's owner chooses a password, once, within an hour; `None` when there is no such account.
pub fn reset_link(config: &Config, login: &str, base: &str, now: UnixSeconds) -> Option<String> {
    let signer = Signer::new(&config.deployment.as_ref()?.secret);
    let token = reset_token(&signer, config.users.get(login)?, now)?;
    // After the hash sign: browsers send it to nobody.
    Some(format!("{}/reset-password#{token}", base.trim_end_matches('/')))
}

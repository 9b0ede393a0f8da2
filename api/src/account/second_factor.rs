use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::post,
};
use nagare_runtime::Expected;
use nagare_schema::{ConfigKey, Entity, User};
use serde::Deserialize;
use serde_json::json;

use super::{Owner, about, bearer, no_content, now, record, refused, secret, unavailable, unchanged};
use crate::{
    auth::{Proof, Purpose, Subject, Unconfirmed, second_factor},
    rest::problem,
    server::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/v1/account/second-factor", post(enrol).put(confirm).delete(remove))
}

/// Whose factor it is: the owner in a session, or who may not begin one before having a factor.
fn login_of(shared: &Shared, headers: &HeaderMap) -> Result<String, Box<Response>> {
    match bearer(shared, headers, Purpose::Enrol) {
        Some(claims) => Ok(claims.sub),
        None => Owner::of(shared, headers).map(|owner| owner.login),
    }
}

async fn user_of(shared: &Shared, login: &str) -> Result<(User, u64), Box<Response>> {
    match shared.context.directory.get(&ConfigKey::User(login.to_owned())).await {
        Ok(Some((Entity::User(user), revision))) => Ok((user, revision)),
        Ok(_) => Err(Box::new(problem(StatusCode::NOT_FOUND, "there is no such account"))),
        Err(error) => Err(Box::new(unchanged(&error))),
    }
}

/// A fresh secret, shown once; it is asked for only after a code of it was shown.
async fn enrol(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let found = async {
        let login = login_of(&shared, &headers)?;
        user_of(&shared, &login).await
    };
    let (user, revision) = match found.await {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    if user.second_factor.as_ref().is_some_and(|factor| factor.confirmed) {
        return problem(StatusCode::CONFLICT, "there is a second factor already; remove it first");
    }
    let Ok((factor, shown)) = second_factor::enrol(&shared.accounts.vault, &user.login) else { return unavailable() };
    let user = User { second_factor: Some(factor), ..user };
    match shared.context.directory.put(&Entity::User(user), Expected::Revision(revision)).await {
        Ok(_) => secret(json!({ "secret": shown.secret, "url": shown.url })),
        Err(error) => unchanged(&error),
    }
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// Shows a code of the fresh secret, and gets the recovery codes, once.
async fn confirm(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Result<Json<Code>, JsonRejection>,
) -> Response {
    let Ok(Json(Code { code })) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object with code is expected");
    };
    let found = async {
        let login = login_of(&shared, &headers)?;
        user_of(&shared, &login).await
    };
    let (user, revision) = match found.await {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let subject = [Subject::Account(user.login.clone())];
    if let Some(wait) = shared.accounts.throttle.wait(&subject).await {
        return refused(Unconfirmed::Throttled(wait.as_secs() + 1));
    }
    let Some(factor) = user.second_factor.clone().filter(|factor| !factor.confirmed) else {
        return problem(StatusCode::CONFLICT, "there is no second factor that waits for a code");
    };
    let accepted = second_factor::accept(&shared.accounts.vault, &user.login, &factor, &code, now(&shared));
    let Ok(Some(accepted)) = accepted else {
        shared.accounts.throttle.failed(&subject).await;
        return refused(Unconfirmed::Wrong);
    };
    let (factor, codes) = second_factor::confirm(accepted);
    let login = user.login.clone();
    let user = User { second_factor: Some(factor), ..user };
    if let Err(error) = shared.context.directory.put(&Entity::User(user), Expected::Revision(revision)).await {
        return unchanged(&error);
    }
    record(&shared, &login, "second_factor.added", about(&login)).await;
    secret(json!({ "recovery_codes": codes }))
}

#[derive(Deserialize)]
struct Remove {
    password: String,
    #[serde(default)]
    code: String,
}

/// Removes the second factor, which needs the password and a code of it.
async fn remove(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Result<Json<Remove>, JsonRejection>,
) -> Response {
    let Ok(Json(Remove { password, code })) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object with password and code is expected");
    };
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let config = shared.context.directory.snapshot();
    let proof = Proof { login: &owner.login, password: &password, code: &code, address: None };
    if let Err(why) = Box::pin(shared.accounts.confirm(&config, proof, now(&shared))).await {
        return refused(why);
    }
    let (user, revision) = match user_of(&shared, &owner.login).await {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let user = User { second_factor: None, ..user };
    if let Err(error) = shared.context.directory.put(&Entity::User(user), Expected::Revision(revision)).await {
        return unchanged(&error);
    }
    record(&shared, &owner.login, "second_factor.removed", about(&owner.login)).await;
    no_content()
}

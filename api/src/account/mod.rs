//! `/api/v1/session`, `/api/v1/account` and what stands in for an account: signing in and out, passwords,
//! second factors, tokens and share links.

mod cookie;
mod openid;
mod password;
mod second_factor;
mod sessions;
mod shares;
mod sign_in;
mod tokens;

use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use nagare_runtime::{AuditEntry, DirectoryError};
use nagare_schema::UnixSeconds;
use serde::Serialize;
use serde_json::json;

use crate::{
    auth::{Claims, Purpose, Unconfirmed},
    rest::{caller_of, problem},
    server::Shared,
};

pub use password::reset_link;

/// The paths of this module.
pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .merge(sign_in::router())
        .merge(openid::router())
        .merge(sessions::router())
        .merge(password::router())
        .merge(second_factor::router())
        .merge(tokens::router())
        .merge(shares::router())
}

/// The owner of an account, by a session: tokens may not change what they stand in for.
struct Owner {
    login: String,
    session: String,
}

impl Owner {
    fn of(shared: &Shared, headers: &HeaderMap) -> Result<Self, Box<Response>> {
        let caller = caller_of(shared, headers);
        match (caller.is_user(), caller.login(), &caller.session) {
            (true, Some(login), Some(session)) => Ok(Self { login: login.to_owned(), session: session.clone() }),
            _ => Err(Box::new(problem(StatusCode::UNAUTHORIZED, "sign in first"))),
        }
    }
}

/// What a bearer token says that is for `purpose`.
fn bearer(shared: &Shared, headers: &HeaderMap, purpose: Purpose) -> Option<Claims> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    shared.authenticator.signer.read(purpose, text, now(shared))
}

fn now(shared: &Shared) -> UnixSeconds {
    UnixSeconds::from(shared.context.clock.now())
}

/// A JSON answer that nobody keeps.
fn secret(value: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], axum::Json(value)).into_response()
}

fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn unavailable() -> Response {
    problem(StatusCode::SERVICE_UNAVAILABLE, "the directory cannot be reached; try again")
}

fn unchanged(error: &DirectoryError) -> Response {
    tracing::error!(%error, "the directory cannot be changed");
    match error {
        DirectoryError::Conflict(_) => problem(StatusCode::CONFLICT, "somebody else changed this first"),
        _ => unavailable(),
    }
}

/// An error of its own kind, which a client tells apart by `type`.
fn typed_problem(status: StatusCode, kind: &str, detail: &str) -> Response {
    let mut body = json!({ "type": format!("urn:nagare:{kind}"), "status": status.as_u16(), "detail": detail });
    body["title"] = status.canonical_reason().unwrap_or("error").into();
    (
        status,
        [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")],
        body.to_string(),
    )
        .into_response()
}

/// The answer to a proof that does not confirm. Unknown accounts and wrong passwords answer alike.
fn refused(why: Unconfirmed) -> Response {
    match why {
        Unconfirmed::Wrong => problem(StatusCode::UNAUTHORIZED, "login, password or code is wrong"),
        Unconfirmed::CodeNeeded => {
            typed_problem(StatusCode::UNAUTHORIZED, "code-needed", "the code of the second factor is needed")
        }
        Unconfirmed::Throttled(seconds) => {
            let mut response = problem(StatusCode::TOO_MANY_REQUESTS, "too many failed sign-ins; try again later");
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            response
        }
    }
}

/// Writes into the security log.
async fn record(shared: &Shared, actor: &str, action: &str, entry: AuditEntry) {
    let (at, actor, action) = (shared.context.clock.now(), actor.to_owned(), action.to_owned());
    let outcome = if entry.outcome.is_empty() { "done".to_owned() } else { entry.outcome };
    shared.audit.record(AuditEntry { at, actor, action, outcome, ..entry }).await;
}

/// An entry about somebody or something.
fn about(target: &str) -> AuditEntry {
    AuditEntry { target: target.to_owned(), ..AuditEntry::default() }
}

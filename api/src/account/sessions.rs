use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{delete, get},
};
use serde::Serialize;

use super::{Owner, about, no_content, record, secret, unavailable};
use crate::{rest::problem, server::Shared};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/v1/sessions", get(list)).route("/api/v1/sessions/{id}", delete(end))
}

#[derive(Serialize)]
struct Listed {
    id: String,
    /// Milliseconds since 1970.
    created_at: i64,
    renewed_at: i64,
    agent: String,
    /// The one that asks.
    current: bool,
}

/// The owner's sessions, the oldest first.
async fn list(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let own = shared.sessions.known.of(&owner.login, shared.context.clock.now());
    let listed = own.into_iter().map(|(id, session)| Listed {
        current: id == owner.session,
        id,
        created_at: session.created_at.0,
        renewed_at: session.renewed_at.0,
        agent: session.agent,
    });
    secret(listed.collect::<Vec<_>>())
}

/// Ends one of the owner's sessions.
async fn end(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let own = shared.sessions.known.of(&owner.login, shared.context.clock.now());
    if !own.iter().any(|(known, _)| *known == id) {
        return problem(StatusCode::NOT_FOUND, "there is no such session");
    }
    if shared.sessions.end(&id).await.is_err() {
        return unavailable();
    }
    record(&shared, &owner.login, "session.end", about(&id)).await;
    no_content()
}

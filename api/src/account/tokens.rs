use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{delete, get},
};
use nagare_runtime::Expected;
use nagare_schema::{ConfigKey, Entity, Scope, SiteId, Token, UnixMillis};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Owner, about, no_content, record, secret, unchanged};
use crate::{
    auth::{generate_token, token_hash},
    rest::problem,
    server::Shared,
};

/// Digits of a token's hash that name it.
const ID_DIGITS: usize = 16;
/// Tokens of an account.
const TOKENS_MAX: usize = 200;
/// Characters of a description.
const DESCRIPTION_CHARS_MAX: usize = 200;
const DAY_MS: i64 = 86_400_000;
/// Days that a token may be valid.
const DAYS_MAX: i64 = 36_600;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/v1/tokens", get(list).post(create)).route("/api/v1/tokens/{id}", delete(revoke))
}

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    description: &'a str,
    created_at: i64,
    expires_at: Option<i64>,
    /// When it was used last, to the hour; not before it was.
    last_used_at: Option<i64>,
    secure_only: bool,
    sites: &'a [SiteId],
    read_only: bool,
}

fn id_of(token: &Token) -> &str {
    token.hash.get(..ID_DIGITS).unwrap_or(&token.hash)
}

/// The owner's tokens: everything but what they are.
async fn list(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let config = shared.context.directory.snapshot();
    let mut listed = Vec::new();
    for token in config.tokens.values().filter(|token| token.login == owner.login) {
        listed.push(Listed {
            id: id_of(token),
            description: &token.description,
            created_at: token.created_at.0,
            expires_at: token.expires_at.map(|at| at.0),
            last_used_at: shared.token_use.last(&token.hash).await.map(|at| at.0),
            secure_only: token.secure_only,
            sites: &token.scope.sites,
            read_only: token.scope.read_only,
        });
    }
    secret(listed)
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    description: String,
    #[serde(default)]
    expires_in_days: Option<i64>,
    #[serde(default)]
    secure_only: bool,
    #[serde(default)]
    sites: Vec<SiteId>,
    #[serde(default)]
    read_only: bool,
}

/// A token of the owner, shown once; it never has more rights than its owner has.
async fn create(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Response {
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let Ok(Json(wanted)) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object that describes the token is expected");
    };
    let config = shared.context.directory.snapshot();
    if wanted.sites.iter().any(|site| config.level_of(&owner.login, *site).is_none()) {
        return problem(StatusCode::FORBIDDEN, "a token is for sites that you may view");
    }
    if config.tokens.values().filter(|token| token.login == owner.login).count() >= TOKENS_MAX {
        return problem(StatusCode::CONFLICT, "there are too many tokens; revoke some first");
    }
    if wanted.expires_in_days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "a token expires in 1 to 36600 days");
    }
    let now = shared.context.clock.now();
    let text = generate_token();
    let token = Token {
        hash: token_hash(&text),
        login: owner.login.clone(),
        description: wanted.description.chars().take(DESCRIPTION_CHARS_MAX).collect(),
        created_at: now,
        expires_at: wanted.expires_in_days.map(|days| UnixMillis(now.0 + days * DAY_MS)),
        secure_only: wanted.secure_only,
        scope: Scope { sites: wanted.sites, read_only: wanted.read_only, methods: Vec::new() },
    };
    let id = id_of(&token).to_owned();
    if let Err(error) = shared.context.directory.put(&Entity::Token(token), Expected::Absent).await {
        return unchanged(&error);
    }
    record(&shared, &owner.login, "token.created", about(&id)).await;
    secret(json!({ "id": id, "token": text }))
}

/// Ends one of the owner's tokens.
async fn revoke(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let config = shared.context.directory.snapshot();
    let mut own = config.tokens.values().filter(|token| token.login == owner.login);
    let Some(token) = own.find(|token| id_of(token) == id) else {
        return problem(StatusCode::NOT_FOUND, "there is no such token");
    };
    if let Err(error) = shared.context.directory.delete(&ConfigKey::Token(token.hash.clone())).await {
        return unchanged(&error);
    }
    record(&shared, &owner.login, "token.revoked", about(&id)).await;
    no_content()
}

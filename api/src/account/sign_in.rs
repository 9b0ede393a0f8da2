use std::net::SocketAddr;

use axum::{
    Extension, Json, Router,
    extract::{ConnectInfo, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::post,
};
use nagare_runtime::AuditEntry;
use nagare_schema::User;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{about, cookie, no_content, now, record, refused, secret, unavailable};
use crate::{
    auth::{Proof, Purpose, Renewal, Unconfirmed, Weakness, weakness},
    rest::problem,
    server::{Shared, address_of, is_secure},
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/v1/session", post(begin).delete(end)).route("/api/v1/session/refresh", post(refresh))
}

#[derive(Deserialize)]
struct SignIn {
    login: String,
    password: String,
    /// Code of the second factor.
    #[serde(default)]
    code: String,
}

#[derive(Serialize)]
struct Begun {
    access_token: String,
    expires_in: i64,
    user: SessionUser,
}

#[derive(Serialize)]
struct SessionUser {
    login: String,
    superuser: bool,
}

/// A session for a login, a password and, where there is one, a second factor.
async fn begin(
    State(shared): State<Shared>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Response {
    let Ok(Json(SignIn { login, password, code })) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object with login and password is expected");
    };
    let address = address_of(connection);
    let config = shared.context.directory.snapshot();
    let proof = Proof { login: &login, password: &password, code: &code, address };
    let confirmed = Box::pin(shared.accounts.confirm(&config, proof, now(&shared))).await;
    let from = address.map(|address| address.to_string()).unwrap_or_default();
    if let Err(why) = confirmed {
        let outcome = if matches!(why, Unconfirmed::Throttled(_)) { "throttled" } else { "refused" };
        shared.metrics.sign_ins.with_label_values(&[outcome]).inc();
        if why == Unconfirmed::Wrong {
            let entry = AuditEntry { outcome: "refused".to_owned(), address: from, ..about(&login) };
            record(&shared, "", "session.begin", entry).await;
        }
        return refused(why);
    }
    let Some(user) = config.users.get(&login) else { return refused(Unconfirmed::Wrong) };
    if let Some(weakness) = weakness(&password, &[&user.login, &user.email]) {
        return must_choose(&shared, user, weakness);
    }
    let has_factor = user.second_factor.as_ref().is_some_and(|factor| factor.confirmed);
    if shared.options.second_factor_required && !has_factor {
        return must_enrol(&shared, user);
    }
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let Ok((id, renewing)) = shared.sessions.begin(&login, agent, shared.context.clock.now()).await else {
        return unavailable();
    };
    shared.metrics.sign_ins.with_label_values(&["accepted"]).inc();
    record(&shared, &login, "session.begin", AuditEntry { address: from, ..about(&id) }).await;
    let mut response = access(&shared, user, &id);
    cookie::set(response.headers_mut(), &id, &renewing, is_secure(&headers));
    response
}

/// A password that the rules refuse opens nothing; its owner may choose another.
fn must_choose(shared: &Shared, user: &User, weakness: Weakness) -> Response {
    let token = super::password::reset_token(&shared.authenticator.signer, user, now(shared));
    let mut response = secret(json!({
        "type": "urn:nagare:password-too-weak", "title": "Forbidden", "status": 403,
        "detail": weakness.detail(), "reset_token": token,
    }));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// All accounts of this deployment have a second factor: set it up first.
fn must_enrol(shared: &Shared, user: &User) -> Response {
    let token = shared.authenticator.signer.issue(Purpose::Enrol, &user.login, "", now(shared));
    let mut response = secret(json!({
        "type": "urn:nagare:second-factor-required", "title": "Forbidden", "status": 403,
        "detail": "a second factor has to be set up first", "enrol_token": token,
    }));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

fn access(shared: &Shared, user: &User, session: &str) -> Response {
    let Some(access_token) = shared.authenticator.signer.issue(Purpose::Access, &user.login, session, now(shared))
    else {
        return unavailable();
    };
    let user = SessionUser { login: user.login.clone(), superuser: user.superuser };
    secret(Begun { access_token, expires_in: Purpose::Access.seconds(), user })
}

/// A fresh access token for the cookie of a session, whose secret is spent and replaced.
async fn refresh(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if !cookie::is_same_origin(&headers) {
        return problem(StatusCode::FORBIDDEN, "a session is renewed by pages of this origin only");
    }
    let Some((id, renewing)) = cookie::read(&headers) else {
        return problem(StatusCode::UNAUTHORIZED, "there is no session");
    };
    let Ok(renewal) = shared.sessions.renew(&id, &renewing, shared.context.clock.now()).await else {
        return unavailable();
    };
    let config = shared.context.directory.snapshot();
    let renewed = match renewal {
        Renewal::Renewed { session, secret } => config.users.get(&session.login).map(|user| (user, secret)),
        Renewal::Reused { login } => {
            let entry = AuditEntry { outcome: "refused".to_owned(), ..about(&id) };
            record(&shared, &login, "session.reuse", entry).await;
            None
        }
        Renewal::Unknown => None,
    };
    let Some((user, renewing)) = renewed else {
        let mut response = problem(StatusCode::UNAUTHORIZED, "the session has ended");
        cookie::clear(response.headers_mut(), is_secure(&headers));
        return response;
    };
    let mut response = access(&shared, user, &id);
    cookie::set(response.headers_mut(), &id, &renewing, is_secure(&headers));
    response
}

/// Signs out.
async fn end(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let owner = match super::Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    if shared.sessions.end(&owner.session).await.is_err() {
        return unavailable();
    }
    record(&shared, &owner.login, "session.end", about(&owner.session)).await;
    let mut response = no_content();
    cookie::clear(response.headers_mut(), is_secure(&headers));
    response
}

//! `/api/v1/session/openid`: a session by the word of an OpenID provider.

use std::net::SocketAddr;

use axum::{
    Extension, Json, Router,
    extract::{ConnectInfo, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use nagare_runtime::{AuditEntry, Expected};
use nagare_schema::{Config, ConfigKey, Entity, User};
use serde_json::json;
use url::form_urlencoded;

use super::{about, cookie, now, record, unchanged};
use crate::{
    auth::{Attempt, OpenIdError, Person, Provider, Purpose},
    rest::problem,
    server::{Shared, address_of, is_secure, url_of},
};

/// Path of these pages, and of the cookie that ties an answer to its browser.
const PATH: &str = "/api/v1/session/openid";
/// That cookie.
const COOKIE: &str = "nagare_openid";

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route(PATH, get(name))
        .route("/api/v1/session/openid/begin", get(begin))
        .route("/api/v1/session/openid/callback", get(callback))
}

/// What the sign-in page calls the provider; null: there is none.
async fn name(State(shared): State<Shared>) -> Response {
    Json(json!({ "name": shared.openid.as_ref().map(|provider| &provider.name) })).into_response()
}

fn redirect(to: &str) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else { return problem(StatusCode::BAD_GATEWAY, "it cannot be gone to") };
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Back to the sign-in page, which says how it went.
fn ended(outcome: &str) -> Response {
    redirect(&format!("/sign-in?openid={outcome}"))
}

fn callback_url(headers: &HeaderMap) -> String {
    format!("{}{}/callback", url_of(headers).trim_end_matches('/'), PATH)
}

fn failed(error: &OpenIdError) -> Response {
    tracing::warn!(%error, "nobody can sign in by the OpenID provider");
    ended("failed")
}

/// Sends the browser to the provider.
async fn begin(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let Some(provider) = &shared.openid else { return problem(StatusCode::NOT_FOUND, "there is no OpenID provider") };
    let (url, attempt) = match provider.begin(&callback_url(&headers)).await {
        Ok(begun) => begun,
        Err(error) => return failed(&error),
    };
    let proof = format!("{}.{}", attempt.nonce, attempt.verifier);
    let signer = &shared.authenticator.signer;
    let Some(kept) = signer.issue(Purpose::OpenId, &attempt.state, &proof, now(&shared)) else {
        return ended("failed");
    };
    let mut response = redirect(&url);
    keep(&mut response, &kept, Purpose::OpenId.seconds(), is_secure(&headers));
    response
}

/// Sets the cookie. The provider's redirection is a navigation from another site: `Strict` would keep it back.
fn keep(response: &mut Response, value: &str, seconds: i64, is_secure: bool) {
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={value}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// What the provider sends the browser back with.
#[derive(Default)]
struct Returned {
    state: String,
    code: String,
}

impl Returned {
    fn of(query: &str) -> Self {
        let mut returned = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "state" => returned.state = value.into_owned(),
                "code" => returned.code = value.into_owned(),
                _ => {}
            }
        }
        returned
    }
}

/// The attempt that this browser began, if it is the one that is answered.
fn attempt(shared: &Shared, headers: &HeaderMap, state: &str) -> Option<Attempt> {
    let kept = cookie::named(headers, COOKIE)?;
    let claims = shared.authenticator.signer.read(Purpose::OpenId, kept, now(shared))?;
    let (nonce, verifier) = claims.sid.split_once('.')?;
    let attempt = Attempt { state: claims.sub.clone(), nonce: nonce.to_owned(), verifier: verifier.to_owned() };
    (attempt.state == state).then_some(attempt)
}

/// Begins the session of who comes back from the provider.
async fn callback(
    State(shared): State<Shared>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let address = address_of(connection).map(|address| address.to_string()).unwrap_or_default();
    let returned = Returned::of(query.as_deref().unwrap_or_default());
    let mut response = match &shared.openid {
        Some(provider) => Box::pin(admit(&shared, provider, &headers, (returned, address))).await,
        None => ended("failed"),
    };
    keep(&mut response, "", 0, is_secure(&headers));
    response
}

async fn admit(
    shared: &Shared,
    provider: &Provider,
    headers: &HeaderMap,
    (returned, address): (Returned, String),
) -> Response {
    let Some(attempt) = attempt(shared, headers, &returned.state).filter(|_| !returned.code.is_empty()) else {
        return ended("failed");
    };
    let finished = provider.finish((&attempt, &returned.code), &callback_url(headers), now(shared)).await;
    let person = match finished {
        Ok(person) => person,
        Err(error) => return failed(&error),
    };
    let config = shared.context.directory.snapshot();
    let Some(user) = account(&config, &person) else {
        shared.metrics.sign_ins.with_label_values(&["refused"]).inc();
        let entry = AuditEntry { outcome: "refused".to_owned(), address, ..about(&person.subject) };
        record(shared, "", "session.openid", entry).await;
        return ended("unknown");
    };
    if let Err(refusal) = link(shared, &user.login, &person).await {
        return *refusal;
    }
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let begun = shared.sessions.begin(&user.login, agent, shared.context.clock.now()).await;
    let Ok((id, renewing)) = begun else { return ended("failed") };
    shared.metrics.sign_ins.with_label_values(&["accepted"]).inc();
    record(shared, &user.login, "session.openid", AuditEntry { address, ..about(&id) }).await;
    let mut response = ended("done");
    cookie::set(response.headers_mut(), &id, &renewing, is_secure(headers));
    response
}

/// Whose account it is: the one that was linked, else the only one with the verified address that is linked to nobody.
fn account<'a>(config: &'a Config, person: &Person) -> Option<&'a User> {
    if let Some(user) = config.users.values().find(|user| user.openid_subject == person.subject) {
        return Some(user);
    }
    let email = person.email.as_deref()?;
    let mut same = config.users.values().filter(|user| user.email.eq_ignore_ascii_case(email));
    let user = same.next().filter(|user| user.openid_subject.is_empty())?;
    same.next().is_none().then_some(user.as_ref())
}

/// Remembers who it is: the address may change.
async fn link(shared: &Shared, login: &str, person: &Person) -> Result<(), Box<Response>> {
    let stored = shared.context.directory.get(&ConfigKey::User(login.to_owned())).await;
    let (user, revision) = match stored {
        Ok(Some((Entity::User(user), revision))) => (user, revision),
        Ok(_) => return Err(Box::new(ended("unknown"))),
        Err(error) => return Err(Box::new(unchanged(&error))),
    };
    if user.openid_subject == person.subject {
        return Ok(());
    }
    // Who signs in has followed the invitation.
    let user = User { openid_subject: person.subject.clone(), invitation: None, ..user };
    let put = shared.context.directory.put(&Entity::User(user), Expected::Revision(revision)).await;
    put.map_err(|error| Box::new(unchanged(&error)))?;
    record(shared, login, "account.linked", about(&person.subject)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(users: &[(&str, &str, &str)]) -> Config {
        let mut config = Config::default();
        for (login, email, subject) in users {
            let [login, email, openid_subject] = [login, email, subject].map(|text| (*text).to_owned());
            let entity = Entity::User(User { login, email, openid_subject, ..User::default() });
            config.apply(1, &entity.key(), Some(entity.clone()));
        }
        config
    }

    fn found(users: &[(&str, &str, &str)], email: Option<&str>) -> Option<String> {
        let person = Person { subject: "https://id.example jane".to_owned(), email: email.map(str::to_owned) };
        account(&config(users), &person).map(|user| user.login.clone())
    }

    #[test]
    fn an_account_is_found_by_its_link_and_else_by_a_verified_address() {
        let linked = ("jane", "old@example.org", "https://id.example jane");
        assert_eq!(found(&[linked], None).as_deref(), Some("jane"));
        assert_eq!(found(&[("jane", "Jane@example.org", "")], Some("jane@example.org")).as_deref(), Some("jane"));
        assert_eq!(found(&[("jane", "jane@example.org", "")], None), None, "not verified");
        let other = ("jane", "jane@example.org", "https://id.example john");
        assert_eq!(found(&[other], Some("jane@example.org")), None, "linked to another");
        let two = [("jane", "jane@example.org", ""), ("john", "jane@example.org", "")];
        assert_eq!(found(&two, Some("jane@example.org")), None, "of two");
    }
}

use std::net::SocketAddr;

use axum::{
    Extension, Json, Router,
    extract::{ConnectInfo, Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{delete, get, post},
};
use nagare_runtime::Expected;
use nagare_schema::{Config, ConfigKey, Entity, GrantLevel, Share, SiteId, UnixMillis};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Owner, about, no_content, now, record, refused, secret, unavailable, unchanged};
use crate::{
    auth::{Purpose, Subject, Unconfirmed, generate_token, hash_password, token_hash},
    describe::{self, Asked},
    format::json_of,
    methods::is_shareable,
    rest::problem,
    server::{Shared, address_of},
};

/// Digits of a link's hash that name it.
const ID_DIGITS: usize = 16;
/// Reports of a link.
const REPORTS_MAX: usize = 200;
/// Links of a site.
const LINKS_MAX: usize = 200;
/// Characters of a description.
const DESCRIPTION_CHARS_MAX: usize = 200;
const DAY_MS: i64 = 86_400_000;
/// Days that a link may be valid.
const DAYS_MAX: i64 = 36_600;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/api/v1/shares", get(list).post(create))
        .route("/api/v1/shares/{id}", delete(revoke))
        .route("/api/v1/shared-session", post(open))
}

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    site: SiteId,
    reports: &'a [String],
    description: &'a str,
    created_by: &'a str,
    created_at: i64,
    expires_at: Option<i64>,
    has_password: bool,
}

fn id_of(share: &Share) -> &str {
    share.hash.get(..ID_DIGITS).unwrap_or(&share.hash)
}

/// The links of the sites that the owner administers, and their own.
async fn list(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let config = shared.context.directory.snapshot();
    let level = |site| config.level_of(&owner.login, site);
    let own = config.shares.values();
    let own = own.filter(|share| share.created_by == owner.login || level(share.site) >= Some(GrantLevel::Admin));
    let listed = own.map(|share| Listed {
        id: id_of(share),
        site: share.site,
        reports: &share.reports,
        description: &share.description,
        created_by: &share.created_by,
        created_at: share.created_at.0,
        expires_at: share.expires_at.map(|at| at.0),
        has_password: !share.password_hash.is_empty(),
    });
    secret(listed.collect::<Vec<_>>())
}

#[derive(Deserialize)]
struct Wanted {
    site: SiteId,
    reports: Vec<String>,
    #[serde(default)]
    password: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    expires_in_days: Option<i64>,
}

impl Wanted {
    fn fault(&self) -> Option<&'static str> {
        if self.reports.is_empty() || self.reports.len() > REPORTS_MAX {
            return Some("a link is for 1 to 200 reports");
        }
        if !self.reports.iter().all(|report| is_shareable(report)) {
            return Some("a link is for reports of a site, by their method names");
        }
        if self.expires_in_days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
            return Some("a link expires in 1 to 36600 days");
        }
        None
    }
}

/// A link to reports of a site, its secret shown once. It needs write access to the site.
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
        return problem(StatusCode::BAD_REQUEST, "a JSON object with site and reports is expected");
    };
    if let Some(fault) = wanted.fault() {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, fault);
    }
    let config = shared.context.directory.snapshot();
    let exists = config.sites.contains_key(&wanted.site);
    if !exists || config.level_of(&owner.login, wanted.site) < Some(GrantLevel::Write) {
        return problem(StatusCode::FORBIDDEN, "write access to the site is required");
    }
    if config.shares.values().filter(|share| share.site == wanted.site).count() >= LINKS_MAX {
        return problem(StatusCode::CONFLICT, "there are too many links to the site; revoke some first");
    }
    let password_hash = match wanted.password {
        password if password.is_empty() => String::new(),
        password => match tokio::task::spawn_blocking(move || hash_password(&password)).await {
            Ok(Ok(hash)) => hash,
            _ => return unavailable(),
        },
    };
    let (text, at) = (generate_token(), shared.context.clock.now());
    let share = Share {
        hash: token_hash(&text),
        site: wanted.site,
        reports: wanted.reports,
        password_hash,
        description: wanted.description.chars().take(DESCRIPTION_CHARS_MAX).collect(),
        created_by: owner.login.clone(),
        created_at: at,
        expires_at: wanted.expires_in_days.map(|days| UnixMillis(at.0 + days * DAY_MS)),
    };
    let id = id_of(&share).to_owned();
    if let Err(error) = shared.context.directory.put(&Entity::Share(share), Expected::Absent).await {
        return unchanged(&error);
    }
    record(&shared, &owner.login, "share.created", about(&id)).await;
    secret(json!({ "id": id, "secret": text }))
}

/// Ends a link: its maker may, and who administers the site.
async fn revoke(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let owner = match Owner::of(&shared, &headers) {
        Ok(owner) => owner,
        Err(refusal) => return *refusal,
    };
    let config = shared.context.directory.snapshot();
    let mut shares = config.shares.values().filter(|share| {
        share.created_by == owner.login || config.level_of(&owner.login, share.site) >= Some(GrantLevel::Admin)
    });
    let Some(share) = shares.find(|share| id_of(share) == id) else {
        return problem(StatusCode::NOT_FOUND, "there is no such link");
    };
    if let Err(error) = shared.context.directory.delete(&ConfigKey::Share(share.hash.clone())).await {
        return unchanged(&error);
    }
    record(&shared, &owner.login, "share.revoked", about(&id)).await;
    no_content()
}

#[derive(Deserialize)]
struct Opened {
    secret: String,
    #[serde(default)]
    password: String,
}

/// A token that reads what a link shares, for an hour.
async fn open(
    State(shared): State<Shared>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    body: Result<Json<Opened>, JsonRejection>,
) -> Response {
    let Ok(Json(opened)) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object with secret is expected");
    };
    let (hash, config) = (token_hash(&opened.secret), shared.context.directory.snapshot());
    let subjects = Subject::both(&hash, address_of(connection));
    if let Some(wait) = shared.accounts.throttle.wait(&subjects).await {
        return refused(Unconfirmed::Throttled(wait.as_secs() + 1));
    }
    let at = shared.context.clock.now();
    let share = config.shares.get(&hash).filter(|share| share.expires_at.is_none_or(|expiry| expiry > at));
    let allowed = match share {
        Some(share) if share.password_hash.is_empty() => true,
        Some(share) => shared.accounts.passwords.matches(Some(share.password_hash.clone()), opened.password).await,
        None => false,
    };
    let Some(share) = share.filter(|_| allowed) else {
        shared.accounts.throttle.failed(&subjects).await;
        return problem(StatusCode::UNAUTHORIZED, "the link has ended, or its password is another");
    };
    let Some(token) = shared.authenticator.signer.issue(Purpose::Share, &hash, "", now(&shared)) else {
        return unavailable();
    };
    let site = config.sites.get(&share.site);
    secret(json!({
        "access_token": token,
        "expires_in": Purpose::Share.seconds(),
        "site": share.site,
        "site_name": site.map(|site| &site.name),
        "currency": site.map(|site| &site.currency),
        "reports": share.reports,
        "catalogue": catalogue(&config, share),
    }))
}

/// What the reports of a link are about, as `API.getReportMetadata` tells it.
fn catalogue(config: &Config, share: &Share) -> Vec<serde_json::Value> {
    let asked = Asked { site: share.site.to_string(), ..Asked::default() };
    let whole = describe::of_site(config, share.site).into_iter().filter(|report| report.parameters.is_empty());
    let shared = whole.filter(|report| share.reports.iter().any(|name| name == report.name()));
    shared.map(|report| json_of(&report.record(&asked).into())).collect()
}

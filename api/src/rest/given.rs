//! What a request gives, refused as a problem where it cannot be read.

use std::ops::RangeInclusive;

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, request::Parts},
};
use nagare_schema::{GrantLevel, SiteId};
use serde::de::DeserializeOwned;

use super::{caller_of, problem::Problem};
use crate::{
    auth::{Caller, Credentials},
    request::Params,
    server::Shared,
};

/// The parameters of a query.
pub(super) struct Given<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, state).await;
        let refused =
            |why: axum::extract::rejection::QueryRejection| Problem::new(StatusCode::BAD_REQUEST, why.body_text());
        query.map(|Query(given)| Self(given)).map_err(refused)
    }
}

/// The JSON of the body.
pub(super) struct Wanted<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Wanted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Json::from_request(request, state).await;
        let refused =
            |why: axum::extract::rejection::JsonRejection| Problem::new(StatusCode::BAD_REQUEST, why.body_text());
        body.map(|Json(wanted)| Self(wanted)).map_err(refused)
    }
}

/// A caller who may see and do everything.
pub(super) struct Superuser(pub(super) Caller);

impl FromRequestParts<Shared> for Superuser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let caller = caller_of(shared, &parts.headers);
        if caller.is_superuser() {
            return Ok(Self(caller));
        }
        Err(Problem::new(StatusCode::UNAUTHORIZED, "superusers only"))
    }
}

/// A number that is in its bounds, which the document tells.
pub(super) fn within(name: &str, number: u64, bounds: RangeInclusive<u64>) -> Result<u64, Problem> {
    if bounds.contains(&number) {
        return Ok(number);
    }
    let (least, most) = bounds.into_inner();
    Err(Problem::new(StatusCode::BAD_REQUEST, format!("'{name}' is a number from {least} to {most}")))
}

/// The site of the path, and a caller who may view it.
pub(super) struct Viewed {
    pub(super) caller: Caller,
    pub(super) site: SiteId,
}

impl FromRequestParts<Shared> for Viewed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let credentials = Credentials::of(&parts.headers, &Params::default(), &Params::default());
        let caller = shared.caller(&credentials);
        if !caller.is_user() && caller.sites_with(GrantLevel::View).is_empty() {
            return Err(Problem::unauthorised());
        }
        let path = Path::<u32>::from_request_parts(parts, shared).await;
        let site = path.map(|Path(site)| SiteId(site)).map_err(|_| Problem::no_site())?;
        if !caller.may(GrantLevel::View, site) {
            return Err(Problem::no_site());
        }
        if shared.limits.refuse(&credentials, &[site]).is_some() {
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests of this token or site"));
        }
        Ok(Self { caller, site })
    }
}

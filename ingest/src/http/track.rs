//! The tracking endpoint: one request, its hits, its answer.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Method, header, request::Parts},
    response::Response,
};
use bytes::Bytes;
use nagare_schema::DropReason;
use tokio::time::Instant;

use super::{
    answer::{Asked, preflight},
    body, envelope,
};
use crate::{
    intake::{BulkTally, Intake},
    params::{BulkBody, Name, is_bulk},
    pipeline::{Envelope, set_cookie},
    salt::SaltStore,
    writer::{PATIENCE, TRY_TIMEOUT},
};

/// Time a request gets: longer than an append is tried before its hits go to the spool.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
const _: () = assert!(REQUEST_TIMEOUT.as_millis() > 2 * (PATIENCE.as_millis() + TRY_TIMEOUT.as_millis()));

/// Answers one request.
pub(super) async fn track<S: SaltStore>(State(intake): State<Arc<Intake<S>>>, request: Request) -> Response {
    if let Some(answer) = preflight(request.method(), request.headers()) {
        return answer;
    }
    let begun = Instant::now();
    let (parts, body) = request.into_parts();
    let asked = Asked::of(&parts, &intake.settings().named);
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|connection| connection.0.ip());
    if peer.is_some_and(|peer| !intake.limits.allows_request(peer)) {
        return asked.refused(intake.refuse(DropReason::TooMany, 1));
    }
    let Ok(_permit) = intake.in_flight.try_acquire() else {
        return asked.refused(intake.refuse(DropReason::Overload, 1));
    };
    let answered = tokio::time::timeout(REQUEST_TIMEOUT, answer(&intake, &parts, body, asked));
    // The writer still counts the hits of a request that took too long.
    let response =
        answered.await.unwrap_or_else(|_| Asked::of(&parts, &intake.settings().named).refused(DropReason::Overload));
    intake.metrics.request_seconds.observe(begun.elapsed().as_secs_f64());
    response
}

async fn answer<S: SaltStore>(intake: &Intake<S>, parts: &Parts, body: Body, mut asked: Asked) -> Response {
    let held = match body::read(&parts.headers, body, &intake.body_room).await {
        Ok(held) => held,
        Err(reason) => return asked.refused(intake.refuse(reason, 1)),
    };
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = connection.map(|connection| connection.0.ip());
    let mut envelope = envelope::read(&parts.headers, peer, intake.clock.now());
    let body = &held.bytes;
    if is_bulk(body) {
        return bulk(intake, body, envelope, &asked).await;
    }
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let form = if parts.method == Method::POST { body } else { &Bytes::new() };
    let mut params = match body::form(&parts.headers, form).await {
        Ok(params) => params,
        Err(reason) => return asked.refused(intake.refuse(reason, 1)),
    };
    params.add_form(query);
    if params.is_empty() {
        return asked.notice();
    }
    asked.without_image = params.raw(Name::SendImage) == Some("0");
    if !intake.records() {
        intake.refuse(DropReason::NotRecorded, 1);
        return asked.disabled();
    }
    envelope.token_in_body = memchr::memmem::find(query, b"token_auth").is_none();
    let outcome = intake.single(&params, &envelope).await;
    let cookie = set_cookie(&intake.settings(), &params, &envelope, outcome);
    with_cookie(asked.single(outcome), cookie)
}

fn with_cookie(mut response: Response, cookie: Option<String>) -> Response {
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn bulk<S: SaltStore>(intake: &Intake<S>, body: &[u8], envelope: Envelope<'_>, asked: &Asked) -> Response {
    let joined: Vec<u8>;
    let body = if memchr::memchr2(b'\n', b'\r', body).is_some() {
        joined = body.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
        &joined
    } else {
        body
    };
    if !intake.records() {
        intake.refuse(DropReason::NotRecorded, 1);
        return asked.disabled();
    }
    let Some(bulk) = BulkBody::parse(body) else {
        intake.refuse(DropReason::MalformedBody, 1);
        return asked.bulk(Ok(BulkTally::default()), false);
    };
    if bulk.too_many {
        return asked.refused(intake.refuse(DropReason::TooLarge, 1));
    }
    let envelope = Envelope { token: bulk.token.as_deref(), in_bulk: true, ..envelope };
    let mut outcome = intake.bulk(&bulk, &envelope).await;
    let cookie = outcome.as_mut().ok().and_then(|tally| tally.visitor_cookie.take());
    with_cookie(asked.bulk(outcome, bulk.without_answer), cookie)
}

//! The parsers of what clients send, for fuzzing: each bears any bytes.

use std::sync::{Arc, LazyLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use bytes::Bytes;
use futures_util::FutureExt as _;
use nagare_schema::{Config, Deployment, Entity, Hit, Site, SiteId, UnixMillis};
use tokio::sync::watch;

use crate::{
    agents::Agents,
    http,
    params::{BulkBody, Name, Params, is_bulk},
    pipeline::Pipeline,
    place::Locator,
    rules::RulesSource,
    salt::{Salt, SaltStore, Salts},
};

/// When every hit arrives: 2023-11-14 22:13:20.
const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

/// A form-encoded query or body, and every parameter of it in every type.
pub fn form(bytes: &[u8]) {
    read_all(&Params::from_form(bytes));
}

/// The body of a bulk request.
pub fn bulk(bytes: &[u8]) {
    if !is_bulk(bytes) {
        return;
    }
    let bulk = BulkBody::parse(bytes).unwrap_or_default();
    bulk.requests.iter().for_each(|element| read_all(&element.params()));
}

/// A multipart body whose boundary is `x`.
pub fn multipart(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=x"));
    let body = Bytes::copy_from_slice(bytes);
    if let Some(Ok(params)) = http::form(&headers, &body).now_or_never() {
        read_all(&params);
    }
}

/// Headers, a line each.
pub fn headers(bytes: &[u8]) {
    let headers = header_map(bytes);
    let _ = http::envelope::read(&headers, None, NOW);
}

/// The hit of a query, the first line, and of headers, the others; `None` when it is refused.
pub fn hit(bytes: &[u8]) -> Option<Hit> {
    static PIPELINE: LazyLock<Pipeline<OwnSalt>> = LazyLock::new(pipeline);
    let (query, lines) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len()));
    let headers = header_map(lines);
    let mut params = Params::from_form(query);
    params.add_form(b"idsite=1&rec=1");
    let envelope = http::envelope::read(&headers, None, NOW);
    let rules = PIPELINE.rules.current();
    let judged = PIPELINE.judge(&rules, &params, &envelope).now_or_never()?;
    judged.ok().map(|accepted| accepted.hit)
}

fn read_all(params: &Params<'_>) {
    for (name, _) in Name::ALL {
        let _ = (params.text(*name), params.int(*name), params.float(*name), params.json(*name));
    }
    params.dimensions().for_each(drop);
}

fn header_map(bytes: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&line[colon + 1..]));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

/// A bucket that takes what it is offered.
struct OwnSalt;

impl SaltStore for OwnSalt {
    async fn get_or_create(&self, _: String, offered: Salt) -> Result<Salt, String> {
        Ok(offered)
    }
}

/// A site with a little of everything.
fn pipeline() -> Pipeline<OwnSalt> {
    let mut config = Config::default();
    let site = Site { id: SiteId(1), urls: vec!["http://site.example".to_owned()], ..Site::default() };
    let deployment = Deployment { partitions: 1, secret: "secret".to_owned(), created_at: NOW };
    for (revision, entity) in (1..).zip([Entity::Deployment(deployment), Entity::Site(site)]) {
        config.apply(revision, &entity.key(), Some(entity));
    }
    let (_, config) = watch::channel(Arc::new(config));
    Pipeline {
        rules: RulesSource::new(config),
        salts: Salts::new(OwnSalt),
        locator: Locator::open(None),
        agents: Agents::open(None),
    }
}

//! Reads hits as ingest does, with no server, log or broker: what benchmarks and fuzz targets drive.

use std::path::Path;

use axum::http::HeaderMap;
use nagare_schema::{Config, DropReason, Hit, UnixMillis};
use tokio::sync::watch;

use crate::{
    agents::Agents,
    http::envelope,
    params::{BulkBody, Params},
    pipeline::Pipeline,
    place::Locator,
    rules::RulesSource,
    salt::{Salt, SaltStore, Salts},
};

/// Turns queries and bodies into hits.
pub struct HitReader {
    pipeline: Pipeline<OwnSalts>,
}

/// Salts that nobody shares.
struct OwnSalts;

impl SaltStore for OwnSalts {
    async fn get_or_create(&self, _: String, offered: Salt) -> Result<Salt, String> {
        Ok(offered)
    }
}

impl HitReader {
    /// A reader under a directory that does not change; devices and robots are told by the patterns of a folder.
    pub fn new(config: Config, devices: Option<&Path>) -> Self {
        let rules = RulesSource::new(watch::channel(config.into()).1);
        let (salts, locator, agents) = (Salts::new(OwnSalts), Locator::open(None), Agents::open(devices));
        Self { pipeline: Pipeline { rules, salts, locator, agents } }
    }

    /// The hit of a form-encoded query and its headers.
    ///
    /// # Errors
    /// Why it is dropped.
    pub async fn read(&self, query: &[u8], headers: &HeaderMap, at: UnixMillis) -> Result<Hit, DropReason> {
        self.judge(&Params::from_form(query), headers, at).await
    }

    /// The hits of a bulk body; `None` when it is no such body.
    pub async fn read_bulk(
        &self,
        body: &[u8],
        headers: &HeaderMap,
        at: UnixMillis,
    ) -> Option<Vec<Result<Hit, DropReason>>> {
        let bulk = BulkBody::parse(body)?;
        let mut hits = Vec::with_capacity(bulk.requests.len());
        for element in &bulk.requests {
            hits.push(self.judge(&element.params(), headers, at).await);
        }
        Some(hits)
    }

    async fn judge(&self, params: &Params<'_>, headers: &HeaderMap, at: UnixMillis) -> Result<Hit, DropReason> {
        let envelope = envelope::read(headers, None, at);
        let rules = self.pipeline.rules.current();
        Ok(self.pipeline.judge(&rules, params, &envelope).await?.hit)
    }
}

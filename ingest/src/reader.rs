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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::runtime::Builder;

    use super::*;
    use crate::fake::{NOW, config};

    /// Names of parameters with whatever somebody may send in them.
    fn query() -> impl Strategy<Value = Vec<u8>> {
        let names = crate::params::Name::ALL.iter().map(|(_, text)| *text).collect::<Vec<_>>();
        let pair = (proptest::sample::select(names), prop::collection::vec(any::<u8>(), 0..40));
        prop::collection::vec(pair, 0..12).prop_map(|pairs| {
            let mut query = b"idsite=1&rec=1".to_vec();
            for (name, value) in pairs {
                query.extend_from_slice(format!("&{name}=").as_bytes());
                query.extend(value);
            }
            query
        })
    }

    proptest! {
        #[test]
        fn any_query_is_a_hit_or_dropped(query in query(), agent in "[ -~]{0,60}") {
            let mut headers = HeaderMap::new();
            headers.insert("user-agent", agent.parse().unwrap());
            headers.insert("sec-ch-ua", agent.parse().unwrap());
            headers.insert("accept-language", agent.parse().unwrap());
            let runtime = Builder::new_current_thread().build().unwrap();
            let read = runtime.block_on(HitReader::new(config(|_| {}), None).read(&query, &headers, NOW));
            if let Ok(hit) = read {
                prop_assert!(nagare_schema::encode(&hit).unwrap().len() <= hit.size_bound());
            }
        }

        #[test]
        fn any_body_is_read_or_not(body in r#"[\[\]{}",:?&=a-z0-9\\ ]{0,200}"#) {
            let runtime = Builder::new_current_thread().build().unwrap();
            let reader = HitReader::new(config(|_| {}), None);
            for body in [body.clone(), format!("{{\"requests\":[{body}]}}"), format!("{{\"requests\":[\"?{body}\"]}}")] {
                let _ = runtime.block_on(reader.read_bulk(body.as_bytes(), &HeaderMap::new(), NOW));
            }
        }
    }
}

//! Rules for hits, through the router: parameters and headers in, hits out.

mod fields;
mod noted;
mod privacy;
mod restart;
mod rules;
mod settings;

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo, http::Request};
use nagare_schema::{Config, DropReason, Hit, Settings};

use crate::fake::{Answer, SUPER, Stage, config};

pub(crate) const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0";
/// Where requests come from.
const PEER: &str = "198.51.100.77:4000";

/// A running ingest that is asked by one browser.
pub(crate) struct Browser {
    pub(crate) stage: Stage,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self { stage: Stage::with(config(change), u64::MAX) }
    }

    /// With other global settings.
    pub(crate) fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(|config| {
            let mut settings = Settings::default();
            change(&mut settings);
            config.settings = settings.into();
        })
    }

    /// Sends a query to site 1, with extra headers. `TOKEN` stands for a superuser's token.
    pub(crate) async fn get(&self, query: &str, headers: &[(&str, &str)]) -> Answer {
        let query = query.replace("TOKEN", &format!("token_auth={SUPER}"));
        let query = query.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
        self.stage.send(request(&format!("/matomo.php?idsite=1&rec=1&{query}"), headers)).await
    }

    /// The one hit that a query makes.
    pub(crate) async fn hit(&self, query: &str) -> Hit {
        let before = self.stage.log.hits().len();
        assert_eq!(self.get(query, &[]).await.status, 200, "{query}");
        let mut hits = self.stage.log.hits();
        assert_eq!(hits.len(), before + 1, "{query}");
        hits.pop().unwrap()
    }

    pub(crate) fn dropped(&self, reason: DropReason) -> u64 {
        self.stage.dropped(reason)
    }
}

pub(crate) fn request(uri: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let peer: SocketAddr = PEER.parse().unwrap();
    let mut request = Request::get(uri).header("user-agent", AGENT).extension(ConnectInfo(peer));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

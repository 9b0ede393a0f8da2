//! What the server calls itself.

use super::Method;
use crate::{
    metrics::Family,
    permission::Permission,
    table::Answer,
    value::{Record, Value},
};

/// The release of Matomo whose API this one speaks.
const MATOMO_VERSION: &str = "5.2.0";

const fn version(name: &'static str) -> Method {
    Method::new(name, Permission::SomeView, Family::Configuration, |_, _| {
        Box::pin(async { Ok(Answer::Value(Value::from(MATOMO_VERSION))) })
    })
}

/// How clients that send in batches are asked to: hits at once, and seconds between.
const CLIENT_SETTINGS: [(&str, i64); 2] = [("SDK_batch_size", 10), ("SDK_interval_value", 30)];

pub(super) const METHODS: &[Method] = &[
    version("API.getMatomoVersion"),
    version("API.getPiwikVersion"),
    Method::new("API.getSettings", Permission::None, Family::Configuration, |_, _| {
        Box::pin(async { Ok(Answer::Value(CLIENT_SETTINGS.into_iter().collect::<Record>().into())) })
    }),
];

//! What the server calls itself.

use super::Method;
use crate::{metrics::Family, permission::Permission, table::Answer, value::Value};

/// The release of Matomo whose API this one speaks.
const MATOMO_VERSION: &str = "5.2.0";

const fn version(name: &'static str) -> Method {
    Method::new(name, Permission::SomeView, Family::Configuration, |_, _| {
        Box::pin(async { Ok(Answer::Value(Value::from(MATOMO_VERSION))) })
    })
}

pub(super) const METHODS: &[Method] = &[version("API.getMatomoVersion"), version("API.getPiwikVersion")];

//! What the server calls itself, and what it can do.

use super::{Call, Method, at_once, registry};
use crate::{
    error::Fault,
    permission::Permission,
    value::{Record, Value},
};

/// The release of Matomo whose API this one speaks.
const MATOMO_VERSION: &str = "5.2.0";
/// How clients that send in batches are asked to: hits at once, and seconds between.
const CLIENT_SETTINGS: [(&str, i64); 2] = [("SDK_batch_size", 10), ("SDK_interval_value", 30)];

const fn version(name: &'static str) -> Method {
    Method::configuration(name, Permission::SomeView, |_, _| at_once(Ok(Value::from(MATOMO_VERSION))))
}

pub(super) const METHODS: &[Method] = &[
    version("API.getMatomoVersion"),
    version("API.getPiwikVersion"),
    Method::configuration("API.getSettings", Permission::None, |_, _| {
        at_once(Ok(CLIENT_SETTINGS.into_iter().collect::<Record>().into()))
    }),
    Method::configuration("API.getIpFromHeader", Permission::SomeView, |call, _| {
        at_once(Ok(call.origin.address.map_or_else(String::new, |address| address.to_string()).into()))
    }),
    Method::configuration("API.isPluginActivated", Permission::SomeView, |call, _| at_once(is_active(&call))),
];

/// A plugin is there when one of its methods is.
fn is_active(call: &Call<'_>) -> Result<Value, Fault> {
    let plugin = call.params.required("pluginName")?;
    Ok(registry::methods().any(|method| method.name.split_once('.').is_some_and(|(module, _)| module == plugin)).into())
}

//! Reading what is shared: straight into its counted memory, where `serde` would go through a box.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};

/// For `#[serde(deserialize_with)]` of an [`Arc`].
pub(crate) fn one<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<T>, D::Error> {
    T::deserialize(deserializer).map(Arc::new)
}

/// For `#[serde(deserialize_with)]` of an [`Arc`] that may be missing.
pub(crate) fn option<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Arc<T>>, D::Error> {
    Option::deserialize(deserializer).map(|value| value.map(Arc::new))
}

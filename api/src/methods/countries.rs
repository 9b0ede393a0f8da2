//! Names of countries (`reports.md` §7).

use super::Method;
use crate::{
    metrics::Family,
    names,
    permission::Permission,
    table::Answer,
    value::{Record, Value},
};

pub(super) const METHODS: &[Method] =
    &[Method::new("UserCountry.getCountryCodeMapping", Permission::None, Family::Configuration, |_, _| {
        Box::pin(async {
            let names: Record = names::countries().into_iter().map(|(code, name)| (code, Value::from(name))).collect();
            Ok(Answer::Value(Value::Record(names)))
        })
    })];

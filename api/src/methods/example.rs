//! ExamplePlugin: answers that are always the same, by which a client tries its connection and decoding.

use super::{Method, at_once};
use crate::{
    permission::Permission,
    value::{Record, Value},
};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("ExamplePlugin.getAnswerToLife", Permission::None, |call, _| {
        let truth = call.params.optional_flag("truth").unwrap_or(true);
        at_once(Ok(Value::Int(if truth { 42 } else { 24 })))
    }),
    Method::configuration("ExamplePlugin.getExampleReport", Permission::View, |_, _| {
        let row = |label: &str, visits: i64| Record::default().with("label", label).with("nb_visits", visits).into();
        at_once(Ok(Value::List(vec![row("My Label 1", 1), row("My Label 2", 5)])))
    }),
];

//! One request of Matomo's Reporting API: find the method, authorise, run, write.

use std::time::Instant;

use axum::response::Response;
use nagare_runtime::{Context, Directory};
use nagare_schema::UnixMillis;

use crate::{
    auth::Caller,
    format::{Format, unknown_format},
    methods::{self, Call},
    metrics::{Family, Metrics},
    options::ApiOptions,
    query::Engine,
    request::Params,
};

/// Answers Matomo's Reporting API.
#[derive(Clone)]
pub(crate) struct Endpoint {
    directory: Directory,
    engine: Engine,
    metrics: Metrics,
}

impl Endpoint {
    pub(crate) fn new(context: &Context, options: &ApiOptions, metrics: &Metrics) -> Self {
        Self {
            directory: context.directory.clone(),
            engine: Engine::new(context.clickhouse.clone(), options.clone(), metrics.clone()),
            metrics: metrics.clone(),
        }
    }

    /// Runs one request of `module=API` and renders it in its format; never fails: errors are rendered.
    pub(crate) async fn answer(&self, caller: &Caller, params: &Params, now: UnixMillis) -> Response {
        let started = Instant::now();
        let format = match Format::of(params) {
            Ok(format) => format,
            Err(message) => return unknown_format(message),
        };
        let call = Call { caller, params, now, directory: &self.directory, engine: &self.engine };
        let (family, result) = methods::run(&call).await;
        self.count(family, result.is_ok(), started);
        match result {
            Ok(answer) => format.answer(&answer),
            Err(fault) => format.fault(&fault),
        }
    }

    fn count(&self, family: Family, answered: bool, started: Instant) {
        let outcome = if answered { "answered" } else { "refused" };
        self.metrics.requests.with_label_values(&[family.label(), outcome]).inc();
        self.metrics.request_seconds.with_label_values(&[family.label()]).observe(started.elapsed().as_secs_f64());
    }
}

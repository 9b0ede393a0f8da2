//! One request of Matomo's Reporting API: find the method, authorise, run, write.

use std::{borrow::Cow, time::Instant};

use axum::response::Response;
use nagare_runtime::{Audit, Context, Directory, Removals};
use nagare_schema::{SiteId, UnixMillis, named_setting};

use crate::{
    auth::{Accounts, Caller, Signer},
    delivery::Mailer,
    error::ApiError,
    format::{Feed, Format, unknown_format},
    methods::{self, Call, Origin},
    metrics::{Family, Metrics},
    numberer::Numberer,
    options::ApiOptions,
    query::Engine,
    request::Params,
    subject::Subjects,
};

/// Answers Matomo's Reporting API.
#[derive(Clone)]
pub(crate) struct Endpoint {
    directory: Directory,
    engine: Engine,
    accounts: Accounts,
    audit: Audit,
    removals: Removals,
    subjects: Subjects,
    numberer: Numberer,
    metrics: Metrics,
    mailer: Option<Mailer>,
}

impl Endpoint {
    /// # Errors
    /// When the mail server of the options is not valid.
    pub(crate) fn new(
        context: &Context,
        options: &ApiOptions,
        accounts: Accounts,
        (audit, removals, signer): (Audit, Removals, Signer),
        metrics: &Metrics,
    ) -> Result<Self, ApiError> {
        let mailer = options.smtp_url.as_ref().map(|url| Mailer::new(&url.0, &options.smtp_from)).transpose();
        let engine = Engine::new(context.clickhouse.clone(), options.clone(), metrics.clone());
        let engine = engine.with_removals(removals.clone());
        Ok(Self {
            directory: context.directory.clone(),
            subjects: Subjects::new(context, engine.clone(), audit.clone(), signer),
            numberer: Numberer::new(context.nats.clone()),
            engine,
            accounts,
            audit,
            removals,
            metrics: metrics.clone(),
            mailer: mailer.map_err(|error| ApiError::Mail(error.to_string()))?,
        })
    }

    /// Runs one request of `module=API` and renders it in its format; never fails: errors are rendered.
    pub(crate) async fn answer(&self, caller: &Caller, params: &Params, now: UnixMillis, origin: &Origin) -> Response {
        let started = Instant::now();
        let format = match Format::of(params) {
            Ok(Format::Rss(_)) => Format::Rss(feed(caller, params, now, &origin.url)),
            Ok(format) => format,
            Err(message) => return unknown_format(message),
        };
        let limited = limited(caller, params);
        let call = self.call(caller, &limited, now, origin);
        let (family, result) = methods::run(&call).await;
        self.count(family, result.is_ok(), started);
        match result {
            Ok(answer) => format.answer(&answer),
            Err(fault) => format.fault(&fault),
        }
    }

    /// A request to a method.
    pub(crate) fn call<'a>(
        &'a self,
        caller: &'a Caller,
        params: &'a Params,
        now: UnixMillis,
        origin: &'a Origin,
    ) -> Call<'a> {
        let (directory, engine, accounts, audit) = (&self.directory, &self.engine, &self.accounts, &self.audit);
        let (subjects, numberer, mailer) = (&self.subjects, &self.numberer, self.mailer.as_ref());
        let removals = &self.removals;
        Call { caller, params, now, directory, engine, accounts, origin, audit, removals, subjects, numberer, mailer }
    }

    pub(crate) fn subjects(&self) -> &Subjects {
        &self.subjects
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn count(&self, family: Family, answered: bool, started: Instant) {
        let outcome = if answered { "answered" } else { "refused" };
        self.metrics.requests.with_label_values(&[family.label(), outcome]).inc();
        self.metrics.request_seconds.with_label_values(&[family.label()]).observe(started.elapsed().as_secs_f64());
    }
}

/// The parameters with the limit of rows that settings set in place of the usual one (`reporting-api.md` §1).
fn limited<'a>(caller: &Caller, params: &'a Params) -> Cow<'a, Params> {
    let limit = caller.config.settings.named.number(&named_setting::API_DEFAULT_LIMIT);
    if limit == named_setting::API_DEFAULT_LIMIT.default || params.filled("filter_limit").is_some() {
        return Cow::Borrowed(params);
    }
    Cow::Owned(params.clone().with("filter_limit", limit.to_string()))
}

/// What a feed says of the site that is asked for.
fn feed(caller: &Caller, params: &Params, now: UnixMillis, origin: &str) -> Feed {
    const MILLIS: i64 = 1000;
    let site = params.filled("idSite").unwrap_or_default();
    let stored = site.parse().ok().and_then(|id| caller.config.sites.get(&SiteId(id)));
    Feed {
        origin: origin.to_owned(),
        site: site.to_owned(),
        // The name is for those who may see it; others are refused before a feed is written.
        site_name: stored.map_or_else(String::new, |site| site.name.clone()),
        period: params.filled("period").unwrap_or_default().to_owned(),
        now: now.0 / MILLIS,
        is_relative: params.filled("date").is_some_and(|date| date.starts_with("last") || date.starts_with("previous")),
    }
}

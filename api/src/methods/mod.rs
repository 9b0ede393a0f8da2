//! The methods of the API. A method is registered with what it requires of its caller; nothing runs
//! before that is checked.

mod annotations;
mod bulk;
mod change;
mod comparison;
mod countries;
mod dashboards;
mod data_subjects;
mod dimensions;
mod example;
mod failures;
mod goals;
mod insights;
mod languages;
mod live;
mod metadata;
mod multi_sites;
mod nested;
mod overlay;
mod overview;
mod pivoted;
mod privacy;
mod processed_report;
mod registry;
mod report;
mod retention;
mod row_evolution;
mod scheduled;
mod segment_editor;
mod segments;
mod setting_groups;
mod settings;
mod sign_in;
mod sites;
mod tour;
mod transitions;
mod users;
mod variables;
mod version;
mod visit_log;
mod visitor_profile;

use std::{net::IpAddr, pin::Pin};

use axum::http::StatusCode;
use nagare_runtime::{Audit, AuditEntry, Directory, Removals};
use nagare_schema::UnixMillis;

pub(crate) use live::log_enabled;
pub(crate) use registry::{Method, is_shareable};
pub(crate) use scheduled::{data_period, render};
pub(crate) use settings::change_settings;
pub(crate) use visit_log::placed as placed_visits;

use crate::{
    auth::{Accounts, Caller},
    delivery::Mailer,
    error::Fault,
    metrics::Family,
    numberer::Numberer,
    permission::authorise,
    query::Engine,
    request::Params,
    shape::array,
    subject::Subjects,
    table::Answer,
    value::Value,
};

/// Where a request came from, and where it found this server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Origin {
    /// This server as the client names it, with a slash at the end.
    pub(crate) url: String,
    /// The client's address, where the listener tells it.
    pub(crate) address: Option<IpAddr>,
}

/// A request to a method.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) params: &'a Params,
    /// The server's clock.
    pub(crate) now: UnixMillis,
    pub(crate) directory: &'a Directory,
    pub(crate) engine: &'a Engine,
    pub(crate) accounts: &'a Accounts,
    pub(crate) origin: &'a Origin,
    pub(crate) audit: &'a Audit,
    pub(crate) removals: &'a Removals,
    pub(crate) subjects: &'a Subjects,
    pub(crate) numberer: &'a Numberer,
    /// Sends mail, when a server is configured.
    pub(crate) mailer: Option<&'a Mailer>,
}

/// What a method becomes when it is run.
pub(crate) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Fault>> + Send + 'a>>;

/// The answer of a method that has nothing to wait for.
fn at_once<'a>(value: Result<Value, Fault>) -> Answering<'a> {
    Box::pin(std::future::ready(value.map(Answer::Value)))
}

/// Finds the method, checks its permission and runs it.
pub(crate) async fn run(call: &Call<'_>) -> (Family, Result<Answer, Fault>) {
    match find(call.params) {
        Ok(method) => (method.family, run_method(&method, call).await),
        Err(fault) => (Family::Unknown, Err(fault)),
    }
}

async fn run_method(method: &Method, call: &Call<'_>) -> Result<Answer, Fault> {
    if !call.caller.may_call(method.name, method.changes()) {
        return Err(Fault::denied("The token is not for this method."));
    }
    let answered = match authorise(method.permission, call.caller, call.params) {
        Ok(granted) => method.answer(*call, granted).await,
        Err(refused) => Err(refused),
    };
    if method.changes() && call.caller.is_user() {
        record(method.name, call, answered.is_ok()).await;
    }
    match answered? {
        Answer::Value(value) => array(value, call.params).map(Answer::Value),
        other => Ok(other),
    }
}

/// Writes into the security log that a user changed something, or was not allowed to.
async fn record(method: &str, call: &Call<'_>, done: bool) {
    /// Parameters that say what was changed; none of them is a secret.
    const TARGETS: [&str; 6] = ["userLogin", "idSite", "idSites", "access", "idGoal", "siteName"];
    let named = TARGETS.iter().filter_map(|name| Some(format!("{name}={}", call.params.list(name)?.join(","))));
    let entry = AuditEntry {
        at: call.now,
        actor: call.caller.login().unwrap_or_default().to_owned(),
        action: method.to_owned(),
        target: named.collect::<Vec<_>>().join(" "),
        outcome: if done { "done" } else { "refused" }.to_owned(),
        address: String::new(),
    };
    call.audit.record(entry).await;
}

fn find(params: &Params) -> Result<Method, Fault> {
    let name = params.required("method")?;
    if !name.split_once('.').is_some_and(|(module, action)| is_word(module) && is_word(action)) {
        return Err(Fault::new("The method name is invalid. Expected 'module.methodName'"));
    }
    registry::find(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Fault {
    let (module, action) = name.split_once('.').unwrap_or((name, ""));
    Fault::with_status(
        StatusCode::BAD_REQUEST,
        format!(
            "The method '{action}' does not exist or is not available in the module \
             '\\Piwik\\Plugins\\{module}\\API'."
        ),
    )
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

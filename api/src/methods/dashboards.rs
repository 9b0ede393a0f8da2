//! Dashboards of users (`reports.md` §25).

use nagare_schema::{ConfigKey, Dashboard, Entity, Widget};

use super::{Call, Method, at_once, change::create, languages::user};
use crate::{
    error::Fault,
    permission::Permission,
    table::Answer,
    value::{Record, Value},
};

/// Dashboards of one user.
const DASHBOARDS_MAX: usize = 100;
const NAME_CHARS_MAX: usize = 100;
/// What a new dashboard shows: module and action.
const WIDGETS: &[(&str, &str)] = &[
    ("VisitsSummary", "getEvolutionGraph"),
    ("Live", "widget"),
    ("VisitsSummary", "getSparklines"),
    ("Referrers", "getReferrerType"),
    ("Actions", "getPageUrls"),
    ("UserCountry", "getCountry"),
    ("DevicesDetection", "getBrowsers"),
    ("VisitTime", "getVisitInformationPerLocalTime"),
];

pub(super) const METHODS: &[Method] = &[
    Method::configuration("Dashboard.getDashboards", Permission::SomeView, |call, _| at_once(all(&call))),
    Method::configuration("Dashboard.createNewDashboardForUser", Permission::SignedIn, |call, _| {
        Box::pin(create_new(call))
    }),
    Method::configuration("Dashboard.removeDashboard", Permission::SignedIn, |call, _| Box::pin(remove(call))),
    Method::configuration("Dashboard.copyDashboardToUser", Permission::SomeAdmin, |call, _| Box::pin(copy(call))),
    Method::configuration("Dashboard.resetDashboardLayout", Permission::SignedIn, |call, _| Box::pin(reset(call))),
];

fn default_widgets() -> Vec<Widget> {
    WIDGETS
        .iter()
        .map(|(module, action)| Widget { module: (*module).to_owned(), action: (*action).to_owned() })
        .collect()
}

/// The login that the request is about; the caller's when it names none.
fn login(call: &Call<'_>) -> Result<String, Fault> {
    match call.params.filled("login") {
        Some(_) => user(call).map(|user| user.login.clone()),
        None => Ok(call.caller.login().unwrap_or_default().to_owned()),
    }
}

fn all(call: &Call<'_>) -> Result<Value, Fault> {
    let login = login(call)?;
    let mut list: Vec<Value> = call.caller.config.dashboards_of(&login).map(|dashboard| record(dashboard)).collect();
    if list.is_empty() && call.params.optional_flag("returnDefaultIfEmpty").unwrap_or(true) {
        let name = "Dashboard".to_owned();
        list.push(record(&Dashboard { login, id: 1, name, widgets: default_widgets() }));
    }
    Ok(Value::List(list))
}

fn record(dashboard: &Dashboard) -> Value {
    let widget = |widget: &Widget| {
        Record::default().with("module", widget.module.as_str()).with("action", widget.action.as_str()).into()
    };
    Record::default()
        .with("name", dashboard.name.as_str())
        .with("id", i64::from(dashboard.id))
        .with("widgets", Value::List(dashboard.widgets.iter().map(widget).collect()))
        .into()
}

/// Stores a dashboard of a user and tells its id.
async fn store(call: &Call<'_>, login: String, name: String, widgets: Vec<Widget>) -> Result<Answer, Fault> {
    let config = call.directory.snapshot();
    if config.dashboards_of(&login).count() >= DASHBOARDS_MAX {
        return Err(Fault::bad_request(format!("A user has at most {DASHBOARDS_MAX} dashboards.")));
    }
    let first = config.dashboards_of(&login).last().map_or(1, |last| last.id.saturating_add(1));
    let dashboard = Dashboard { login, id: first, name, widgets };
    let id = create(call.directory, first, |id| Entity::Dashboard(Dashboard { id, ..dashboard.clone() })).await?;
    Ok(Answer::Value(Value::Int(i64::from(id))))
}

fn name(call: &Call<'_>) -> String {
    call.params.filled("dashboardName").unwrap_or("Dashboard").chars().take(NAME_CHARS_MAX).collect()
}

async fn create_new(call: Call<'_>) -> Result<Answer, Fault> {
    let login = user(&call)?.login.clone();
    let with_widgets = call.params.optional_flag("addDefaultWidgets").unwrap_or(true);
    store(&call, login, name(&call), if with_widgets { default_widgets() } else { Vec::new() }).await
}

/// The dashboard of the request.
fn found<'a>(call: &Call<'a>) -> Result<&'a Dashboard, Fault> {
    let id = call.params.required("idDashboard")?;
    let key = (login(call)?, id.parse().unwrap_or(0));
    let found = call.caller.config.dashboards.get(&key).map(AsRef::as_ref);
    found.ok_or_else(|| Fault::new(format!("Dashboard not found: {id}.")))
}

async fn remove(call: Call<'_>) -> Result<Answer, Fault> {
    let dashboard = found(&call)?;
    call.directory.delete(&ConfigKey::Dashboard(dashboard.login.clone(), dashboard.id)).await?;
    Ok(Answer::Done)
}

/// Copies one of the caller's own to somebody whose site the caller administers.
async fn copy(call: Call<'_>) -> Result<Answer, Fault> {
    let to = call.params.required("copyToUser")?;
    if !call.caller.config.users.contains_key(to) {
        return Err(Fault::new(format!("User '{to}' doesn't exist.")));
    }
    let id = call.params.required("idDashboard")?;
    let key = (call.caller.login().unwrap_or_default().to_owned(), id.parse().unwrap_or(0));
    let dashboard = call.caller.config.dashboards.get(&key);
    let dashboard = dashboard.ok_or_else(|| Fault::new(format!("Dashboard not found: {id}.")))?;
    let name = if call.params.filled("dashboardName").is_some() { name(&call) } else { dashboard.name.clone() };
    store(&call, to.to_owned(), name, dashboard.widgets.clone()).await
}

async fn reset(call: Call<'_>) -> Result<Answer, Fault> {
    let dashboard = found(&call)?;
    let after = Dashboard { widgets: default_widgets(), ..dashboard.clone() };
    call.directory.put(&Entity::Dashboard(after), nagare_runtime::Expected::Any).await?;
    Ok(Answer::Done)
}

//! Changes of settings, as a superuser wants them.

use axum::Json;
use nagare_runtime::AuditEntry;
use nagare_schema::Settings;
use serde::Serialize;

use super::{given::Superuser, problem::Problem};
use crate::{error::Fault, methods::change_settings, server::Shared};

/// Changes the settings by what is wanted, notes it in the security log as `action`, and answers what was wanted.
pub(super) async fn changed<T: Serialize + Sync>(
    shared: &Shared,
    Superuser(caller): Superuser,
    action: &str,
    wanted: T,
    apply: impl Fn(&T, &mut Settings) -> Result<(), Fault> + Send + Sync,
) -> Result<Json<T>, Problem> {
    change_settings(&shared.context.directory, |settings| apply(&wanted, settings)).await?;
    let entry = AuditEntry {
        at: shared.context.clock.now(),
        actor: caller.login().unwrap_or_default().to_owned(),
        action: action.to_owned(),
        target: serde_json::to_string(&wanted).unwrap_or_default(),
        outcome: "done".to_owned(),
        address: String::new(),
    };
    shared.audit.record(entry).await;
    Ok(Json(wanted))
}

//! `/api/v1/settings`: the settings under Matomo's names, read and changed by superusers.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use nagare_schema::{ALL_SETTINGS, AnySetting, NamedSettings, SettingError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    given::{Superuser, Wanted},
    problem::Problem,
};
use crate::{error::Fault, methods::change_settings, server::Shared};

/// A setting.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct SettingState {
    /// `Section.name`.
    name: &'static str,
    value: String,
    default: String,
}

fn states(settings: &NamedSettings) -> Vec<SettingState> {
    let state = |setting: &AnySetting| SettingState {
        name: setting.name(),
        value: settings.get(setting),
        default: setting.default_text(),
    };
    ALL_SETTINGS.iter().map(state).collect()
}

/// Every setting, for superusers.
#[utoipa::path(
    get,
    path = "/api/v1/settings",
    operation_id = "listSettings",
    tag = "settings",
    responses((status = 200, body = [SettingState]), (status = 401, body = Problem))
)]
pub(super) async fn list(Superuser(caller): Superuser) -> Json<Vec<SettingState>> {
    Json(states(&caller.config.settings.named))
}

/// Changes the settings that the body names, all or none.
#[utoipa::path(
    put,
    path = "/api/v1/settings",
    operation_id = "changeSettings",
    tag = "settings",
    request_body = Object,
    responses(
        (status = 200, body = [SettingState]),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn change(
    State(shared): State<Shared>,
    _: Superuser,
    Wanted(wanted): Wanted<BTreeMap<String, serde_json::Value>>,
) -> Result<Json<Vec<SettingState>>, Problem> {
    let directory = &shared.context.directory;
    change_settings(directory, |settings| {
        set_all(&mut settings.named, &wanted).map_err(|error| Fault::bad_request(error.to_string()))
    })
    .await?;
    Ok(Json(states(&directory.snapshot().settings.named)))
}

fn set_all(settings: &mut NamedSettings, wanted: &BTreeMap<String, serde_json::Value>) -> Result<(), SettingError> {
    for (name, value) in wanted {
        match value {
            serde_json::Value::String(text) => settings.set(name, text)?,
            other => settings.set(name, &other.to_string())?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_changed_by_any_scalar_and_listed_with_their_default() {
        let mut settings = NamedSettings::default();
        let wanted = serde_json::json!({
            "Tracker.visit_standard_length": 60,
            "General.action_title_category_delimiter": "/",
            "Tracker.trust_visitors_cookies": true,
        });
        set_all(&mut settings, &serde_json::from_value(wanted).unwrap()).unwrap();
        let states = states(&settings);
        let of = |name: &str| states.iter().find(|state| state.name == name).unwrap();
        let idle = of("Tracker.visit_standard_length");
        assert_eq!((idle.value.as_str(), idle.default.as_str()), ("60", "1800"));
        assert_eq!(of("Tracker.trust_visitors_cookies").value, "1");
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        let wanted = [("General.nothing".to_owned(), serde_json::Value::Null)].into();
        assert!(set_all(&mut NamedSettings::default(), &wanted).is_err());
    }
}

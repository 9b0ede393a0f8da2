//! `/api/v1/settings`: the settings under Matomo's names, read and changed by superusers.

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use nagare_schema::{ALL_SETTINGS, AnySetting, NamedSettings, SettingError};
use serde::Serialize;

use super::{caller_of, problem};
use crate::{error::Fault, methods::change_settings, server::Shared};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/v1/settings", get(list).put(change))
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct SettingState {
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

async fn list(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let caller = caller_of(&shared, &headers);
    if !caller.is_superuser() {
        return problem(StatusCode::UNAUTHORIZED, "superusers only");
    }
    Json(states(&caller.config.settings.named)).into_response()
}

/// Changes the settings that the body names, all or none.
async fn change(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Result<Json<BTreeMap<String, serde_json::Value>>, JsonRejection>,
) -> Response {
    if !caller_of(&shared, &headers).is_superuser() {
        return problem(StatusCode::UNAUTHORIZED, "superusers only");
    }
    let Ok(Json(wanted)) = body else {
        return problem(StatusCode::BAD_REQUEST, "a JSON object of settings and their values is expected");
    };
    let directory = &shared.context.directory;
    let changed = change_settings(directory, |settings| {
        set_all(&mut settings.named, &wanted).map_err(|error| Fault::bad_request(error.to_string()))
    });
    match changed.await {
        Ok(()) => Json(states(&directory.snapshot().settings.named)).into_response(),
        Err(fault) => problem(fault.status, &fault.message),
    }
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

//! Settings as forms show them, in groups by plugin (`reports.md` §21, §25): those of a site, and those
//! of the installation that plugins of Matomo have.

use nagare_schema::{Settings, Site, named_setting};

use super::{Call, Method, at_once, change_settings, users::confirm};
use crate::{
    error::Fault,
    permission::Permission,
    request::{Param, Params},
    table::Answer,
    value::{Record, Value},
};

const LIVE: &str = "Live";
const LOG: &str = "disable_visitor_log";
const PROFILE: &str = "disable_visitor_profile";

pub(super) const METHODS: &[Method] = &[
    Method::configuration("CorePluginsAdmin.getSystemSettings", Permission::Superuser, |call, _| {
        at_once(Ok(of_system(&call.caller.config.settings)))
    }),
    Method::configuration("CorePluginsAdmin.setSystemSettings", Permission::Superuser, |call, _| {
        Box::pin(set_system(call))
    }),
    // No setting is a user's own.
    Method::configuration("CorePluginsAdmin.getUserSettings", Permission::SignedIn, |_, _| {
        at_once(Ok(Value::List(Vec::new())))
    }),
    Method::configuration("CorePluginsAdmin.setUserSettings", Permission::SignedIn, |call, _| {
        at_once(given(call.params).first().map_or(Ok(Value::Bool(true)), |given| Err(unknown(given))))
    }),
];

/// What a form has to know of a setting.
struct Field {
    name: &'static str,
    title: &'static str,
    /// Name of its type, and of the control that changes it.
    shown: (&'static str, &'static str),
    default: Value,
    /// Values to choose from, with their names.
    choices: &'static [(&'static str, &'static str)],
}

const LINES: (&str, &str) = ("array", "textarea");
const SWITCH: (&str, &str) = ("boolean", "checkbox");
const CHOICE: (&str, &str) = ("integer", "select");

impl Field {
    fn new(name: &'static str, title: &'static str, shown: (&'static str, &'static str)) -> Self {
        let default = if shown == LINES { Value::List(Vec::new()) } else { Value::Bool(false) };
        Self { name, title, shown, default, choices: &[] }
    }

    fn record(self, value: Value) -> Value {
        let choices = match self.choices {
            [] => Value::Null,
            choices => choices.iter().map(|(value, name)| (*value, Value::from(*name))).collect::<Record>().into(),
        };
        Record::default()
            .with("name", self.name)
            .with("title", self.title)
            .with("value", value)
            .with("defaultValue", self.default)
            .with("type", self.shown.0)
            .with("uiControl", self.shown.1)
            .with("uiControlAttributes", Value::List(Vec::new()))
            .with("availableValues", choices)
            .with("description", Value::Null)
            .with("inlineHelp", Value::Null)
            .with("introduction", Value::Null)
            .with("condition", Value::Null)
            .with("fullWidth", false)
            .into()
    }
}

fn group(plugin: &'static str, settings: Vec<Value>) -> Value {
    Record::default().with("pluginName", plugin).with("title", plugin).with("settings", Value::List(settings)).into()
}

fn live_group(log: bool, profile: bool) -> Value {
    let log = Field::new(LOG, "Turn off visits log and visitor profiles", SWITCH).record(log.into());
    group(LIVE, vec![log, Field::new(PROFILE, "Turn off visitor profiles", SWITCH).record(profile.into())])
}

/// The settings of a site.
pub(super) fn of_site(site: &Site) -> Value {
    const YES_NO: &[(&str, &str)] = &[("0", "No"), ("1", "Yes")];
    const FRAGMENTS: &[(&str, &str)] = &[("0", "As set for all websites"), ("1", "Yes"), ("2", "No")];
    let lines = |name, title, texts: &[String]| {
        Field::new(name, title, LINES).record(Value::List(texts.iter().cloned().map(Value::from).collect()))
    };
    let chosen = |name, title, (choices, default), value: i64| {
        Field { choices, default: Value::Int(default), ..Field::new(name, title, CHOICE) }.record(value.into())
    };
    let unknown = Field::new("exclude_unknown_urls", "Only record pages whose URL is one of the above", SWITCH);
    let settings = vec![
        lines("urls", "URLs", &site.urls),
        unknown.record(site.exclude_unknown_urls.into()),
        chosen("keep_url_fragment", "Keep fragments of page URLs", (FRAGMENTS, 0), site.keep_url_fragment.into()),
        lines("excluded_ips", "Excluded IPs", &site.excluded_ips),
        lines("excluded_parameters", "Excluded parameters", &site.excluded_parameters),
        lines("excluded_user_agents", "Excluded user agents", &site.excluded_user_agents),
        lines("excluded_referrers", "Excluded referrers", &site.excluded_referrers),
        chosen("sitesearch", "Site search", (YES_NO, 1), site.site_search.into()),
        lines("sitesearch_keyword_parameters", "Query parameter", &site.search_keyword_parameters),
        lines("sitesearch_category_parameters", "Category parameter", &site.search_category_parameters),
        chosen("ecommerce", "Ecommerce", (YES_NO, 0), site.ecommerce.into()),
    ];
    Value::List(vec![group("WebsiteMeasurable", settings), live_group(site.visit_log_disabled, site.profile_disabled)])
}

fn of_system(settings: &Settings) -> Value {
    let (log, profile) = (&named_setting::LOG_DISABLED, &named_setting::PROFILE_DISABLED);
    Value::List(vec![live_group(settings.named.flag(log), settings.named.flag(profile))])
}

/// One setting of a request: `settingValues[Plugin][0][name]=…&settingValues[Plugin][0][value]=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    plugin: String,
    name: String,
    value: String,
}

fn given(params: &Params) -> Vec<Given> {
    let Some(Param::Array(plugins)) = params.get("settingValues") else { return Vec::new() };
    let mut found = Vec::new();
    for (plugin, settings) in plugins {
        let Param::Array(settings) = settings else { continue };
        for (_, setting) in settings {
            let Param::Array(fields) = setting else { continue };
            let field =
                |name: &str| fields.iter().find(|(field, _)| field == name).and_then(|(_, value)| value.as_text());
            if let Some(name) = field("name") {
                let value = field("value").unwrap_or_default().to_owned();
                found.push(Given { plugin: plugin.clone(), name: name.to_owned(), value });
            }
        }
    }
    found
}

fn unknown(given: &Given) -> Fault {
    Fault::new(format!("There is no setting '{}' of '{}'.", given.name, given.plugin))
}

fn is_on(value: &str) -> bool {
    !matches!(value, "" | "0" | "false")
}

/// Changes the settings of a site that a request gives in groups.
pub(super) fn change_site(site: &mut Site, params: &Params) -> Result<(), Fault> {
    for given in given(params) {
        match (given.plugin.as_str(), given.name.as_str()) {
            (LIVE, LOG) => site.visit_log_disabled = is_on(&given.value),
            (LIVE, PROFILE) => site.profile_disabled = is_on(&given.value),
            _ => return Err(unknown(&given)),
        }
    }
    Ok(())
}

async fn set_system(call: Call<'_>) -> Result<Answer, Fault> {
    confirm(&call).await?;
    let given = given(call.params);
    change_settings(call.directory, |settings| {
        for given in &given {
            let name = match (given.plugin.as_str(), given.name.as_str()) {
                (LIVE, LOG) => named_setting::LOG_DISABLED.name,
                (LIVE, PROFILE) => named_setting::PROFILE_DISABLED.name,
                _ => return Err(unknown(given)),
            };
            settings.named.set(name, &given.value).map_err(|error| Fault::bad_request(error.to_string()))?;
        }
        Ok(())
    })
    .await?;
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reports.md` §12, §21
    #[test]
    fn a_site_takes_settings_in_groups() {
        let params = |name: &str| {
            Params::parse(&format!("settingValues[Live][0][name]={name}&settingValues[Live][0][value]=1")).unwrap()
        };
        let mut site = Site::default();
        change_site(&mut site, &params(PROFILE)).unwrap();
        assert!(site.profile_disabled && !site.visit_log_disabled);
        assert!(change_site(&mut site, &params("colour")).is_err());
    }

    #[test]
    fn settings_are_told_with_what_a_form_needs() {
        let Value::List(groups) = of_site(&Site::default()) else { panic!("a list") };
        let Some(Value::Record(first)) = groups.first() else { panic!("a group") };
        assert_eq!(first.get("pluginName"), Some(&"WebsiteMeasurable".into()));
        assert_eq!(groups.len(), 2);
    }
}

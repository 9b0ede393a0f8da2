//! Settings of the whole installation: SitesManager's global ones, UserCountry, PrivacyManager.

use nagare_runtime::Directory;
use nagare_schema::{ConfigKey, Entity, MASK_BYTES_MAX, ReferrerReduction, Settings};

use super::{Answering, Call, Method, at_once, change::change};
use crate::{
    error::Fault,
    metrics::Family,
    permission::{Granted, Permission},
    table::Answer,
    value::Value,
};

const fn read(
    name: &'static str,
    permission: Permission,
    action: for<'a> fn(Call<'a>, Granted) -> Answering<'a>,
) -> Method {
    Method::new(name, permission, Family::Configuration, action)
}

const fn write(name: &'static str, action: for<'a> fn(Call<'a>, Granted) -> Answering<'a>) -> Method {
    Method::new(name, Permission::Superuser, Family::Configuration, action)
}

pub(super) const METHODS: &[Method] = &[
    write("SitesManager.setGlobalExcludedIps", |call, _| {
        set_list(call, "excludedIps", |settings, list| settings.excluded_ips = list)
    }),
    write("SitesManager.setGlobalExcludedUserAgents", |call, _| {
        set_list(call, "excludedUserAgents", |settings, list| settings.excluded_user_agents = list)
    }),
    write("SitesManager.setGlobalExcludedQueryParameters", |call, _| {
        set_list(call, "excludedQueryParameters", |settings, list| settings.excluded_parameters = list)
    }),
    write("SitesManager.setGlobalExcludedReferrers", |call, _| {
        set_list(call, "excludedReferrers", |settings, list| settings.excluded_referrers = list)
    }),
    write("SitesManager.setGlobalSearchParameters", |call, _| Box::pin(set_search_parameters(call))),
    write("SitesManager.setKeepURLFragmentsGlobal", |call, _| Box::pin(set_keep_fragments(call))),
    read("SitesManager.getExcludedIpsGlobal", Permission::SomeAdmin, |call, _| {
        list(&call, |settings| &settings.excluded_ips)
    }),
    read("SitesManager.getExcludedUserAgentsGlobal", Permission::SomeAdmin, |call, _| {
        list(&call, |settings| &settings.excluded_user_agents)
    }),
    read("SitesManager.getExcludedQueryParametersGlobal", Permission::SomeView, |call, _| {
        list(&call, |settings| &settings.excluded_parameters)
    }),
    read("SitesManager.getExcludedReferrersGlobal", Permission::SomeAdmin, |call, _| {
        list(&call, |settings| &settings.excluded_referrers)
    }),
    read("SitesManager.getKeepURLFragmentsGlobal", Permission::SomeView, |call, _| {
        at_once(Ok(call.caller.config.settings.keep_url_fragments.into()))
    }),
    read("SitesManager.getSearchKeywordParametersGlobal", Permission::SomeAdmin, |call, _| {
        list(&call, |settings| &settings.search_keyword_parameters)
    }),
    read("SitesManager.getSearchCategoryParametersGlobal", Permission::SomeAdmin, |call, _| {
        list(&call, |settings| &settings.search_category_parameters)
    }),
    write("UserCountry.setLocationProvider", |call, _| Box::pin(set_location_provider(call))),
    write("PrivacyManager.setAnonymizeIpSettings", |call, _| Box::pin(set_anonymize(call))),
    write("PrivacyManager.activateDoNotTrack", |call, _| Box::pin(set_do_not_track(call, true))),
    write("PrivacyManager.deactivateDoNotTrack", |call, _| Box::pin(set_do_not_track(call, false))),
];

/// A list as Matomo answers it: texts joined by commas.
fn list(call: &Call<'_>, of: fn(&Settings) -> &Vec<String>) -> Answering<'static> {
    let text = of(&call.caller.config.settings).join(",");
    at_once(Ok(Value::from(text)))
}

/// Changes the settings of the deployment.
pub(crate) async fn change_settings(
    directory: &Directory,
    set: impl Fn(&mut Settings) -> Result<(), Fault> + Send + Sync,
) -> Result<(), Fault> {
    change(directory, &ConfigKey::Settings, |stored| {
        let mut settings = match stored {
            Some(Entity::Settings(settings)) => settings.clone(),
            _ => Settings::default(),
        };
        set(&mut settings)?;
        Ok(Entity::Settings(settings))
    })
    .await
}

fn set_list<'a>(
    call: Call<'a>,
    name: &'static str,
    set: impl Fn(&mut Settings, Vec<String>) + Send + Sync + 'a,
) -> Answering<'a> {
    Box::pin(async move {
        let values = call.params.list(name).ok_or_else(|| Fault::missing(name))?;
        change_settings(call.directory, |settings| {
            set(settings, values.clone());
            Ok(())
        })
        .await?;
        Ok(Answer::Value(Value::Bool(true)))
    })
}

async fn set_search_parameters(call: Call<'_>) -> Result<Answer, Fault> {
    let list = |name: &'static str| call.params.list(name).ok_or_else(|| Fault::missing(name));
    let (keywords, categories) = (list("searchKeywordParameters")?, list("searchCategoryParameters")?);
    change_settings(call.directory, |settings| {
        settings.search_keyword_parameters.clone_from(&keywords);
        settings.search_category_parameters.clone_from(&categories);
        Ok(())
    })
    .await?;
    Ok(Answer::Value(Value::Bool(true)))
}

async fn set_keep_fragments(call: Call<'_>) -> Result<Answer, Fault> {
    let keep = call.params.optional_flag("enabled").ok_or_else(|| Fault::missing("enabled"))?;
    change_settings(call.directory, |settings| {
        settings.keep_url_fragments = keep;
        Ok(())
    })
    .await?;
    Ok(Answer::Value(Value::Bool(true)))
}

async fn set_location_provider(call: Call<'_>) -> Result<Answer, Fault> {
    const PROVIDERS: [&str; 3] = ["default", "disabled", "geoip2php"];
    let provider = call.params.required("providerId")?;
    if !PROVIDERS.contains(&provider) {
        return Err(Fault::new(format!("Invalid provider ID: '{provider}'.")));
    }
    change_settings(call.directory, |settings| {
        provider.clone_into(&mut settings.location_provider);
        Ok(())
    })
    .await?;
    Ok(Answer::Done)
}

async fn set_anonymize(call: Call<'_>) -> Result<Answer, Fault> {
    let enabled = call.params.flag("anonymizeIPEnable");
    let mask = call.params.number::<u8>("maskLength").unwrap_or(2).min(MASK_BYTES_MAX);
    let locate_masked = call.params.flag("useAnonymizedIpForVisitEnrichment");
    let (users, orders) = (call.params.flag("anonymizeUserId"), call.params.flag("anonymizeOrderId"));
    let referrers = referrer_reduction(call.params.text("anonymizeReferrer").unwrap_or_default())?;
    change_settings(call.directory, |settings| {
        settings.mask_bytes = if enabled { mask } else { 0 };
        settings.locate_masked = locate_masked;
        settings.pseudonymous_user_ids = users;
        settings.pseudonymous_order_ids = orders;
        settings.referrer_reduction = referrers;
        Ok(())
    })
    .await?;
    Ok(Answer::Value(Value::Bool(true)))
}

fn referrer_reduction(text: &str) -> Result<ReferrerReduction, Fault> {
    Ok(match text {
        "" => ReferrerReduction::None,
        "exclude_query" => ReferrerReduction::ExcludeQuery,
        "exclude_path" => ReferrerReduction::ExcludePath,
        "exclude_all" => ReferrerReduction::ExcludeAll,
        _ => return Err(Fault::new(format!("The referrer cannot be anonymised by '{text}'."))),
    })
}

async fn set_do_not_track(call: Call<'_>, on: bool) -> Result<Answer, Fault> {
    change_settings(call.directory, |settings| {
        settings.do_not_track = on;
        Ok(())
    })
    .await?;
    Ok(Answer::Value(Value::Bool(true)))
}

//! Sites that go, and what they are called until then.

use nagare_schema::{ConfigKey, Entity, Site, SiteId};

use super::{of_one, start_date, unknown, urls};
use crate::{
    error::Fault,
    methods::{Call, Method, at_once, change::change, change_settings, users::confirm},
    permission::{Granted, Permission},
    table::Answer,
    value::Value,
};

pub(in crate::methods) const METHODS: &[Method] = &[
    Method::configuration("SitesManager.deleteSite", Permission::Superuser, |call, _| Box::pin(delete(call))),
    Method::configuration("SitesManager.getMessagesToWarnOnSiteRemoval", Permission::Superuser, |_, _| {
        at_once(Ok(Value::List(Vec::new())))
    }),
    Method::configuration("SitesManager.addSiteAliasUrls", Permission::Admin, |call, granted| {
        Box::pin(set_urls(call, granted, |site, urls| site.urls.extend(urls)))
    }),
    Method::configuration("SitesManager.setSiteAliasUrls", Permission::Admin, |call, granted| {
        Box::pin(set_urls(call, granted, |site, urls| {
            site.urls.truncate(1);
            site.urls.extend(urls);
        }))
    }),
    Method::configuration("SitesManager.updateSiteCreatedTime", Permission::Admin, |call, granted| {
        Box::pin(set_created(call, granted))
    }),
    Method::configuration("SitesManager.renameGroup", Permission::Superuser, |call, _| Box::pin(rename_group(call))),
];

/// Deletes a site and all that is configured for it. Its id is never given to another: its visits have it.
async fn delete(call: Call<'_>) -> Result<Answer, Fault> {
    let site: SiteId = call.params.required("idSite")?.parse().map_err(|_| Fault::missing("idSite"))?;
    confirm(&call).await?;
    let config = call.directory.snapshot();
    if !config.sites.contains_key(&site) {
        return Err(unknown(site));
    }
    if config.sites.len() == 1 {
        return Err(Fault::new("It is not possible to delete the last website."));
    }
    change_settings(call.directory, |settings| {
        settings.sites_deleted_to = settings.sites_deleted_to.max(site);
        Ok(())
    })
    .await?;
    let goals = config.goals.keys().filter(|(of, _)| *of == site).map(|(of, id)| ConfigKey::Goal(*of, *id));
    let dimensions = config.dimensions_of(site).map(|dimension| ConfigKey::Dimension(site, dimension.id));
    let grants = config.grants.keys().filter(|(_, of)| *of == site);
    let grants = grants.map(|(login, of)| ConfigKey::Grant(login.clone(), *of));
    let notes = config.annotations_of(site).map(|note| ConfigKey::Annotation(site, note.id));
    let reports =
        config.reports.values().filter(|report| report.site == site).map(|report| ConfigKey::Report(report.id));
    let rest: Vec<ConfigKey> = goals.chain(dimensions).chain(grants).chain(notes).chain(reports).collect();
    for key in rest.into_iter().chain([ConfigKey::Site(site)]) {
        call.directory.delete(&key).await?;
    }
    Ok(Answer::Done)
}

/// Changes the URLs besides the main one; tells how many were given.
async fn set_urls(call: Call<'_>, granted: Granted, set: fn(&mut Site, Vec<String>)) -> Result<Answer, Fault> {
    let site = of_one(&call, &granted)?.id;
    let given = urls(call.params)?.ok_or_else(|| Fault::missing("urls"))?;
    change_site(&call, site, |site| {
        let added = given.iter().filter(|url| site.urls.first() != Some(url)).cloned().collect();
        set(site, added);
        let mut seen = std::collections::BTreeSet::new();
        site.urls.retain(|url| seen.insert(url.clone()));
    })
    .await?;
    Ok(Answer::Value(Value::Int(given.len() as i64)))
}

async fn set_created(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let at = start_date(call.params.required("minDate")?)?;
    for site in granted.sites {
        change_site(&call, site, |site| site.created_at = site.created_at.min(at)).await?;
    }
    Ok(Answer::Done)
}

async fn rename_group(call: Call<'_>) -> Result<Answer, Fault> {
    let (old, new) = (call.params.required("oldGroupName")?, call.params.required("newGroupName")?);
    for site in call.caller.config.sites.values().filter(|site| site.group == old) {
        change_site(&call, site.id, |site| new.clone_into(&mut site.group)).await?;
    }
    Ok(Answer::Value(Value::Bool(true)))
}

async fn change_site(call: &Call<'_>, id: SiteId, set: impl Fn(&mut Site) + Send + Sync) -> Result<(), Fault> {
    change(call.directory, &ConfigKey::Site(id), |stored| match stored {
        Some(Entity::Site(site)) => {
            let mut site = site.clone();
            set(&mut site);
            Ok(Entity::Site(site))
        }
        _ => Err(unknown(id)),
    })
    .await
}

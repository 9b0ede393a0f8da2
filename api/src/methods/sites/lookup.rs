//! Which sites there are for the caller: lists, groups and searches.

use std::collections::BTreeSet;

use nagare_schema::{GrantLevel, Site, SiteId};

use super::{ids, record};
use crate::{
    auth::Caller,
    error::Fault,
    methods::{Call, Method, at_once},
    permission::Permission,
    value::{Record, Value},
};

/// Sites that a page of the dashboard lists.
const SITES_PER_PAGE: i64 = 15;

pub(in crate::methods) const METHODS: &[Method] = &[
    Method::configuration("SitesManager.getAllSites", Permission::Superuser, |call, _| at_once(Ok(all(call.caller)))),
    Method::configuration("SitesManager.getAllSitesId", Permission::Superuser, |call, _| {
        at_once(Ok(ids(call.caller.config.sites.keys().copied())))
    }),
    Method::configuration("SitesManager.getSitesWithAtLeastViewAccess", Permission::None, |call, _| {
        at_once(Ok(records(&call, &at_least(GrantLevel::View, call.caller))))
    }),
    Method::configuration("SitesManager.getSitesWithAdminAccess", Permission::None, |call, _| {
        at_once(Ok(records(&call, &at_least(GrantLevel::Admin, call.caller))))
    }),
    Method::configuration("SitesManager.getSitesWithViewAccess", Permission::None, |call, _| {
        at_once(Ok(records(&call, &exactly(GrantLevel::View, call.caller))))
    }),
    Method::configuration("SitesManager.getPatternMatchSites", Permission::None, |call, _| {
        at_once(call.params.required("pattern").map(|_| records(&call, &at_least(GrantLevel::View, call.caller))))
    }),
    Method::configuration("SitesManager.getSitesIdWithAtLeastViewAccess", Permission::None, |call, _| {
        at_once(Ok(ids(call.caller.sites_with(GrantLevel::View))))
    }),
    Method::configuration("SitesManager.getSitesIdWithAdminAccess", Permission::None, |call, _| {
        at_once(Ok(ids(call.caller.sites_with(GrantLevel::Admin))))
    }),
    Method::configuration("SitesManager.getSitesIdWithViewAccess", Permission::None, |call, _| {
        at_once(Ok(ids(exactly(GrantLevel::View, call.caller))))
    }),
    Method::configuration("SitesManager.getSitesIdWithWriteAccess", Permission::None, |call, _| {
        at_once(Ok(ids(exactly(GrantLevel::Write, call.caller))))
    }),
    Method::configuration("SitesManager.getSitesIdFromSiteUrl", Permission::None, |call, _| {
        at_once(call.params.required("url").map(|url| of_url(url, call.caller)))
    }),
    Method::configuration("SitesManager.getSitesFromGroup", Permission::Superuser, |call, _| {
        at_once(Ok(of_group(call.params.text("group").unwrap_or_default(), call.caller)))
    }),
    Method::configuration("SitesManager.getSitesGroups", Permission::Superuser, |call, _| {
        at_once(Ok(distinct(call.caller, |site| &site.group)))
    }),
    Method::configuration("SitesManager.getUniqueSiteTimezones", Permission::Superuser, |call, _| {
        at_once(Ok(distinct(call.caller, |site| &site.timezone)))
    }),
    Method::configuration("SitesManager.getSitesIdFromTimezones", Permission::Superuser, |call, _| {
        at_once(of_timezones(&call))
    }),
    Method::configuration("SitesManager.getNumWebsitesToDisplayPerPage", Permission::SomeView, |_, _| {
        at_once(Ok(Value::Int(SITES_PER_PAGE)))
    }),
];

fn all(caller: &Caller) -> Value {
    let keyed = caller.config.sites.iter().map(|(id, site)| (id.to_string(), record(site, caller)));
    Value::Record(keyed.collect())
}

fn at_least(level: GrantLevel, caller: &Caller) -> Vec<SiteId> {
    caller.sites_with(level).into_iter().collect()
}

/// Sites on which the caller has this level and no higher one.
fn exactly(level: GrantLevel, caller: &Caller) -> Vec<SiteId> {
    caller.config.sites.keys().copied().filter(|site| caller.level_of(*site) == Some(level)).collect()
}

/// Records of sites: those that `pattern` matches, without `sitesToExclude`, at most `limit`, with their
/// `alias_urls` when `fetchAliasUrls` asks for them.
fn records(call: &Call<'_>, sites: &[SiteId]) -> Value {
    let params = call.params;
    let limit = params.number::<usize>("limit").filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let excluded = params.list("sitesToExclude").unwrap_or_default();
    let pattern = params.filled("pattern").map(str::to_lowercase);
    let wanted = sites.iter().filter_map(|id| call.caller.config.sites.get(id)).filter(|site| {
        pattern.as_ref().is_none_or(|pattern| matches(site, pattern)) && !excluded.contains(&site.id.to_string())
    });
    let described = wanted.take(limit).map(|site| {
        let mut record = record(site, call.caller);
        if params.flag("fetchAliasUrls") {
            record.set("alias_urls", Value::List(site.urls.iter().cloned().map(Value::from).collect()));
        }
        Value::from(record)
    });
    Value::List(described.collect())
}

/// Whether name, group or an URL of the site contains a text in lower case, or it is its id.
pub(in crate::methods) fn matches(site: &Site, pattern: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(pattern);
    has(&site.name) || has(&site.group) || site.urls.iter().any(|url| has(url)) || site.id.to_string() == pattern
}

fn of_url(url: &str, caller: &Caller) -> Value {
    let wanted = bare(url);
    let has = |site: &&SiteId| {
        caller.config.sites.get(site).is_some_and(|site| site.urls.iter().any(|url| bare(url) == wanted))
    };
    let found = at_least(GrantLevel::View, caller);
    let found = found.iter().filter(has).map(|site| Record::default().with("idsite", i64::from(site.0)).into());
    Value::List(found.collect())
}

/// An URL without its scheme, `www.` and last slash.
fn bare(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/')
}

fn of_group(group: &str, caller: &Caller) -> Value {
    let sites = caller.config.sites.values().filter(|site| site.group == group);
    Value::List(sites.map(|site| record(site, caller).into()).collect())
}

fn distinct(caller: &Caller, of: fn(&Site) -> &String) -> Value {
    let texts: BTreeSet<&String> = caller.config.sites.values().map(|site| of(site)).collect();
    Value::List(texts.into_iter().map(|text| text.as_str().into()).collect())
}

fn of_timezones(call: &Call<'_>) -> Result<Value, Fault> {
    let zones = call.params.list("timezones").ok_or_else(|| Fault::missing("timezones"))?;
    let sites = call.caller.config.sites.values().filter(|site| zones.contains(&site.timezone));
    Ok(ids(sites.map(|site| site.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::caller;

    /// `reports.md` §21: "View" is exactly view
    #[test]
    fn view_access_alone_is_not_that_of_a_superuser() {
        assert_eq!(exactly(GrantLevel::View, &caller("viewer")), [SiteId(1)]);
        assert!(exactly(GrantLevel::View, &caller("root")).is_empty());
        assert_eq!(at_least(GrantLevel::View, &caller("root")).len(), 3);
    }

    /// `reports.md` §21: the URL with any scheme and `www` variant
    #[test]
    fn a_site_is_found_by_any_form_of_its_url() {
        for url in ["https://www.site1.example/", "site1.example", "http://site1.example"] {
            assert_eq!(of_url(url, &caller("viewer")), Value::List(vec![Record::default().with("idsite", 1).into()]));
        }
        assert_eq!(of_url("http://site2.example", &caller("viewer")), Value::List(Vec::new()));
    }

    /// `reports.md` §21: name, URL or group, or the id
    #[test]
    fn a_pattern_is_looked_for_everywhere() {
        let site = Site { id: SiteId(7), name: "Shop".to_owned(), group: "North".to_owned(), ..Site::default() };
        assert!(["sho", "north", "7"].iter().all(|pattern| matches(&site, pattern)));
        assert!(!matches(&site, "south"));
    }
}

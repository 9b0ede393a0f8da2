//! SitesManager (`reports.md` §21): sites and their settings.

mod address_range;
mod currency;
pub(super) mod lookup;
pub(super) mod removal;
pub(super) mod tracking_code;
pub(super) mod zones;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use nagare_schema::{ConfigKey, Entity, Site, SiteId, SiteKind, UnixSeconds};

use super::{
    Call, Method, at_once,
    change::{change, create},
    setting_groups,
};
use crate::{
    auth::Caller,
    error::Fault,
    permission::{Granted, Permission},
    request::{Param, Params},
    table::Answer,
    value::{Record, Value},
};

/// Characters of a site's name.
const NAME_CHARS_MAX: usize = 90;
/// URLs of a site.
const URLS_MAX: usize = 1000;

pub(super) const METHODS: &[Method] = &[
    Method::configuration("SitesManager.addSite", Permission::Superuser, |call, _| Box::pin(add(call))),
    Method::configuration("SitesManager.updateSite", Permission::Admin, |call, granted| {
        Box::pin(update(call, granted))
    }),
    Method::configuration("SitesManager.getSiteFromId", Permission::View, |call, granted| {
        at_once(of_one(&call, &granted).map(|site| Value::from(record(site, call.caller))))
    }),
    Method::configuration("SitesManager.getSiteUrlsFromId", Permission::View, |call, granted| {
        at_once(of_one(&call, &granted).map(|site| Value::List(site.urls.iter().cloned().map(Value::from).collect())))
    }),
    Method::configuration("SitesManager.getSiteSettings", Permission::Admin, |call, granted| {
        at_once(of_one(&call, &granted).map(setting_groups::of_site))
    }),
    Method::configuration("SitesManager.getExcludedQueryParameters", Permission::View, |call, granted| {
        at_once(excluded_parameters(&call, &granted))
    }),
    Method::configuration("SitesManager.getExcludedReferrers", Permission::View, |call, granted| {
        at_once(
            of_one(&call, &granted).map(|site| {
                texts(site.excluded_referrers.iter().chain(&call.caller.config.settings.excluded_referrers))
            }),
        )
    }),
    Method::configuration("SitesManager.getIpsForRange", Permission::None, |call, _| {
        at_once(call.params.required("ipRange").map(address_range::ends))
    }),
];

fn texts<'a>(texts: impl Iterator<Item = &'a String>) -> Value {
    Value::List(texts.cloned().map(Value::from).collect())
}

/// Query parameters that name no page: those of the site, then those of all sites.
pub(super) fn excluded_parameters(call: &Call<'_>, granted: &Granted) -> Result<Value, Fault> {
    let site = of_one(call, granted)?;
    Ok(texts(site.excluded_parameters.iter().chain(&call.caller.config.settings.excluded_parameters)))
}

/// The site of a request that is about one.
fn of_one<'a>(call: &Call<'a>, granted: &Granted) -> Result<&'a Site, Fault> {
    let [site] = granted.sites.as_slice() else { return Err(Fault::new("One website is expected in 'idSite'.")) };
    call.caller.config.sites.get(site).map(AsRef::as_ref).ok_or_else(|| unknown(*site))
}

fn unknown(site: SiteId) -> Fault {
    Fault::new(format!("An unexpected website was found in the request: website id was set to '{site}' ."))
}

fn ids(sites: impl IntoIterator<Item = SiteId>) -> Value {
    Value::List(sites.into_iter().map(|site| Value::Int(i64::from(site.0))).collect())
}

/// A site as Matomo describes it.
fn record(site: &Site, caller: &Caller) -> Record {
    let flag = |on: bool| Value::Int(i64::from(on));
    let created = Timestamp::from_second(site.created_at.0).unwrap_or_default();
    let mut record = Record::default()
        .with("idsite", i64::from(site.id.0))
        .with("name", site.name.as_str())
        .with("main_url", site.urls.first().cloned().unwrap_or_default())
        .with("ts_created", created.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .with("ecommerce", flag(site.ecommerce))
        .with("sitesearch", flag(site.site_search))
        .with("sitesearch_keyword_parameters", site.search_keyword_parameters.join(","))
        .with("sitesearch_category_parameters", site.search_category_parameters.join(","))
        .with("timezone", site.timezone.as_str())
        .with("currency", site.currency.as_str())
        .with("exclude_unknown_urls", flag(site.exclude_unknown_urls))
        .with("excluded_ips", site.excluded_ips.join(","))
        .with("excluded_parameters", site.excluded_parameters.join(","))
        .with("excluded_user_agents", site.excluded_user_agents.join(","))
        .with("excluded_referrers", site.excluded_referrers.join(","))
        .with("group", site.group.as_str())
        .with("type", kind_name(site.kind))
        .with("keep_url_fragment", i64::from(site.keep_url_fragment));
    if caller.is_superuser() {
        record.set("creator_login", site.created_by.as_str());
    }
    record.set("timezone_name", site.timezone.replace('_', " "));
    record.set("currency_name", currency::name_of(&site.currency));
    record
}

fn kind_name(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Website => "website",
        SiteKind::MobileApp => "mobileapp",
        SiteKind::Intranet => "intranet",
    }
}

fn kind_of(name: &str) -> Result<SiteKind, Fault> {
    match name {
        "website" => Ok(SiteKind::Website),
        "mobileapp" => Ok(SiteKind::MobileApp),
        "intranet" => Ok(SiteKind::Intranet),
        _ => Err(Fault::new(format!("The measurable type '{name}' does not exist."))),
    }
}

async fn add(call: Call<'_>) -> Result<Answer, Fault> {
    let config = call.directory.snapshot();
    let created = Site {
        created_at: UnixSeconds::from(call.now),
        created_by: call.caller.login().unwrap_or_default().to_owned(),
        timezone: config.settings.default_timezone.clone(),
        currency: config.settings.default_currency.clone(),
        ..Site::default()
    };
    call.params.required("siteName")?;
    let template = given(created, call.params, true)?;
    let last = config.sites.keys().next_back().copied().unwrap_or_default().max(config.settings.sites_deleted_to);
    let first = last.0.saturating_add(1);
    let id = create(call.directory, first, |id| Entity::Site(Site { id: SiteId(id), ..template.clone() })).await?;
    Ok(Answer::Value(Value::Int(i64::from(id))))
}

async fn update(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let id = of_one(&call, &granted)?.id;
    change(call.directory, &ConfigKey::Site(id), |stored| match stored {
        Some(Entity::Site(site)) => given(site.clone(), call.params, call.caller.is_superuser()).map(Entity::Site),
        _ => Err(unknown(id)),
    })
    .await?;
    Ok(Answer::Done)
}

/// The site with what the request gives. Scalars that are absent stay; lists that are absent become
/// empty, as in Matomo.
fn given(mut site: Site, params: &Params, is_superuser: bool) -> Result<Site, Fault> {
    if let Some(name) = params.text("siteName") {
        site.name = checked_name(name)?;
    }
    if let Some(urls) = urls(params)? {
        site.urls = urls;
    }
    if let Some(zone) = params.filled("timezone") {
        site.timezone = zones::checked_zone(zone)?;
    }
    if let Some(code) = params.filled("currency") {
        site.currency = zones::checked_currency(code)?;
    }
    if let Some(kind) = params.filled("type") {
        site.kind = kind_of(kind)?;
    }
    if let Some(date) = params.filled("startDate") {
        site.created_at = start_date(date)?;
    }
    if let Some(group) = params.text("group").filter(|_| is_superuser) {
        group.clone_into(&mut site.group);
    }
    site.ecommerce = params.optional_flag("ecommerce").unwrap_or(site.ecommerce);
    site.site_search = params.optional_flag("siteSearch").unwrap_or(site.site_search);
    site.exclude_unknown_urls = params.optional_flag("excludeUnknownUrls").unwrap_or(site.exclude_unknown_urls);
    site.keep_url_fragment =
        params.number("keepURLFragments").filter(|keep| *keep <= 2).unwrap_or(site.keep_url_fragment);
    let list = |name: &str| params.list(name).unwrap_or_default();
    site.search_keyword_parameters = list("searchKeywordParameters");
    site.search_category_parameters = list("searchCategoryParameters");
    site.excluded_ips = list("excludedIps");
    site.excluded_parameters = list("excludedQueryParameters");
    site.excluded_user_agents = list("excludedUserAgents");
    site.excluded_referrers = list("excludedReferrers");
    setting_groups::change_site(&mut site, params)?;
    Ok(site)
}

fn checked_name(name: &str) -> Result<String, Fault> {
    if name.is_empty() {
        return Err(Fault::new("The site name can't be empty."));
    }
    Ok(name.chars().take(NAME_CHARS_MAX).collect())
}

/// `urls` as one text or an array; without trailing slashes, each once.
fn urls(params: &Params) -> Result<Option<Vec<String>>, Fault> {
    let texts: Vec<&str> = match params.get("urls") {
        None => return Ok(None),
        Some(Param::Text(text)) => vec![text],
        Some(Param::Array(items)) => items.iter().filter_map(|(_, item)| item.as_text()).collect(),
    };
    let mut urls: Vec<String> = Vec::new();
    for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        if url::Url::parse(&full).is_err() || urls.len() >= URLS_MAX {
            return Err(Fault::new(format!("The url '{text}' is not a valid URL.")));
        }
        let full = full.trim_end_matches('/').to_owned();
        if !urls.contains(&full) {
            urls.push(full);
        }
    }
    Ok(Some(urls))
}

/// A date, or date and time, in UTC.
fn start_date(text: &str) -> Result<UnixSeconds, Fault> {
    let parsed: Result<DateTime, _> = text.parse();
    let zoned = parsed.and_then(|at| at.to_zoned(TimeZone::UTC));
    zoned.map(|at| UnixSeconds(at.timestamp().as_second())).map_err(|_| {
        Fault::new(format!("The date '{text}' cannot be read: a date as 2024-01-31 is expected in 'startDate'."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::{caller, directory};

    fn site(query: &str) -> Result<Site, Fault> {
        given(Site::default(), &Params::parse(query).unwrap(), true)
    }

    #[test]
    fn a_site_is_read_from_the_request() {
        let site =
            site("siteName=A&urls[]=http://x.org/&urls[]=y.org&timezone=Europe/Paris&startDate=2010-03-05+11:22:33")
                .unwrap();
        assert_eq!(
            (site.urls, site.created_at.0),
            (vec!["http://x.org".to_owned(), "http://y.org".to_owned()], 1_267_788_153)
        );
        assert!(site.site_search);
    }

    #[test]
    fn an_update_resets_absent_lists_and_keeps_absent_scalars() {
        let before = Site { excluded_ips: vec!["1.2.3.4".to_owned()], currency: "EUR".to_owned(), ..Site::default() };
        let after = given(before, &Params::parse("siteSearch=0&excludedQueryParameters=a,b").unwrap(), false).unwrap();
        assert!(after.excluded_ips.is_empty() && !after.site_search);
        assert_eq!((after.currency.as_str(), after.excluded_parameters.len()), ("EUR", 2));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for query in ["siteName=", "timezone=Mars/One", "currency=x", "type=boat", "startDate=soon", "urls=http://"] {
            assert!(site(query).is_err(), "{query}");
        }
    }

    #[test]
    fn only_superusers_see_who_created_a_site() {
        let sites = directory();
        let shown = |login: &str| record(&sites.sites[&SiteId(1)], &caller(login));
        assert!(shown("root").get("creator_login").is_some());
        assert!(shown("viewer").get("creator_login").is_none());
        assert_eq!(shown("root").get("ts_created"), Some(&"1970-01-01 00:00:00".into()));
    }
}

//! SegmentEditor (`reports.md` §20): segments that users keep under a name.

use std::{fmt::Write, sync::Arc};

use jiff::Timestamp;
use md5::{Digest, Md5};
use nagare_schema::{ConfigKey, Entity, GrantLevel, SiteId, StoredSegment, UnixSeconds};

use super::{
    Call, Method, at_once,
    change::{change, create},
};
use crate::{
    auth::Caller,
    error::Fault,
    permission::{Permission, check_site},
    request::decode,
    segment::{Context, Segment},
    table::Answer,
    value::{Record, Value},
};

/// Characters of a name.
const NAME_CHARS_MAX: usize = 255;
/// Segments of a deployment, deleted ones included.
const SEGMENTS_MAX: usize = 100_000;

pub(super) const METHODS: &[Method] = &[
    Method::configuration("SegmentEditor.isUserCanAddNewSegment", Permission::View, |call, _| {
        at_once(Ok(Value::Bool(call.caller.is_user())))
    }),
    Method::configuration("SegmentEditor.add", Permission::SomeView, |call, _| Box::pin(add(call))),
    Method::configuration("SegmentEditor.update", Permission::SomeView, |call, _| Box::pin(update(call))),
    Method::configuration("SegmentEditor.delete", Permission::SomeView, |call, _| Box::pin(delete(call))),
    Method::configuration("SegmentEditor.get", Permission::SomeView, |call, _| at_once(get(&call))),
    Method::configuration("SegmentEditor.getAll", Permission::SomeView, |call, _| at_once(all(&call))),
];

async fn add(call: Call<'_>) -> Result<Answer, Fault> {
    let segment = given(&call, &StoredSegment::default())?;
    let segment = StoredSegment { created_at: UnixSeconds::from(call.now), ..segment };
    let config = call.directory.snapshot();
    if config.segments.len() >= SEGMENTS_MAX {
        return Err(Fault::bad_request(format!("There are at most {SEGMENTS_MAX} segments.")));
    }
    let first = config.segments.keys().next_back().map_or(1, |last| last.saturating_add(1));
    let make = |id| Entity::Segment(StoredSegment { id, ..segment.clone() });
    let id = create(call.directory, first, make).await?;
    Ok(Answer::Value(Value::Int(i64::from(id))))
}

async fn update(call: Call<'_>) -> Result<Answer, Fault> {
    let before = own(&call)?;
    let after = StoredSegment { edited_at: Some(UnixSeconds::from(call.now)), ..given(&call, before)? };
    store(&call, after).await
}

async fn delete(call: Call<'_>) -> Result<Answer, Fault> {
    let before = own(&call)?;
    store(&call, StoredSegment { deleted: true, ..before.clone() }).await
}

async fn store(call: &Call<'_>, segment: StoredSegment) -> Result<Answer, Fault> {
    change(call.directory, &ConfigKey::Segment(segment.id), |stored| match stored {
        Some(Entity::Segment(stored)) if !stored.deleted => Ok(Entity::Segment(segment.clone())),
        _ => Err(missing()),
    })
    .await?;
    Ok(Answer::Value(Value::Bool(true)))
}

fn get(call: &Call<'_>) -> Result<Value, Fault> {
    let id: u32 = call.params.number("idSegment").ok_or_else(|| Fault::missing("idSegment"))?;
    let Some(segment) = call.caller.config.segments.get(&id) else { return Ok(Value::Bool(false)) };
    if segment.deleted {
        return Err(Fault::new("This segment is marked as deleted. "));
    }
    if !is_visible(segment, call.caller) {
        return Err(Fault::denied("You can't access this segment: it belongs to another user."));
    }
    Ok(record(segment).into())
}

/// The caller's own, then those that are shared, then what a superuser sees of others; each by name.
fn all(call: &Call<'_>) -> Result<Value, Fault> {
    let site: Option<SiteId> = call.params.number("idSite").map(SiteId);
    if let Some(site) = site {
        check_site(GrantLevel::View, call.caller, site)?;
    }
    let rank = |segment: &StoredSegment| match call.caller.login() {
        Some(login) if login == segment.login => 0,
        _ if segment.shared => 1,
        _ => 2,
    };
    let is_listed = |segment: &&StoredSegment| {
        let is_of_site = site.is_none() || segment.site.is_none() || segment.site == site;
        is_of_site && !segment.deleted && is_visible(segment, call.caller) && is_valid(segment, site, call.caller)
    };
    let segments = call.caller.config.segments.values().map(AsRef::as_ref);
    let mut listed: Vec<&StoredSegment> = segments.filter(is_listed).collect();
    listed.sort_by(|a, b| (rank(a), &a.name).cmp(&(rank(b), &b.name)));
    Ok(Value::List(listed.into_iter().map(|segment| record(segment).into()).collect()))
}

fn is_visible(segment: &StoredSegment, caller: &Caller) -> bool {
    let is_own = caller.is_user() && caller.login() == Some(segment.login.as_str());
    let may_see_site = segment.site.is_none_or(|site| caller.may(GrantLevel::View, site));
    caller.is_superuser() || (may_see_site && (is_own || segment.shared))
}

/// What a segment is made of may have gone since it was stored.
fn is_valid(segment: &StoredSegment, site: Option<SiteId>, caller: &Caller) -> bool {
    let sites: Vec<SiteId> = site.or(segment.site).into_iter().collect();
    let sites = if sites.is_empty() { caller.config.sites.keys().copied().collect() } else { sites };
    Segment::parse(Some(&segment.definition), Context::new(caller, &sites)).is_ok()
}

/// True when the segment is stored for the site.
pub(super) fn is_stored(segment: &Segment, site: SiteId, caller: &Caller) -> bool {
    let context = Context::new(caller, std::slice::from_ref(&site));
    let is_it = |stored: &StoredSegment| {
        let is_of_site = stored.site.is_none_or(|own| own == site);
        is_of_site
            && !stored.deleted
            && Segment::parse(Some(&stored.definition), context).is_ok_and(|own| own.as_ref() == Some(segment))
    };
    caller.config.segments.values().any(|stored| is_it(stored))
}

/// What a definition is stored as for the caller; else the definition itself.
pub(super) fn name_of(definition: &str, caller: &Caller) -> String {
    if definition.is_empty() {
        return "All visits".to_owned();
    }
    let is_it = |segment: &&Arc<StoredSegment>| {
        !segment.deleted && hash(&segment.definition) == hash(definition) && is_visible(segment, caller)
    };
    caller.config.segments.values().find(is_it).map_or_else(|| definition.to_owned(), |segment| segment.name.clone())
}

/// The segment of the request, when the caller may change it.
fn own<'a>(call: &Call<'a>) -> Result<&'a StoredSegment, Fault> {
    let id: u32 = call.params.number("idSegment").ok_or_else(|| Fault::missing("idSegment"))?;
    let found = call.caller.config.segments.get(&id).filter(|segment| !segment.deleted).ok_or_else(missing)?;
    let is_own = call.caller.is_user() && call.caller.login() == Some(found.login.as_str());
    if !is_own && !call.caller.is_superuser() {
        return Err(Fault::denied("You can only change the segments that you have created yourself."));
    }
    Ok(found.as_ref())
}

fn missing() -> Fault {
    Fault::new("Requested segment not found")
}

/// The segment with what the request gives. One for all sites or all users is a superuser's to make.
fn given(call: &Call<'_>, before: &StoredSegment) -> Result<StoredSegment, Fault> {
    let (params, caller) = (call.params, call.caller);
    let user = caller.login().filter(|_| caller.is_user());
    let user = user.ok_or_else(|| Fault::denied("You must be logged in to access this functionality."))?;
    let site = params.number("idSite").filter(|site| *site > 0).map(SiteId);
    let shared = params.flag("enabledAllUsers");
    if (site.is_none() || shared) && !caller.is_superuser() {
        return Err(Fault::denied("Only a superuser can store a segment for all websites, or one that all users see."));
    }
    if let Some(site) = site {
        check_site(GrantLevel::View, caller, site)?;
    }
    let definition = stored_form(params.required("definition")?);
    let sites: Vec<SiteId> = site.map_or_else(|| caller.config.sites.keys().copied().collect(), |site| vec![site]);
    Segment::parse(Some(&definition), Context::new(caller, &sites))
        .map_err(|fault| Fault::new(format!("The specified segment is invalid: {}", fault.message)))?;
    Ok(StoredSegment {
        name: params.required("name")?.chars().take(NAME_CHARS_MAX).collect(),
        definition,
        login: if before.login.is_empty() { user.to_owned() } else { before.login.clone() },
        shared,
        site,
        auto_archive: params.flag("autoArchive"),
        ..before.clone()
    })
}

/// The definition as it is kept (`segments.md` §8).
fn stored_form(definition: &str) -> String {
    let text = html_escape::decode_html_entities(definition.trim()).into_owned();
    text.replace('#', "%23").replace('\'', "%27").replace('&', "%26")
}

/// Tells definitions apart, however they are encoded.
fn hash(definition: &str) -> String {
    Md5::digest(decode(definition).as_bytes()).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn record(segment: &StoredSegment) -> Record {
    let flag = |on: bool| Value::Int(i64::from(on));
    Record::default()
        .with("idsegment", i64::from(segment.id))
        .with("name", segment.name.as_str())
        .with("definition", segment.definition.as_str())
        .with("hash", hash(&segment.definition))
        .with("login", segment.login.as_str())
        .with("enable_all_users", flag(segment.shared))
        .with("enable_only_idsite", segment.site.map_or(0, |site| i64::from(site.0)))
        .with("auto_archive", flag(segment.auto_archive))
        .with("ts_created", moment(segment.created_at))
        .with("ts_last_edit", segment.edited_at.map_or(Value::Null, |at| moment(at).into()))
        .with("deleted", flag(segment.deleted))
}

fn moment(at: UnixSeconds) -> String {
    Timestamp::from_second(at.0).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::caller;

    #[test]
    fn section_8_a_definition_is_stored_without_what_a_url_ends_at() {
        assert_eq!(stored_form(" pageUrl=@a#b&amp;c'd "), "pageUrl=@a%23b%26c%27d");
    }

    #[test]
    fn section_8_encodings_of_one_definition_share_a_hash() {
        assert_eq!(hash("browserCode==ff"), hash("browserCode%3D%3Dff"));
        assert_eq!(hash(""), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn section_20_own_shared_and_others_segments_are_visible() {
        let segment = StoredSegment { login: "writer".to_owned(), site: Some(SiteId(1)), ..StoredSegment::default() };
        let shared = StoredSegment { shared: true, ..segment.clone() };
        let elsewhere = StoredSegment { site: Some(SiteId(2)), ..shared.clone() };
        let visible = |login: &str| [&segment, &shared, &elsewhere].map(|segment| is_visible(segment, &caller(login)));
        assert_eq!(visible("writer"), [true, true, false]);
        assert_eq!(visible("viewer"), [false, true, false]);
        assert_eq!(visible("root"), [true, true, true]);
    }

    #[test]
    fn section_20_what_no_longer_parses_is_hidden() {
        let segment =
            |definition: &str| StoredSegment { definition: definition.to_owned(), ..StoredSegment::default() };
        assert!(is_valid(&segment("browserCode==FF"), Some(SiteId(1)), &caller("root")));
        assert!(!is_valid(&segment("dimension7==x"), Some(SiteId(1)), &caller("root")));
    }
}

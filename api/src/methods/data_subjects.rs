//! PrivacyManager for persons who ask what is known of them (`reports.md` §23).

use std::collections::BTreeMap;

use nagare_schema::{GrantLevel, SiteId, UnixSeconds};

use super::{Answering, Call, Method, visit_log};
use crate::{
    error::Fault,
    permission::{Granted, Permission, check_site},
    plan::VisitLog,
    request::Param,
    segment::{self, Segment},
    subject::{Asker, SubjectVisit},
    table::Answer,
    value::{Record, Value},
};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("PrivacyManager.findDataSubjects", Permission::Admin, find),
    Method::configuration("PrivacyManager.exportDataSubjects", Permission::SomeAdmin, export),
    Method::configuration("PrivacyManager.deleteDataSubjects", Permission::SomeAdmin, delete),
];

/// Visits of one search.
const FOUND_MAX: u64 = 401;
/// What is shown of a visit.
const SHOWN: [&str; 18] = [
    "idSite",
    "idVisit",
    "visitIp",
    "visitorId",
    "lastActionDateTime",
    "siteName",
    "userId",
    "deviceType",
    "deviceTypeIcon",
    "deviceModel",
    "operatingSystem",
    "operatingSystemIcon",
    "browserFamilyDescription",
    "browser",
    "browserIcon",
    "country",
    "countryFlag",
    "region",
];
/// Our tables under the names by which clients of Matomo know them.
const TABLES: [(&str, &str); 4] = [
    ("visits", "log_visit"),
    ("actions", "log_link_visit_action"),
    ("conversions", "log_conversion"),
    ("conversion_items", "log_conversion_item"),
];

fn find(call: Call<'_>, granted: Granted) -> Answering<'_> {
    Box::pin(async move {
        let context = segment::Context::of_subjects(call.caller, &granted.sites);
        let segment = Segment::parse(call.params.text("segment"), context)?;
        let log = VisitLog { after: UnixSeconds(0), ..VisitLog::of(&granted.sites, segment, FOUND_MAX) };
        let visits = visit_log::read(&call, &log).await?;
        let found = visit_log::records(&call, &visits).iter().map(shown).collect();
        Ok(Answer::Value(Value::List(found)))
    })
}

fn shown(visit: &Record) -> Value {
    let column = |name: &'static str| (name, visit.get(name).cloned().unwrap_or(Value::Null));
    let record =
        SHOWN.into_iter().map(column).fold(Record::default(), |record, (name, value)| record.with(name, value));
    Value::Record(record)
}

fn export(call: Call<'_>, _: Granted) -> Answering<'_> {
    Box::pin(async move {
        let mut tables: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (site, visits) in asked(&call).await? {
            let exported = call.subjects.export(asker(&call), site, &visits).await?;
            for (ours, known) in TABLES {
                let records = exported[ours].as_array().into_iter().flatten().map(of_json);
                tables.entry(known).or_default().extend(records);
            }
        }
        let table = |(_, known): (&str, &'static str)| (known, Value::List(tables.remove(known).unwrap_or_default()));
        Ok(Answer::Value(TABLES.map(table).into_iter().fold(Record::default(), with).into()))
    })
}

fn delete(call: Call<'_>, _: Granted) -> Answering<'_> {
    Box::pin(async move {
        let mut gone: BTreeMap<String, u64> = BTreeMap::new();
        for (site, visits) in asked(&call).await? {
            let (erased, _) = call.subjects.erase(asker(&call), site, &visits).await?;
            for (table, rows) in erased.rows {
                *gone.entry(table).or_default() += rows;
            }
        }
        let count = |(ours, known): (&str, &'static str)| {
            (known, Value::Int(gone.get(ours).copied().unwrap_or(0).cast_signed()))
        };
        Ok(Answer::Value(TABLES.map(count).into_iter().fold(Record::default(), with).into()))
    })
}

fn with(record: Record, (name, value): (&'static str, Value)) -> Record {
    record.with(name, value)
}

fn asker<'a>(call: &Call<'a>) -> Asker<'a> {
    Asker { login: call.caller.login().unwrap_or_default(), now: call.now }
}

/// The visits of the request that are there, by site; the caller administers them all.
async fn asked(call: &Call<'_>) -> Result<BTreeMap<SiteId, Vec<SubjectVisit>>, Fault> {
    let mut sites = BTreeMap::new();
    for (site, numbers) in visits_of(call.params.get("visits"))? {
        check_site(GrantLevel::Admin, call.caller, site)?;
        sites.insert(site, numbers);
    }
    let mut found = BTreeMap::new();
    for (site, numbers) in sites {
        found.insert(site, call.subjects.by_numbers(site, numbers).await?);
    }
    Ok(found)
}

/// `visits[0][idsite]`, `visits[0][idvisit]`, …
fn visits_of(visits: Option<&Param>) -> Result<BTreeMap<SiteId, Vec<u64>>, Fault> {
    let Some(Param::Array(visits)) = visits else { return Err(Fault::missing("visits")) };
    let mut sites: BTreeMap<SiteId, Vec<u64>> = BTreeMap::new();
    for (at, visit) in visits {
        let id = |name: &str| visit.field(name).and_then(|id| id.parse::<u64>().ok());
        let site = id("idsite").and_then(|id| u32::try_from(id).ok());
        let (Some(site), Some(visit)) = (site, id("idvisit")) else {
            return Err(Fault::new(format!("No idsite or idvisit key set for visit at index: {at}")));
        };
        sites.entry(SiteId(site)).or_default().push(visit);
    }
    Ok(sites)
}

fn of_json(value: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::number(number.as_f64().unwrap_or(0.0)), Value::Int)
        }
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(of_json).collect()),
        Json::Object(fields) => {
            let record = fields
                .iter()
                .fold(Record::default(), |record, (name, value)| record.with(name.clone(), of_json(value)));
            Value::Record(record)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Params;

    /// `reports.md` §23: a list of `{idsite, idvisit}`
    #[test]
    fn visits_are_read_by_site() {
        let of = |query: &str| visits_of(Params::parse(query).unwrap().get("visits"));
        let read = of("visits[0][idsite]=2&visits[0][idvisit]=5&visits[1][idsite]=2&visits[1][idvisit]=6").unwrap();
        assert_eq!(read, BTreeMap::from([(SiteId(2), vec![5, 6])]));
        for query in ["", "visits=5", "visits[0][idsite]=2", "visits[0][idsite]=x&visits[0][idvisit]=6"] {
            assert!(of(query).is_err(), "{query}");
        }
    }
}

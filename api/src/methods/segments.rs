//! What segments can be made of (`segments.md` §6, §7).

use jiff::ToSpan;
use nagare_schema::{GrantLevel, SiteId, named_setting};

use super::{Call, Method, report};
use crate::{
    error::Fault,
    permission::{Granted, Permission, check_site},
    plan,
    segment::{self, Context, Listed, Suggested},
    table::Answer,
    value::{Record, Value},
};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("API.getSegmentsMetadata", Permission::SomeView, |call, _| {
        Box::pin(std::future::ready(metadata(&call)))
    }),
    Method::configuration("API.getSuggestedValuesForSegment", Permission::View, |call, granted| {
        Box::pin(suggested(call, granted))
    }),
];

/// Where clients may read the engines of browsers.
const ENGINES: &str = r"\DeviceDetector\Parser\Client\Browser\Engine::getAvailableEngines";

/// The names for the given sites, or for all that the caller sees.
fn metadata(call: &Call<'_>) -> Result<Answer, Fault> {
    let ids = call.params.list("idSites").unwrap_or_default();
    let mut sites: Vec<SiteId> = ids.iter().filter_map(|id| id.parse().ok()).map(SiteId).collect();
    if sites.is_empty() {
        sites = call.caller.sites_with(GrantLevel::View).into_iter().collect();
    }
    for site in &sites {
        check_site(GrantLevel::View, call.caller, *site)?;
    }
    let names = segment::listed(Context::new(call.caller, &sites), call.params.flag("_showAllSegments"));
    Ok(Answer::Value(Value::List(names.into_iter().map(|listed| record(listed).into()).collect())))
}

fn record(listed: Listed) -> Record {
    let mut record = Record::default()
        .with("type", listed.kind.name())
        .with("category", listed.category.name())
        .with("name", listed.title);
    let is_engine = listed.name == "browserEngine";
    record.set("segment", listed.name);
    if let Some(accepted) = listed.accepted {
        record.set("acceptedValues", accepted.join(", "));
    }
    if listed.restricted {
        // Who may not use the name is not told of it.
        record.set("permission", 1);
    }
    if !listed.members.is_empty() {
        record.set("unionOfSegments", Value::List(listed.members.into_iter().map(Value::Text).collect()));
    }
    if is_engine {
        record.set("suggestedValuesCallback", ENGINES);
    }
    record
}

async fn suggested(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let (name, site) = (call.params.required("segmentName")?, granted.one()?);
    let context = Context::new(call.caller, &granted.sites);
    let suggested = Suggested::find(name, context)?;
    let settings = &context.config.settings.named;
    if !settings.flag(&named_setting::SUGGESTED_VALUES) {
        return Ok(texts(Vec::new()));
    }
    let today = report::today(&call, &[site]);
    if let Some(values) = suggested.fixed(today) {
        return Ok(texts(values));
    }
    let since = today.saturating_sub(i64::from(call.engine.suggest_days()).days());
    let statement = plan::suggested_values(&suggested.columns(context)?, &granted.sites, since);
    let facts = call.engine.fetch(&statement).await?;
    let logged: Vec<(String, i64)> = facts.iter().map(|fact| (fact.keys.concat(), fact.number(0) as i64)).collect();
    Ok(texts(suggested.of_log(&logged, context)))
}

fn texts(values: Vec<String>) -> Answer {
    Answer::Value(Value::List(values.into_iter().map(Value::Text).collect()))
}

//! Custom dimensions (`reports.md` §9): what a site has of them, and their reports.

use nagare_schema::{Config, ConfigKey, CustomDimension, DimensionScope, Entity, Extraction, ExtractionSource, SiteId};

use super::{
    Answering, Call, Method,
    change::{change, create},
    report,
};
use crate::{
    catalogue::of_custom_dimension,
    error::Fault,
    metrics::Family,
    permission::{Granted, Permission},
    request::{Param, Params},
    table::Answer,
    value::{Record, Value},
};

/// Dimensions of a scope that a site has at most.
const SLOTS: u32 = 5;
const NAME_CHARS_MAX: usize = 255;
/// Extractions of a dimension at most.
const EXTRACTIONS_MAX: usize = 50;
/// Characters that a name cannot have.
const NOT_IN_NAMES: [char; 8] = ['<', '>', '&', '.', '"', '\'', '/', '\\'];

const SCOPES: [(DimensionScope, &str, &str); 2] =
    [(DimensionScope::Visit, "visit", "Visit"), (DimensionScope::Action, "action", "Action")];
const SOURCES: [(ExtractionSource, &str, &str); 3] = [
    (ExtractionSource::Url, "url", "Page URL"),
    (ExtractionSource::UrlParam, "urlparam", "Page URL Parameter"),
    (ExtractionSource::ActionName, "action_name", "Page Title"),
];

pub(super) const METHODS: &[Method] = &[
    Method::new("CustomDimensions.getCustomDimension", Permission::View, Family::Report, |call, granted| {
        Box::pin(answer(call, granted))
    }),
    Method::configuration("CustomDimensions.configureNewCustomDimension", Permission::Write, |call, granted| {
        Box::pin(add(call, granted))
    }),
    Method::configuration("CustomDimensions.configureExistingCustomDimension", Permission::Write, |call, granted| {
        Box::pin(update(call, granted))
    }),
    Method::configuration("CustomDimensions.getConfiguredCustomDimensions", Permission::View, |call, granted| {
        ready(list(&call, &granted, None))
    }),
    Method::configuration(
        "CustomDimensions.getConfiguredCustomDimensionsHavingScope",
        Permission::View,
        |call, granted| ready(scope(call.params).and_then(|scope| list(&call, &granted, Some(scope)))),
    ),
    Method::configuration("CustomDimensions.getAvailableScopes", Permission::View, |call, granted| {
        ready(scopes(&call, &granted))
    }),
    Method::configuration("CustomDimensions.getAvailableExtractionDimensions", Permission::SomeWrite, |_, _| {
        ready(Ok(sources()))
    }),
];

fn ready(answer: Result<Answer, Fault>) -> Answering<'static> {
    Box::pin(std::future::ready(answer))
}

async fn answer(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let dimension = dimension(&call.caller.config, site, call.params)?;
    if !dimension.active {
        return Err(Fault::new(format!("Dimension {} for website {site} is not active.", dimension.id)));
    }
    report::answer(of_custom_dimension(dimension.scope), call, granted).await
}

fn dimension<'a>(config: &'a Config, site: SiteId, params: &Params) -> Result<&'a CustomDimension, Fault> {
    let given = params.required("idDimension")?;
    let id: u32 = given.parse().map_err(|_| Fault::missing("idDimension"))?;
    let found = config.dimensions.get(&(site, id)).map(AsRef::as_ref);
    found.ok_or_else(|| Fault::new(format!("Dimension {id} for website {site} does not exist.")))
}

fn list(call: &Call<'_>, granted: &Granted, scope: Option<DimensionScope>) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let listed = call.caller.config.dimensions_of(site);
    let listed = listed.filter(|dimension| scope.is_none_or(|scope| dimension.scope == scope));
    Ok(Answer::Value(Value::List(listed.map(|dimension| record(site, dimension).into()).collect())))
}

fn record(site: SiteId, dimension: &CustomDimension) -> Record {
    let extractions = dimension.extractions.iter().map(|extraction| {
        let source = SOURCES.iter().find(|(source, ..)| *source == extraction.source).map_or("", |(_, name, _)| name);
        Record::default().with("dimension", source).with("pattern", extraction.pattern.as_str()).into()
    });
    Record::default()
        .with("idcustomdimension", i64::from(dimension.id))
        .with("idsite", i64::from(site.0))
        .with("name", dimension.name.as_str())
        .with("index", i64::from(dimension.index))
        .with("scope", scope_name(dimension.scope))
        .with("active", dimension.active)
        .with("extractions", Value::List(extractions.collect()))
        .with("case_sensitive", dimension.case_sensitive)
}

fn scope_name(scope: DimensionScope) -> &'static str {
    SCOPES.iter().find(|(known, ..)| *known == scope).map_or("", |(_, name, _)| name)
}

fn scopes(call: &Call<'_>, granted: &Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let records = SCOPES.iter().map(|(scope, name, title)| {
        let used = call.caller.config.dimensions_of(site).filter(|dimension| dimension.scope == *scope).count();
        let used = u32::try_from(used).unwrap_or(SLOTS);
        let record = Record::default()
            .with("value", *name)
            .with("name", *title)
            .with("numSlotsAvailable", i64::from(SLOTS))
            .with("numSlotsUsed", i64::from(used))
            .with("numSlotsLeft", i64::from(SLOTS.saturating_sub(used)))
            .with("supportsExtractions", *scope == DimensionScope::Action);
        Value::Record(record)
    });
    Ok(Answer::Value(Value::List(records.collect())))
}

fn sources() -> Answer {
    let records = SOURCES.iter().map(|(_, name, title)| Record::default().with("value", *name).with("name", *title));
    Answer::Value(Value::List(records.map(Value::Record).collect()))
}

async fn add(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let scope = scope(call.params)?;
    let wanted = given(&CustomDimension { scope, ..CustomDimension::default() }, call.params)?;
    let config = call.directory.snapshot();
    let first = config.dimensions_of(site).last().map_or(1, |last| last.id.saturating_add(1));
    let index = free_slot(&config, site, scope).ok_or_else(|| {
        Fault::new(format!("There is no slot left for a dimension of the {} scope.", scope_name(scope)))
    })?;
    let make = |id: u32| Entity::Dimension(site, CustomDimension { id, index, ..wanted.clone() });
    Ok(Answer::Value(Value::Int(i64::from(create(call.directory, first, make).await?))))
}

fn free_slot(config: &Config, site: SiteId, scope: DimensionScope) -> Option<u32> {
    let is_taken = |slot: &u32| config.dimensions_of(site).any(|own| own.scope == scope && own.index == *slot);
    (1..=SLOTS).find(|slot| !is_taken(slot))
}

async fn update(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let id = dimension(&call.directory.snapshot(), site, call.params)?.id;
    change(call.directory, &ConfigKey::Dimension(site, id), |stored| match stored {
        Some(Entity::Dimension(_, stored)) => Ok(Entity::Dimension(site, given(stored, call.params)?)),
        _ => Err(Fault::new(format!("Dimension {id} for website {site} does not exist."))),
    })
    .await?;
    Ok(Answer::Done)
}

fn scope(params: &Params) -> Result<DimensionScope, Fault> {
    let name = params.required("scope")?;
    let found = SCOPES.iter().find(|(_, known, _)| *known == name).map(|(scope, ..)| *scope);
    found.ok_or_else(|| {
        Fault::new(format!("Invalid value '{name}' for 'scope' specified. Available scopes are: visit, action"))
    })
}

/// The dimension with what the request gives.
fn given(dimension: &CustomDimension, params: &Params) -> Result<CustomDimension, Fault> {
    let name = params.required("name")?;
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.contains(NOT_IN_NAMES) {
        return Err(Fault::new(format!(
            "A name has 1 to {NAME_CHARS_MAX} characters and none of {}",
            NOT_IN_NAMES.iter().collect::<String>()
        )));
    }
    let extractions = extractions(params)?;
    if dimension.scope != DimensionScope::Action && !extractions.is_empty() {
        return Err(Fault::new("Extractions can be used only in scope 'action'"));
    }
    Ok(CustomDimension {
        name: name.to_owned(),
        active: params.optional_flag("active").ok_or_else(|| Fault::missing("active"))?,
        extractions,
        case_sensitive: params.optional_flag("caseSensitive").unwrap_or(dimension.case_sensitive),
        ..dimension.clone()
    })
}

fn extractions(params: &Params) -> Result<Vec<Extraction>, Fault> {
    let Some(Param::Array(items)) = params.get("extractions") else { return Ok(Vec::new()) };
    if items.len() > EXTRACTIONS_MAX {
        return Err(Fault::new(format!("A dimension has at most {EXTRACTIONS_MAX} extractions.")));
    }
    items.iter().map(|(_, item)| extraction(item)).collect()
}

fn extraction(item: &Param) -> Result<Extraction, Fault> {
    let (Some(source), Some(pattern)) = (item.field("dimension"), item.field("pattern")) else {
        return Err(Fault::new("An extraction needs 'dimension' and 'pattern'."));
    };
    let Some(source) = SOURCES.iter().find(|(_, name, _)| *name == source).map(|(source, ..)| *source) else {
        return Err(Fault::new(format!(
            "Invalid dimension '{source}' used in an extraction. Available: url, urlparam, action_name"
        )));
    };
    // The whole match is a group, too.
    let captures_one = || regex::Regex::new(pattern).is_ok_and(|pattern| pattern.captures_len() == 2);
    if pattern.is_empty() || (source != ExtractionSource::UrlParam && !captures_one()) {
        return Err(Fault::new(format!("The pattern '{pattern}' is no regular expression with one group.")));
    }
    Ok(Extraction { source, pattern: pattern.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scope: DimensionScope, query: &str) -> Result<CustomDimension, Fault> {
        given(&CustomDimension { scope, ..CustomDimension::default() }, &Params::parse(query).unwrap())
    }

    /// `reports.md` §9.
    #[test]
    fn a_dimension_is_read_from_the_request() {
        let query = "name=N&active=0&caseSensitive=0&extractions[0][dimension]=url&extractions[0][pattern]=/a(.*)";
        let read = check(DimensionScope::Action, query).unwrap();
        assert_eq!((read.active, read.case_sensitive, read.extractions.len()), (false, false, 1));
        let names: Vec<String> = record(SiteId(1), &read).iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names[2..6], ["name", "index", "scope", "active"]);
    }

    /// `reports.md` §9.
    #[test]
    fn what_cannot_be_extracted_is_refused() {
        for query in [
            "name=&active=1",
            "name=a<b&active=1",
            "name=a",
            "name=a&active=1&extractions[0][dimension]=x&extractions[0][pattern]=a",
            "name=a&active=1&extractions[0][dimension]=url&extractions[0][pattern]=ab",
            "name=a&active=1&extractions[0][dimension]=url",
        ] {
            assert!(check(DimensionScope::Action, query).is_err(), "{query}");
        }
        let query = "name=a&active=1&extractions[0][dimension]=urlparam&extractions[0][pattern]=p";
        assert!(check(DimensionScope::Action, query).is_ok());
        assert!(check(DimensionScope::Visit, query).is_err());
    }

    #[test]
    fn slots_are_filled_from_the_first() {
        let mut config = Config::default();
        for (id, index) in [(1, 1), (2, 3)] {
            let entity = Entity::Dimension(SiteId(1), CustomDimension { id, index, ..CustomDimension::default() });
            config.apply(1, &entity.key(), Some(entity.clone()));
        }
        assert_eq!(free_slot(&config, SiteId(1), DimensionScope::Visit), Some(2));
        assert_eq!(free_slot(&config, SiteId(1), DimensionScope::Action), Some(1));
    }
}

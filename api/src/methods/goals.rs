//! Goals (`reports.md` §11.1): what counts as a conversion.

use nagare_schema::{Config, ConfigKey, Entity, Goal, GoalAttribute, GoalId, PatternKind, SiteId};

use super::{
    Call, Method,
    change::{change, create},
};
use crate::{
    error::Fault,
    permission::{Granted, Permission},
    request::{Params, decode},
    table::Answer,
    value::{Record, Value},
};

/// Characters of a goal's name, description and pattern.
const TEXT_CHARS_MAX: usize = 255;

pub(super) const METHODS: &[Method] = &[
    Method::configuration("Goals.addGoal", Permission::Write, |call, granted| Box::pin(add(call, granted))),
    Method::configuration("Goals.updateGoal", Permission::Write, |call, granted| Box::pin(update(call, granted))),
    Method::configuration("Goals.deleteGoal", Permission::Write, |call, granted| Box::pin(delete(call, granted))),
    Method::configuration("Goals.getGoal", Permission::View, |call, granted| {
        Box::pin(std::future::ready(get(&call, &granted)))
    }),
    Method::configuration("Goals.getGoals", Permission::View, |call, granted| {
        Box::pin(std::future::ready(Ok(list(&call, &granted))))
    }),
];

fn goal_id(params: &Params) -> Result<GoalId, Fault> {
    params.required("idGoal")?;
    params.number("idGoal").map(GoalId).ok_or_else(|| Fault::missing("idGoal"))
}

fn get(call: &Call<'_>, granted: &Granted) -> Result<Answer, Fault> {
    let (site, goal) = (granted.one()?, goal_id(call.params)?);
    let found = call.caller.config.goals.get(&(site, goal)).filter(|goal| !goal.deleted);
    Ok(Answer::Value(found.map_or_else(|| Value::List(Vec::new()), |goal| record(site, goal).into())))
}

/// The goals by id; of several sites one list.
fn list(call: &Call<'_>, granted: &Granted) -> Answer {
    let config: &Config = &call.caller.config;
    let of_site = |site: SiteId| config.goals_of(site).map(move |goal| (goal, record(site, goal)));
    let mut goals: Vec<(&Goal, Record)> =
        granted.sites.iter().flat_map(|site| of_site(*site)).map(|(goal, record)| (goal.as_ref(), record)).collect();
    if call.params.flag("orderByName") {
        goals.sort_by_key(|(goal, _)| goal.name.to_lowercase());
    }
    if granted.keyed {
        return Answer::Value(Value::List(goals.into_iter().map(|(_, record)| record.into()).collect()));
    }
    Answer::Value(Value::Record(goals.into_iter().map(|(goal, record)| (goal.id.to_string(), record)).collect()))
}

fn record(site: SiteId, goal: &Goal) -> Record {
    let flag = |on: bool| Value::Int(i64::from(on));
    let mut record = Record::default()
        .with("idsite", i64::from(site.0))
        .with("idgoal", i64::from(goal.id))
        .with("name", goal.name.as_str())
        .with("description", goal.description.as_str())
        .with("match_attribute", attribute_name(goal.attribute));
    if goal.attribute != GoalAttribute::Manually {
        record.set("pattern", goal.pattern.as_str());
        record.set("pattern_type", pattern_kind_name(goal.pattern_kind));
        record.set("case_sensitive", flag(goal.case_sensitive));
    }
    record.set("allow_multiple", flag(goal.allow_multiple));
    record.set("revenue", Value::number(goal.revenue));
    record.set("deleted", flag(goal.deleted));
    record.set("event_value_as_revenue", flag(goal.event_value_as_revenue));
    record
}

const ATTRIBUTES: &[(&str, GoalAttribute)] = &[
    ("manually", GoalAttribute::Manually),
    ("url", GoalAttribute::Url),
    ("title", GoalAttribute::Title),
    ("file", GoalAttribute::File),
    ("external_website", GoalAttribute::ExternalWebsite),
    ("event_action", GoalAttribute::EventAction),
    ("event_name", GoalAttribute::EventName),
    ("event_category", GoalAttribute::EventCategory),
    ("visit_duration", GoalAttribute::VisitDuration),
];

const PATTERN_KINDS: &[(&str, PatternKind)] = &[
    ("contains", PatternKind::Contains),
    ("exact", PatternKind::Exact),
    ("regex", PatternKind::Regex),
    ("greater_than", PatternKind::GreaterThan),
];

fn attribute_name(attribute: GoalAttribute) -> &'static str {
    ATTRIBUTES.iter().find(|(_, known)| *known == attribute).map_or("", |(name, _)| name)
}

fn pattern_kind_name(kind: PatternKind) -> &'static str {
    PATTERN_KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name)
}

async fn add(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let goal = given(&Goal::default(), call.params)?;
    let config = call.directory.snapshot();
    let last = config.goals.range(..=(site, GoalId(i32::MAX))).next_back().filter(|((of, _), _)| *of == site);
    let first = last.map_or(1, |((_, id), _)| u32::try_from(id.0).unwrap_or(0).saturating_add(1));
    let make = |id: u32| Entity::Goal(site, Goal { id: i32::try_from(id).unwrap_or(i32::MAX), ..goal.clone() });
    let id = create(call.directory, first, make).await?;
    Ok(Answer::Value(Value::Int(i64::from(id))))
}

async fn update(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    change_goal(&call, &granted, |goal| given(&goal, call.params)).await
}

/// A deleted goal keeps its id, so that it is never given to another.
async fn delete(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    change_goal(&call, &granted, |goal| Ok(Goal { deleted: true, ..goal })).await
}

async fn change_goal(
    call: &Call<'_>,
    granted: &Granted,
    decide: impl Fn(Goal) -> Result<Goal, Fault> + Send + Sync,
) -> Result<Answer, Fault> {
    let (site, id) = (granted.one()?, goal_id(call.params)?);
    change(call.directory, &ConfigKey::Goal(site, id), |stored| match stored {
        Some(Entity::Goal(_, goal)) if !goal.deleted => decide(goal.clone()).map(|goal| Entity::Goal(site, goal)),
        _ => Err(Fault::new(format!("There is no goal {id} of the website id = {site}."))),
    })
    .await?;
    Ok(Answer::Done)
}

/// The goal with what the request gives; texts are encoded once more than other parameters.
fn given(goal: &Goal, params: &Params) -> Result<Goal, Fault> {
    let text = |name: &str| params.text(name).map(|text| decode(text).chars().take(TEXT_CHARS_MAX).collect());
    let name: String = text("name").ok_or_else(|| Fault::missing("name"))?;
    let pattern: String = text("pattern").ok_or_else(|| Fault::missing("pattern"))?;
    let attribute = named(ATTRIBUTES, params.required("matchAttribute")?, "matchAttribute")?;
    let manual = attribute == GoalAttribute::Manually;
    let pattern_kind = match params.required("patternType")? {
        _ if manual => PatternKind::default(),
        kind => named(PATTERN_KINDS, kind, "patternType")?,
    };
    let goal = Goal {
        name,
        description: text("description").unwrap_or_default(),
        attribute,
        pattern: if manual { String::new() } else { pattern },
        pattern_kind,
        case_sensitive: params.flag("caseSensitive"),
        allow_multiple: params.flag("allowMultipleConversionsPerVisit"),
        revenue: params.number("revenue").unwrap_or(0.0),
        event_value_as_revenue: params.flag("useEventValueAsRevenue"),
        id: goal.id,
        deleted: goal.deleted,
    };
    check(goal)
}

fn named<T: Copy>(known: &[(&str, T)], name: &str, parameter: &str) -> Result<T, Fault> {
    let found = known.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    found.ok_or_else(|| Fault::new(format!("The value '{name}' is not valid for '{parameter}'.")))
}

fn check(goal: Goal) -> Result<Goal, Fault> {
    let is_url = matches!(goal.attribute, GoalAttribute::Url | GoalAttribute::File | GoalAttribute::ExternalWebsite);
    if is_url && goal.pattern_kind == PatternKind::Exact && !goal.pattern.starts_with("http") {
        return Err(Fault::new(
            "If you choose 'exact match', the matching string must be a URL starting with http:// or https://.",
        ));
    }
    if goal.pattern_kind == PatternKind::Regex && regex::Regex::new(&goal.pattern).is_err() {
        return Err(Fault::new(format!("The pattern '{}' is not a valid regular expression.", goal.pattern)));
    }
    let is_duration = goal.attribute == GoalAttribute::VisitDuration;
    let is_threshold = goal.pattern_kind == PatternKind::GreaterThan;
    if is_threshold != is_duration || (is_duration && goal.pattern.parse::<f64>().is_err()) {
        return Err(Fault::new("'greater_than' and a number go with 'visit_duration', and only with it."));
    }
    let is_event =
        matches!(goal.attribute, GoalAttribute::EventAction | GoalAttribute::EventCategory | GoalAttribute::EventName);
    if goal.event_value_as_revenue && !is_event {
        return Err(Fault::new("'useEventValueAsRevenue' can only be 1 if the goal matches an event attribute."));
    }
    Ok(goal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(query: &str) -> Result<Goal, Fault> {
        given(&Goal::default(), &Params::parse(query).unwrap())
    }

    #[test]
    fn a_goal_is_read_from_the_request() {
        let read = goal("name=a%2520b&matchAttribute=url&pattern=(.*)store&patternType=regex&revenue=1.5").unwrap();
        assert_eq!((read.name.as_str(), read.pattern_kind, read.revenue), ("a b", PatternKind::Regex, 1.5));
        let names: Vec<String> = record(SiteId(1), &read).iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names[4..8], ["match_attribute", "pattern", "pattern_type", "case_sensitive"]);
    }

    #[test]
    fn a_manual_goal_has_no_pattern() {
        let read = goal("name=a&matchAttribute=manually&pattern=.*&patternType=regex").unwrap();
        assert_eq!(read.pattern, "");
        assert!(record(SiteId(1), &read).get("pattern").is_none());
    }

    #[test]
    fn what_cannot_match_is_refused() {
        for query in [
            "name=a&matchAttribute=boat&pattern=x&patternType=exact",
            "name=a&matchAttribute=url&pattern=x&patternType=exact",
            "name=a&matchAttribute=url&pattern=(&patternType=regex",
            "name=a&matchAttribute=url&pattern=5&patternType=greater_than",
            "name=a&matchAttribute=visit_duration&pattern=x&patternType=greater_than",
            "name=a&matchAttribute=url&pattern=x&patternType=contains&useEventValueAsRevenue=1",
            "matchAttribute=url&pattern=x&patternType=contains",
        ] {
            assert!(goal(query).is_err(), "{query}");
        }
    }
}

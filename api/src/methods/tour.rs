//! Tour (`reports.md` §25): what to try next, and how far one has come.

use nagare_schema::{Config, SiteId};

use super::{Call, Method, change_settings, report::today};
use crate::{
    error::Fault,
    period,
    permission::Permission,
    plan,
    table::Answer,
    value::{Record, Value},
};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("Tour.getChallenges", Permission::Superuser, |call, _| Box::pin(challenges(call))),
    Method::configuration("Tour.getLevel", Permission::Superuser, |call, _| Box::pin(level(call))),
    Method::configuration("Tour.skipChallenge", Permission::Superuser, |call, _| Box::pin(skip(call))),
];

/// Something to try.
struct Challenge {
    id: &'static str,
    name: &'static str,
    description: &'static str,
    url: &'static str,
    /// Whether the configuration shows that it was done.
    is_done: fn(&Config) -> bool,
}

/// Done when visits are recorded, which the configuration does not show.
const TRACK_DATA: &str = "track_data";

const CHALLENGES: &[Challenge] = &[
    Challenge {
        id: TRACK_DATA,
        name: "Embed a tracking code",
        description: "Put the tracking code into the pages of your website.",
        url: "index.php?module=CoreAdminHome&action=trackingCodeGenerator",
        is_done: |_| false,
    },
    Challenge {
        id: "define_goal",
        name: "Add a goal",
        description: "Say what visitors are to do, and see how often they do it.",
        url: "index.php?module=Goals&action=manage",
        is_done: |config| config.goals.values().any(|goal| !goal.deleted),
    },
    Challenge {
        id: "add_user",
        name: "Invite a user",
        description: "Share the numbers with your colleagues.",
        url: "index.php?module=UsersManager&action=index",
        is_done: |config| config.users.len() > 1,
    },
    Challenge {
        id: "add_website",
        name: "Add another website",
        description: "Watch all your websites in one place.",
        url: "index.php?module=SitesManager&action=index",
        is_done: |config| config.sites.len() > 1,
    },
    Challenge {
        id: "add_scheduled_report",
        name: "Add a scheduled report",
        description: "Receive the reports that matter by e-mail.",
        url: "index.php?module=ScheduledReports&action=index",
        is_done: |config| config.reports.values().any(|report| !report.deleted),
    },
    Challenge {
        id: "customise_dashboard",
        name: "Set up your dashboard",
        description: "Choose what your dashboard shows.",
        url: "index.php?module=CoreHome&action=index",
        is_done: |config| !config.dashboards.is_empty(),
    },
    Challenge {
        id: "add_annotation",
        name: "Add an annotation",
        description: "Note on the calendar why numbers changed.",
        url: "index.php?module=CoreHome&action=index",
        is_done: |config| !config.annotations.is_empty(),
    },
    Challenge {
        id: "configure_geolocation",
        name: "Set up geolocation",
        description: "Choose how the places of visitors are found out.",
        url: "index.php?module=UserCountry&action=adminIndex",
        is_done: |config| config.settings.location_provider != nagare_schema::Settings::default().location_provider,
    },
];

/// Challenges that a level asks for, and its name.
const LEVELS: [(usize, &str); 3] = [(0, "Matomo beginner"), (5, "Matomo intermediate"), (8, "Matomo expert")];
/// Levels that are told, whatever is there to try.
const LEVELS_TOLD: i64 = 5;

fn is_skipped(config: &Config, challenge: &Challenge) -> bool {
    config.settings.tour_skipped.iter().any(|id| id == challenge.id)
}

/// Challenges with whether they are done.
async fn states(call: &Call<'_>) -> Result<Vec<(&'static Challenge, bool)>, Fault> {
    let (config, tracked) = (&call.caller.config, has_visits(call).await?);
    Ok(CHALLENGES
        .iter()
        .map(|challenge| match challenge.id {
            TRACK_DATA => (challenge, tracked),
            _ => (challenge, (challenge.is_done)(config)),
        })
        .collect())
}

async fn has_visits(call: &Call<'_>) -> Result<bool, Fault> {
    const EVER: &str = "1991-08-06,today";
    let sites: Vec<SiteId> = call.caller.config.sites.keys().copied().collect();
    if sites.is_empty() {
        return Ok(false);
    }
    let periods = period::parse("range", EVER, today(call, &[]))?;
    let facts = call.engine.fetch(&plan::size(&sites, &periods)).await?;
    Ok(facts.first().is_some_and(|fact| fact.number(0) > 0.0))
}

async fn challenges(call: Call<'_>) -> Result<Answer, Fault> {
    let config = &call.caller.config;
    let described = states(&call).await?.into_iter().map(|(challenge, is_done)| {
        let record = Record::default()
            .with("id", challenge.id)
            .with("name", challenge.name)
            .with("description", challenge.description)
            .with("isCompleted", is_done)
            .with("isSkipped", is_skipped(config, challenge))
            .with("url", challenge.url);
        Value::from(record)
    });
    Ok(Answer::Value(Value::List(described.collect())))
}

async fn level(call: Call<'_>) -> Result<Answer, Fault> {
    let config = &call.caller.config;
    let is_passed = |(challenge, is_done): &(&Challenge, bool)| *is_done || is_skipped(config, challenge);
    let passed = states(&call).await?.iter().filter(|state| is_passed(state)).count();
    Ok(Answer::Value(reached(passed, call.caller.login().unwrap_or_default()).into()))
}

fn reached(passed: usize, login: &str) -> Record {
    let current = LEVELS.iter().rposition(|(needed, _)| *needed <= passed).unwrap_or(0);
    let next = LEVELS.get(current + 1);
    Record::default()
        .with("description", format!("Welcome to Matomo {login}. This widget helps you become a Matomo expert."))
        .with("currentLevel", current as i64 + 1)
        .with("currentLevelName", LEVELS[current].1)
        .with("nextLevelName", next.map_or(Value::Null, |(_, name)| (*name).into()))
        .with("numLevelsTotal", LEVELS_TOLD)
        .with("challengesNeededForNextLevel", next.map_or(Value::Null, |(needed, _)| ((needed - passed) as i64).into()))
}

async fn skip(call: Call<'_>) -> Result<Answer, Fault> {
    let id = call.params.required("id")?;
    if !CHALLENGES.iter().any(|challenge| challenge.id == id) {
        return Err(Fault::new(format!("There is no challenge '{id}'.")));
    }
    change_settings(call.directory, |settings| {
        if !settings.tour_skipped.iter().any(|skipped| skipped == id) {
            settings.tour_skipped.push(id.to_owned());
        }
        Ok(())
    })
    .await?;
    Ok(Answer::Value(Value::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_reached_by_challenges() {
        let needed = |passed: usize| reached(passed, "me").number("challengesNeededForNextLevel");
        assert_eq!([needed(0), needed(3), needed(5), needed(8)], [Some(5.0), Some(2.0), Some(3.0), None]);
        assert_eq!(reached(5, "me").get("currentLevelName"), Some(&"Matomo intermediate".into()));
    }
}

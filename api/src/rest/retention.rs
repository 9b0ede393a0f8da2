//! `/api/v1/retention`: how long visits and reports are kept, and what was removed (product.md V6), for
//! superusers.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use nagare_runtime::RemovalError;
use nagare_schema::{
    NamedSettings, Removal, Retention, SettingError,
    named_setting::{REMOVAL_DAYS, REPORTS_KEEP_BASIC, REPORTS_MONTHS, REPORTS_REMOVED, VISITS_DAYS, VISITS_REMOVED},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    change::changed,
    given::{Given, Superuser, Wanted, within},
    problem::Problem,
};
use crate::{error::Fault, server::Shared};

/// Days or months of an age at most.
const AGE_MAX: u32 = 100_000;
/// Records of one answer at most, and unless fewer are asked for.
const RECORDS_MAX: u64 = 500;

/// How long visits and reports are kept.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ages {
    /// Days that visits are kept with all that they did, the hits as they were sent among it; null: for ever.
    #[schema(minimum = 1, maximum = 100_000)]
    visit_days: Option<u32>,
    /// Months that reports are kept; null: for ever.
    #[schema(minimum = 1, maximum = 100_000)]
    report_months: Option<u32>,
    /// Visits, actions and conversions of whole sites stay when reports go.
    keeps_basics: bool,
    /// Days between two removals.
    #[schema(minimum = 1, maximum = 100_000)]
    every_days: u32,
}

impl From<Retention> for Ages {
    fn from(retention: Retention) -> Self {
        let Retention { visit_days, report_months, keeps_basics, every_days } = retention;
        Self { visit_days, report_months, keeps_basics, every_days }
    }
}

impl Ages {
    fn is_valid(&self) -> bool {
        let ages = [self.visit_days, self.report_months, Some(self.every_days)];
        ages.into_iter().flatten().all(|age| (1..=AGE_MAX).contains(&age))
    }

    fn apply(&self, settings: &mut NamedSettings) -> Result<(), SettingError> {
        let ages =
            [(&VISITS_REMOVED, &VISITS_DAYS, self.visit_days), (&REPORTS_REMOVED, &REPORTS_MONTHS, self.report_months)];
        for (is_on, age, wanted) in ages {
            settings.set(is_on.name, if wanted.is_some() { "1" } else { "0" })?;
            if let Some(wanted) = wanted {
                settings.set(age.name, &wanted.to_string())?;
            }
        }
        settings.set(REPORTS_KEEP_BASIC.name, if self.keeps_basics { "1" } else { "0" })?;
        settings.set(REMOVAL_DAYS.name, &self.every_days.to_string())
    }
}

/// The record of a removal: one when it begins, one when it has ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Record {
    /// `visits` or `reports`.
    what: &'static str,
    /// The first day that was kept.
    #[schema(format = Date)]
    before: String,
    /// When it began, in milliseconds of Unix time.
    at: i64,
    /// Who asked for it; empty: it was time.
    by: String,
    /// Rows that are gone, by table; null: it is under way.
    rows: Option<BTreeMap<String, u64>>,
}

impl From<Removal> for Record {
    fn from(removal: Removal) -> Self {
        let Removal { what, before, at, by, rows } = removal;
        Self { what: what.name(), before: before.to_string(), at: at.0, by, rows }
    }
}

fn unreachable(error: &RemovalError) -> Problem {
    tracing::warn!(%error, "removals cannot be read or asked for");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "nobody who removes can be reached now")
}

/// How long visits and reports are kept.
#[utoipa::path(
    get,
    path = "/api/v1/retention",
    operation_id = "getRetention",
    tag = "privacy",
    responses((status = 200, body = Ages), (status = 401, body = Problem))
)]
pub(super) async fn read(Superuser(caller): Superuser) -> Json<Ages> {
    Json(Retention::of(&caller.config.settings.named).into())
}

/// Changes how long visits and reports are kept, from the next removal on.
#[utoipa::path(
    put,
    path = "/api/v1/retention",
    operation_id = "changeRetention",
    tag = "privacy",
    request_body = Ages,
    responses(
        (status = 200, body = Ages),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn change(
    State(shared): State<Shared>,
    superuser: Superuser,
    Wanted(wanted): Wanted<Ages>,
) -> Result<Json<Ages>, Problem> {
    if !wanted.is_valid() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, format!("an age is a number from 1 to {AGE_MAX}, or null")));
    }
    changed(&shared, superuser, "retention.change", wanted, |wanted, settings| {
        wanted.apply(&mut settings.named).map_err(|error| Fault::bad_request(error.to_string()))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Records of the answer.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// What was removed, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/retention/removals",
    operation_id = "listRemovals",
    tag = "privacy",
    params(Asked),
    responses(
        (status = 200, body = [Record]),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn removals(
    State(shared): State<Shared>,
    _: Superuser,
    Given(asked): Given<Asked>,
) -> Result<Json<Vec<Record>>, Problem> {
    let limit = within("limit", asked.limit.unwrap_or(RECORDS_MAX), 1..=RECORDS_MAX)?;
    let newest = shared.removals.newest(usize::try_from(limit).unwrap_or(usize::MAX)).await;
    let newest = newest.map_err(|error| unreachable(&error))?;
    Ok(Json(newest.into_iter().map(Record::from).collect()))
}

/// Removes now what is old; the list says how it ends.
#[utoipa::path(
    post,
    path = "/api/v1/retention/removals",
    operation_id = "removeNow",
    tag = "privacy",
    responses(
        (status = 202, description = "it has begun"),
        (status = 401, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn remove(State(shared): State<Shared>, Superuser(caller): Superuser) -> Result<StatusCode, Problem> {
    let asked = shared.removals.request(caller.login().unwrap_or_default()).await;
    asked.map_err(|error| unreachable(&error))?;
    Ok(StatusCode::ACCEPTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        let wanted = Ages { visit_days: Some(30), report_months: None, keeps_basics: false, every_days: 1 };
        let mut settings = NamedSettings::default();
        assert!(wanted.is_valid());
        wanted.apply(&mut settings).unwrap();
        assert_eq!(Ages::from(Retention::of(&settings)), wanted);
        let forever = Ages { visit_days: None, ..wanted };
        forever.apply(&mut settings).unwrap();
        assert_eq!(Ages::from(Retention::of(&settings)), forever);
    }

    #[test]
    fn no_age_is_nothing() {
        for (visit_days, every_days) in [(Some(0), 1), (None, 0), (Some(AGE_MAX + 1), 1)] {
            assert!(!Ages { visit_days, report_months: None, keeps_basics: true, every_days }.is_valid());
        }
    }
}

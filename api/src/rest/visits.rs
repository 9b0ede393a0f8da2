//! The visits of a site, one by one, with what was done in them.

use axum::{Json, extract::State, http::StatusCode};
use jiff::{ToSpan, civil::Date};
use nagare_schema::{Day, UnixSeconds, VisitId, ZoneClock};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    cursor,
    given::{Given, Viewed, within},
    problem::Problem,
};
use crate::{
    format::json_of,
    methods::{Origin, log_enabled, placed_visits},
    plan::VisitLog,
    request::Params,
    segment::{self, Segment},
    server::Shared,
};

const LIMIT_DEFAULT: u64 = 100;
/// Visits of one page at most.
const LIMIT_MAX: u64 = 1000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// First day, `YYYY-MM-DD`, in the time zone of the site; needs `to`.
    #[param(example = "2024-01-01")]
    from: Option<String>,
    /// Last day.
    #[param(example = "2024-01-31")]
    to: Option<String>,
    /// Only visits of this segment.
    #[param(example = "actions>1")]
    segment: Option<String>,
    /// Only visits whose last action is after this, in seconds since 1970.
    after: Option<i64>,
    /// Visits of a page; 100 unless given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// The oldest first.
    #[serde(default)]
    ascending: bool,
    /// Leave out what was done in the visits.
    #[serde(default)]
    without_actions: bool,
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
pub(super) struct Page {
    /// As `Live.getLastVisitsDetails` shows them.
    #[schema(value_type = Vec<Object>)]
    visits: Vec<serde_json::Value>,
    /// Where the next page begins; none after the last.
    next_cursor: Option<String>,
}

/// Last action and id of the last visit of a page.
#[derive(Serialize, Deserialize)]
struct Place(i64, u64);

/// The visits of a site by their last action, page by page.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/visits",
    operation_id = "listVisits",
    tag = "visits",
    params(("site" = u32, Path, description = "id of the site", example = 1), Asked),
    responses(
        (status = 200, body = Page),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn log(
    State(shared): State<Shared>,
    Viewed { caller, site }: Viewed,
    Given(asked): Given<Asked>,
) -> Result<Json<Page>, Problem> {
    let (params, origin) = (Params::default(), Origin::default());
    let call = shared.endpoint.call(&caller, &params, shared.context.clock.now(), &origin);
    log_enabled(&call, &[site])?;
    let sites = [site];
    let zone = ZoneClock::new(caller.config.sites.get(&site).map_or("UTC", |site| site.timezone.as_str()));
    let segment = Segment::parse(asked.segment.as_deref(), segment::Context::new(&caller, &sites))?;
    let limit = within("limit", asked.limit.unwrap_or(LIMIT_DEFAULT), 1..=LIMIT_MAX)?;
    let log = VisitLog {
        window: window(&asked, &zone)?,
        after: UnixSeconds(asked.after.unwrap_or(0).max(0)),
        ascending: asked.ascending,
        with_actions: !asked.without_actions,
        beyond: beyond(&asked)?,
        // One more tells whether there is another page.
        ..VisitLog::of(&sites, segment, limit + 1)
    };
    let mut visits = placed_visits(&call, &log).await?;
    let is_last = visits.len() as u64 <= limit;
    visits.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = visits.last().filter(|_| !is_last).map(|((at, id), _)| cursor::write(&Place(at.0, id.0)));
    let visits = visits.into_iter().map(|(_, record)| json_of(&record.into())).collect();
    Ok(Json(Page { visits, next_cursor: last }))
}

fn beyond(asked: &Asked) -> Result<Option<(UnixSeconds, VisitId)>, Problem> {
    let Some(text) = asked.cursor.as_deref() else { return Ok(None) };
    let Place(at, id) = cursor::read(text)?;
    Ok(Some((UnixSeconds(at), VisitId(id))))
}

/// From the first instant of the first day to the last second of the last one.
fn window(asked: &Asked, zone: &ZoneClock) -> Result<Option<(UnixSeconds, UnixSeconds)>, Problem> {
    match (&asked.from, &asked.to) {
        (None, None) => Ok(None),
        (Some(from), Some(to)) => match (from.parse::<Date>(), to.parse::<Date>()) {
            (Ok(from), Ok(to)) if from <= to => {
                let end = zone.start_of(Day::from_date(to.saturating_add(1.days())));
                Ok(Some((zone.start_of(Day::from_date(from)), UnixSeconds(end.0 - 1))))
            }
            _ => Err(Problem::new(StatusCode::BAD_REQUEST, "'from' and 'to' are days like 2024-01-31, in their order")),
        },
        _ => Err(Problem::new(StatusCode::BAD_REQUEST, "'from' and 'to' go together")),
    }
}

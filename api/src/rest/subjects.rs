//! `/api/v1/sites/{site}/subjects`: persons who ask what is known of them (product.md V5), for administrators.

use axum::{Json, extract::State, http::StatusCode};
use nagare_schema::{GrantLevel, SiteId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    given::{Given, Viewed},
    problem::Problem,
};
use crate::{
    auth::Caller,
    server::Shared,
    subject::{Asker, SubjectVisit},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Whose visits: a segment, as `visitorId==…`, `userId==…` or `visitIp==…`.
    #[param(example = "visitorId==0123456789abcdef", min_length = 1)]
    segment: String,
}

/// What was erased.
#[derive(Serialize, ToSchema)]
pub(super) struct Receipt {
    /// Visits that are gone.
    visits: usize,
    /// Facts that are gone, by table.
    #[schema(value_type = Object)]
    rows: Value,
    /// The same, signed by this deployment; `nagare subject verify` reads it.
    receipt: String,
}

/// Who may ask for persons of a site: its administrators, by a token that is not for something else.
fn administrator<'a>(caller: &'a Caller, site: SiteId, act: &str, changes: bool) -> Result<&'a str, Problem> {
    let method = format!("PrivacyManager.{act}DataSubjects");
    match caller.login() {
        Some(login) if caller.may(GrantLevel::Admin, site) && caller.may_call(&method, changes) => Ok(login),
        _ => Err(Problem::new(StatusCode::FORBIDDEN, "administrators of the site only")),
    }
}

/// The visits of a person.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/subjects",
    operation_id = "findSubjects",
    tag = "privacy",
    params(("site" = u32, Path, description = "id of the site", example = 1), Asked),
    responses(
        (status = 200, body = [SubjectVisit]),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn find(
    State(shared): State<Shared>,
    Viewed { caller, site }: Viewed,
    Given(asked): Given<Asked>,
) -> Result<Json<Vec<SubjectVisit>>, Problem> {
    administrator(&caller, site, "find", false)?;
    Ok(Json(shared.endpoint.subjects().find(site, &asked.segment).await?))
}

/// All that is stored of a person's visits, by table.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/subjects/export",
    operation_id = "exportSubjects",
    tag = "privacy",
    params(("site" = u32, Path, description = "id of the site", example = 1), Asked),
    responses(
        (status = 200, body = Object),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn export(
    State(shared): State<Shared>,
    Viewed { caller, site }: Viewed,
    Given(asked): Given<Asked>,
) -> Result<Json<Value>, Problem> {
    let login = administrator(&caller, site, "export", false)?;
    let (subjects, asker) = (shared.endpoint.subjects(), Asker { login, now: shared.context.clock.now() });
    let visits = subjects.find(site, &asked.segment).await?;
    Ok(Json(subjects.export(asker, site, &visits).await?))
}

/// Erases a person's visits, which must have ended, from the tables and the reports.
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/subjects",
    operation_id = "eraseSubjects",
    tag = "privacy",
    params(("site" = u32, Path, description = "id of the site", example = 1), Asked),
    responses(
        (status = 200, body = Receipt),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn erase(
    State(shared): State<Shared>,
    Viewed { caller, site }: Viewed,
    Given(asked): Given<Asked>,
) -> Result<Json<Receipt>, Problem> {
    let login = administrator(&caller, site, "delete", true)?;
    let (subjects, asker) = (shared.endpoint.subjects(), Asker { login, now: shared.context.clock.now() });
    let visits = subjects.find(site, &asked.segment).await?;
    let (erased, receipt) = subjects.erase(asker, site, &visits).await?;
    Ok(Json(Receipt { visits: erased.visits, rows: serde_json::json!(erased.rows), receipt }))
}

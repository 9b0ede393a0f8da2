//! Sites, as far as their viewers need to know them.

use axum::{Json, extract::State, http::HeaderMap};
use nagare_schema::{GrantLevel, Site, SiteId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{caller_of, given::Viewed, problem::Problem};
use crate::server::Shared;

/// A site.
#[derive(Serialize, ToSchema)]
pub(super) struct SiteSummary {
    #[schema(value_type = u32)]
    id: SiteId,
    name: String,
    main_url: String,
    /// IANA name, or `UTC±h`: days of reports are of this zone.
    timezone: String,
    /// ISO 4217.
    currency: String,
}

impl From<&Site> for SiteSummary {
    fn from(site: &Site) -> Self {
        Self {
            id: site.id,
            name: site.name.clone(),
            main_url: site.urls.first().cloned().unwrap_or_default(),
            timezone: site.timezone.clone(),
            currency: site.currency.clone(),
        }
    }
}

/// The sites that the caller may view.
#[utoipa::path(
    get,
    path = "/api/v1/sites",
    operation_id = "listSites",
    tag = "sites",
    responses((status = 200, body = [SiteSummary]), (status = 401, body = Problem))
)]
pub(super) async fn list(State(shared): State<Shared>, headers: HeaderMap) -> Result<Json<Vec<SiteSummary>>, Problem> {
    let caller = caller_of(&shared, &headers);
    if !caller.is_user() {
        return Err(Problem::unauthorised());
    }
    let visible = caller.sites_with(GrantLevel::View);
    let sites = visible.iter().filter_map(|id| caller.config.sites.get(id));
    Ok(Json(sites.map(|site| SiteSummary::from(site.as_ref())).collect()))
}

/// One site.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}",
    operation_id = "getSite",
    tag = "sites",
    params(("site" = u32, Path, description = "id of the site", example = 1)),
    responses((status = 200, body = SiteSummary), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub(super) async fn one(viewed: Viewed) -> Result<Json<SiteSummary>, Problem> {
    let site = viewed.caller.config.sites.get(&viewed.site).ok_or_else(Problem::no_site)?;
    Ok(Json(SiteSummary::from(site.as_ref())))
}

//! Tracking failures (`reports.md` §25): requests of sites that were not believed, and why.

use jiff::Timestamp;
use nagare_schema::{ConfigKey, FailureKind, GrantLevel, SiteId, TrackingFailure};

use super::{Call, Method, at_once};
use crate::{
    auth::Caller,
    error::Fault,
    permission::{Permission, check_site},
    table::Answer,
    value::{Record, Value},
};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("CoreAdminHome.getTrackingFailures", Permission::SomeAdmin, |call, _| {
        at_once(Ok(Value::List(visible(call.caller).map(|failure| record(failure, call.caller)).collect())))
    }),
    Method::configuration("CoreAdminHome.deleteTrackingFailure", Permission::SomeAdmin, |call, _| {
        Box::pin(delete(call))
    }),
    Method::configuration("CoreAdminHome.deleteAllTrackingFailures", Permission::SomeAdmin, |call, _| {
        Box::pin(delete_all(call))
    }),
];

/// Failures of the caller's sites; those of sites that do not exist are for superusers.
fn visible(caller: &Caller) -> impl Iterator<Item = &TrackingFailure> {
    let shows = |failure: &&TrackingFailure| caller.is_superuser() || caller.may(GrantLevel::Admin, failure.site);
    caller.config.failures.values().map(AsRef::as_ref).filter(shows)
}

fn record(failure: &TrackingFailure, caller: &Caller) -> Value {
    let site = caller.config.sites.get(&failure.site).map_or("Unknown", |site| site.name.as_str());
    let at = Timestamp::from_millisecond(failure.at.0).unwrap_or_default();
    let (problem, solution, guide) = match failure.kind {
        FailureKind::UnknownSite => (
            "The site does not exist.",
            "Update the configured idSite in the tracker.",
            "https://matomo.org/faq/how-to/faq_30838/",
        ),
        FailureKind::NotAuthenticated => (
            "Request was not authenticated but authentication was required.",
            "Set or correct a \"token_auth\" in your tracking request.",
            "https://matomo.org/faq/how-to/faq_30835/",
        ),
    };
    Record::default()
        .with("idsite", i64::from(failure.site.0))
        .with("idfailure", failure.kind as i64)
        .with("date_first_occurred", at.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .with("request_url", failure.request.as_str())
        .with("site_name", site)
        .with("pretty_date_first_occurred", at.strftime("%b %-d, %Y %H:%M:%S").to_string())
        .with("url", failure.page.as_str())
        .with("problem", problem)
        .with("solution", solution)
        .with("solution_url", guide)
        .into()
}

async fn delete(call: Call<'_>) -> Result<Answer, Fault> {
    let site: SiteId = call.params.required("idSite")?.parse().map_err(|_| Fault::missing("idSite"))?;
    let kind = call.params.required("idFailure")?.parse().map_err(|_| Fault::missing("idFailure"))?;
    if !call.caller.is_superuser() {
        check_site(GrantLevel::Admin, call.caller, site)?;
    }
    call.directory.delete(&ConfigKey::Failure(site, kind)).await?;
    Ok(Answer::Done)
}

async fn delete_all(call: Call<'_>) -> Result<Answer, Fault> {
    for failure in visible(call.caller) {
        call.directory.delete(&ConfigKey::Failure(failure.site, failure.kind as u8)).await?;
    }
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use nagare_schema::{Entity, UnixMillis};

    use super::*;
    use crate::auth::tests::caller;

    /// `reports.md` §25
    #[test]
    fn failures_are_told_to_those_who_look_after_the_site() {
        let shown = |login: &str| {
            let mut caller = caller(login);
            let config = Arc::make_mut(&mut caller.config);
            for site in [1, 99_999] {
                let failure = TrackingFailure {
                    site: SiteId(site),
                    kind: FailureKind::UnknownSite,
                    at: UnixMillis(0),
                    request: String::new(),
                    page: String::new(),
                };
                let entity = Entity::Failure(failure);
                config.apply(1, &entity.key(), Some(entity.clone()));
            }
            visible(&caller).map(|failure| failure.site.0).collect::<Vec<_>>()
        };
        assert_eq!((shown("root"), shown("admin"), shown("viewer")), (vec![1, 99_999], vec![1], vec![]));
    }
}

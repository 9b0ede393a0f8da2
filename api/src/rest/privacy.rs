//! `/api/v1/privacy`: what is kept of visitors (product.md V1 to V7), read and changed by superusers.

use axum::{Json, extract::State, http::StatusCode};
use nagare_schema::{MASK_BYTES_MAX, ReferrerReduction, Settings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    change::changed,
    given::{Superuser, Wanted},
    problem::Problem,
};
use crate::server::Shared;

/// What is kept of visitors, on all sites.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Privacy {
    /// Bytes of an address that are masked before anything is stored, 0 to 4.
    #[schema(maximum = 4)]
    mask_bytes: u8,
    /// Places are looked up by the masked address.
    locate_masked: bool,
    /// Do Not Track and Global Privacy Control are honoured.
    do_not_track: bool,
    /// Visitors are never recognised by a cookie.
    cookieless: bool,
    /// A keyed hash is stored in place of a user id.
    pseudonymous_user_ids: bool,
    /// A random text is stored in place of an order id.
    pseudonymous_order_ids: bool,
    /// What of a referrer is stored: `none`, `exclude_query`, `exclude_path` or `exclude_all` is left out.
    #[schema(value_type = String, example = "exclude_query")]
    referrer_reduction: ReferrerReduction,
}

impl Privacy {
    fn of(settings: &Settings) -> Self {
        Self {
            mask_bytes: settings.mask_bytes,
            locate_masked: settings.locate_masked,
            do_not_track: settings.do_not_track,
            cookieless: settings.cookieless,
            pseudonymous_user_ids: settings.pseudonymous_user_ids,
            pseudonymous_order_ids: settings.pseudonymous_order_ids,
            referrer_reduction: settings.referrer_reduction,
        }
    }

    fn apply(&self, settings: &mut Settings) {
        settings.mask_bytes = self.mask_bytes;
        settings.locate_masked = self.locate_masked;
        settings.do_not_track = self.do_not_track;
        settings.cookieless = self.cookieless;
        settings.pseudonymous_user_ids = self.pseudonymous_user_ids;
        settings.pseudonymous_order_ids = self.pseudonymous_order_ids;
        settings.referrer_reduction = self.referrer_reduction;
    }
}

/// What is kept of visitors.
#[utoipa::path(
    get,
    path = "/api/v1/privacy",
    operation_id = "getPrivacy",
    tag = "privacy",
    responses((status = 200, body = Privacy), (status = 401, body = Problem))
)]
pub(super) async fn read(Superuser(caller): Superuser) -> Json<Privacy> {
    Json(Privacy::of(&caller.config.settings))
}

/// Changes what is kept of visitors from the next hit on.
#[utoipa::path(
    put,
    path = "/api/v1/privacy",
    operation_id = "changePrivacy",
    tag = "privacy",
    request_body = Privacy,
    responses(
        (status = 200, body = Privacy),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn change(
    State(shared): State<Shared>,
    superuser: Superuser,
    Wanted(wanted): Wanted<Privacy>,
) -> Result<Json<Privacy>, Problem> {
    if wanted.mask_bytes > MASK_BYTES_MAX {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "an address has 4 bytes to be masked"));
    }
    changed(&shared, superuser, "privacy.change", wanted, |wanted, settings| {
        wanted.apply(settings);
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        let wanted = Privacy {
            mask_bytes: 3,
            locate_masked: true,
            do_not_track: true,
            cookieless: true,
            pseudonymous_user_ids: true,
            pseudonymous_order_ids: true,
            referrer_reduction: ReferrerReduction::ExcludePath,
        };
        let mut settings = Settings::default();
        assert_ne!(Privacy::of(&settings), wanted);
        wanted.apply(&mut settings);
        assert_eq!(Privacy::of(&settings), wanted);
    }

    #[test]
    fn a_part_of_it_is_no_answer_to_what_is_kept() {
        assert!(serde_json::from_str::<Privacy>(r#"{"mask_bytes": 2}"#).is_err());
    }
}

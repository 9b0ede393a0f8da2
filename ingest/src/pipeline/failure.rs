//! What is noted of a request that could not be believed (`tracking.md` §4.7).

use nagare_schema::{DropReason, FailureKind, Site, SiteId, TrackingFailure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Draft, Envelope, Pipeline, client, exclude, page_url};
use crate::{
    failures::is_wanted,
    params::{Name, Params, cut},
    rules::{Rules, SiteRules},
    salt::SaltStore,
};

/// Bytes of the noted parameters.
const REQUEST_BYTES_MAX: usize = 4096;
/// Bytes of the noted page.
const PAGE_BYTES_MAX: usize = 1024;
/// Lengths of a text that may be a token.
const TOKEN_LENGTHS: std::ops::RangeInclusive<usize> = 29..=36;
/// Stands for a token.
const MASK: &str = "__TOKEN__";

impl<S: SaltStore> Pipeline<S> {
    /// The failure that a drop is, when it is one, the first of its kind, and the hit would have been
    /// recorded otherwise.
    pub(crate) fn failure(
        &self,
        rules: &Rules,
        params: &Params<'_>,
        envelope: &Envelope<'_>,
        reason: DropReason,
    ) -> Option<TrackingFailure> {
        let kind = match reason {
            DropReason::UnknownSite => FailureKind::UnknownSite,
            DropReason::Unauthorized => FailureKind::NotAuthenticated,
            _ => return None,
        };
        let id = params.int(Name::Site).and_then(|id| u32::try_from(id).ok()).map(SiteId)?;
        if !is_wanted(&rules.config, id, kind, envelope.received_at) {
            return None;
        }
        let site =
            rules.site(id).cloned().unwrap_or_else(|| SiteRules::new(&Site { id, ..Site::default() }.into()).into());
        let mut draft = self.draft(rules, site, params, envelope);
        client::describe(&mut draft).and_then(|()| exclude::exclude(&mut draft)).ok()?;
        if draft.bot.is_some() {
            return None;
        }
        let page = page_url(&draft).unwrap_or_default();
        let page = cut(page.trim(), PAGE_BYTES_MAX).to_owned();
        Some(TrackingFailure { site: id, kind, at: envelope.received_at, request: masked(&draft), page })
    }
}

/// The parameters as a query, without what may be a token.
fn masked(draft: &Draft<'_>) -> String {
    let token = draft.envelope.token.or_else(|| draft.params.raw(Name::Token));
    let mut request = String::new();
    for (name, text) in Name::ALL {
        let Some(value) = draft.params.raw(*name) else { continue };
        let is_secret = *name == Name::Token || Some(value) == token || looks_like_token(value);
        let value = utf8_percent_encode(if is_secret { MASK } else { value }, NON_ALPHANUMERIC).to_string();
        if request.len() + text.len() + value.len() + 2 > REQUEST_BYTES_MAX {
            break;
        }
        request.extend([if request.is_empty() { "?" } else { "&" }, *text, "=", &value]);
    }
    request
}

fn looks_like_token(value: &str) -> bool {
    TOKEN_LENGTHS.contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

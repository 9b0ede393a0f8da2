//! Hits that are not recorded, though their sender is told that all is well (`tracking.md` §4).

use nagare_schema::{Bot, BotRule, DropReason, named_setting::SPAM_FILTER};

use super::{Draft, page_url};
use crate::{
    params::Name,
    rules::{bots, spam},
};

/// Judges whether a robot sent the hit, which is kept then, and the other checks in order: the first that
/// applies drops it.
pub(super) fn exclude(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    draft.bot = bot(draft);
    let found = CHECKS.iter().find(|(applies, _)| applies(draft));
    found.map_or(Ok(()), |(_, reason)| Err(draft.dropped(*reason)))
}

type Check = fn(&Draft<'_>) -> bool;

const CHECKS: [(Check, DropReason); 10] = [
    (|draft| !draft.params.flag(Name::Record) || is_only_for_bots(draft), DropReason::NotRecorded),
    (|draft| draft.rules.settings().do_not_track && draft.envelope.do_not_track, DropReason::DoNotTrack),
    (|draft| draft.params.text(Name::InstallCheck).is_some(), DropReason::InstallCheck),
    (|draft| draft.rules.excluded_requests.exclude(draft.params), DropReason::ExcludedRequest),
    (|draft| draft.envelope.opted_out, DropReason::OptedOut),
    (|draft| draft.rules.exclude_address(&draft.site, draft.address.to_canonical()), DropReason::ExcludedAddress),
    (|draft| draft.rules.exclude_agent(&draft.site, &draft.user_agent), DropReason::ExcludedUserAgent),
    (is_referrer_spam, DropReason::ReferrerSpam),
    (is_unknown_url, DropReason::UnknownUrl),
    (|draft| draft.envelope.prefetch, DropReason::Prefetch),
];

/// The rule that tells a robot (§4.1).
fn bot(draft: &Draft<'_>) -> Option<Bot> {
    if draft.params.flag(Name::Bots) {
        None
    } else if draft.agent.is_robot(&draft.user_agent) {
        Some(draft.agents.robot_rule())
    } else if bots::is_bot_address(draft.address.to_canonical(), draft.envelope.data_saver) {
        Some(Bot { rule: BotRule::Network, version: bots::networks_version() })
    } else {
        None
    }
}

/// `recMode=1`: of no interest unless a robot sends it (§12.2).
fn is_only_for_bots(draft: &Draft<'_>) -> bool {
    draft.params.int(Name::RecordMode) == Some(1) && draft.bot.is_none()
}

fn is_referrer_spam(draft: &Draft<'_>) -> bool {
    draft.rules.settings().named.flag(&SPAM_FILTER)
        && draft.params.text(Name::Referrer).is_some_and(|url| spam::is_spam(&url))
}

fn is_unknown_url(draft: &Draft<'_>) -> bool {
    let Some(known) = &draft.site.known_urls else { return false };
    !page_url(draft).is_some_and(|url| known.hold(&url))
}

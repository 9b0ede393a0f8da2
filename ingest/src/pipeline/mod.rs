//! The way of a hit from its parameters to a [`Hit`], or to a reason why not (`tracking.md` §0.3).

mod access;
mod client;
mod detail;
mod exclude;
mod failure;
mod identity;
mod kind;
mod third_party;
mod time;

use std::{borrow::Cow, net::IpAddr, sync::Arc};

use nagare_schema::{
    Bot, Client, ConfigId, DropReason, Hit, HitKind, LocalTime, Place, SiteId, Text, UnixMillis, UnixSeconds,
    VisitorId, named_setting::PAGE_BYTES_MAX,
};

pub(crate) use access::is_superuser;
pub(crate) use kind::is_unclaimed;
pub(crate) use third_party::set_cookie;

use crate::{
    agents::{Agent, Agents},
    params::{Name, Params, one_line, whole},
    place::Locator,
    rules::{Rules, RulesSource, SiteRules},
    salt::{DayKey, SaltStore, Salts},
};

/// Bytes of a URL or title.
const TEXT_BYTES_MAX: usize = 1024;
/// Bytes of a referrer: more than is stored of it, for a keyword may stand at its end.
const REFERRER_BYTES_MAX: usize = 2048;
/// Bytes of one hit: it must fit into a message with room to spare, else the log would refuse that
/// message for ever.
const HIT_BYTES_MAX: usize = nagare_schema::MESSAGE_BYTES_MAX / 4 * 3;
/// Bytes of other short texts.
const SHORT_BYTES_MAX: usize = 255;

/// What surrounds the hits of a request.
#[derive(Debug, Clone)]
pub(crate) struct Envelope<'a> {
    /// When it arrived.
    pub(crate) received_at: UnixMillis,
    /// Who sent it.
    pub(crate) peer: IpAddr,
    /// `User-Agent`.
    pub(crate) user_agent: Cow<'a, str>,
    /// `Accept-Language`.
    pub(crate) language: Cow<'a, str>,
    /// `Referer`.
    pub(crate) referer: Option<Cow<'a, str>>,
    /// `Sec-CH-UA*` as JSON.
    pub(crate) hints: Option<String>,
    /// Do-Not-Track or Global Privacy Control is asked for.
    pub(crate) do_not_track: bool,
    /// The opt-out cookie is there.
    pub(crate) opted_out: bool,
    /// A prefetch or preview.
    pub(crate) prefetch: bool,
    /// Sent through Chrome's data saver.
    pub(crate) data_saver: bool,
    /// The first `Cookie` header.
    pub(crate) cookies: &'a [u8],
    /// The client speaks HTTPS, as a proxy before this server says.
    pub(crate) is_secure: bool,
    /// One of the hits of a bulk request.
    pub(crate) in_bulk: bool,
    /// The token of the whole bulk request.
    pub(crate) token: Option<&'a str>,
    /// The token of a hit came in the body of its request, and only there.
    pub(crate) token_in_body: bool,
}

/// Judges hits.
pub(crate) struct Pipeline<S> {
    pub(crate) rules: RulesSource,
    pub(crate) salts: Arc<Salts<S>>,
    pub(crate) locator: Locator,
    pub(crate) agents: Agents,
}

/// A hit that was accepted, and where it goes.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) hit: Hit,
    /// Shard of its site.
    pub(crate) shard: u32,
}

/// A hit in the making.
struct Draft<'a> {
    envelope: &'a Envelope<'a>,
    params: &'a Params<'a>,
    rules: &'a Rules,
    site: Arc<SiteRules>,
    address: IpAddr,
    at: UnixSeconds,
    user_agent: Cow<'a, str>,
    languages: String,
    /// Client hints as JSON.
    hints: Option<Cow<'a, str>>,
    agents: &'a Agents,
    agent: Agent,
    /// `uid`, or its pseudonym.
    user: Option<String>,
    visitor: Option<VisitorId>,
    identity: nagare_schema::Identity,
    kind: HitKind,
    /// The verdict on a robot.
    bot: Option<Bot>,
}

impl Draft<'_> {
    /// Why the draft is dropped: whatever is wrong with a robot's hit, it is a robot's.
    fn dropped(&self, reason: DropReason) -> DropReason {
        if self.bot.is_some() { DropReason::Bot } else { reason }
    }
}

/// A step enriches the draft or drops the hit.
type Step = fn(&mut Draft<'_>) -> Result<(), DropReason>;

/// The steps in order (§0.3): privileged parameters before exclusion, so that an unauthorised
/// override from a bot is still refused.
const STEPS: [(&str, Step); 9] = [
    ("bulk", access::bulk),
    ("address", access::address),
    ("place override", access::place_override),
    ("time", time::time),
    ("client", client::describe),
    ("exclusion", exclude::exclude),
    ("visitor", identity::visitor),
    ("kind", kind::choose),
    ("timings", detail::check_timings),
];

impl<S: SaltStore> Pipeline<S> {
    /// The hit of a set of parameters.
    ///
    /// # Errors
    /// Why it is dropped.
    pub(crate) async fn judge(
        &self,
        rules: &Rules,
        params: &Params<'_>,
        envelope: &Envelope<'_>,
    ) -> Result<Accepted, DropReason> {
        let site = site_of(rules, params).ok_or(DropReason::UnknownSite)?;
        let mut draft = self.draft(rules, site.clone(), params, envelope);
        for (_, step) in STEPS {
            step(&mut draft).map_err(|reason| draft.dropped(reason))?;
        }
        let (day, _) = site.clock.day_and_hour(draft.at);
        let now = envelope.received_at;
        let key = match self.salts.known(site.id, day, now) {
            Some(key) => key,
            None => self.salts.key(site.id, day, &rules.secret, now).await,
        };
        let accepted = self.finish(draft, key);
        if accepted.hit.size_bound() > HIT_BYTES_MAX { Err(DropReason::InvalidParameter) } else { Ok(accepted) }
    }

    fn draft<'a>(
        &'a self,
        rules: &'a Rules,
        site: Arc<SiteRules>,
        params: &'a Params<'a>,
        envelope: &'a Envelope<'a>,
    ) -> Draft<'a> {
        Draft {
            envelope,
            params,
            rules,
            site,
            address: envelope.peer,
            at: UnixSeconds::from(envelope.received_at),
            user_agent: Cow::Borrowed(""),
            languages: String::new(),
            hints: None,
            agents: &self.agents,
            agent: Agent::default(),
            user: None,
            visitor: None,
            identity: nagare_schema::Identity::None,
            kind: HitKind::PageView,
            bot: None,
        }
    }

    fn finish(&self, draft: Draft<'_>, key: DayKey) -> Accepted {
        let config_id = identity::fingerprint(&draft, key);
        let (place, place_forced) = self.place(&draft);
        let shard = match draft.site.shards {
            1 => 0,
            shards => (draft.visitor.map_or(config_id.0, |visitor| visitor.0) % u64::from(shards)) as u32,
        };
        Accepted { hit: assemble(draft, config_id, (place, place_forced)), shard }
    }

    /// The place by address and language, overridden by what the request forces (§8.3).
    fn place(&self, draft: &Draft<'_>) -> (Arc<Place>, bool) {
        let located = self.locator.locate(draft.rules.settings(), access::enriching(draft), &draft.languages);
        match access::forced_place(draft.params, &located) {
            Some(forced) => (Arc::new(forced), true),
            None => (located, false),
        }
    }
}

/// `idsite`, when there is such a site.
pub(crate) fn site_of<'r>(rules: &'r Rules, params: &Params<'_>) -> Option<&'r Arc<SiteRules>> {
    let id = params.int(Name::Site).and_then(|id| u32::try_from(id).ok()).filter(|id| *id > 0)?;
    rules.site(SiteId(id))
}

fn assemble(mut draft: Draft<'_>, config_id: ConfigId, (place, place_forced): (Arc<Place>, bool)) -> Hit {
    let params = draft.params;
    let line = |name, bytes_max| params.text(name).map(|text| Text::from(one_line(&text, bytes_max).as_ref()));
    let page_bytes = page_bytes_max(draft.rules);
    let masked = access::masked(draft.address, draft.rules.settings().mask_bytes);
    Hit {
        site: draft.site.id,
        at: draft.at,
        received_at: draft.envelope.received_at,
        visitor: draft.visitor,
        identity: draft.identity,
        config_id,
        user_id: identity::user_id(&draft),
        new_visit: params.flag(Name::NewVisit),
        url: page_url(&draft).map(|url| Text::from(one_line(&url, page_bytes).as_ref())),
        title: line(Name::Title, page_bytes),
        referrer: line(Name::Referrer, REFERRER_BYTES_MAX),
        pageview_id: detail::short(params, Name::PageviewId),
        timings: detail::timings(params),
        client: Arc::new(client_of(&mut draft)),
        local_time: local_time(&draft),
        place,
        place_forced,
        address: Some(masked.to_string().into()),
        revenue: params.float(Name::Revenue),
        campaign: detail::campaign(params, draft.rules.settings()),
        attribution: detail::attribution(params),
        dimensions: detail::dimensions(params),
        visit_variables: detail::variables(params, Name::VisitVariables),
        page_variables: detail::variables(params, Name::PageVariables),
        product: detail::product(params),
        bandwidth: params.float(Name::Bandwidth).and_then(whole),
        charset: detail::short(params, Name::Charset),
        kind: draft.kind,
        bot: draft.bot,
    }
}

/// `url`; the `Referer` header when both `url` and `urlref` are empty (§1.2).
fn page_url<'a>(draft: &'a Draft<'_>) -> Option<Cow<'a, str>> {
    let from_header = || draft.envelope.referer.as_deref().filter(|_| draft.params.text(Name::Referrer).is_none());
    draft.params.text(Name::Url).or_else(|| from_header().map(Cow::Borrowed))
}

/// Bytes of a URL or title, as the settings bound them (§1.9 step 1).
fn page_bytes_max(rules: &Rules) -> usize {
    rules.settings().named.limit(&PAGE_BYTES_MAX).unwrap_or(TEXT_BYTES_MAX).clamp(1, TEXT_BYTES_MAX)
}

fn client_of(draft: &mut Draft<'_>) -> Client {
    Client {
        user_agent: draft.user_agent.as_ref().into(),
        hints: draft.hints.as_deref().map(Into::into),
        language: draft.languages.as_str().into(),
        resolution: client::resolution(draft.params),
        plugins: client::plugins(draft.params),
    }
}

/// `h`, `m`, `s`; the time of the hit where they are absent, 0 where they are out of range (§1.7).
fn local_time(draft: &Draft<'_>) -> LocalTime {
    let second = draft.at.0.rem_euclid(86_400);
    let part = |name, default: i64, max: i64| {
        let sent = draft.params.int(name);
        sent.map_or(default, |value| if (0..=max).contains(&value) { value } else { 0 })
    };
    let (hour, minute) = (part(Name::Hour, second / 3600, 23), part(Name::Minute, second / 60 % 60, 59));
    let second = part(Name::Second, second % 60, 59);
    LocalTime(u32::try_from(hour * 3600 + minute * 60 + second).unwrap_or(0))
}

//! Takes hits from requests to their partitions and waits until they are stored.

use std::{collections::BTreeMap, sync::Arc};

use nagare_runtime::Clock;
use nagare_schema::{
    Bot, DropReason, Hit, Partition, Settings, UnixSeconds, named_setting::RECORD_STATISTICS, partition_of,
};
use tokio::sync::{Semaphore, oneshot};

use crate::{
    failures::Failures,
    limit::Limits,
    metrics::Metrics,
    params::{BulkBody, Params},
    pipeline::{Accepted, Envelope, Pipeline, is_superuser, is_unclaimed, set_cookie, site_of},
    queue::{Queues, Settled},
    refusals::Refusals,
    rules::Rules,
    salt::SaltStore,
};

/// Requests that are worked on at a time; more are told to come back.
pub(crate) const REQUESTS_IN_FLIGHT_MAX: usize = 16_384;
/// Hits of a bulk request that are judged before other tasks get a turn.
const HITS_PER_TURN: usize = 64;

/// What all requests share.
pub(crate) struct Intake<S> {
    pub(crate) pipeline: Pipeline<S>,
    pub(crate) queues: Queues,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) refusals: Arc<Refusals>,
    pub(crate) failures: Failures,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) in_flight: Semaphore,
    /// Room for large bodies, in kibibytes.
    pub(crate) body_room: Semaphore,
}

/// What became of the hits of a bulk request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct BulkTally {
    /// Hits without error, those that were set aside included.
    pub(crate) tracked: u64,
    /// Places of the others.
    pub(crate) invalid: Vec<usize>,
    /// The token of the request is a superuser's: places may be told.
    pub(crate) tells_places: bool,
    /// The cookie that the last of the hits to say so sets (`tracking.md` §2.6).
    pub(crate) visitor_cookie: Option<String>,
}

/// Why a bulk request failed as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BulkFailure {
    /// A hit ended it; nothing is stored.
    Ended(BulkTally),
    /// Hits cannot be stored now.
    Unavailable,
    /// A site has had its share of this second; nothing is stored.
    TooMany,
}

impl<S: SaltStore> Intake<S> {
    /// False while hits are not recorded at all.
    pub(crate) fn records(&self) -> bool {
        self.settings().named.flag(&RECORD_STATISTICS)
    }

    /// Stores the hit of a single request.
    pub(crate) async fn single(&self, params: &Params<'_>, envelope: &Envelope<'_>) -> Result<(), DropReason> {
        let rules = self.pipeline.rules.current();
        if !self.is_within(&rules, params) {
            return Err(self.refuse_hit(&rules, params, envelope, DropReason::TooMany));
        }
        let judged = self.pipeline.judge(&rules, params, envelope).await;
        let accepted = judged.map_err(|reason| self.refuse_hit(&rules, params, envelope, reason))?;
        let bot = accepted.hit.bot;
        let answer = self.submit(self.partition(&accepted), vec![accepted.hit], rules.config.revision)?;
        answer.await.unwrap_or(Err(DropReason::Overload))?;
        bot.map_or(Ok(()), |bot| Err(self.set_aside(&rules, params, envelope, bot)))
    }

    /// Counts a hit for its site; false when it is one too many.
    fn is_within(&self, rules: &Rules, params: &Params<'_>) -> bool {
        site_of(rules, params).is_none_or(|site| self.limits.allows_hit(site.id))
    }

    /// The settings of now.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.pipeline.rules.current().config.settings.clone()
    }

    /// Stores the hits of a bulk request, or none of them when one ends it.
    pub(crate) async fn bulk(&self, body: &BulkBody<'_>, envelope: &Envelope<'_>) -> Result<BulkTally, BulkFailure> {
        let rules = self.pipeline.rules.current();
        let mut tally = BulkTally {
            tells_places: envelope.token.is_some_and(|token| is_superuser(&rules.config, token, envelope)),
            ..BulkTally::default()
        };
        let mut by_partition: BTreeMap<Partition, Vec<Hit>> = BTreeMap::new();
        for (place, element) in body.requests.iter().enumerate() {
            if place % HITS_PER_TURN == HITS_PER_TURN - 1 {
                tokio::task::yield_now().await;
            }
            let params = element.params();
            if params.is_empty() {
                self.refuse(DropReason::NotRecorded, 1);
                tally.tracked += 1;
                continue;
            }
            if !tally.tells_places && !self.is_within(&rules, &params) {
                let judged: usize = by_partition.values().map(Vec::len).sum();
                self.refuse(DropReason::TooMany, judged as u64 + 1);
                return Err(BulkFailure::TooMany);
            }
            let judged = self.pipeline.judge(&rules, &params, envelope).await;
            let outcome = match &judged {
                Ok(Accepted { hit: Hit { bot: Some(bot), .. }, .. }) => {
                    Err(self.set_aside(&rules, &params, envelope, *bot))
                }
                Ok(_) => Ok(()),
                Err(reason) => Err(*reason),
            };
            tally.visitor_cookie =
                set_cookie(rules.settings(), &params, envelope, outcome).or(tally.visitor_cookie.take());
            match judged {
                Ok(accepted) => {
                    by_partition.entry(self.partition(&accepted)).or_default().push(accepted.hit);
                    tally.tracked += 1;
                }
                Err(reason) if reason == DropReason::InvalidParameter && is_unclaimed(&rules, &params) => {
                    let judged: usize = by_partition.values().map(Vec::len).sum();
                    self.refuse(reason, judged as u64 + 1);
                    return Err(BulkFailure::Ended(tally));
                }
                Err(reason) => {
                    self.refuse_hit(&rules, &params, envelope, reason);
                    if is_error(reason) { tally.invalid.push(place) } else { tally.tracked += 1 }
                }
            }
        }
        self.submit_all(by_partition, rules.config.revision).await.map_err(|_| BulkFailure::Unavailable)?;
        Ok(tally)
    }

    async fn submit_all(&self, by_partition: BTreeMap<Partition, Vec<Hit>>, revision: u64) -> Settled {
        let submit = |(partition, hits)| self.submit(partition, hits, revision);
        let submitted: Vec<_> = by_partition.into_iter().map(submit).collect();
        let mut settled = Ok(());
        for answer in submitted {
            let outcome = match answer {
                Ok(answer) => answer.await.unwrap_or(Err(DropReason::Overload)),
                Err(reason) => Err(reason),
            };
            settled = settled.and(outcome);
        }
        settled
    }

    fn partition(&self, accepted: &Accepted) -> Partition {
        partition_of(accepted.hit.site, accepted.shard, self.queues.partitions())
    }

    /// Hands hits to their writer, which counts what becomes of them.
    fn submit(
        &self,
        partition: Partition,
        hits: Vec<Hit>,
        revision: u64,
    ) -> Result<oneshot::Receiver<Settled>, DropReason> {
        let count = hits.len() as u64;
        match self.queues.submit(partition, hits, revision) {
            Ok(answer) => {
                self.metrics.received.inc_by(count);
                Ok(answer)
            }
            Err(reason) => Err(self.refuse(reason, count)),
        }
    }

    /// Counts a hit that is stored as a robot's, also for its site.
    fn set_aside(&self, rules: &Rules, params: &Params<'_>, envelope: &Envelope<'_>, bot: Bot) -> DropReason {
        self.metrics.count_bot(bot.rule);
        self.count_refusal(rules, params, envelope, DropReason::Bot);
        DropReason::Bot
    }

    /// Counts a hit for its site, when there is one.
    fn count_refusal(&self, rules: &Rules, params: &Params<'_>, envelope: &Envelope<'_>, reason: DropReason) {
        if let Some(site) = site_of(rules, params) {
            let (day, _) = site.clock.day_and_hour(UnixSeconds::from(envelope.received_at));
            self.refusals.count(site.id, day, reason);
        }
    }

    /// Counts a hit that was judged and dropped, also for its site, and notes what a site's owner should know.
    fn refuse_hit(
        &self,
        rules: &Rules,
        params: &Params<'_>,
        envelope: &Envelope<'_>,
        reason: DropReason,
    ) -> DropReason {
        self.count_refusal(rules, params, envelope, reason);
        if let Some(failure) = self.pipeline.failure(rules, params, envelope, reason) {
            self.failures.note(failure);
        }
        self.refuse(reason, 1)
    }

    /// Counts hits that arrived and were dropped.
    pub(crate) fn refuse(&self, reason: DropReason, hits: u64) -> DropReason {
        self.metrics.received.inc_by(hits);
        self.metrics.drop_hits(reason, hits);
        reason
    }
}

/// True when a drop is the client's error, false when the hit was set aside as it should be.
pub(crate) fn is_error(reason: DropReason) -> bool {
    matches!(reason, DropReason::UnknownSite | DropReason::InvalidParameter | DropReason::Unauthorized)
}

//! The log as tallies, one partition at a time.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::Result;
use nagare_runtime::Log;
use nagare_schema::{
    Conversion, Cursor, Day, EventBatch, HitBatch, HitId, Partition, ProducerMark, Rebuild, VisitEvent, VisitId,
    events_subject, hits_subject,
};

use super::{
    scan::Scan,
    tally::{Counted, Difference, Reach, Tallies},
};

const DAY_SECONDS: i64 = 24 * 3600;

/// What was told, and is no longer in the tables.
#[derive(Debug)]
pub(super) struct Gone {
    /// Visits that were erased.
    pub(super) erased: BTreeSet<VisitId>,
    /// The first day of which all is kept.
    pub(super) kept_from: Day,
}

impl Gone {
    /// The first day whose hits are all kept: a visit counts on the day of its last one.
    pub(super) fn hits_from(&self) -> Day {
        Day(self.kept_from.0.saturating_add(2))
    }

    /// True when an event is of a day that is kept.
    fn keeps(&self, event: &VisitEvent) -> bool {
        match event {
            VisitEvent::HitAccepted { hit, .. } => {
                let start = i64::from(self.hits_from().0).saturating_mul(DAY_SECONDS);
                hit.at.0 >= start
            }
            VisitEvent::ActionRecorded(action) => action.day >= self.kept_from,
            VisitEvent::PageTimed(timed) => timed.day >= self.kept_from,
            VisitEvent::VisitChanged { after, .. } => after.day >= self.kept_from,
            VisitEvent::ConversionChanged { after, .. } => after.day >= self.kept_from,
        }
    }
}

/// What EVENTS says about a partition, from its first message that is kept.
pub(super) struct EventsFold {
    partition: Partition,
    /// The last message that is folded.
    position: u64,
    /// The first message of HITS that is kept.
    first_hits: Option<u64>,
    range: Option<Range>,
    gone: Arc<Gone>,
    tallies: Tallies,
    heard: Option<Heard>,
    gaps: Vec<Difference>,
}

/// From where to where the events of a partition are folded.
#[derive(Debug, Clone, Copy)]
struct Range {
    first: u64,
    last: u64,
    from: Cursor,
    to: Cursor,
}

/// The part of EVENTS whose hits are still kept in HITS.
pub(super) struct Heard {
    from: Cursor,
    to: Cursor,
    producers: Vec<ProducerMark>,
    pub(super) accepted: Tallies,
}

impl EventsFold {
    /// Folds the events up to the message `done`.
    pub(super) async fn of(log: &Log, partition: Partition, done: u64, gone: Arc<Gone>) -> Result<Self> {
        let first_hits = log.hits().direct_get_next_for_subject(hits_subject(partition), Some(1)).await;
        let mut fold = Self {
            partition,
            position: done,
            first_hits: first_hits.ok().map(|message| message.sequence),
            range: None,
            gone,
            tallies: Tallies::default(),
            heard: None,
            gaps: Vec::new(),
        };
        let mut scan = Scan::begin(log.events(), &events_subject(partition), 0, done).await?;
        while let Some(message) = scan.next().await? {
            // A message that nobody can read has no rows.
            let Ok(batch) = message.decode::<EventBatch>() else { continue };
            fold.add(message.sequence, &batch);
        }
        Ok(fold)
    }

    /// What is folded, and of the events that follow those that the tables reach. The rows of a message
    /// appear in a table together, so a table holds everything up to the largest id in it.
    pub(super) async fn up_to(&self, log: &Log, reach: &Reach) -> Result<Tallies> {
        let mut tallies = self.tallies.clone();
        let mut scan = Scan::begin(log.events(), &events_subject(self.partition), self.position, u64::MAX).await?;
        while let Some(message) = scan.next().await? {
            let Ok(batch) = message.decode::<EventBatch>() else { continue };
            if batch.rebuild.is_some() {
                continue;
            }
            let reached = |event: &&VisitEvent| {
                let (kind, id) = fact(event);
                reach.includes(kind, id.0)
            };
            if !batch.events.is_empty() && !batch.events.iter().any(|event| reached(&event)) {
                break;
            }
            let kept = batch.events.iter().filter(|event| reached(event) && self.is_kept(event));
            kept.for_each(|event| count(&mut tallies, event, self.since()));
        }
        Ok(tallies)
    }

    fn add(&mut self, sequence: u64, batch: &EventBatch) {
        match &mut self.range {
            None => self.range = Some(Range { first: sequence, last: sequence, from: batch.from, to: batch.to }),
            Some(range) => {
                if range.to != batch.from {
                    self.gaps.push(gap(self.partition, range.to, batch.from));
                }
                (range.last, range.to) = (sequence, batch.to);
            }
        }
        if batch.rebuild == Some(Rebuild::Restart) {
            // What was told before may have been decided anew, or erased from the log.
            self.range = Some(Range { first: sequence, last: sequence, from: batch.to, to: batch.to });
            self.tallies = Tallies::default();
            self.gaps.clear();
            self.heard = None;
        }
        self.hear(batch);
        if batch.rebuild.is_some() {
            return;
        }
        let since = self.since();
        for event in &batch.events {
            if self.is_kept(event) {
                count(&mut self.tallies, event, since);
            }
        }
    }

    /// Notes accepted hits once it is sure that what was told is kept from there on.
    fn hear(&mut self, batch: &EventBatch) {
        if let Some(heard) = &mut self.heard {
            heard.to = batch.to;
            batch.events.iter().for_each(|event| count_hit(&mut heard.accepted, event));
            return;
        }
        let Some(first_hits) = self.first_hits else { return };
        let first_accepted = batch.events.iter().find_map(|event| match event {
            VisitEvent::HitAccepted { id, .. } => Some(id.sequence()),
            _ => None,
        });
        let from_the_start = batch.from == Cursor::default() && first_accepted.is_some_and(|first| first >= first_hits);
        if from_the_start {
            let mut accepted = Tallies::default();
            batch.events.iter().for_each(|event| count_hit(&mut accepted, event));
            self.heard = Some(Heard { from: batch.from, to: batch.to, producers: Vec::new(), accepted });
        } else if batch.to.sequence >= first_hits {
            let producers = batch.producers.clone();
            self.heard = Some(Heard { from: batch.to, to: batch.to, producers, accepted: Tallies::default() });
        }
    }

    fn is_kept(&self, event: &VisitEvent) -> bool {
        self.gone.keeps(event) && !event.visit().is_some_and(|visit| self.gone.erased.contains(&visit))
    }

    pub(super) fn partition(&self) -> Partition {
        self.partition
    }

    pub(super) fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    pub(super) fn heard(&self) -> Option<&Heard> {
        self.heard.as_ref()
    }

    /// What is folded, for a reader.
    pub(super) fn range(&self) -> String {
        match self.range {
            Some(range) => format!("partition {}, events {} to {}", self.partition, range.first, range.last),
            None => format!("partition {}, no events", self.partition),
        }
    }

    /// Messages that do not follow each other.
    pub(super) fn take_gaps(&mut self) -> Vec<Difference> {
        std::mem::take(&mut self.gaps)
    }

    /// The first id that may be folded.
    pub(super) fn since(&self) -> HitId {
        first_after(self.partition, self.range.map_or(Cursor::default(), |range| range.from))
    }
}

/// The first id that is not decided at a cursor.
fn first_after(partition: Partition, cursor: Cursor) -> HitId {
    let (sequence, index) = if cursor.complete { (cursor.sequence + 1, 0) } else { (cursor.sequence, cursor.hits) };
    HitId::new(partition, sequence, index).unwrap_or(HitId(u64::MAX))
}

/// What an event is about, and the hit that caused it.
fn fact(event: &VisitEvent) -> (Counted, HitId) {
    match event {
        VisitEvent::HitAccepted { id, .. } => (Counted::Hits, *id),
        VisitEvent::ActionRecorded(action) => (Counted::Actions, action.id),
        VisitEvent::PageTimed(timed) => (Counted::PageTimings, timed.revision),
        VisitEvent::VisitChanged { after, .. } => (Counted::Visits, after.revision),
        VisitEvent::ConversionChanged { after, .. } => (Counted::Conversions, after.revision),
    }
}

/// Counts an event. What it replaces was counted before, unless that was before `since`.
fn count(tallies: &mut Tallies, event: &VisitEvent, since: HitId) {
    match event {
        VisitEvent::HitAccepted { .. } => count_hit(tallies, event),
        VisitEvent::ActionRecorded(action) => tallies.add(action.site, Counted::Actions, 1, action.id.0),
        VisitEvent::PageTimed(timed) => tallies.add(timed.site, Counted::PageTimings, 1, timed.revision.0),
        VisitEvent::VisitChanged { before, after } => {
            tallies.add(after.site, Counted::Visits, 1, after.revision.0);
            if let Some(before) = before.as_ref().filter(|before| before.revision >= since) {
                tallies.add(before.site, Counted::Visits, -1, before.revision.0);
            }
        }
        VisitEvent::ConversionChanged { before, after } => {
            tallies.add(after.site, Counted::Conversions, 1, conversion_id(after));
            if let Some(before) = before.as_ref().filter(|before| before.revision >= since) {
                tallies.add(before.site, Counted::Conversions, -1, conversion_id(before));
            }
        }
    }
}

fn count_hit(tallies: &mut Tallies, event: &VisitEvent) {
    if let VisitEvent::HitAccepted { id, hit, .. } = event {
        tallies.add(hit.site, Counted::Hits, 1, id.0);
    }
}

/// One hit may meet several goals.
fn conversion_id(conversion: &Conversion) -> u64 {
    conversion.revision.0 ^ i64::from(conversion.goal.0).cast_unsigned()
}

fn gap(partition: Partition, expected: Cursor, found: Cursor) -> Difference {
    Difference {
        site: 0,
        day: "-".to_owned(),
        what: format!("events of partition {partition} leave out hits between {expected:?} and {found:?}"),
        expected: expected.sequence.cast_signed(),
        found: found.sequence.cast_signed(),
    }
}

/// The hits that HITS holds in the range that was heard, each once however often it was appended.
pub(super) async fn fold_hits(log: &Log, partition: Partition, heard: &Heard) -> Result<Tallies> {
    let mut told = Tallies::default();
    let mut marks = heard.producers.clone();
    let begin = if heard.from.complete { heard.from.sequence } else { heard.from.sequence.saturating_sub(1) };
    let mut scan = Scan::begin(log.hits(), &hits_subject(partition), begin, heard.to.sequence).await?;
    while let Some(message) = scan.next().await? {
        let Ok(batch) = message.decode::<HitBatch>() else { continue };
        let is_resumed = message.sequence == heard.from.sequence && !heard.from.complete;
        if !is_resumed && is_repeat(&mut marks, &batch) {
            continue;
        }
        let skipped = if is_resumed { heard.from.hits } else { 0 };
        let is_cut = message.sequence == heard.to.sequence && !heard.to.complete;
        let end = if is_cut { heard.to.hits } else { u32::MAX };
        for (index, hit) in (0..end).zip(&batch.hits).skip(skipped as usize) {
            let Ok(id) = HitId::new(partition, message.sequence, index) else { continue };
            told.add(hit.site, Counted::Hits, 1, id.0);
        }
    }
    Ok(told)
}

/// True when the producer's counter was passed; notes it otherwise.
fn is_repeat(marks: &mut Vec<ProducerMark>, batch: &HitBatch) -> bool {
    let Some(hit) = batch.hits.first() else { return true };
    match marks.iter_mut().find(|mark| mark.producer == batch.producer) {
        Some(mark) if mark.counter >= batch.counter => true,
        Some(mark) => {
            mark.counter = batch.counter;
            false
        }
        None => {
            let (producer, counter) = (batch.producer, batch.counter);
            marks.push(ProducerMark { producer, counter, seen_at: hit.received_at });
            false
        }
    }
}

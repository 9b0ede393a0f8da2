//! A change of a visit as bytes. What most hits change is little: the visit before is then written as
//! what differs from the visit after, which saves half of the writing and reading.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{HitId, PageUrl, Text, UnixMillis, UnixSeconds, Visit, shared};

/// The fields of the variant, and of the list that it is written as.
type Change = (Option<Arc<Visit>>, Arc<Visit>);

#[derive(Serialize)]
struct Written<'a> {
    before: Option<&'a Visit>,
    after: &'a Visit,
    earlier: Option<Earlier>,
}

#[derive(Deserialize)]
struct Read {
    #[serde(deserialize_with = "shared::option")]
    before: Option<Arc<Visit>>,
    #[serde(deserialize_with = "shared::one")]
    after: Arc<Visit>,
    /// Since version 5: in place of `before`.
    #[serde(default)]
    earlier: Option<Earlier>,
}

/// What an ordinary action changes of a visit, as it was.
#[derive(Serialize, Deserialize)]
struct Earlier {
    revision: HitId,
    last_at: UnixSeconds,
    touched_at: UnixMillis,
    total_time: u32,
    actions: u32,
    interactions: u32,
    searches: u32,
    events: u32,
    exit_url: Option<PageUrl>,
    exit_title: Option<Text>,
    exit_is_search: bool,
}

impl Earlier {
    /// `None` when more has changed.
    fn of(before: &Visit, after: &Visit) -> Option<Self> {
        let earlier = Self {
            revision: before.revision,
            last_at: before.last_at,
            touched_at: before.touched_at,
            total_time: before.total_time,
            actions: before.actions,
            interactions: before.interactions,
            searches: before.searches,
            events: before.events,
            exit_url: before.exit_url.clone(),
            exit_title: before.exit_title.clone(),
            exit_is_search: before.exit_is_search,
        };
        let mut visit = after.clone();
        earlier.put_into(&mut visit);
        (visit == *before).then_some(earlier)
    }

    fn put_into(&self, visit: &mut Visit) {
        visit.revision = self.revision;
        visit.last_at = self.last_at;
        visit.touched_at = self.touched_at;
        visit.total_time = self.total_time;
        visit.actions = self.actions;
        visit.interactions = self.interactions;
        visit.searches = self.searches;
        visit.events = self.events;
        visit.exit_url.clone_from(&self.exit_url);
        visit.exit_title.clone_from(&self.exit_title);
        visit.exit_is_search = self.exit_is_search;
    }
}

/// For `#[serde(serialize_with)]` of the variant. Formats that people read tell both visits whole.
pub(crate) fn serialize<S: Serializer>(
    before: &Option<Arc<Visit>>,
    after: &Arc<Visit>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let whole = before.as_deref();
    let earlier = if serializer.is_human_readable() { None } else { whole.and_then(|was| Earlier::of(was, after)) };
    let before = if earlier.is_some() { None } else { whole };
    Written { before, after, earlier }.serialize(serializer)
}

/// For `#[serde(deserialize_with)]` of the variant.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Change, D::Error> {
    let Read { before, after, earlier } = Read::deserialize(deserializer)?;
    let was = earlier.map(|earlier| {
        let mut visit = Visit::clone(&after);
        earlier.put_into(&mut visit);
        Arc::new(visit)
    });
    Ok((was.or(before), after))
}

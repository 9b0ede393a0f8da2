use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Display,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use async_nats::jetstream::{self, kv, stream::StorageType};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use nagare_schema::{BUCKET_MEMBERS, Partition};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::Backoff;

/// A member says that it lives this often …
const HEARTBEAT: Duration = Duration::from_millis(700);
/// … and is taken for dead after this long without a word. More than five heartbeats.
const SILENCE_MAX: Duration = Duration::from_secs(4);

/// Roles whose processes know of each other. Ingest shares nothing: it only says that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Requests to hits.
    Ingest,
    /// Hits to events.
    Processor,
    /// Events to rows.
    Projector,
}

impl Role {
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Processor => "processor",
            Self::Projector => "projector",
        }
    }
}

/// Why the membership cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// The bucket cannot be reached.
    #[error("the MEMBERS bucket cannot be reached: {0}")]
    Unavailable(String),
}

/// One process among the live members of its role, and the partitions that fall to it.
///
/// Rendezvous hashing with equal shares gives each partition to a member, so that one that comes or
/// goes moves little but its own share. This is only an
/// optimisation: what two members do at once is made safe by the fence of the append (design §6).
pub struct Membership {
    bucket: kv::Store,
    key: String,
    owned: watch::Receiver<Arc<BTreeSet<Partition>>>,
}

impl Membership {
    /// Joins the members of a role as `name`, until `stop` or [`Self::leave`].
    ///
    /// # Errors
    /// [`MembershipError::Unavailable`].
    pub async fn join(
        jetstream: &jetstream::Context,
        role: Role,
        name: &str,
        partitions: u16,
        stop: CancellationToken,
    ) -> Result<Self, MembershipError> {
        let bucket = jetstream
            .create_or_update_key_value(kv::Config {
                bucket: BUCKET_MEMBERS.to_owned(),
                max_age: SILENCE_MAX * 4,
                // A bucket in memory would be gone, and nobody would make it anew, after the broker is restarted.
                storage: StorageType::File,
                history: 1,
                ..Default::default()
            })
            .await
            .map_err(unavailable)?;
        let key = format!("{}.{name}", role.prefix());
        bucket.put(&key, Bytes::new()).await.map_err(unavailable)?;
        let watch = bucket.watch_all_from_revision(1).await.map_err(unavailable)?;
        let (sender, owned) = watch::channel(Arc::default());
        let roster = Roster { role, own_key: key.clone(), partitions, seen: HashMap::new(), sender };
        tokio::spawn(roster.follow(bucket.clone(), watch, stop));
        Ok(Self { bucket, key, owned })
    }

    /// The partitions that fall to this member, as members come and go.
    pub fn owned(&self) -> watch::Receiver<Arc<BTreeSet<Partition>>> {
        self.owned.clone()
    }

    /// Says good-bye, so that the others take over at once.
    pub async fn leave(self) {
        if let Err(error) = self.bucket.delete(&self.key).await {
            tracing::warn!(%error, "could not leave the members; the others will notice the silence");
        }
    }
}

struct Roster {
    role: Role,
    own_key: String,
    partitions: u16,
    seen: HashMap<String, Instant>,
    sender: watch::Sender<Arc<BTreeSet<Partition>>>,
}

impl Roster {
    async fn follow(mut self, bucket: kv::Store, mut watch: kv::Watch, stop: CancellationToken) {
        let mut tick = tokio::time::interval(HEARTBEAT);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {
                    let beat = tokio::time::timeout(HEARTBEAT, bucket.put(&self.own_key, Bytes::new())).await;
                    if !matches!(beat, Ok(Ok(_))) {
                        tracing::warn!("a heartbeat was not stored");
                    }
                    self.settle();
                }
                entry = watch.next() => match entry {
                    Some(Ok(entry)) => self.hear(&entry),
                    _ => {
                        tokio::time::sleep(HEARTBEAT).await;
                        if let Ok(anew) = bucket.watch_all_from_revision(1).await {
                            watch = anew;
                        }
                    }
                }
            }
        }
    }

    fn hear(&mut self, entry: &kv::Entry) {
        let ours = entry.key.strip_prefix(self.role.prefix()).is_some_and(|rest| rest.starts_with('.'));
        if !ours {
            return;
        }
        let known = match entry.operation {
            kv::Operation::Put => self.seen.insert(entry.key.clone(), Instant::now()).is_some(),
            kv::Operation::Delete | kv::Operation::Purge => self.seen.remove(&entry.key).is_none(),
        };
        if !known {
            self.settle();
        }
    }

    /// Forgets the silent and recomputes the share of this member.
    fn settle(&mut self) {
        self.seen.retain(|_, heard| heard.elapsed() < SILENCE_MAX);
        let members: Vec<&str> = self.seen.keys().map(String::as_str).collect();
        let owned: BTreeSet<Partition> = (0_u16..)
            .map(Partition)
            .zip(shares(&members, self.partitions))
            .filter_map(|(partition, owner)| (owner == self.own_key).then_some(partition))
            .collect();
        self.sender.send_if_modified(|current| {
            let changed = **current != owned;
            if changed {
                tracing::info!(
                    role = self.role.prefix(),
                    members = members.len(),
                    partitions = owned.len(),
                    "share changed"
                );
                *current = Arc::new(owned);
            }
            changed
        });
    }
}

/// The names of the members that the partitions of a role fall to, in order; none while it has no
/// member. One that died without a word is told for as long as the bucket keeps what it said.
///
/// # Errors
/// [`MembershipError::Unavailable`].
pub async fn owners(
    jetstream: &jetstream::Context,
    role: Role,
    partitions: u16,
) -> Result<Vec<String>, MembershipError> {
    let bucket = jetstream.get_key_value(BUCKET_MEMBERS).await.map_err(unavailable)?;
    let keys: Vec<String> = bucket.keys().await.map_err(unavailable)?.try_collect().await.map_err(unavailable)?;
    Ok(owner_names(&keys, role, partitions))
}

fn owner_names(keys: &[String], role: Role, partitions: u16) -> Vec<String> {
    let name = |key: &str| key.strip_prefix(role.prefix()).and_then(|rest| rest.strip_prefix('.')).map(str::to_owned);
    let members: Vec<&str> = keys.iter().map(String::as_str).filter(|key| name(key).is_some()).collect();
    shares(&members, partitions).into_iter().filter_map(name).collect()
}

/// The owner of each partition: the member with the largest hash of (member, partition) that has room
/// left. Room is an equal share, rounded up: partitions are few, and chance alone would leave a member
/// with one and another with all.
fn shares<'a>(members: &[&'a str], partitions: u16) -> Vec<&'a str> {
    let room = usize::from(partitions).div_ceil(members.len().max(1));
    let mut taken: HashMap<&str, usize> = HashMap::new();
    let mut owners = Vec::with_capacity(usize::from(partitions));
    for partition in (0..partitions).map(Partition) {
        let has_room = |member: &&&str| taken.get(**member).is_none_or(|count| *count < room);
        let free = members.iter().filter(has_room);
        if let Some(owner) = free.copied().max_by_key(|member| (weight(member, partition), *member)) {
            *taken.entry(owner).or_default() += 1;
            owners.push(owner);
        }
    }
    owners
}

/// FNV-1a, finished so that the last bytes reach all bits.
fn weight(member: &str, partition: Partition) -> u64 {
    let bytes = member.bytes().chain(partition.0.to_le_bytes());
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

/// Runs `start` for every partition of the share: begins when one falls to this member, cancels when
/// it is lost, and begins anew, after a pause, when the task ends by itself. Ends when `stop` is
/// cancelled and all tasks have ended.
pub async fn run_owned<Start, Task, Failure>(
    mut owned: watch::Receiver<Arc<BTreeSet<Partition>>>,
    stop: CancellationToken,
    start: Start,
) where
    Start: Fn(Partition, CancellationToken) -> Task + Clone + Send + Sync + 'static,
    Task: Future<Output = Result<(), Failure>> + Send + 'static,
    Failure: Display + Send + 'static,
{
    let mut running: BTreeMap<Partition, (CancellationToken, JoinHandle<()>)> = BTreeMap::new();
    loop {
        let share = owned.borrow_and_update().clone();
        let lost: Vec<Partition> = running.keys().filter(|partition| !share.contains(partition)).copied().collect();
        for partition in lost {
            if let Some((token, task)) = running.remove(&partition) {
                token.cancel();
                let _ = task.await;
            }
        }
        for partition in share.iter().copied().filter(|_| !stop.is_cancelled()) {
            running.entry(partition).or_insert_with(|| {
                let token = stop.child_token();
                (token.clone(), tokio::spawn(keep_running(partition, token, start.clone())))
            });
        }
        tokio::select! {
            () = stop.cancelled() => break,
            changed = owned.changed() => if changed.is_err() { break },
        }
    }
    for (token, task) in running.into_values() {
        token.cancel();
        let _ = task.await;
    }
}

async fn keep_running<Start, Task, Failure>(partition: Partition, stop: CancellationToken, start: Start)
where
    Start: Fn(Partition, CancellationToken) -> Task,
    Task: Future<Output = Result<(), Failure>>,
    Failure: Display,
{
    let mut backoff = Backoff::default();
    while !stop.is_cancelled() {
        let began = Instant::now();
        if let Err(error) = start(partition, stop.clone()).await {
            tracing::warn!(%partition, %error, "partition task ended; it begins anew");
        }
        if began.elapsed() > SILENCE_MAX {
            backoff.reset();
        }
        if !backoff.wait(&stop).await {
            return;
        }
    }
}

fn unavailable(error: impl Display) -> MembershipError {
    MembershipError::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_shared_equally() {
        for count in 1..=7 {
            let names: Vec<String> = (0..count).map(|member| format!("processor.{member}")).collect();
            let members: Vec<&str> = names.iter().map(String::as_str).collect();
            let owners = shares(&members, 16);
            assert_eq!(owners.len(), 16);
            for member in members {
                let owned = owners.iter().filter(|owner| **owner == member).count();
                assert!(owned <= 16_usize.div_ceil(count), "{member} of {count} owns {owned}");
            }
        }
    }

    #[test]
    fn owners_are_members_of_their_role() {
        let keys = ["processor.a", "projector.b", "ingest.c"].map(str::to_owned);
        assert_eq!(owner_names(&keys, Role::Processor, 2), ["a", "a"]);
        assert_eq!(owner_names(&keys, Role::Projector, 1), ["b"]);
        assert!(owner_names(&keys[2..], Role::Processor, 2).is_empty());
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        assert_eq!(shares(&["a", "b", "c"], 64), shares(&["c", "a", "b"], 64));
    }

    #[test]
    fn a_leaving_member_moves_little_but_its_own_share() {
        let before = shares(&["processor.a", "processor.b", "processor.c"], 64);
        let after = shares(&["processor.a", "processor.c"], 64);
        let moved = before.iter().zip(&after).filter(|(before, after)| before != after && **before != "processor.b");
        assert!(moved.count() <= 64 / 8);
    }

    #[test]
    fn nobody_owns_without_members() {
        assert!(shares(&[], 8).is_empty());
    }
}

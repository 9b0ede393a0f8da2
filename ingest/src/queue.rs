//! The way from requests to the writers of the partitions, bounded in requests and bytes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use nagare_schema::{DropReason, Hit, Partition};
use tokio::sync::{mpsc, oneshot};

/// Requests that wait for one partition.
pub(crate) const PARCELS_QUEUED_MAX: usize = 8192;
/// Bytes of hits that wait for all partitions together.
pub(crate) const BYTES_QUEUED_MAX: usize = 256 * 1024 * 1024;

/// Whether the hits of a parcel are stored.
pub(crate) type Settled = Result<(), DropReason>;

/// The hits of one request for one partition; they stay together, in order.
pub(crate) struct Parcel {
    pub(crate) hits: std::vec::IntoIter<Hit>,
    /// Directory revision that they were judged by.
    pub(crate) config_revision: u64,
    pub(crate) reply: oneshot::Sender<Settled>,
    /// Some of its hits are in a message already.
    pub(crate) begun: bool,
    _room: Room,
}

/// Bytes held in the queues; given back when dropped.
struct Room {
    used: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.used.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

/// The queues of all partitions.
pub(crate) struct Queues {
    senders: Vec<mpsc::Sender<Parcel>>,
    used: Arc<AtomicUsize>,
}

impl Queues {
    /// One queue for each partition, and the ends that the writers read.
    pub(crate) fn new(partitions: u16) -> (Self, Vec<mpsc::Receiver<Parcel>>) {
        let (senders, receivers) = (0..partitions).map(|_| mpsc::channel(PARCELS_QUEUED_MAX)).unzip();
        (Self { senders, used: Arc::default() }, receivers)
    }

    /// How many partitions there are.
    pub(crate) fn partitions(&self) -> u16 {
        u16::try_from(self.senders.len()).unwrap_or(u16::MAX)
    }

    /// Hands hits to a partition; the answer comes when they are stored, or not.
    ///
    /// # Errors
    /// [`DropReason::Overload`] when there is no room, or the process stops.
    pub(crate) fn submit(
        &self,
        partition: Partition,
        hits: Vec<Hit>,
        config_revision: u64,
    ) -> Result<oneshot::Receiver<Settled>, DropReason> {
        let bytes = hits.iter().map(Hit::size_bound).sum();
        let before = self.used.fetch_add(bytes, Ordering::AcqRel);
        let room = Room { used: self.used.clone(), bytes };
        if before + bytes > BYTES_QUEUED_MAX {
            return Err(DropReason::Overload);
        }
        let sender = self.senders.get(usize::from(partition.0)).ok_or(DropReason::Overload)?;
        let (reply, answer) = oneshot::channel();
        let parcel = Parcel { hits: hits.into_iter(), config_revision, reply, begun: false, _room: room };
        sender.try_send(parcel).map_err(|_| DropReason::Overload)?;
        Ok(answer)
    }
}

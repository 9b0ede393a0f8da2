//! Batches on disk while the log is unreachable: files of records, fsynced, read in order.
//!
//! A record is its length, the CRC-32 of its payload, and the payload. A file is deleted when all of
//! it has left; what a crash tears off its end is skipped, and nothing else. Blocking: the writer of
//! the partition calls it from a blocking thread.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use prometheus::IntGauge;

/// A file takes no more records from this length on.
const SEGMENT_BYTES: u64 = 4 * 1024 * 1024;
/// Length and checksum before each payload.
const HEADER_BYTES: usize = 8;
/// A longer record is a torn one.
const RECORD_BYTES_MAX: usize = 2 * nagare_schema::MESSAGE_BYTES_MAX;
const EXTENSION: &str = "spool";

/// Why a batch cannot be spooled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpoolError {
    /// All the space that was given is used.
    #[error("the spool is full")]
    Full,
    /// The disk refuses.
    #[error("the disk refuses: {0}")]
    Disk(#[from] io::Error),
}

/// Space shared by the spools of all partitions.
pub(crate) struct SpoolSpace {
    used: AtomicU64,
    max: u64,
    gauge: IntGauge,
}

impl SpoolSpace {
    pub(crate) fn new(max: u64, gauge: IntGauge) -> Arc<Self> {
        Arc::new(Self { used: AtomicU64::new(0), max, gauge })
    }

    fn reserve(&self, bytes: u64) -> Result<(), SpoolError> {
        let fits = |used: u64| used.checked_add(bytes).filter(|total| *total <= self.max);
        self.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, fits).map_err(|_| SpoolError::Full)?;
        self.gauge.add(i64::try_from(bytes).unwrap_or(i64::MAX));
        Ok(())
    }

    /// Counts what is there already, even beyond the bound.
    fn occupy(&self, bytes: u64) {
        self.used.fetch_add(bytes, Ordering::AcqRel);
        self.gauge.add(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    fn release(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::AcqRel);
        self.gauge.sub(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}

struct Segment {
    path: PathBuf,
    /// Bytes of whole records; also the bytes it has reserved.
    length: u64,
}

/// The spool of one partition.
pub(crate) struct Spool {
    folder: PathBuf,
    space: Arc<SpoolSpace>,
    segments: VecDeque<Segment>,
    /// Number of the next file.
    next_number: u64,
    /// The last segment, while it takes records.
    tail: Option<File>,
    /// The first segment, while it is read.
    head: Option<File>,
    /// Where the next record to leave begins in the first segment, and its bytes once it was read.
    offset: u64,
    record_bytes: u64,
}

impl Spool {
    /// Opens the folder of a partition with what an earlier process left there.
    pub(crate) fn open(folder: &Path, space: &Arc<SpoolSpace>) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u64>().ok());
            if let Some(number) = number.filter(|_| path.extension().is_some_and(|found| found == EXTENSION)) {
                found.push((number, Segment { length: fs::metadata(&path)?.len(), path }));
            }
        }
        found.sort_by_key(|(number, _)| *number);
        space.occupy(found.iter().map(|(_, segment)| segment.length).sum());
        Ok(Self {
            folder: folder.to_owned(),
            space: space.clone(),
            // Never appends to a file of an earlier process: its end may be torn.
            next_number: found.last().map_or(0, |(number, _)| number + 1),
            segments: found.into_iter().map(|(_, segment)| segment).collect(),
            tail: None,
            head: None,
            offset: 0,
            record_bytes: 0,
        })
    }

    /// True when every record has left.
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Adds a record and returns once it is on disk.
    pub(crate) fn write(&mut self, payload: &[u8]) -> Result<(), SpoolError> {
        let mut record = Vec::with_capacity(HEADER_BYTES + payload.len());
        let length = u32::try_from(payload.len()).map_err(|_| SpoolError::Full)?;
        record.extend_from_slice(&length.to_le_bytes());
        record.extend_from_slice(&crc32fast::hash(payload).to_le_bytes());
        record.extend_from_slice(payload);
        self.space.reserve(record.len() as u64)?;
        let written = self.append_record(&record);
        if written.is_err() {
            self.space.release(record.len() as u64);
        }
        written.map_err(SpoolError::Disk)
    }

    fn append_record(&mut self, record: &[u8]) -> io::Result<()> {
        if self.tail.is_none() || self.segments.back().is_none_or(|segment| segment.length >= SEGMENT_BYTES) {
            self.begin_segment()?;
        }
        let (Some(file), Some(segment)) = (&self.tail, self.segments.back_mut()) else {
            return Err(io::Error::other("no file to write to"));
        };
        let written = file.write_all_at(record, segment.length).and_then(|()| file.sync_data());
        if written.is_ok() {
            segment.length += record.len() as u64;
        } else if file.set_len(segment.length).is_err() {
            // Half a record may stand there; no later one may follow it.
            self.tail = None;
        }
        written
    }

    fn begin_segment(&mut self) -> io::Result<()> {
        let path = self.folder.join(format!("{:020}.{EXTENSION}", self.next_number));
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        self.next_number += 1;
        File::open(&self.folder)?.sync_all()?;
        self.segments.push_back(Segment { path, length: 0 });
        self.tail = Some(file);
        Ok(())
    }

    /// The record to leave next; `None` when there is none.
    pub(crate) fn peek(&mut self) -> io::Result<Option<Bytes>> {
        while let Some(segment) = self.segments.front() {
            if self.offset >= segment.length {
                self.remove_first()?;
                continue;
            }
            let file = match &self.head {
                Some(file) => file,
                None => self.head.insert(File::open(&segment.path)?),
            };
            if let Some(payload) = read_record(file, self.offset, segment.length)? {
                self.record_bytes = (HEADER_BYTES + payload.len()) as u64;
                return Ok(Some(payload));
            }
            let bytes = segment.length - self.offset;
            tracing::error!(file = %segment.path.display(), bytes, "the end of a spool file is torn; it is skipped");
            self.offset = segment.length;
        }
        Ok(None)
    }

    /// The record that was read last has left.
    pub(crate) fn advance(&mut self) -> io::Result<()> {
        self.offset += std::mem::take(&mut self.record_bytes);
        if self.segments.front().is_some_and(|segment| self.offset >= segment.length) {
            self.remove_first()?;
        }
        Ok(())
    }

    fn remove_first(&mut self) -> io::Result<()> {
        let Some(segment) = self.segments.front() else { return Ok(()) };
        match fs::remove_file(&segment.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        self.space.release(segment.length);
        self.segments.pop_front();
        self.head = None;
        self.offset = 0;
        if self.segments.is_empty() {
            self.tail = None;
        }
        Ok(())
    }
}

/// The record at an offset; `None` when it is torn.
fn read_record(file: &File, offset: u64, end: u64) -> io::Result<Option<Bytes>> {
    let mut header = [0; HEADER_BYTES];
    if end - offset < header.len() as u64 {
        return Ok(None);
    }
    file.read_exact_at(&mut header, offset)?;
    let [a, b, c, d, checksum @ ..] = header;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > RECORD_BYTES_MAX || (length + HEADER_BYTES) as u64 > end - offset {
        return Ok(None);
    }
    let mut payload = vec![0; length];
    file.read_exact_at(&mut payload, offset + HEADER_BYTES as u64)?;
    Ok((crc32fast::hash(&payload) == u32::from_le_bytes(checksum)).then(|| payload.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(max: u64) -> Arc<SpoolSpace> {
        SpoolSpace::new(max, IntGauge::new("spool", "help").unwrap())
    }

    fn drain(spool: &mut Spool) -> Vec<String> {
        let mut left = Vec::new();
        while let Some(record) = spool.peek().unwrap() {
            left.push(String::from_utf8(record.to_vec()).unwrap());
            spool.advance().unwrap();
        }
        left
    }

    #[test]
    fn records_leave_in_order_and_their_space_is_free_again() {
        let folder = tempfile::tempdir().unwrap();
        let space = space(1 << 20);
        let mut spool = Spool::open(folder.path(), &space).unwrap();
        for record in ["a", "b", "c"] {
            spool.write(record.as_bytes()).unwrap();
        }
        assert_eq!(drain(&mut spool), ["a", "b", "c"]);
        assert!(spool.is_empty());
        assert_eq!(space.used.load(Ordering::Relaxed), 0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        spool.write(b"d").unwrap();
        assert_eq!(drain(&mut spool), ["d"]);
    }

    #[test]
    fn an_earlier_process_left_records_that_leave_first() {
        let folder = tempfile::tempdir().unwrap();
        let space = space(1 << 20);
        Spool::open(folder.path(), &space).unwrap().write(b"old").unwrap();
        let mut spool = Spool::open(folder.path(), &space).unwrap();
        assert!(!spool.is_empty());
        spool.write(b"new").unwrap();
        assert_eq!(drain(&mut spool), ["old", "new"]);
    }

    /// Two records, the second damaged as a crash would; then a new process adds a third.
    fn check_torn(damage: impl Fn(&Path)) {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), &space(1 << 20)).unwrap();
        spool.write(b"whole").unwrap();
        spool.write(b"torn by the crash").unwrap();
        damage(&spool.segments[0].path);
        let mut spool = Spool::open(folder.path(), &space(1 << 20)).unwrap();
        spool.write(b"after").unwrap();
        assert_eq!(drain(&mut spool), ["whole", "after"]);
    }

    #[test]
    fn a_torn_end_is_skipped_and_nothing_else() {
        let cut = |bytes: u64| {
            move |path: &Path| {
                let file = OpenOptions::new().write(true).open(path).unwrap();
                file.set_len(file.metadata().unwrap().len() - bytes).unwrap();
            }
        };
        check_torn(cut(1));
        check_torn(cut(20));
        check_torn(|path| {
            let mut bytes = fs::read(path).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(path, bytes).unwrap();
        });
    }

    #[test]
    fn a_full_spool_refuses_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), &space(20)).unwrap();
        spool.write(b"0123456789").unwrap();
        assert!(matches!(spool.write(b"x0123456789"), Err(SpoolError::Full)));
        assert_eq!(drain(&mut spool), ["0123456789"]);
        spool.write(b"again").unwrap();
    }

    #[test]
    fn long_spools_use_several_files() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), &space(1 << 30)).unwrap();
        let record = vec![7; 1024 * 1024];
        for _ in 0..9 {
            spool.write(&record).unwrap();
        }
        assert_eq!(spool.segments.len(), 3);
        let mut left = 0;
        while spool.peek().unwrap().is_some() {
            spool.advance().unwrap();
            left += 1;
        }
        assert_eq!(left, 9);
    }
}

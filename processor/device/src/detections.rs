use std::{
    hash::Hash,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use quick_cache::{Equivalent, sync::Cache};

use crate::{DataError, Detected, Detector};

/// User agents, with their hints, that are remembered.
const AGENTS_MAX: usize = 50_000;

/// Patterns that are in use, by folder: they are large, and several parts of a process use the same.
static OPEN: Mutex<Vec<(PathBuf, Weak<Detections>)>> = Mutex::new(Vec::new());

/// A user agent and its hints, as remembered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Agent(Box<str>, Option<Box<str>>);

/// The same, as asked for.
#[derive(Hash)]
struct Asked<'a>(&'a str, Option<&'a str>);

impl Equivalent<Agent> for Asked<'_> {
    fn equivalent(&self, agent: &Agent) -> bool {
        self.0 == &*agent.0 && self.1 == agent.1.as_deref()
    }
}

/// What user agents and hints were detected to be, for all of a process: detecting takes as long as
/// deciding a thousand hits.
pub struct Detections {
    detector: Detector,
    known: Cache<Agent, Arc<Detected>>,
}

impl Detections {
    /// Those by the patterns of a folder, which are read unless they are in use already.
    ///
    /// # Errors
    /// When a file is missing or not what it should be.
    pub fn open(folder: &Path) -> Result<Arc<Self>, DataError> {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(_, detections)| detections.strong_count() > 0);
        if let Some(known) = open.iter().find(|(known, _)| known == folder).and_then(|(_, known)| known.upgrade()) {
            return Ok(known);
        }
        let detections = Arc::new(Self { detector: Detector::load(folder)?, known: Cache::new(AGENTS_MAX) });
        open.push((folder.to_owned(), Arc::downgrade(&detections)));
        Ok(detections)
    }

    /// The version of the patterns that robots are told by.
    pub fn robots_version(&self) -> u32 {
        self.detector.robots().version()
    }

    /// What a client is, by its user agent and its hints as JSON.
    pub fn of(&self, user_agent: &str, hints: Option<&str>) -> Arc<Detected> {
        if let Some(detected) = self.known.get(&Asked(user_agent, hints)) {
            return detected;
        }
        let detected = Arc::new(self.detector.detect(user_agent, hints));
        self.known.insert(Agent(user_agent.into(), hints.map(Into::into)), detected.clone());
        detected
    }
}

//! What a projector is asked to erase, and what it answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{SiteId, VisitId};

/// Visits that one request names at most.
pub const ERASED_VISITS_MAX: usize = 1000;

/// Asks the owner of a partition, on [`crate::erase_subject`], to erase visits that have ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRequest {
    /// Their site.
    pub site: SiteId,
    /// At most [`ERASED_VISITS_MAX`].
    pub visits: Vec<VisitId>,
}

/// Answers the same request on [`crate::restate_subject`], where the processor of the partition hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestateReply {
    /// The log begins the state of the partition anew, without the visits: nobody needs what it told before,
    /// once that is in the tables.
    Restated,
    /// It may be asked for again.
    Failed,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureReply {
    /// Facts that are gone, by table.
    Erased(BTreeMap<String, u64>),
    /// It may be asked for again: nothing is lost, and what is half done is done whole then.
    Failed,
}

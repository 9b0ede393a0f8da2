//! The small numbers by which clients of Matomo know visits, actions and texts (`tracking.md` §0.2).
//!
//! Ids say where a hit stands in the log: unique without asking anybody, but neither small nor dense.
//! Clients expect counters, and some read on from the last one they saw. So a projector numbers what is in
//! the tables in the order of the log, now and then and whenever the API meets something without a number.

use serde::{Deserialize, Serialize};

/// What is numbered, each kind by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Numbered {
    /// A visit, by its id.
    Visit = 1,
    /// An action, by its id.
    Action = 2,
    /// A text of an action together with its type, by [`ACTION_TEXT_KEY`].
    Text = 3,
}

impl Numbered {
    /// As in the column `kind` of the table `numbers`.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// The key of the text that an action is about, over a row of `actions`; NULL when it has none.
/// The text's type is the action's kind.
pub const ACTION_TEXT_KEY: &str = "cityHash64(kind, nullIf(url, ''))";

/// Asks a projector, on [`crate::SUBJECT_NUMBERS`], to number what has no number yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRequest {
    /// The smallest id of what is known to have none.
    pub from: u64,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberReply {
    /// All that was in the tables has a number.
    Numbered,
    /// It may be asked for again.
    Failed,
}

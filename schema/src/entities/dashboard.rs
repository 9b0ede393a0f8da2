//! What a user wants to see on one page (`reports.md` §25).

use serde::{Deserialize, Serialize};

/// A dashboard of a user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Dashboard {
    /// Whose it is.
    pub login: String,
    /// Its id, unique among those of the user, from 1.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What it shows, in order.
    pub widgets: Vec<Widget>,
}

/// One part of a dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Widget {
    /// Module of the report.
    pub module: String,
    /// Its action.
    pub action: String,
}

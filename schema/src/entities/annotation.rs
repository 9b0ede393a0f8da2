//! Notes on the calendar of a site (`reports.md` §18).

use serde::{Deserialize, Serialize};

use crate::SiteId;

/// A note about a day of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Annotation {
    /// The site.
    pub site: SiteId,
    /// Its id, unique in the site, from 0.
    pub id: u32,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// What it says.
    pub note: String,
    /// Marked as important.
    pub starred: bool,
    /// Login of who wrote it.
    pub author: String,
}

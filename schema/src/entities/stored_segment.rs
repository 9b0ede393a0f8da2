//! Segments that users keep (`segments.md` §8).

use serde::{Deserialize, Serialize};

use crate::{SiteId, UnixSeconds};

/// A segment under a name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredSegment {
    /// Its id in the deployment, from 1.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Its text in the segment language.
    pub definition: String,
    /// Whose it is.
    pub login: String,
    /// All users see it.
    pub shared: bool,
    /// The only site that it is for; `None` for all.
    pub site: Option<SiteId>,
    /// Its owner asked for reports in advance; here all are made when they are asked for.
    pub auto_archive: bool,
    /// Created.
    pub created_at: UnixSeconds,
    /// Changed last.
    pub edited_at: Option<UnixSeconds>,
    /// Deleted; the id is not given again.
    pub deleted: bool,
}

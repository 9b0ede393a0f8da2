use clickhouse::Row;
use nagare_schema::PageTimed;
use serde::Serialize;

use super::{columns::date, visit::page};

/// A row of `page_timings`.
#[derive(Debug, Clone, PartialEq, Row, Serialize)]
pub(crate) struct PageTimingRow<'a> {
    site_id: u32,
    day: u16,
    visit_id: u64,
    action_id: u64,
    url: Option<&'a str>,
    name: Option<&'a str>,
    before: Vec<Option<u32>>,
    after: Vec<Option<u32>>,
    version: u64,
}

impl<'a> PageTimingRow<'a> {
    pub(crate) fn new(timed: &'a PageTimed) -> Self {
        Self {
            site_id: timed.site.0,
            day: date(timed.day),
            visit_id: timed.visit.0,
            action_id: timed.action.0,
            url: page(&timed.url),
            name: timed.name.as_deref(),
            before: timed.before.list().to_vec(),
            after: timed.after.list().to_vec(),
            version: timed.revision.0,
        }
    }
}

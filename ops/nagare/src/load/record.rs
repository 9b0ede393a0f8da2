//! The record: what was accepted of each visitor, and the visits it must make.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use serde::Serialize;

use super::{model::ExpectedVisit, visitor::Visitor};

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    visitor: String,
    site: u32,
    /// False: a hit may or may not be stored, or came too near to the end of a visit.
    certain: bool,
    /// `pv_id` of each accepted hit.
    accepted: Vec<String>,
    /// `pv_id` of each hit that may be stored.
    unknown: Vec<String>,
    /// In order of time; empty when not certain.
    visits: &'a [ExpectedVisit],
}

/// Writes one JSON line per visitor that sent anything.
pub(super) fn write(path: &Path, visitors: &[Visitor]) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let markers = |markers: &[u32]| markers.iter().map(|marker| format!("{marker:06}")).collect();
    for visitor in visitors {
        if visitor.accepted.is_empty() && visitor.unknown.is_empty() {
            continue;
        }
        let line = Line {
            visitor: format!("{:016x}", visitor.id),
            site: visitor.site,
            certain: visitor.certain,
            accepted: markers(&visitor.accepted),
            unknown: markers(&visitor.unknown),
            visits: if visitor.certain { visitor.model.visits() } else { &[] },
        };
        serde_json::to_writer(&mut file, &line)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

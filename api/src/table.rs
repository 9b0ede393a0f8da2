//! Answers: the kinds of result of `reporting-api.md` §4.

use crate::value::{Record, Value};

/// What a method answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// Rows.
    Table(Table),
    /// One row without label; `None` when the period is empty.
    Simple(Option<Record>),
    /// Answers by site or by date.
    Map(AnswerMap),
    /// A scalar, list or record.
    Value(Value),
    /// Nothing but success.
    Done,
    /// A document, which is answered as it is, whatever format is asked for.
    Document(Document),
}

/// Bytes of a kind of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) content_type: &'static str,
    /// What a browser saves it as; `None` when it shows it.
    pub(crate) file: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Answers keyed by site (outer) or date (inner).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AnswerMap {
    /// `idSite` or `date`.
    pub(crate) key_name: &'static str,
    pub(crate) entries: Vec<(String, Answer)>,
}

/// Where a row shows the id of its sub-table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum IdPlace {
    #[default]
    AfterMetadata,
    AfterColumns,
    Hidden,
}

/// Rows in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    pub(crate) ids: IdPlace,
}

/// One row: ordered columns, then ordered metadata.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Row {
    pub(crate) columns: Record,
    pub(crate) metadata: Record,
    /// The raw values it was grouped by; labels and segments are made from them.
    pub(crate) keys: Vec<String>,
    /// The segment that selects what the row counts, before it becomes metadata.
    pub(crate) segment: Option<String>,
    pub(crate) subtable: Option<Subtable>,
    /// "Others": always last.
    pub(crate) is_summary: bool,
}

/// What is below a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subtable {
    /// Meaningful for the same request only (`reporting-api.md` §13).
    pub(crate) id: u64,
    /// `None` when it is not shown.
    pub(crate) table: Option<Table>,
}

impl Row {
    pub(crate) fn label(&self) -> String {
        self.columns.get("label").and_then(Value::as_text).unwrap_or_default()
    }
}

impl Table {
    /// Applies `change` to this table and to every loaded table below it, with its level from 0.
    pub(crate) fn for_each_level(&mut self, level: usize, change: &mut impl FnMut(&mut Table, usize)) {
        change(self, level);
        for row in &mut self.rows {
            if let Some(Subtable { table: Some(table), .. }) = &mut row.subtable {
                table.for_each_level(level + 1, change);
            }
        }
    }
}

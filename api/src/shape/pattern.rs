use regex::{Regex, RegexBuilder};

use crate::{
    error::Fault,
    request::Params,
    table::{Row, Subtable, Table},
    value::{Record, Value},
};

/// Bytes that a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// Rows that match a regular expression: `filter_pattern`, `filter_pattern_recursive`.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    columns: Vec<String>,
    regex: Regex,
}

impl Pattern {
    pub(super) fn read(params: &Params) -> Result<Option<Self>, Fault> {
        Self::of(params, "filter_pattern", "filter_column")
    }

    pub(super) fn read_recursive(params: &Params) -> Result<Option<Self>, Fault> {
        Self::of(params, "filter_pattern_recursive", "filter_column_recursive")
    }

    fn of(params: &Params, pattern: &str, column: &str) -> Result<Option<Self>, Fault> {
        let Some(pattern) = params.filled(pattern) else { return Ok(None) };
        let regex = RegexBuilder::new(pattern).case_insensitive(true).size_limit(COMPILED_BYTES_MAX).build();
        let regex = regex.map_err(|_| Fault::bad_request("The pattern is not a regular expression."))?;
        let columns = params.list(column).filter(|columns| !columns.is_empty());
        Ok(Some(Self { columns: columns.unwrap_or_else(|| vec!["label".to_owned()]), regex }))
    }

    pub(super) fn apply(&self, table: &mut Table) {
        table.rows.retain(|row| self.matches(row));
    }

    /// A row stays when it, or a row below it, matches.
    pub(super) fn apply_recursive(&self, table: &mut Table) {
        table.rows.retain_mut(|row| {
            let mut keeps = self.matches(row);
            if let Some(Subtable { table: Some(below), .. }) = &mut row.subtable {
                self.apply_recursive(below);
                keeps |= !below.rows.is_empty();
            }
            keeps
        });
    }

    fn matches(&self, row: &Row) -> bool {
        self.matches_record(&row.columns) || self.matches_record(&row.metadata)
    }

    pub(super) fn matches_record(&self, record: &Record) -> bool {
        let texts = self.columns.iter().filter_map(|column| record.get(column).and_then(Value::as_text));
        texts.into_iter().any(|text| self.regex.is_match(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, below: Option<Vec<Row>>) -> Row {
        let subtable = below.map(|rows| Subtable { id: 1, table: Some(Table { rows, ..Table::default() }) });
        Row { columns: Record::default().with("label", label), subtable, ..Row::default() }
    }

    #[test]
    fn rows_match_by_label_or_below() {
        let table = || Table {
            rows: vec![row("dir/A", None), row("x", Some(vec![row("/a/1", None), row("/b", None)]))],
            ..Table::default()
        };
        let (mut flat, mut deep) = (table(), table());
        Pattern::read(&Params::parse("filter_pattern=/a").unwrap()).unwrap().unwrap().apply(&mut flat);
        assert_eq!(flat.rows.len(), 1);
        let recursive = Params::parse("filter_pattern_recursive=/a").unwrap();
        Pattern::read_recursive(&recursive).unwrap().unwrap().apply_recursive(&mut deep);
        let below = deep.rows[1].subtable.as_ref().and_then(|subtable| subtable.table.as_ref());
        assert_eq!((deep.rows.len(), below.map(|below| below.rows.len())), (2, Some(1)));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        assert!(Pattern::read(&Params::parse("filter_pattern=(").unwrap()).is_err());
    }
}

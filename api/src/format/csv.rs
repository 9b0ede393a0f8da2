//! CSV and TSV (`reporting-api.md` §5.3).

use super::labels::Labels;
use crate::{
    table::{Answer, Row},
    value::{Name, Record, Value},
};

/// Answered when there is no row.
pub(super) const NO_DATA: &str = "No data available";

type Cells = Vec<(String, Value)>;

/// The lines of an answer; `None` when it has no row.
pub(super) fn render(answer: &Answer, separator: char, labels: &Labels) -> Option<String> {
    let mut lines: Vec<Cells> = Vec::new();
    collect(answer, &[], &mut lines);
    let mut header: Vec<&str> = Vec::new();
    for (name, _) in lines.iter().flatten() {
        if !header.contains(&name.as_str()) {
            header.push(name);
        }
    }
    if header.is_empty() {
        return None;
    }
    let line = |cells: Vec<String>| cells.join(&separator.to_string());
    let names = header.iter().map(|name| cell(&Value::from(labels.of(name)), separator)).collect();
    let mut text = line(names);
    for cells in &lines {
        // A line is written as far as the columns that were known by then.
        let value = |name: &&str| cells.iter().find(|(own, _)| own == name).map(|(_, value)| cell(value, separator));
        text.push('\n');
        text.push_str(&line(header.iter().map(|name| value(name).unwrap_or_default()).collect()));
    }
    Some(text)
}

fn collect(answer: &Answer, keys: &[(String, Value)], lines: &mut Vec<Cells>) {
    let mut push = |cells: Cells| {
        if !cells.is_empty() {
            lines.push(keys.iter().cloned().chain(cells).collect());
        }
    };
    match answer {
        Answer::Table(table) => table.rows.iter().for_each(|row| push(row_cells(row))),
        Answer::Simple(Some(record)) if record.len() == 1 => {
            push(record.iter().map(|(_, value)| ("value".to_owned(), value.clone())).collect());
        }
        Answer::Simple(Some(record)) => push(record_cells(record)),
        Answer::Map(map) => {
            for (key, inner) in &map.entries {
                let own = (map.key_name.to_owned(), Value::from(key.clone()));
                let keys: Cells = keys.iter().cloned().chain([own]).collect();
                collect(inner, &keys, lines);
            }
        }
        Answer::Value(Value::List(values)) => values.iter().for_each(|value| match value {
            Value::Record(record) => push(record_cells(record)),
            other => push(vec![("value".to_owned(), other.clone())]),
        }),
        Answer::Value(Value::Record(record)) => push(record_cells(record)),
        Answer::Value(value) => push(vec![("value".to_owned(), value.clone())]),
        Answer::Simple(None) | Answer::Done | Answer::Document(_) => {}
    }
}

fn record_cells(record: &Record) -> Cells {
    let mut cells = Cells::new();
    record.iter().for_each(|(name, value)| flatten(name, value, &mut cells));
    cells
}

fn row_cells(row: &Row) -> Cells {
    let mut cells = record_cells(&row.columns);
    let own = row.metadata.iter().filter(|(_, value)| value.is_scalar());
    cells.extend(own.map(|(name, value): &(Name, Value)| (format!("metadata_{name}"), value.clone())));
    cells
}

fn flatten(name: &str, value: &Value, cells: &mut Cells) {
    match value {
        Value::Record(record) => {
            record.iter().for_each(|(inner, value)| flatten(&format!("{name}_{inner}"), value, cells));
        }
        Value::List(values) => {
            values.iter().enumerate().for_each(|(at, value)| flatten(&format!("{name}_{at}"), value, cells));
        }
        Value::Answer(_) => {}
        scalar => cells.push((name.to_owned(), scalar.clone())),
    }
}

/// One cell; a text that a spreadsheet would take for a formula is marked as text.
fn cell(value: &Value, separator: char) -> String {
    let text = value.as_text().unwrap_or_default();
    let is_number = text.parse::<f64>().is_ok();
    let bare = text.trim_start_matches('\0');
    let bare = bare.strip_prefix("%00").unwrap_or(bare);
    let bare = bare.strip_prefix('%').unwrap_or(bare);
    let is_formula = bare.starts_with(['=', '+', '-', '@']) && !is_number;
    let marked = if is_formula { format!("'{text}") } else { text };
    let flat = marked.replace('\t', " ");
    if flat.contains(['"', ',', ';', '\n', separator]) { format!("\"{}\"", flat.replace('"', "\"\"")) } else { flat }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::xml::tests as examples;

    fn check(answer: &Answer, expected: Option<&str>) {
        assert_eq!(render(answer, ',', &Labels::default()).as_deref(), expected);
    }

    #[test]
    fn rows_are_lines_and_metadata_are_columns() {
        check(
            &examples::pages(crate::table::IdPlace::AfterMetadata, false),
            Some("label,nb_visits,metadata_segment\ndocs,2,pageUrl=^x"),
        );
        check(
            &examples::goals(),
            Some("label,goals_idgoal=1_nb_conversions,goals_idgoal=1_revenue,nb_conversions\nx,2,20,2"),
        );
        check(&Answer::Simple(None), None);
    }

    #[test]
    fn keys_come_first_and_empty_periods_have_no_line() {
        check(&examples::two_days(), Some("date,value\n2024-05-01,4"));
        check(&examples::single(4), Some("value\n4"));
    }

    #[test]
    fn formulas_are_texts() {
        let of = |text: &str| cell(&Value::from(text), ',');
        assert_eq!([of("=1+1"), of("%-2x"), of("-2.5"), of("@a"), of("a")], ["'=1+1", "'%-2x", "-2.5", "'@a", "a"]);
        assert_eq!([of("a,b"), of("a\"b"), of("a\tb")], ["\"a,b\"", "\"a\"\"b\"", "a b"]);
    }
}

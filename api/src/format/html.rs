//! HTML tables (`reporting-api.md` §5.4).

use super::labels::Labels;
use crate::{
    table::{Answer, Row, Table},
    value::{Record, Value},
};

/// A line: keys, then what is shown.
struct Line<'a> {
    keys: Vec<(&'static str, String)>,
    columns: &'a Record,
    row: Option<&'a Row>,
}

pub(super) fn render(answer: &Answer, id: &str, labels: &Labels) -> String {
    let mut lines = Vec::new();
    collect(answer, &[], &mut lines);
    let mut header: Vec<String> = Vec::new();
    for name in lines.iter().flat_map(names) {
        if !header.contains(&name) {
            header.push(name);
        }
    }
    let mut html = format!("<table id=\"{}\" border=\"1\">\n<thead>\n\t<tr>\n", escape(id));
    for name in &header {
        html.push_str(&format!("\t\t<th>{}</th>\n", escape(&labels.of(name))));
    }
    html.push_str("\t</tr>\n</thead>\n<tbody>\n");
    for line in &lines {
        html.push_str("\t<tr>\n");
        for name in &header {
            html.push_str(&format!("\t\t<td>{}</td>\n", cell(line, name)));
        }
        html.push_str("\t</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
    html
}

fn collect<'a>(answer: &'a Answer, keys: &[(&'static str, String)], lines: &mut Vec<Line<'a>>) {
    let mut push = |columns, row| lines.push(Line { keys: keys.to_vec(), columns, row });
    match answer {
        Answer::Table(Table { rows, .. }) => rows.iter().for_each(|row| push(&row.columns, Some(row))),
        Answer::Simple(Some(record)) | Answer::Value(Value::Record(record)) => push(record, None),
        Answer::Value(Value::List(values)) => values.iter().for_each(|value| {
            if let Value::Record(record) = value {
                push(record, None);
            }
        }),
        Answer::Map(map) => map.entries.iter().for_each(|(key, inner)| {
            let mut keys = keys.to_vec();
            keys.push((map.key_name, key.clone()));
            collect(inner, &keys, lines);
        }),
        Answer::Simple(None) | Answer::Value(_) | Answer::Done | Answer::Document(_) => {}
    }
}

fn names(line: &Line<'_>) -> Vec<String> {
    let keys = line.keys.iter().map(|(name, _)| format!("_{name}"));
    let mut names: Vec<String> = keys.chain(line.columns.iter().map(|(name, _)| name.to_string())).collect();
    if line.row.is_some_and(|row| !row.metadata.is_empty()) {
        names.push("_metadata".to_owned());
    }
    if line.row.is_some_and(|row| row.subtable.is_some()) {
        names.push("_idSubtable".to_owned());
    }
    names
}

fn cell(line: &Line<'_>, name: &str) -> String {
    if let Some((_, key)) = line.keys.iter().find(|(key, _)| name.strip_prefix('_') == Some(key)) {
        return escape(key);
    }
    let missing = || "-".to_owned();
    match (name, line.row) {
        ("_metadata", Some(row)) => {
            let pairs = row.metadata.iter().filter_map(|(name, value)| Some((name, value.as_text()?)));
            pairs.map(|(name, text)| format!("{} = {}", escape(name), escape(&text))).collect::<Vec<_>>().join("<br />")
        }
        ("_idSubtable", Some(row)) => row.subtable.as_ref().map_or_else(missing, |below| below.id.to_string()),
        _ => line.columns.get(name).and_then(Value::as_text).map_or_else(missing, |text| escape(&text)),
    }
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{format::xml::tests as examples, table::IdPlace};

    #[test]
    fn a_table_has_columns_metadata_and_ids() {
        let html = render(&examples::pages(IdPlace::AfterMetadata, false), "M_get", &Labels::default());
        assert!(html.starts_with("<table id=\"M_get\" border=\"1\">\n<thead>\n\t<tr>\n\t\t<th>label</th>"), "{html}");
        assert!(html.contains("<td>segment = pageUrl=^x</td>\n\t\t<td>7</td>"), "{html}");
        assert!(render(&examples::two_days(), "x", &Labels::default()).contains("<th>_date</th>"));
    }
}

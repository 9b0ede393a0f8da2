//! JSON (`reporting-api.md` §5.2).

use serde_json::{Map, Value as Json, json};

use crate::{
    table::{Answer, IdPlace, Row, Table},
    value::{Record, Value},
};

pub(super) fn render(answer: &Answer) -> String {
    match answer {
        Answer::Done => json!({"result": "success", "message": "ok"}).to_string(),
        Answer::Simple(Some(record)) if record.len() == 1 => {
            let only = record.iter().next().map_or(Json::Null, |(_, value)| of_value(value));
            json!({ "value": only }).to_string()
        }
        Answer::Value(value) if value.is_scalar() => json!({ "value": of_value(value) }).to_string(),
        other => of_answer(other).to_string(),
    }
}

pub(super) fn error(message: &str) -> String {
    let message = message.replace('\n', " ");
    let message = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    json!({"result": "error", "message": message}).to_string()
}

/// The value that a text of JSON says.
pub(super) fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(on) => Value::Bool(*on),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(0.0)), Value::Int)
        }
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value_of).collect()),
        Json::Object(fields) => {
            Value::Record(fields.iter().map(|(name, json)| (name.clone(), value_of(json))).collect())
        }
    }
}

fn of_answer(answer: &Answer) -> Json {
    match answer {
        Answer::Table(table) => of_table(table),
        Answer::Simple(None) => json!([]),
        Answer::Simple(Some(record)) if record.is_empty() => json!([]),
        Answer::Simple(Some(record)) if record.len() == 1 => {
            record.iter().next().map_or(Json::Null, |(_, value)| of_value(value))
        }
        Answer::Simple(Some(record)) => of_record(record),
        Answer::Map(map) if map.entries.is_empty() => json!([]),
        Answer::Map(map) => map.entries.iter().map(|(key, answer)| (key.clone(), of_answer(answer))).collect(),
        Answer::Value(value) => of_value(value),
        Answer::Done | Answer::Document(_) => json!({"result": "success", "message": "ok"}),
    }
}

fn of_table(table: &Table) -> Json {
    table.rows.iter().map(|row| of_row(row, table.ids)).collect()
}

fn of_row(row: &Row, ids: IdPlace) -> Json {
    let mut fields: Map<String, Json> = Map::new();
    fields.extend(row.columns.iter().map(|(name, value)| (name.to_string(), of_value(value))));
    let id = row.subtable.as_ref().map(|subtable| json!(subtable.id));
    if let (Some(id), IdPlace::AfterColumns) = (&id, ids) {
        fields.insert("idsubdatatable".to_owned(), id.clone());
    }
    for (name, value) in row.metadata.iter() {
        if !fields.contains_key(name.as_ref()) {
            fields.insert(name.to_string(), of_value(value));
        }
    }
    if let (Some(id), IdPlace::AfterMetadata) = (id, ids) {
        fields.insert("idsubdatatable".to_owned(), id);
    }
    if let Some(table) = row.subtable.as_ref().and_then(|subtable| subtable.table.as_ref()) {
        fields.insert("subtable".to_owned(), of_table(table));
    }
    Json::Object(fields)
}

fn of_record(record: &Record) -> Json {
    let is_list = !record.is_empty() && record.iter().enumerate().all(|(at, (name, _))| *name == at.to_string());
    if is_list {
        return record.iter().map(|(_, value)| of_value(value)).collect();
    }
    record.iter().map(|(name, value)| (name.to_string(), of_value(value))).collect()
}

/// A value as JSON: an empty record is an empty array, as in PHP.
pub(crate) fn of_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(on) => json!(on),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Answer(answer) => of_answer(answer),
        Value::List(values) => values.iter().map(of_value).collect(),
        Value::Record(record) if record.is_empty() => json!([]),
        Value::Record(record) => of_record(record),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::xml::tests as examples;

    fn check(answer: &Answer, expected: &str) {
        assert_eq!(render(answer), expected);
    }

    #[test]
    fn a_simple_report_is_an_object_and_a_single_value_has_a_name() {
        check(&examples::summary(), r#"{"nb_visits":4,"bounce_rate":"50%","nb_actions_per_visit":2.5}"#);
        check(&examples::single(4), r#"{"value":4}"#);
        check(&Answer::Simple(None), "[]");
        check(&Answer::Value(Value::from("5.2.0")), r#"{"value":"5.2.0"}"#);
    }

    #[test]
    fn a_map_is_keyed_and_its_empty_entry_is_an_empty_array() {
        check(&examples::two_days(), r#"{"2024-05-01":4,"2024-05-02":[]}"#);
        check(&examples::two_sites(), r#"{"3":{"2024-05-01":4,"2024-05-02":[]},"4":[]}"#);
    }

    #[test]
    fn rows_have_columns_then_metadata_then_the_id() {
        check(
            &examples::pages(IdPlace::AfterMetadata, false),
            r#"[{"label":"docs","nb_visits":2,"segment":"pageUrl=^x","idsubdatatable":7}]"#,
        );
        check(
            &examples::pages(IdPlace::AfterColumns, true),
            r#"[{"label":"docs","nb_visits":2,"idsubdatatable":7,"segment":"pageUrl=^x","subtable":[{"label":"/<faq>"}]}]"#,
        );
    }

    #[test]
    fn goals_are_keyed_by_id() {
        check(
            &examples::goals(),
            r#"[{"label":"x","goals":{"idgoal=1":{"nb_conversions":2,"revenue":20}},"nb_conversions":2}]"#,
        );
    }

    #[test]
    fn an_error_has_its_message_escaped() {
        assert_eq!(error("a <b>\n'c'"), r#"{"result":"error","message":"a &lt;b&gt; 'c'"}"#);
        check(&Answer::Done, r#"{"result":"success","message":"ok"}"#);
    }
}

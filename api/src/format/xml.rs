//! XML (`reporting-api.md` §5.1).

use crate::{
    table::{Answer, AnswerMap, IdPlace, Row, Table},
    value::{Name, Record, Value},
};

const PROLOGUE: &str = "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n";

pub(super) fn render(answer: &Answer) -> String {
    let mut writer = Writer { text: PROLOGUE.to_owned(), depth: 0 };
    match answer {
        Answer::Done => writer.text.push_str("<result>\n\t<success message=\"ok\" />\n</result>"),
        Answer::Map(map) => writer.block("results", "results", |writer| writer.entries(map)),
        Answer::Value(value) => writer.root_value(value),
        other => writer.result("result", other),
    }
    let end = writer.text.trim_end_matches('\n').len();
    writer.text.truncate(end);
    writer.text
}

pub(super) fn error(message: &str) -> String {
    format!("{PROLOGUE}<result>\n\t<error message=\"{}\" />\n</result>", escape(message))
}

fn escape(text: &str) -> String {
    let kept = text.chars().filter(|character| !character.is_control() || matches!(character, '\t' | '\n' | '\r'));
    let mut escaped = String::with_capacity(text.len());
    for character in kept {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// True when `name` may be the name of an element.
fn is_tag(name: &str) -> bool {
    const FORBIDDEN: &str = "!\"#$%&'()*+,\\/;<=>?@[]^`{|}~ ";
    let begins = name.chars().next().is_some_and(|first| !first.is_ascii_digit() && !matches!(first, '-' | '.'));
    begins && !name.chars().any(|character| FORBIDDEN.contains(character))
}

/// How names that are no tags are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// In arrays: `<row key="…">`, `<row name="value">`.
    Array,
    /// In cells of tables: `<row name='value'>`.
    Cell,
}

/// Opening and closing tag of a field.
fn tags(name: &str, naming: Naming) -> (String, &str) {
    if is_tag(name) {
        return (name.to_owned(), name);
    }
    let opening = match (name.split_once('=').filter(|(left, _)| is_tag(left)), naming) {
        (Some((left, right)), Naming::Array) => format!("row {left}=\"{}\"", escape(right)),
        (Some((left, right)), Naming::Cell) => format!("row {left}='{}'", escape(right).replace('\'', "&#039;")),
        (None, _) => format!("row key=\"{}\"", escape(name)),
    };
    (opening, "row")
}

struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n('\t', self.depth));
    }

    fn leaf(&mut self, opening: &str, closing: &str, text: &str) {
        self.indent();
        if text.is_empty() {
            self.text.push_str(&format!("<{opening} />\n"));
        } else {
            self.text.push_str(&format!("<{opening}>{}</{closing}>\n", escape(text)));
        }
    }

    fn block(&mut self, opening: &str, closing: &str, content: impl FnOnce(&mut Self)) {
        self.indent();
        self.text.push_str(&format!("<{opening}>\n"));
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        self.text.push_str(&format!("</{closing}>\n"));
    }

    fn entries(&mut self, map: &AnswerMap) {
        for (key, answer) in &map.entries {
            let opening = format!("result {}=\"{}\"", map.key_name, escape(key));
            match answer {
                Answer::Map(inner) => self.block(&opening, "result", |writer| writer.entries(inner)),
                other => self.entry(&opening, other),
            }
        }
    }

    /// An entry of a map: zero and nothing are both empty.
    fn entry(&mut self, opening: &str, answer: &Answer) {
        match answer {
            Answer::Simple(Some(record)) if record.len() == 1 => {
                let text = record.iter().next().and_then(|(_, value)| scalar(value)).unwrap_or_default();
                self.leaf(opening, "result", if text == "0" { "" } else { &text });
            }
            other => self.result(opening, other),
        }
    }

    fn result(&mut self, opening: &str, answer: &Answer) {
        match answer {
            Answer::Table(table) if table.rows.is_empty() => self.leaf(opening, "result", ""),
            Answer::Table(table) => self.block(opening, "result", |writer| writer.rows(table)),
            Answer::Simple(None) | Answer::Done | Answer::Document(_) => self.leaf(opening, "result", ""),
            Answer::Simple(Some(record)) if record.is_empty() => self.leaf(opening, "result", ""),
            Answer::Simple(Some(record)) if record.len() == 1 => {
                let text = record.iter().next().and_then(|(_, value)| scalar(value)).unwrap_or_default();
                self.leaf(opening, "result", &text);
            }
            Answer::Simple(Some(record)) => self.block(opening, "result", |writer| {
                let columns = columns_naming(record);
                record.iter().for_each(|(name, value)| writer.column(name, value, columns));
            }),
            Answer::Map(map) => self.block(opening, "result", |writer| writer.entries(map)),
            Answer::Value(value) => self.field((opening, "result"), value, Naming::Array),
        }
    }

    fn rows(&mut self, table: &Table) {
        let naming = table.rows.first().map_or(Columns::Tags, |row| columns_naming(&row.columns));
        for row in &table.rows {
            self.block("row", "row", |writer| writer.row(row, table.ids, naming));
        }
    }

    fn row(&mut self, row: &Row, ids: IdPlace, naming: Columns) {
        row.columns.iter().for_each(|(name, value)| self.column(name, value, naming));
        let id = row.subtable.as_ref().map(|subtable| Value::Int(subtable.id.cast_signed()));
        if let (Some(id), IdPlace::AfterColumns) = (&id, ids) {
            self.column("idsubdatatable", id, naming);
        }
        for (name, value) in row.metadata.iter().filter(|(name, _)| row.columns.get(name).is_none()) {
            self.column(name, value, naming);
        }
        if let (Some(id), IdPlace::AfterMetadata) = (&id, ids) {
            self.column("idsubdatatable", id, naming);
        }
        if let Some(table) = row.subtable.as_ref().and_then(|subtable| subtable.table.as_ref()) {
            self.block("subtable", "subtable", |writer| writer.rows(table));
        }
    }

    fn column(&mut self, name: &str, value: &Value, naming: Columns) {
        match naming {
            Columns::Tags => {
                let (opening, closing) = tags(name, Naming::Cell);
                self.field((&opening, closing), value, Naming::Cell);
            }
            Columns::Named => {
                let opening = format!("col name=\"{}\"", escape(name));
                self.field((&opening, "col"), value, Naming::Cell);
            }
        }
    }

    /// A value between its tags.
    fn field(&mut self, (opening, closing): (&str, &str), value: &Value, naming: Naming) {
        match value {
            Value::Answer(answer) => self.nested((opening, closing), answer),
            Value::List(values) => self.block(opening, closing, |writer| writer.list(values, naming)),
            Value::Record(record) => self.block(opening, closing, |writer| writer.record(record, naming)),
            scalar_value => self.leaf(opening, closing, &scalar(scalar_value).unwrap_or_default()),
        }
    }

    /// An answer within an answer: a single value is told by name.
    fn nested(&mut self, (opening, closing): (&str, &str), answer: &Answer) {
        match answer {
            Answer::Map(map) => self.block(opening, closing, |writer| writer.entries(map)),
            Answer::Table(table) if !table.rows.is_empty() => {
                self.block(opening, closing, |writer| writer.rows(table));
            }
            Answer::Simple(Some(record)) if record.len() == 1 => self.block(opening, closing, |writer| {
                record.iter().for_each(|(_, value)| writer.column("value", value, Columns::Tags));
            }),
            Answer::Simple(Some(record)) => self.block(opening, closing, |writer| {
                record.iter().for_each(|(name, value)| writer.column(name, value, Columns::Tags));
            }),
            _ => self.leaf(opening, closing, ""),
        }
    }

    fn list(&mut self, values: &[Value], naming: Naming) {
        values.iter().for_each(|value| self.field(("row", "row"), value, naming));
    }

    fn record(&mut self, record: &Record, naming: Naming) {
        for (name, value) in record.iter() {
            let (opening, closing) = tags(name, naming);
            self.field((&opening, closing), value, naming);
        }
    }

    /// An array that is the whole answer.
    fn root_value(&mut self, value: &Value) {
        match value {
            Value::List(values) if values.is_empty() => self.leaf("result", "result", ""),
            Value::Record(record) if record.is_empty() => self.leaf("result", "result", ""),
            Value::Record(record) if is_flat(record) && record.len() > 1 => {
                self.block("result", "result", |writer| {
                    writer.block("row", "row", |writer| writer.record(record, Naming::Array));
                });
            }
            other => self.field(("result", "result"), other, Naming::Array),
        }
    }
}

fn is_flat(record: &Record) -> bool {
    record.iter().all(|(name, value)| value.is_scalar() && is_tag(name))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Columns {
    Tags,
    Named,
}

/// One invalid name makes every column of the table a `<col>`.
fn columns_naming(record: &Record) -> Columns {
    let all_valid = record.iter().all(|(name, _): &(Name, Value)| is_tag(name));
    if all_valid { Columns::Tags } else { Columns::Named }
}

fn scalar(value: &Value) -> Option<String> {
    value.as_text()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::table::Subtable;

    pub(crate) fn summary() -> Answer {
        let record = Record::default().with("nb_visits", 4).with("bounce_rate", "50%");
        Answer::Simple(Some(record.with("nb_actions_per_visit", Value::Float(2.5))))
    }

    pub(crate) fn single(number: i64) -> Answer {
        Answer::Simple(Some(Record::default().with("nb_visits", number)))
    }

    pub(crate) fn two_days() -> Answer {
        let entries = vec![("2024-05-01".to_owned(), single(4)), ("2024-05-02".to_owned(), Answer::Simple(None))];
        Answer::Map(AnswerMap { key_name: "date", entries })
    }

    pub(crate) fn two_sites() -> Answer {
        let empty = Answer::Map(AnswerMap { key_name: "date", entries: Vec::new() });
        let entries = vec![("3".to_owned(), two_days()), ("4".to_owned(), empty)];
        Answer::Map(AnswerMap { key_name: "idSite", entries })
    }

    pub(crate) fn pages(ids: IdPlace, expanded: bool) -> Answer {
        let child = Row { columns: Record::default().with("label", "/<faq>"), ..Row::default() };
        let table = expanded.then(|| Table { rows: vec![child], ids });
        let row = Row {
            columns: Record::default().with("label", "docs").with("nb_visits", 2),
            metadata: Record::default().with("segment", "pageUrl=^x"),
            subtable: Some(Subtable { id: 7, table }),
            ..Row::default()
        };
        Answer::Table(Table { rows: vec![row], ids })
    }

    pub(crate) fn goals() -> Answer {
        let goal = Record::default().with("nb_conversions", 2).with("revenue", 20);
        let goals = Record::default().with("idgoal=1", goal);
        let columns = Record::default().with("label", "x").with("goals", goals).with("nb_conversions", 2);
        Answer::Table(Table { rows: vec![Row { columns, ..Row::default() }], ids: IdPlace::default() })
    }

    fn check(answer: &Answer, expected: &str) {
        assert_eq!(render(answer), format!("{PROLOGUE}{expected}"));
    }

    #[test]
    fn simple_reports_and_scalars() {
        check(
            &summary(),
            "<result>\n\t<nb_visits>4</nb_visits>\n\t<bounce_rate>50%</bounce_rate>\n\t\
             <nb_actions_per_visit>2.5</nb_actions_per_visit>\n</result>",
        );
        check(&single(0), "<result>0</result>");
        check(&Answer::Value(Value::from("")), "<result />");
        check(&Answer::Value(Value::from("5.2.0")), "<result>5.2.0</result>");
        check(&Answer::Table(Table::default()), "<result />");
        check(&Answer::Done, "<result>\n\t<success message=\"ok\" />\n</result>");
    }

    #[test]
    fn maps_name_their_keys_and_zero_is_empty_in_them() {
        check(
            &two_days(),
            "<results>\n\t<result date=\"2024-05-01\">4</result>\n\t<result date=\"2024-05-02\" />\n</results>",
        );
        let zero = Answer::Map(AnswerMap { key_name: "date", entries: vec![("d".to_owned(), single(0))] });
        check(&zero, "<results>\n\t<result date=\"d\" />\n</results>");
    }

    #[test]
    fn rows_nest_and_are_escaped() {
        check(
            &pages(IdPlace::Hidden, true),
            "<result>\n\t<row>\n\t\t<label>docs</label>\n\t\t<nb_visits>2</nb_visits>\n\t\t<segment>pageUrl=^x\
             </segment>\n\t\t<subtable>\n\t\t\t<row>\n\t\t\t\t<label>/&lt;faq&gt;</label>\n\t\t\t</row>\n\t\t\
             </subtable>\n\t</row>\n</result>",
        );
        check(
            &goals(),
            "<result>\n\t<row>\n\t\t<label>x</label>\n\t\t<goals>\n\t\t\t<row idgoal='1'>\n\t\t\t\t\
             <nb_conversions>2</nb_conversions>\n\t\t\t\t<revenue>20</revenue>\n\t\t\t</row>\n\t\t</goals>\n\t\t\
             <nb_conversions>2</nb_conversions>\n\t</row>\n</result>",
        );
    }

    #[test]
    fn one_invalid_column_name_turns_all_into_named_columns() {
        let columns = Record::default().with("label", "x").with("a b", 1);
        let table = Table { rows: vec![Row { columns, ..Row::default() }], ids: IdPlace::Hidden };
        check(
            &Answer::Table(table),
            "<result>\n\t<row>\n\t\t<col name=\"label\">x</col>\n\t\t<col name=\"a b\">1</col>\n\t</row>\n</result>",
        );
    }

    #[test]
    fn arrays() {
        let list = Value::List(vec![Value::Int(1), Value::from("b")]);
        check(&Answer::Value(list), "<result>\n\t<row>1</row>\n\t<row>b</row>\n</result>");
        let flat = Record::default().with("a", "1").with("b", "");
        check(&Answer::Value(flat.clone().into()), "<result>\n\t<row>\n\t\t<a>1</a>\n\t\t<b />\n\t</row>\n</result>");
        check(&Answer::Value(Record::default().with("a", "1").into()), "<result>\n\t<a>1</a>\n</result>");
        let keyed = Record::default().with("1", flat);
        check(
            &Answer::Value(keyed.into()),
            "<result>\n\t<row key=\"1\">\n\t\t<a>1</a>\n\t\t<b />\n\t</row>\n</result>",
        );
    }

    #[test]
    fn an_error_is_an_attribute() {
        assert_eq!(
            error("You can't \"x\""),
            format!("{PROLOGUE}<result>\n\t<error message=\"You can't &quot;x&quot;\" />\n</result>")
        );
    }
}

use super::{encode::decode_entities, processed};
use crate::{
    request::{Param, Params, decode},
    table::{Row, Subtable, Table},
};

/// Levels of one label at most.
const LEVELS_MAX: usize = 16;
/// Labels of one request at most.
const LABELS_MAX: usize = 100;

/// What one label may mean, the likeliest first: the whole, its levels as they are told apart before they are
/// decoded, and after.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Levels([Vec<Level>; 3]);

/// What a row is called.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Level {
    text: String,
    /// `@`: a page is meant, not a folder of the same name.
    is_leaf: bool,
}

impl Level {
    fn new(text: &str, decode: fn(&str) -> String) -> Self {
        let text = text.trim();
        let (text, is_leaf) = text.strip_prefix('@').map_or((text, false), |rest| (rest, true));
        Self { text: decode(text.trim()).trim().to_owned(), is_leaf }
    }
}

/// `label`: only the named rows, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    labels: Vec<Levels>,
    tells_index: bool,
}

impl Label {
    pub(super) fn read(params: &Params) -> Option<Self> {
        let texts: Vec<&str> = match params.get("label")? {
            Param::Text(text) if text.is_empty() => return None,
            Param::Text(text) => vec![text],
            Param::Array(items) => items.iter().filter_map(|(_, item)| item.as_text()).take(LABELS_MAX).collect(),
        };
        let labels = texts.into_iter().map(|text| {
            let decoded = decode(text);
            let levels = |text: &str| text.split('>').take(LEVELS_MAX).map(|level| Level::new(level, decode)).collect();
            Levels([vec![Level::new(&decoded, str::to_owned)], levels(text), levels(&decoded)])
        });
        Some(Self { labels: labels.collect(), tells_index: params.flag("labelFilterAddLabelIndex") })
    }

    pub(super) fn apply(&self, table: &Table) -> Table {
        let found = self.labels.iter().enumerate().filter_map(|(at, Levels(readings))| {
            let mut row = readings.iter().find_map(|levels| find(table, levels))?;
            if self.tells_index {
                row.metadata.set("label_index", i64::try_from(at).unwrap_or(0));
            }
            Some(row)
        });
        Table { rows: found.collect(), ids: table.ids }
    }
}

/// The row, as if its table had been asked for by its id.
fn find(table: &Table, levels: &[Level]) -> Option<Row> {
    let (level, deeper) = levels.split_first()?;
    let row = candidates(level).into_iter().find_map(|name| table.rows.iter().find(|row| row.label() == name))?;
    if deeper.is_empty() {
        let mut row = row.clone();
        processed::drop_empty_timings(table, &mut row.columns);
        return Some(row);
    }
    let Subtable { table: Some(below), .. } = row.subtable.as_ref()? else { return None };
    find(below, deeper)
}

/// What a level may be called: titles of pages begin with a blank, which `@` asks for first.
fn candidates(level: &Level) -> Vec<String> {
    let plain = [level.text.clone(), decode_entities(&level.text)];
    let blank = plain.clone().map(|text| format!(" {text}"));
    if level.is_leaf { blank.into_iter().chain(plain).collect() } else { plain.into_iter().chain(blank).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Record;

    fn row(label: &str, below: Option<Vec<Row>>) -> Row {
        let subtable = below.map(|rows| Subtable { id: 1, table: Some(Table { rows, ..Table::default() }) });
        Row { columns: Record::default().with("label", label), subtable, ..Row::default() }
    }

    fn check(query: &str, expected: &[&str]) {
        let docs = row("docs", Some(vec![row("/a>b", None), row("/<i>", None)]));
        let table = Table { rows: vec![docs, row(" docs", None), row("x", None)], ..Table::default() };
        let found = Label::read(&Params::parse(query).unwrap()).unwrap().apply(&table);
        assert_eq!(found.rows.iter().map(Row::label).collect::<Vec<_>>(), expected, "{query}");
    }

    #[test]
    fn rows_are_found_by_their_names() {
        check("label=docs%20%3E%20/a%25253Eb", &["/a>b"]);
        check("label=docs%3E/%2526lt;i%2526gt;", &["/<i>"]);
        check("label=docs%3E/a%253Eb", &["/a>b"]);
        check("label=nothing", &[]);
        check("label[]=x&label[]=++docs", &["x", "docs"]);
        check("label=%40docs", &[" docs"]);
    }
}

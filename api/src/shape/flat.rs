use crate::{
    catalogue::Flatten,
    request::Params,
    table::{Row, Subtable, Table},
    value::Record,
};

/// The leaf of a folder's own address.
const INDEX: &str = "/index";

/// `flat=1`: rows without hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flat {
    keeps_parents: bool,
}

impl Flat {
    pub(super) fn read(params: &Params) -> Option<Self> {
        params.flag("flat").then(|| Self { keeps_parents: params.flag("include_aggregate_rows") })
    }

    pub(super) fn apply(self, flatten: Flatten, table: Table) -> Table {
        let ids = table.ids;
        let mut walk = Walk { flat: self, flatten, above: Vec::new(), rows: Vec::new() };
        walk.descend(table, &Record::default());
        Table { rows: walk.rows, ids }
    }

    fn describe(self, flatten: Flatten, labels: &[String], has_below: bool, row: &mut Row) {
        let is_summary = std::mem::take(&mut row.is_summary);
        let tells_summary = is_summary && flatten != Flatten::Unsupported;
        if tells_summary {
            row.metadata.remove("url");
        }
        // Others of the first level are told as such before they are named.
        if tells_summary && labels.len() == 1 {
            row.metadata.set("is_summary", 1);
        }
        match flatten {
            Flatten::Unsupported => {
                row.is_summary = is_summary;
                return;
            }
            Flatten::Custom(id) => {
                row.columns.set("label", labels.join(" - "));
                row.metadata.set(format!("CustomDimension_CustomDimension{id}"), labels.join(" - "));
            }
            Flatten::Joined(keys) => {
                row.columns.set("label", labels.join(" - "));
                let key = keys.first().copied().unwrap_or_default();
                row.metadata.set(key, labels.join(" - "));
            }
            Flatten::Path(key) | Flatten::PagePath(key) => {
                let begins = matches!(flatten, Flatten::PagePath(_));
                let label = path(labels, begins, is_summary);
                row.columns.set("label", label.clone());
                row.metadata.set(key, label);
            }
            Flatten::Levels(keys) | Flatten::PathLevels(keys) => {
                let separator = if matches!(flatten, Flatten::Levels(_)) { " - " } else { "/" };
                row.columns.set("label", labels.join(separator));
                for (at, label) in labels.iter().enumerate() {
                    if tells_summary && at + 1 == labels.len() {
                        row.metadata.set("is_summary", 1);
                    }
                    let key = keys.get(at).map_or_else(|| format!("label{at}"), |key| (*key).to_owned());
                    row.metadata.set(key, label.clone());
                }
            }
        }
        if tells_summary {
            row.metadata.set("is_summary", 1);
        }
        if self.keeps_parents {
            row.metadata.set("is_aggregate", i64::from(has_below));
        }
    }
}

/// A table on its way to rows without hierarchy.
struct Walk {
    flat: Flat,
    flatten: Flatten,
    /// Labels from the first level to the current row.
    above: Vec<String>,
    rows: Vec<Row>,
}

impl Walk {
    fn descend(&mut self, table: Table, inherited: &Record) {
        for mut row in table.rows {
            let mut metadata = row.metadata.clone();
            for (name, value) in inherited.iter().filter(|(name, _)| !is_own(&row, name)) {
                metadata.set(name.clone(), value.clone());
            }
            let below = row.subtable.take().and_then(|Subtable { table, .. }| table);
            self.above.push(row.label());
            let is_supported = self.flatten != Flatten::Unsupported;
            let has_below = below.is_some();
            let is_kept = !has_below || !is_supported || self.flat.keeps_parents;
            row.metadata = metadata;
            if is_kept {
                self.flat.describe(self.flatten, &self.above, has_below, &mut row);
            }
            if let Some(below) = below.filter(|_| is_supported) {
                self.descend(below, &row.metadata);
            }
            if is_kept {
                self.rows.push(row);
            }
            self.above.pop();
        }
    }
}

/// A row's own segment is not replaced by that of its parents.
fn is_own(row: &Row, name: &str) -> bool {
    row.metadata.get(name).is_some() || (name == "segment" && row.segment.is_some())
}

fn path(labels: &[String], begins_with_slash: bool, is_summary: bool) -> String {
    let (last, folders) = labels.split_last().map_or(("", &[][..]), |(last, folders)| (last.as_str(), folders));
    if is_summary && folders.is_empty() {
        return last.to_owned();
    }
    let mut path: Vec<&str> = folders.iter().map(|part| part.trim().trim_start_matches('/')).collect();
    let own = if is_summary { format!(" - {last}") } else { last.trim().trim_start_matches('/').to_owned() };
    path.push(&own);
    let path = format!("{}{}", if begins_with_slash { "/" } else { "" }, path.join("/"));
    match path.strip_suffix(INDEX) {
        Some(folder) if begins_with_slash => format!("{folder}/"),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, below: Option<Vec<Row>>) -> Row {
        let subtable = below.map(|rows| Subtable { id: 1, table: Some(Table { rows, ..Table::default() }) });
        Row { columns: Record::default().with("label", label), subtable, ..Row::default() }
    }

    fn check(flatten: Flatten, query: &str, expected: &[&str]) {
        let below = vec![row("/index", None), row("sub", Some(vec![row("/x?a=1", None)]))];
        let table = Table { rows: vec![row("docs", Some(below)), row("/index", None)], ..Table::default() };
        let flat = Flat::read(&Params::parse(query).unwrap()).unwrap().apply(flatten, table);
        assert_eq!(flat.rows.iter().map(Row::label).collect::<Vec<_>>(), expected, "{query}");
        assert!(flat.rows.iter().all(|row| row.subtable.is_none()));
    }

    #[test]
    fn labels_are_joined() {
        check(Flatten::PagePath("p"), "flat=1", &["/docs/", "/docs/sub/x?a=1", "/"]);
        check(
            Flatten::PagePath("p"),
            "flat=1&include_aggregate_rows=1",
            &["/docs/", "/docs/sub/x?a=1", "/docs/sub", "/docs", "/"],
        );
        check(Flatten::Levels(&["a", "b"]), "flat=1", &["docs - /index", "docs - sub - /x?a=1", "/index"]);
        check(Flatten::Joined(&["a"]), "flat=1", &["docs - /index", "docs - sub - /x?a=1", "/index"]);
        check(Flatten::Unsupported, "flat=1", &["docs", "/index"]);
    }

    #[test]
    fn a_summary_is_told() {
        let others = Row { is_summary: true, ..row("Others", None) };
        let table = Table { rows: vec![row("host", Some(vec![others]))], ..Table::default() };
        let flat = Flat { keeps_parents: false }.apply(Flatten::Path("p"), table);
        assert_eq!(flat.rows[0].label(), "host/ - Others");
        assert_eq!(flat.rows[0].metadata.get("is_summary"), Some(&1.into()));
    }
}

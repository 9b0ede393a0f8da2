use crate::{
    request::Params,
    table::{Subtable, Table},
    value::{Record, Value},
};

/// Helper columns of page timings that only `showRawMetrics`, `showColumns` and `hideColumns` let through.
const HELPERS: [&str; 6] = [
    "sum_time_network",
    "sum_time_server",
    "sum_time_transfer",
    "sum_time_dom_processing",
    "sum_time_dom_completion",
    "sum_time_on_load",
];

/// Which columns a request shows: `showColumns`, `hideColumns`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    show: Vec<String>,
    hide: Vec<String>,
    shows_helpers: bool,
    /// Nested records lose hidden columns, too.
    is_deep: bool,
}

impl Columns {
    pub(crate) fn read(params: &Params, is_deep_by_default: bool) -> Self {
        let list = |name: &str| params.list(name).unwrap_or_default();
        let (show, hide) = (list("showColumns"), list("hideColumns"));
        let shows_helpers = params.flag("showRawMetrics") || !show.is_empty() || !hide.is_empty();
        let is_deep = params.optional_flag("hideColumnsRecursively").unwrap_or(is_deep_by_default);
        Self { show, hide, shows_helpers, is_deep }
    }

    /// The helpers are columns of the report itself.
    pub(crate) fn with_helpers(self) -> Self {
        Self { shows_helpers: true, ..self }
    }

    pub(crate) fn shows(&self, name: &str) -> bool {
        let is_named = |column: &String| {
            let rest = name.strip_prefix(column.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
        };
        let shown = self.show.is_empty() || name == "label" || self.show.iter().any(is_named);
        shown && !self.hide.iter().any(|hidden| hidden == name) && (self.shows_helpers || !HELPERS.contains(&name))
    }

    pub(crate) fn record(&self, record: &mut Record) {
        record.retain(|name| self.shows(name));
        if self.is_deep && !self.hide.is_empty() {
            record.iter_mut().for_each(|(_, value)| self.hide_in(value));
        }
    }

    fn hide_in(&self, value: &mut Value) {
        match value {
            Value::Record(record) => {
                record.retain(|name| !self.hide.iter().any(|hidden| hidden == name));
                record.iter_mut().for_each(|(_, value)| self.hide_in(value));
            }
            Value::List(values) => values.iter_mut().for_each(|value| self.hide_in(value)),
            _ => {}
        }
    }

    pub(crate) fn table(&self, table: &mut Table) {
        for row in &mut table.rows {
            self.record(&mut row.columns);
            if let Some(Subtable { table: Some(table), .. }) = &mut row.subtable {
                self.table(table);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: &[&str]) {
        let names = ["label", "nb_visits", "nb_visits__1", "sum_time_server", "goals"];
        let nested = Record::default().with("nb_visits", 1).with("revenue", 1);
        let mut record: Record = names.iter().map(|name| (*name, Value::Record(nested.clone()))).collect();
        let columns = Columns::read(&Params::parse(query).unwrap(), false);
        columns.record(&mut record);
        assert_eq!(record.iter().map(|(name, _)| name.as_ref()).collect::<Vec<_>>(), expected, "{query}");
    }

    #[test]
    fn columns_are_shown_and_hidden() {
        check("", &["label", "nb_visits", "nb_visits__1", "goals"]);
        check("showRawMetrics=1", &["label", "nb_visits", "nb_visits__1", "sum_time_server", "goals"]);
        check("showColumns=nb_visits", &["label", "nb_visits", "nb_visits__1"]);
        check("hideColumns=nb_visits,goals", &["label", "nb_visits__1", "sum_time_server"]);
    }

    #[test]
    fn hiding_descends_only_when_asked() {
        let mut record = Record::default().with("a", Record::default().with("x", 1).with("y", 2));
        Columns::read(&Params::parse("hideColumns=x").unwrap(), false).record(&mut record);
        assert_eq!(record, Record::default().with("a", Record::default().with("x", 1).with("y", 2)));
        Columns::read(&Params::parse("hideColumns=x").unwrap(), true).record(&mut record);
        assert_eq!(record, Record::default().with("a", Record::default().with("y", 2)));
    }
}

use super::{
    columns::Columns,
    flat::Flat,
    goal_columns::GoalColumns,
    label::Label,
    limit::{LowPopulation, Page, Truncate},
    metrics::MetricFormat,
    pattern::Pattern,
    pivot::Pivot,
    processed::{self, Processed},
    rows::VISITOR_SUFFIXES,
    sort::Sort,
};
use crate::{
    catalogue::{self, Flatten},
    error::Fault,
    request::Params,
    table::{IdPlace, Subtable, Table},
    value::{Record, Value},
};

/// Metrics that `filter_add_columns_when_show_all_columns` adds.
const ALL_COLUMNS: [Processed; 4] =
    [Processed::ConversionRate, Processed::ActionsPerVisit, Processed::TimeOnSite, Processed::BounceRate];

/// The added metrics, as the report computes them.
fn all_columns(own: &[Processed]) -> [Processed; 4] {
    ALL_COLUMNS.map(|metric| match metric {
        Processed::BounceRate if own.contains(&Processed::EntryBounceRate) => Processed::EntryBounceRate,
        other => other,
    })
}

/// What a report says about its rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) processed: &'static [Processed],
    pub(crate) sort: catalogue::Sort,
    pub(crate) flatten: Flatten,
}

/// What a request asks of a table, read once.
#[derive(Debug, Clone)]
pub(crate) struct Steps {
    rules: Rules,
    /// `pivotBy`: columns are what is below rows, or what they were made elsewhere.
    pivot: Option<Pivot>,
    flat: Option<Flat>,
    /// `None` when generic filters are off.
    generic: Option<Generic>,
    columns: Columns,
    label: Option<Label>,
    format: MetricFormat,
    expanded: bool,
    depth: usize,
    hides_ids: bool,
    /// `columns`: only these, of a simple report.
    only: Vec<String>,
}

#[derive(Debug, Clone)]
struct Generic {
    /// Rows without visits are dropped when the value is true.
    all_columns: Option<bool>,
    goals: Option<GoalColumns>,
    pattern: Option<Pattern>,
    recursive: Option<Pattern>,
    low_population: LowPopulation,
    sort: Sort,
    truncate: Truncate,
    page: Page,
}

impl Steps {
    pub(crate) fn read(params: &Params, rules: Rules) -> Result<Self, Fault> {
        let generic = if params.flag("disable_generic_filters") {
            None
        } else {
            let column = params.optional_flag("filter_add_columns_when_show_all_columns");
            Some(Generic {
                all_columns: column,
                goals: GoalColumns::read(params),
                pattern: Pattern::read(params)?,
                recursive: Pattern::read_recursive(params)?,
                low_population: LowPopulation::read(params),
                sort: Sort::read(params, rules.sort),
                truncate: Truncate::read(params),
                page: Page::read(params),
            })
        };
        let columns = Columns::read(params, false);
        let averages_timings = rules.processed.contains(&Processed::PageTimings);
        Ok(Self {
            rules,
            pivot: None,
            flat: Flat::read(params),
            generic,
            columns: if averages_timings { columns } else { columns.with_helpers() },
            label: Label::read(params),
            format: MetricFormat::read(params)?,
            expanded: params.flag("expanded"),
            depth: params.number::<usize>("depth").filter(|depth| *depth > 0).unwrap_or(usize::MAX),
            hides_ids: params.flag("hideIdSubDatable"),
            only: params.list("columns").unwrap_or_default(),
        })
    }

    /// The columns of the report are labels of another dimension.
    pub(crate) fn pivoted(self, pivot: Option<Pivot>) -> Self {
        let processed = if pivot.is_some() { &[] } else { self.rules.processed };
        Self { pivot, rules: Rules { processed, ..self.rules }, ..self }
    }

    /// Rows below the first level are needed.
    pub(crate) fn needs_levels(&self) -> bool {
        let recursive = self.generic.as_ref().is_some_and(|generic| generic.recursive.is_some());
        self.pivot.is_some() || self.expanded || self.flat.is_some() || self.label.is_some() || recursive
    }

    pub(crate) fn table(&self, mut table: Table, symbol: &str) -> Table {
        if let Some(pivot) = self.pivot.as_ref().filter(|pivot| pivot.is_below(self.rules.flatten)) {
            pivot.apply_below(&mut table);
        }
        if let Some(flat) = self.flat {
            table = flat.apply(self.rules.flatten, table);
        }
        if let Some(generic) = &self.generic {
            generic.apply(&mut table, self.rules.processed, self.label.is_some());
        }
        // Labels come first: metrics of first rows are told of what they name, wherever it stood.
        if let Some(label) = &self.label {
            table = label.apply(&table);
        }
        processed::fill(self.rules.processed, &mut table);
        table.for_each_level(0, &mut |table, _| segments(table));
        self.columns.table(&mut table);
        self.format.table(&mut table, symbol);
        self.unload(&mut table);
        table
    }

    pub(crate) fn record(&self, mut record: Record, symbol: &str) -> Record {
        let is_widened = self.generic.as_ref().is_some_and(|generic| generic.all_columns.is_some());
        if is_widened && self.rules.processed.contains(&Processed::BounceRate) {
            ALL_COLUMNS.iter().for_each(|metric| metric.fill(&mut record));
        }
        self.rules.processed.iter().for_each(|metric| metric.fill(&mut record));
        if !self.only.is_empty() {
            record.retain(|name| self.only.iter().any(|column| is_column(column, name)));
        }
        self.columns.record(&mut record);
        self.format.record(&mut record, symbol);
        record
    }

    /// Drops what is below rows unless it was asked for, and says where ids stand.
    fn unload(&self, table: &mut Table) {
        let expanded = self.expanded && self.label.is_none();
        let ids = match (self.hides_ids, expanded) {
            (true, _) => IdPlace::Hidden,
            (false, true) => IdPlace::AfterColumns,
            (false, false) => IdPlace::AfterMetadata,
        };
        let depth = if expanded { self.depth } else { 0 };
        table.for_each_level(0, &mut |table, level| {
            table.ids = ids;
            if level >= depth {
                table.rows.iter_mut().filter_map(|row| row.subtable.as_mut()).for_each(|below| below.table = None);
            }
        });
    }
}

impl Generic {
    fn apply(&self, table: &mut Table, metrics: &[Processed], has_label: bool) {
        if let Some(drops_empty) = self.all_columns {
            if drops_empty {
                let number = |record: &Record, name: &str| record.number(name).unwrap_or(0.0);
                table.rows.retain(|row| number(&row.columns, "nb_visits") + number(&row.columns, "nb_actions") > 0.0);
            }
            processed::fill(&all_columns(metrics), table);
        }
        if let Some(goals) = &self.goals {
            goals.apply(table, &all_columns(metrics));
        }
        if table.rows.iter().all(|row| row.columns.get(self.sort.column()).is_none()) {
            processed::fill(metrics, table);
        }
        if let Some(pattern) = &self.pattern {
            pattern.apply(table);
        }
        if let Some(pattern) = &self.recursive {
            pattern.apply_recursive(table);
        }
        self.low_population.apply(table);
        self.sort.apply(table);
        if !has_label {
            self.truncate.apply(&self.sort, table);
            self.page.apply(table);
        }
    }
}

/// Whether a column is the one that was asked for, of whichever visitors.
fn is_column(asked: &str, name: &str) -> bool {
    name.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || VISITOR_SUFFIXES.contains(&rest))
}

/// The segment of a row becomes metadata; one in the middle keeps its place.
fn segments(table: &mut Table) {
    for row in &mut table.rows {
        if let Some(segment) = row.segment.take() {
            row.metadata.set("segment", segment);
        }
        if let Some(Subtable { table: Some(table), .. }) = &mut row.subtable {
            segments(table);
        }
    }
}

/// The filters of answers that are no table: pattern, page, columns.
pub(crate) fn array(value: Value, params: &Params) -> Result<Value, Fault> {
    let columns = Columns::read(params, false);
    let pattern = Pattern::read(params)?.filter(|_| params.get("filter_column").is_some());
    let page = Page::read(params);
    let is_record = |value: &Value| matches!(value, Value::Record(_));
    let keeps = |value: &Value| match (value, &pattern) {
        (Value::Record(record), Some(pattern)) => pattern.matches_record(record),
        _ => true,
    };
    let shown = |mut value: Value| {
        if let Value::Record(record) = &mut value {
            columns.record(record);
        }
        value
    };
    Ok(match value {
        Value::List(mut values) => {
            values.retain(keeps);
            page.items(&mut values);
            Value::List(values.into_iter().map(shown).collect())
        }
        Value::Record(record) if !record.is_empty() && record.iter().all(|(_, value)| is_record(value)) => {
            let records = record.iter().filter(|(_, value)| keeps(value));
            Value::Record(records.map(|(name, value)| (name.clone(), shown(value.clone()))).collect())
        }
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Row;

    const RULES: Rules =
        Rules { processed: &[Processed::BounceRate], sort: catalogue::Sort::VISITS, flatten: Flatten::PagePath("p") };

    fn row(label: &str, visits: i64, below: Option<Vec<Row>>) -> Row {
        let columns = Record::default().with("label", label).with("nb_visits", visits).with("bounce_count", 1);
        let subtable = below.map(|rows| Subtable { id: 9, table: Some(Table { rows, ..Table::default() }) });
        Row { columns, subtable, segment: Some(format!("x=={label}")), ..Row::default() }
    }

    fn apply(query: &str) -> Table {
        let below = vec![row("/a", 1, None), row("/b", 3, None)];
        let table = Table { rows: vec![row("/x", 1, None), row("d", 4, Some(below))], ..Table::default() };
        Steps::read(&Params::parse(query).unwrap(), RULES).unwrap().table(table, "$")
    }

    fn labels(table: &Table) -> Vec<String> {
        table.rows.iter().map(Row::label).collect()
    }

    #[test]
    fn without_filters_rows_are_sorted_and_processed() {
        let table = apply("");
        assert_eq!(labels(&table), ["d", "/x"]);
        let row = &table.rows[0];
        assert_eq!(
            (row.columns.get("bounce_rate"), row.metadata.get("segment")),
            (Some(&"25%".into()), Some(&"x==d".into()))
        );
        assert_eq!(
            (table.ids, row.subtable.as_ref().map(|below| below.table.is_some())),
            (IdPlace::AfterMetadata, Some(false))
        );
    }

    #[test]
    fn expanded_keeps_what_is_below() {
        let table = apply("expanded=1");
        let below = table.rows[0].subtable.as_ref().and_then(|below| below.table.as_ref()).unwrap();
        assert_eq!((labels(below), table.ids), (vec!["/b".to_owned(), "/a".to_owned()], IdPlace::AfterColumns));
    }

    #[test]
    fn sorting_and_limits_come_after_flattening() {
        assert_eq!(labels(&apply("flat=1&filter_limit=2")), ["/d/b", "/d/a"]);
        assert_eq!(labels(&apply("filter_sort_column=bounce_rate&filter_sort_order=desc")), ["/x", "d"]);
        assert_eq!(labels(&apply("label=d>/b&filter_limit=1")), ["/b"]);
    }

    #[test]
    fn lists_of_records_are_filtered() {
        let record = |name: &str| Value::Record(Record::default().with("name", name).with("id", 1));
        let list = Value::List(vec![record("a"), record("b"), record("ab")]);
        let params = Params::parse("filter_pattern=a&filter_column=name&filter_limit=1&showColumns=name").unwrap();
        let expected = Value::List(vec![Value::Record(Record::default().with("name", "a"))]);
        assert_eq!(array(list, &params), Ok(expected));
    }
}

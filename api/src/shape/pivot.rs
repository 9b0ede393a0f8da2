use crate::{
    catalogue::Flatten,
    request::Params,
    table::{Row, Table},
    value::{Record, Value},
};

/// Columns of a pivot table at most, whatever the request says.
const COLUMNS_MAX: usize = 1000;
const OTHERS: &str = "Others";
const VISITS: &str = "nb_visits";

/// `pivotBy`: the labels of another dimension become columns (`reporting-api.md` §9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pivot {
    /// Its id, as `Referrers.Keyword`.
    pub(crate) dimension: String,
    /// What cells tell.
    column: Option<String>,
    /// The last column holds what is past it.
    limit: usize,
    /// Columns are numbered.
    numbered: bool,
}

/// What a row tells of each label of the other dimension.
pub(crate) type Cells = Vec<(String, f64)>;

impl Pivot {
    pub(crate) fn read(params: &Params, limit_default: i64) -> Option<Self> {
        let dimension = params.filled("pivotBy")?.to_owned();
        let limit = params.number::<i64>("pivotByColumnLimit").unwrap_or(limit_default);
        Some(Self {
            dimension,
            column: params.filled("pivotByColumn").map(str::to_owned),
            limit: usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(COLUMNS_MAX).min(COLUMNS_MAX),
            numbered: !params.flag("disable_queued_filters"),
        })
    }

    /// The dimension is the one of what is below the report's rows.
    pub(crate) fn is_below(&self, flatten: Flatten) -> bool {
        below(flatten).is_some_and(|key| dimension_id(key) == self.dimension)
    }

    /// What a row tells in the column that was asked for, or else its visits.
    pub(crate) fn value(&self, row: &Row) -> Option<f64> {
        let first = || row.columns.iter().find(|(name, _)| name != "label").map(|(name, _)| name.as_ref());
        let default = if row.columns.get(VISITS).is_some() { Some(VISITS) } else { first() };
        row.columns.number(self.column.as_deref().or(default)?)
    }

    /// Every row's cells are the rows below it.
    pub(super) fn apply_below(&self, table: &mut Table) {
        let cells = table.rows.iter().map(|row| {
            let below = row.subtable.as_ref().and_then(|below| below.table.as_ref());
            let rows = below.map_or(&[][..], |table| table.rows.as_slice());
            rows.iter().filter_map(|row| Some((row.label(), self.value(row)?))).collect()
        });
        let cells: Vec<Cells> = cells.collect();
        self.apply(table, &cells);
    }

    /// `cells` are those of the rows, in their order.
    pub(crate) fn apply(&self, table: &mut Table, cells: &[Cells]) {
        let names = self.names(cells);
        let kept = if names.len() > self.limit { self.limit.saturating_sub(1) } else { names.len() };
        let (shown, past) = names.split_at(kept);
        for (row, cells) in table.rows.iter_mut().zip(cells) {
            let cell = |name: &String| cells.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
            let mut columns = Record::default().with("label", row.label());
            for (at, name) in shown.iter().enumerate() {
                let title = if self.numbered { format!("{}.\u{a0}{name}", at + 1) } else { name.clone() };
                columns.set(title, cell(name).map_or(Value::Bool(false), Value::number));
            }
            if !past.is_empty() {
                columns.set(OTHERS, Value::number(past.iter().filter_map(cell).sum()));
            }
            row.columns = columns;
            row.metadata.remove("segment");
            (row.segment, row.subtable) = (None, None);
        }
    }

    /// The labels by what they sum up to.
    fn names(&self, cells: &[Cells]) -> Vec<String> {
        let mut sums: Vec<(String, f64)> = Vec::new();
        for (name, value) in cells.iter().flatten() {
            match sums.iter_mut().find(|(known, _)| known == name) {
                Some((_, sum)) => *sum += value,
                None => sums.push((name.clone(), *value)),
            }
        }
        sums.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        sums.into_iter().map(|(name, _)| name).collect()
    }
}

/// The key of the dimension below the first level.
pub(crate) fn below(flatten: Flatten) -> Option<&'static str> {
    match flatten {
        Flatten::Unsupported | Flatten::Custom(_) => None,
        Flatten::Path(key) | Flatten::PagePath(key) => Some(key),
        Flatten::Levels(keys) | Flatten::PathLevels(keys) | Flatten::Joined(keys) => keys.get(1).copied(),
    }
}

/// The id of a dimension by its key.
pub(crate) fn dimension_id(key: &str) -> String {
    key.replacen('_', ".", 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Subtable;

    fn row(label: &str, below: &[(&str, i64)]) -> Row {
        let leaf = |(label, visits): &(&str, i64)| Row {
            columns: Record::default().with("label", *label).with("nb_visits", *visits),
            ..Row::default()
        };
        let table = Some(Table { rows: below.iter().map(leaf).collect(), ..Table::default() });
        let columns = Record::default().with("label", label);
        Row { columns, subtable: Some(Subtable { id: 1, table }), ..Row::default() }
    }

    fn check(query: &str, expected: &[(&str, Value)]) {
        let rows = vec![row("r", &[("a", 1), ("b", 2), ("c", 3)]), row("s", &[("b", 4), ("d", 1)])];
        let mut table = Table { rows, ..Table::default() };
        Pivot::read(&Params::parse(query).unwrap(), 10).unwrap().apply_below(&mut table);
        let shown: Vec<(&str, Value)> =
            table.rows[1].columns.iter().map(|(name, value)| (name.as_ref(), value.clone())).collect();
        assert_eq!(shown, expected, "{query}");
    }

    /// `reporting-api.md` §9.
    #[test]
    fn labels_become_columns_by_their_sums() {
        let label = ("label", Value::from("s"));
        let (none, one) = (Value::Bool(false), Value::Int(1));
        check(
            "pivotBy=X.Y&disable_queued_filters=1",
            &[label.clone(), ("b", Value::Int(4)), ("c", none.clone()), ("a", none), ("d", one.clone())],
        );
        check("pivotBy=X.Y&pivotByColumnLimit=2", &[label, ("1.\u{a0}b", Value::Int(4)), ("Others", one)]);
    }

    #[test]
    fn the_dimension_below_is_known_by_its_key() {
        let pivot = |id: &str| Pivot::read(&Params::parse(&format!("pivotBy={id}")).unwrap(), 10).unwrap();
        let flatten = Flatten::Levels(&["Referrers_Keyword", "Referrers_SearchEngine"]);
        assert!(pivot("Referrers.SearchEngine").is_below(flatten));
        assert!(!pivot("Referrers.Keyword").is_below(flatten));
    }
}

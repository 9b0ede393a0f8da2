//! The rows of each table: facts as columns, borrowed wherever a text is. Field order and types are
//! those of `schema/clickhouse`.

mod action;
mod columns;
mod conversion;
mod hit;
mod timing;
mod visit;

pub(crate) use action::ActionRow;
pub(crate) use conversion::{ConversionItemRow, ConversionRow};
pub(crate) use hit::HitRow;
pub(crate) use timing::PageTimingRow;
pub(crate) use visit::VisitRow;

/// Whether a row stands or cancels an earlier one of the same version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i8)]
pub(crate) enum Sign {
    /// Takes back the row of the same version.
    Cancel = -1,
    /// Stands until it is cancelled.
    Stand = 1,
}

#[cfg(test)]
mod tests {
    use clickhouse::Row;
    use nagare_schema::{Topology, migrations};

    use super::*;

    /// The columns of a table, as the migrations create it and add to it.
    fn columns(table: &str) -> Vec<String> {
        let mut columns = Vec::new();
        for statement in migrations().iter().flat_map(|migration| migration.statements(&Topology::Single)) {
            let is_of = |verb: &str| statement.starts_with(&format!("{verb} {table} "));
            let before = if is_of("CREATE TABLE IF NOT EXISTS") {
                ""
            } else if is_of("ALTER TABLE") {
                "ADD COLUMN IF NOT EXISTS "
            } else {
                continue;
            };
            let lines = statement.lines().skip(1).take_while(|line| !line.starts_with(')'));
            let named = lines.filter_map(|line| line.trim_start().strip_prefix(before));
            columns.extend(named.filter_map(|line| line.split_whitespace().next()).map(str::to_owned));
        }
        columns
    }

    fn check<R: Row>(table: &str) {
        assert_eq!(R::COLUMN_NAMES, columns(table), "{table}");
    }

    #[test]
    fn rows_have_the_columns_of_their_tables() {
        check::<HitRow>("hits");
        check::<VisitRow<'_>>("visits");
        check::<ActionRow<'_>>("actions");
        check::<PageTimingRow<'_>>("page_timings");
        check::<ConversionRow<'_>>("conversions");
        check::<ConversionItemRow<'_>>("conversion_items");
    }
}

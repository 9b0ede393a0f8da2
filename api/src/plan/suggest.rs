//! Which values of a name the log has, and how often.

use jiff::civil::Date;
use nagare_schema::SiteId;

use super::{Bound, Statement, segment};
use crate::segment::{Column, ColumnKind, Rows, Test};

/// Different values that are read; where several have one name, there are fewer names.
const VALUES_MAX: u32 = 1000;

/// What is written before a stored URL, by its prefix from 0; nothing for any other.
const PREFIXES: &str = "['http://', 'http://www.', 'https://', 'https://www.']";

/// The values of the columns since a day, the most frequent first: visits are counted by visit,
/// actions by action.
pub(crate) fn values(columns: &[Test], sites: &[SiteId], since: Date) -> Statement {
    let parts: Vec<String> = columns.iter().map(of_column).collect();
    let sql = format!(
        "SELECT toUInt32(0), '', value, sum(times) AS frequency FROM ({}) GROUP BY value \
         ORDER BY frequency DESC, value LIMIT {VALUES_MAX}",
        parts.join(" UNION ALL ")
    );
    Statement::new(sql, 1)
        .bind("sites", Bound::Ids(sites.iter().map(|site| u64::from(site.0)).collect()))
        .bind("since", Bound::Text(since.to_string()))
}

fn of_column(test: &Test) -> String {
    let times = match test.rows {
        Rows::Actions => "toInt64(count())",
        Rows::Visits | Rows::Conversions | Rows::Items => "sum(toInt64(sign))",
    };
    format!(
        "SELECT {value} AS value, {times} AS times FROM {table} WHERE site_id IN {{sites:Array(UInt32)}} \
         AND day >= {{since:Date}} AND {filled} GROUP BY value HAVING times > 0",
        value = shown(&test.column),
        table = test.rows.table(),
        filled = segment::filled(test),
    )
}

/// The value as a text.
fn shown(column: &Column) -> String {
    let sql = segment::sql(column);
    match column.kind {
        ColumnKind::Url => format!("concat({PREFIXES}[toUInt16({sql}_prefix) + 1], ifNull({sql}, ''))"),
        ColumnKind::Hex => segment::hex(&sql),
        ColumnKind::Text | ColumnKind::Exact | ColumnKind::Number | ColumnKind::Address | ColumnKind::Visit => {
            format!("ifNull(toString({sql}), '')")
        }
    }
}

//! Statements of what visitors did before and after a page (`reports.md` §15).

use super::{
    Bound, Part, Plan, Scope, Statement,
    clauses::{WINDOW, bind, bucket, segment_on},
};
use crate::{catalogue::PageField, segment::Rows};

/// What happened around the views of one page, named as it is stored.
pub(crate) fn transitions(scope: &Scope, field: PageField, page: &str) -> Plan {
    let parts = [
        (Part::PageViews, views(scope, field)),
        (Part::Before, before(scope, field)),
        (Part::After, after(scope, field)),
        (Part::EntrySums, entries(scope, field)),
    ];
    parts.into_iter().map(|(part, statement)| (part, statement.bind("page", Bound::Text(page.to_owned())))).collect()
}

fn views(scope: &Scope, field: PageField) -> Statement {
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, count() FROM actions \
         WHERE kind = 1 AND {own} = {{page:String}} AND {WINDOW}{segment} GROUP BY site_id, bucket",
        bucket = bucket(&scope.periods),
        own = field.columns().own,
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 0)
}

/// Keys: kind of action, its name. A search that the visit begins with is no page's: it counts among titles only.
fn before(scope: &Scope, field: PageField) -> Statement {
    let columns = field.columns();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, if(follows_search = 1, '8', '1') AS k0, \
         ifNull(if(follows_search = 1, previous_name, {previous}), '') AS k1, count() FROM actions \
         WHERE kind = 1 AND {own} = {{page:String}} AND {WINDOW}{segment} \
         AND (isNotNull({previous}) OR (follows_search = 1 AND (visit_id, at) NOT IN (\
         SELECT visit_id, min(at) FROM actions WHERE kind = 1 AND site_id IN {{sites:Array(UInt32)}} \
         AND day BETWEEN {{from:Date}} - 1 AND {{to:Date}} GROUP BY visit_id))) \
         GROUP BY site_id, bucket, k0, k1",
        bucket = bucket(&scope.periods),
        own = columns.own,
        previous = columns.previous,
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 2)
}

/// Keys: kind of action, its name.
fn after(scope: &Scope, field: PageField) -> Statement {
    let columns = field.columns();
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, toString(kind) AS k0, \
         ifNull(multiIf(kind = 1, {own}, kind = 8, name, url), '') AS k1, count() FROM actions \
         WHERE kind IN (1, 2, 3, 8) AND {previous} = {{page:String}} AND follows_search = 0 AND {WINDOW}{segment} \
         GROUP BY site_id, bucket, k0, k1",
        bucket = bucket(&scope.periods),
        own = columns.own,
        previous = columns.previous,
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 2)
}

/// Keys: type of referrer, its name. Numbers: visits.
fn entries(scope: &Scope, field: PageField) -> Statement {
    let sql = format!(
        "SELECT site_id, {bucket} AS bucket, toString(referrer_type) AS k0, \
         multiIf(referrer_type = 2, referrer_name, \
         referrer_type = 6, trim(concat(referrer_name, ' ', referrer_keyword)), referrer_url) AS k1, \
         sum(toInt64(sign)) FROM visits WHERE {entry} = {{page:String}} AND {WINDOW}{segment} \
         GROUP BY site_id, bucket, k0, k1 HAVING sum(toInt64(sign)) != 0",
        bucket = bucket(&scope.periods),
        entry = field.columns().entry,
        segment = segment_on(scope, Rows::Visits),
    );
    bind(scope, sql, 2)
}

//! Statements about one person: their visits, and all that is stored of them (product.md V5).

use nagare_schema::{Numbered, SiteId, UnixSeconds, VisitId};

use super::{
    Bound, Statement,
    segment::{self, Span},
};
use crate::segment::{Rows, Segment};

/// Whose visits.
#[derive(Debug, Clone)]
pub(crate) enum Whose {
    /// Those that a segment lets through.
    Segment(Segment),
    /// Those of these ids whose last action is not after a time.
    Ended { ids: Vec<u64>, until: UnixSeconds },
    /// Those of these numbers.
    Numbered(Vec<u64>),
}

/// What is stored of a visit: the table, and how its facts are read.
pub(crate) const STORED: [(&str, &str); 6] = [
    ("hits", "* EXCEPT (payload), base64Encode(payload) AS payload FROM hits"),
    ("visits", "* EXCEPT (sign, version) FROM visits FINAL"),
    ("actions", "* FROM actions"),
    ("page_timings", "* FROM page_timings"),
    ("conversions", "* EXCEPT (sign, version) FROM conversions FINAL"),
    ("conversion_items", "* EXCEPT (sign, version) FROM conversion_items FINAL"),
];

/// Visits of a site: id, visitor, user, address, first and last action.
pub(crate) fn subject_visits(site: SiteId, whose: &Whose, limit: u64) -> Statement {
    const SPAN: Span = Span("site_id = {site:UInt32}");
    let of = match whose {
        Whose::Segment(segment) => segment::condition(segment, Rows::Visits, SPAN),
        Whose::Ended { .. } => {
            "visit_id IN {ids:Array(UInt64)} AND last_at <= toDateTime({until:Int64}, 'UTC')".to_owned()
        }
        Whose::Numbered(_) => format!(
            "visit_id GLOBAL IN (SELECT key FROM numbers WHERE kind = {} AND number IN {{numbers:Array(UInt64)}})",
            Numbered::Visit.code()
        ),
    };
    let sql = format!(
        "SELECT visit_id, visitor_id, user_id, address, toUnixTimestamp(first_at), toUnixTimestamp(last_at) \
         FROM visits FINAL WHERE site_id = {{site:UInt32}} AND visit_id IN (\
         SELECT visit_id FROM visits WHERE site_id = {{site:UInt32}} AND {of} \
         GROUP BY day, visit_id HAVING sum(sign) > 0 LIMIT {{limit:UInt64}}) ORDER BY last_at DESC, visit_id DESC"
    );
    let limit = Bound::Number(i64::try_from(limit).unwrap_or(i64::MAX));
    let statement = Statement::new(sql, 0).bind("site", Bound::Number(site.0.into())).bind("limit", limit);
    match whose {
        Whose::Segment(segment) => segment::bind(segment, statement),
        Whose::Ended { ids, until } => {
            statement.bind("ids", Bound::Ids(ids.clone())).bind("until", Bound::Number(until.0))
        }
        Whose::Numbered(numbers) => statement.bind("numbers", Bound::Ids(numbers.clone())),
    }
}

/// The facts of one table of [`STORED`].
pub(crate) fn stored(facts: &str, site: SiteId, visits: &[VisitId]) -> Statement {
    let sql = format!(
        "SELECT {facts} WHERE site_id = {{site:UInt32}} AND visit_id IN {{visits:Array(UInt64)}} ORDER BY visit_id"
    );
    Statement::new(sql, 0).bind("site", Bound::Number(site.0.into())).bind("visits", ids(visits))
}

fn ids(visits: &[VisitId]) -> Bound {
    Bound::Ids(visits.iter().map(|visit| visit.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_bound() {
        let statement = subject_visits(SiteId(7), &Whose::Numbered(vec![4711]), 10);
        assert!(!statement.sql.contains("4711"), "{statement}");
        for (table, facts) in STORED {
            let statement = stored(facts, SiteId(7), &[VisitId(4711)]);
            assert!(statement.sql.contains(&format!("FROM {table}")) && !statement.sql.contains("4711"), "{statement}");
        }
    }
}

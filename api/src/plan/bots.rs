//! Statements of hits that robots sent.

use nagare_schema::{SiteId, UnixSeconds};

use super::{Bound, Statement};

/// Date in UTC, rule, version of the rule and hits, the newest first.
pub(crate) fn bot_hits(site: SiteId, since: UnixSeconds) -> Statement {
    let sql = "SELECT toString(toDate(at, 'UTC')) AS date, toString(bot_rule), \
               leftPad(lower(hex(bot_version)), 8, '0'), count() FROM hits \
               WHERE site_id = {site:UInt32} AND at >= toDateTime({since:Int64}, 'UTC') AND bot_rule != '' \
               GROUP BY date, bot_rule, bot_version ORDER BY date DESC, bot_rule, bot_version";
    Statement::new(sql, 0).bind("site", Bound::Number(site.0.into())).bind("since", Bound::Number(since.0))
}

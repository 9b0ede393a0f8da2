//! The tables: each against the one it is made from.

use anyhow::{Context as _, Result};
use clickhouse::{Client, Row};
use nagare_schema::{Day, SiteId};
use serde::Deserialize;

use super::{
    fold::{EventsFold, Gone},
    tally::{Counted, Difference, Reach, Tallies},
};

/// Differences of one comparison that are shown.
const SHOWN_MAX: u32 = 100;

/// Large groupings go to disk.
const SETTINGS: &[(&str, &str)] = &[
    ("max_bytes_before_external_group_by", "500000000"),
    ("max_bytes_before_external_sort", "500000000"),
    ("distributed_product_mode", "global"),
];

/// Comparisons: each selects `site_id, day, what, expected, found`; rows that differ are shown.
const COMPARISONS: &[(&str, &str)] = &[
    ("hits are stored once", HITS_ONCE),
    ("actions are stored once", ACTIONS_ONCE),
    ("late timings are stored once", PAGE_TIMINGS_ONCE),
    ("every visit stands once", VISITS_ONCE),
    ("every conversion stands once", CONVERSIONS_ONCE),
    ("actions of visits", ACTIONS_OF_VISITS),
    ("visit_rollup", VISIT_ROLLUP),
    ("visit_rollup by key", VISIT_ROLLUP_KEYS),
    ("action_rollup", ACTION_ROLLUP),
    ("action_rollup by page", ACTION_ROLLUP_PAGES),
    ("conversion_rollup", CONVERSION_ROLLUP),
];

const HITS_ONCE: &str = "SELECT site_id, '-' AS day, concat('rows of hit ', toString(hit_id)) AS what, \
    1 AS expected, count() AS found FROM hits GROUP BY site_id, hit_id";

const ACTIONS_ONCE: &str = "SELECT site_id, toString(any(day)) AS day, concat('rows of action ', toString(action_id)) \
    AS what, 1 AS expected, count() AS found FROM actions GROUP BY site_id, action_id";

const PAGE_TIMINGS_ONCE: &str = "SELECT site_id, toString(any(day)) AS day, \
    concat('rows of timings that hit ', toString(version), ' told') AS what, \
    1 AS expected, count() AS found FROM page_timings GROUP BY site_id, version";

/// A version stands (1) or is cancelled (0), and of all versions of a visit one stands.
const VISITS_ONCE: &str = "SELECT site_id, toString(max(last_day)) AS day, \
    concat('standing rows of visit ', toString(visit_id)) AS what, \
    1 AS expected, sum(abs(standing)) + countIf(standing < 0) AS found \
    FROM (SELECT site_id, visit_id, version, max(day) AS last_day, sum(sign) AS standing FROM visits \
        GROUP BY site_id, visit_id, version) \
    GROUP BY site_id, visit_id";

/// A cart that became an order may be gone.
const CONVERSIONS_ONCE: &str = "SELECT site_id, toString(max(last_day)) AS day, \
    concat('standing rows of goal ', toString(goal), ' of visit ', toString(visit_id)) AS what, \
    least(sum(standing), 1) AS expected, sum(abs(standing)) + countIf(standing < 0) AS found \
    FROM (SELECT site_id, visit_id, goal, buster, version, max(day) AS last_day, sum(sign) AS standing \
        FROM conversions GROUP BY site_id, visit_id, goal, buster, version) \
    GROUP BY site_id, visit_id, goal, buster";

/// Content impressions are no actions of a visit.
const ACTIONS_OF_VISITS: &str = "SELECT site_id, '-' AS day, 'actions, visits against actions' AS what, \
    sum(e) AS expected, sum(f) AS found FROM ( \
        SELECT site_id, sum(toInt64(actions) * sign) AS e, 0 AS f FROM visits GROUP BY site_id \
        UNION ALL SELECT site_id, 0, toInt64(count()) FROM actions WHERE kind != 13 GROUP BY site_id) \
    GROUP BY site_id";

const VISIT_ROLLUP: &str = "SELECT site_id, toString(d) AS day, concat(name, ', visits against visit_rollup') AS what, \
    sum(e) AS expected, sum(f) AS found FROM ( \
        SELECT site_id, day AS d, number.1 AS name, number.2 AS e, 0 AS f FROM ( \
            SELECT site_id, day, [ \
                ('visits', sum(toInt64(sign))), ('actions', sum(toInt64(actions) * sign)), \
                ('interactions', sum(toInt64(interactions) * sign)), ('total_time', sum(toInt64(total_time) * sign)), \
                ('bounces', sumIf(toInt64(sign), actions <= 1)), ('converted', sumIf(toInt64(sign), converted = 1)) \
            ] AS numbers FROM visits GROUP BY site_id, day) ARRAY JOIN numbers AS number \
        UNION ALL \
        SELECT site_id, day, number.1, 0, number.2 FROM ( \
            SELECT site_id, day, [ \
                ('visits', sum(visits)), ('actions', sum(actions)), ('interactions', sum(interactions)), \
                ('total_time', sum(total_time)), ('bounces', sum(bounces)), ('converted', sum(converted)) \
            ] AS numbers FROM visit_rollup WHERE dimension = 'all' GROUP BY site_id, day) \
            ARRAY JOIN numbers AS number) \
    GROUP BY site_id, d, name";

const VISIT_ROLLUP_KEYS: &str = "SELECT site_id, toString(d) AS day, \
    concat('visits by ', key.1, ' ', key.2, ' ', key.3, ' ', key.4, ', visits against visit_rollup') AS what, \
    sum(e) AS expected, sum(f) AS found FROM ( \
        SELECT site_id, day AS d, key, toInt64(sign) AS e, 0 AS f FROM visits ARRAY JOIN [ \
            ('country', toString(country), '', ''), ('browser', toString(browser), toString(browser_version), ''), \
            ('referrer', toString(referrer_type), referrer_name, referrer_keyword), \
            ('returning', toString(returning), '', ''), ('start_hour', toString(start_hour), '', ''), \
            (if(isNull(entry_url), '', 'entry_url'), ifNull(entry_url, ''), '', ''), \
            (if(isNull(exit_url), '', 'exit_url'), ifNull(exit_url, ''), '', '') \
        ] AS key WHERE key.1 != '' \
        UNION ALL \
        SELECT site_id, day, (toString(dimension), key_1, key_2, key_3), 0, visits FROM visit_rollup \
        WHERE dimension IN ('country', 'browser', 'referrer', 'returning', 'start_hour', 'entry_url', 'exit_url')) \
    GROUP BY site_id, d, key";

const ACTION_ROLLUP: &str = "SELECT site_id, toString(d) AS day, concat(name, ', actions against action_rollup') AS what, \
    sum(e) AS expected, sum(f) AS found FROM ( \
        SELECT site_id, day AS d, entry.1 AS name, entry.2 AS e, 0 AS f FROM actions ARRAY JOIN arrayConcat( \
            multiIf(kind = 1, [('page_url', toInt64(1)), ('page_title', toInt64(1))], kind = 2, [('outlink', toInt64(1))], \
                kind = 3, [('download', toInt64(1))], kind = 8, [('search', toInt64(1)), ('search_category', toInt64(1))], \
                kind = 10, [('event', toInt64(1))], [('content', toInt64(1))]), \
            if(kind = 10 OR isNull(previous_url), [], [('spent_url', toInt64(time_spent_before))]), \
            if(kind = 10 OR isNull(previous_name), [], [('spent_title', toInt64(time_spent_before))])) AS entry \
        UNION ALL \
        SELECT site_id, day, toString(kind), 0, hits + time_spent FROM action_rollup) \
    GROUP BY site_id, d, name";

const ACTION_ROLLUP_PAGES: &str = "SELECT site_id, toString(d) AS day, \
    concat('views of ', page, ', actions against action_rollup') AS what, sum(e) AS expected, sum(f) AS found FROM ( \
        SELECT site_id, day AS d, ifNull(url, '') AS page, toInt64(1) AS e, 0 AS f FROM actions WHERE kind = 1 \
        UNION ALL SELECT site_id, day, key_1, 0, hits FROM action_rollup WHERE kind = 'page_url') \
    GROUP BY site_id, d, page";

const CONVERSION_ROLLUP: &str = "SELECT site_id, toString(d) AS day, \
    concat(name, ' of goal ', toString(goal), ', conversions against conversion_rollup') AS what, \
    sum(e) AS expected, sum(f) AS found FROM ( \
        SELECT site_id, day AS d, goal, number.1 AS name, number.2 AS e, 0 AS f FROM conversions ARRAY JOIN [ \
            ('conversions', toInt64(sign)), ('revenue_e4', revenue_e4 * sign), ('items', toInt64(items) * sign) \
        ] AS number \
        UNION ALL \
        SELECT site_id, day, goal, number.1, 0, number.2 FROM conversion_rollup ARRAY JOIN [ \
            ('conversions', conversions), ('revenue_e4', revenue_e4), ('items', items)] AS number \
        WHERE dimension = 'all') \
    GROUP BY site_id, d, goal, name";

#[derive(Row, Deserialize)]
struct Compared {
    site_id: u32,
    day: String,
    what: String,
    expected: i64,
    found: i64,
}

#[derive(Row, Deserialize)]
struct Tallied {
    partition: u16,
    site_id: u32,
    kind: String,
    count: i64,
    hash: i64,
    reach: u64,
}

/// The facts that the tables hold of a partition.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    pub(super) tallies: Tallies,
    pub(super) reach: Reach,
}

/// A client for queries that read whole tables.
pub(super) fn client(client: &Client) -> Client {
    SETTINGS.iter().fold(client.clone(), |client, (name, value)| client.with_setting(*name, *value))
}

/// Where tables differ from what they are made from, on days from `whole_from` on.
pub(super) async fn compare(client: &Client, whole_from: Day) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    for (name, comparison) in COMPARISONS {
        let query = format!(
            "SELECT site_id, day, what, toInt64(expected) AS expected, toInt64(found) AS found FROM ({comparison}) \
             WHERE expected != found AND (day = '-' OR day >= '{whole_from}') ORDER BY site_id, day, what LIMIT {SHOWN_MAX}"
        );
        let rows = client.query_raw(&query).fetch_all::<Compared>().await;
        let rows = rows.with_context(|| format!("cannot compare: {name}"))?;
        differences.extend(rows.into_iter().map(|row| Difference {
            site: row.site_id,
            day: row.day,
            what: row.what,
            expected: row.expected,
            found: row.found,
        }));
    }
    Ok(differences)
}

/// The facts of the tables since each fold began, by fold.
pub(super) async fn stored(client: &Client, folds: &[EventsFold], gone: &Gone) -> Result<Vec<Stored>> {
    let rows = client.query_raw(&stored_query(folds, gone)).fetch_all::<Tallied>().await;
    let mut stored = vec![Stored::default(); folds.len()];
    for row in rows.context("cannot count the tables")? {
        let (Some(stored), Some(kind)) = (stored.get_mut(usize::from(row.partition)), Counted::parse(&row.kind)) else {
            continue;
        };
        stored.tallies.add_many(SiteId(row.site_id), kind, row.count, row.hash);
        stored.reach.extend(kind, row.reach);
    }
    Ok(stored)
}

/// Ids carry their partition, and grow within it.
fn stored_query(folds: &[EventsFold], gone: &Gone) -> String {
    let since: Vec<u64> = folds.iter().map(|fold| fold.since().0).collect();
    let conversion = "bitXor(id, reinterpretAsUInt64(toInt64(goal)))";
    let facts = [
        ("hits", "hit_id", "1", "id"),
        ("actions", "action_id", "1", "id"),
        ("page_timings", "version", "1", "id"),
        ("visits", "version", "sign", "id"),
        ("conversions", "version", "sign", conversion),
    ];
    let selects = facts.map(|(table, column, sign, hashed)| {
        let (day, from) = if table == "hits" { ("toDate(at)", gone.hits_from()) } else { ("day", gone.kept_from) };
        format!(
            "SELECT partition, site_id, '{table}' AS kind, sum(toInt64({sign})) AS count, \
             sum(reinterpretAsInt64(intHash64({hashed})) * {sign}) AS hash, max(id) AS reach \
             FROM (SELECT *, {column} AS id, toUInt16(bitAnd(bitShiftRight(id, 10), 127)) AS partition FROM {table}) \
             WHERE id >= since[partition + 1] AND toString({day}) >= '{from}' GROUP BY partition, site_id"
        )
    });
    format!("WITH {since:?}::Array(UInt64) AS since {}", selects.join(" UNION ALL "))
}

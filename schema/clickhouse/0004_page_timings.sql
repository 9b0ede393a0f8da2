-- Timings that came after their page view (tracking.md §5.7): a row for each change, those of the newest
-- version hold. In the order network, server, transfer, dom processing, dom completion, on load.
CREATE TABLE IF NOT EXISTS {local:page_timings} {on_cluster} (
    site_id UInt32,
    day Date,
    visit_id UInt64,
    action_id UInt64,
    url Nullable(String),
    name Nullable(String),
    before Array(Nullable(UInt32)),
    after Array(Nullable(UInt32)),
    version UInt64
) ENGINE = {engine:MergeTree:}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, visit_id, action_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:page_timings:cityHash64(site_id, visit_id)};

-- A change adds what the page has more than before. A difference below zero wraps around, and so does
-- the sum, so that it is right in the end; least and most cannot forget a timing that was replaced.
CREATE MATERIALIZED VIEW IF NOT EXISTS {local:page_timings_view} {on_cluster} TO {local:action_rollup} AS
SELECT
    site_id,
    day,
    entry.1 AS kind,
    entry.2 AS key_1,
    sumMap(counts) AS timings_count,
    sumMap(sums) AS timings_sum,
    minMap(told) AS timings_min,
    maxMap(told) AS timings_max
FROM (
    SELECT *,
        arrayFilter(n -> isNotNull(after[n]) AND ifNull(after[n] != before[n], 1), [1, 2, 3, 4, 5, 6]::Array(UInt8)) AS numbers,
        mapFromArrays(numbers, arrayMap(n -> toUInt64(isNull(before[n])), numbers)) AS counts,
        mapFromArrays(numbers, arrayMap(n -> toUInt64(assumeNotNull(after[n])) - toUInt64(ifNull(before[n], 0)), numbers)) AS changes,
        mapFromArrays(numbers, arrayMap(n -> reinterpretAsUInt64(changes[n]), numbers)) AS sums,
        mapFromArrays(numbers, arrayMap(n -> assumeNotNull(after[n]), numbers)) AS told
    FROM {local:page_timings}
) AS timed
ARRAY JOIN [('page_url', ifNull(url, '')), ('page_title', ifNull(name, ''))] AS entry
GROUP BY site_id, day, kind, key_1;

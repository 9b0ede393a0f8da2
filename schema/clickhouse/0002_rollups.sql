-- Rollups: every report without a segment reads one of these. A view turns a fact into
-- (dimension, key_1, key_2, key_3) rows; the catalogue of the api names the same dimensions and
-- the expressions they come from. Sums are exact under cancelling rows; `max_actions`, `visitors`
-- and `users` are for periods too large to count exactly from the facts.

CREATE TABLE IF NOT EXISTS {local:visit_rollup} {on_cluster} (
    site_id UInt32,
    day Date,
    dimension LowCardinality(String),
    key_1 String,
    key_2 String,
    key_3 String,
    visits SimpleAggregateFunction(sum, Int64),
    actions SimpleAggregateFunction(sum, Int64),
    interactions SimpleAggregateFunction(sum, Int64),
    total_time SimpleAggregateFunction(sum, Int64),
    bounces SimpleAggregateFunction(sum, Int64),
    converted SimpleAggregateFunction(sum, Int64),
    max_actions SimpleAggregateFunction(max, UInt32),
    -- What a row shows beside its numbers: the place of a city.
    note SimpleAggregateFunction(max, String),
    visitors AggregateFunction(uniqCombined64(14), UInt64),
    users AggregateFunction(uniqCombined64(14), String)
) ENGINE = {engine:AggregatingMergeTree:}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, dimension, day, key_1, key_2, key_3)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:visit_rollup:rand()};

CREATE MATERIALIZED VIEW IF NOT EXISTS {local:visit_rollup_view} {on_cluster} TO {local:visit_rollup} AS
SELECT
    site_id,
    day,
    pair.1 AS dimension,
    pair.2 AS key_1,
    pair.3 AS key_2,
    pair.4 AS key_3,
    sum(toInt64(sign)) AS visits,
    sum(toInt64(v.actions) * sign) AS actions,
    sum(toInt64(v.interactions) * sign) AS interactions,
    sum(toInt64(v.total_time) * sign) AS total_time,
    sum(if(v.actions <= 1, toInt64(sign), 0)) AS bounces,
    sum(if(v.converted = 1, toInt64(sign), 0)) AS converted,
    maxIf(v.actions, sign > 0) AS max_actions,
    maxIf(if(pair.1 = 'city' AND isNotNull(latitude) AND isNotNull(longitude),
        concat(toString(assumeNotNull(latitude)), ' ', toString(assumeNotNull(longitude))), ''), sign > 0) AS note,
    uniqCombined64IfState(14)(visitor_id, sign > 0) AS visitors,
    uniqCombined64IfState(14)(user_id, sign > 0 AND user_id != '') AS users
FROM {local:visits} AS v
ARRAY JOIN arrayConcat(
    [
        ('all', '', '', ''),
        ('returning', toString(returning), '', ''),
        ('referrer', toString(referrer_type), referrer_name, referrer_keyword),
        ('country', toString(country), '', ''),
        ('city', toString(country), toString(region), city),
        ('language', toString(language), '', ''),
        ('device_type', ifNull(toString(device_type), ''), '', ''),
        ('device_model', toString(device_brand), toString(device_model), ''),
        ('os', toString(os), toString(os_version), ''),
        ('browser', toString(browser), toString(browser_version), ''),
        ('browser_engine', toString(browser_engine), '', ''),
        ('configuration', toString(os), toString(browser), toString(resolution)),
        ('plugins', toString(plugins), toString(browser = 'IE' AND browser_version IN ('6.0', '7.0', '8.0', '9.0', '10.0')), ''),
        ('duration', toString(least(v.total_time, 1801)), '', ''),
        ('actions', toString(least(v.actions, 21)), '', ''),
        ('days_since_last', toString(returning), toString(least(intDiv(ifNull(seconds_since_last, 0), 86400), 365)), ''),
        ('visit_count', toString(least(visit_count, 201)), '', ''),
        ('local_hour', toString(intDiv(local_time, 3600)), '', ''),
        ('start_hour', toString(start_hour), '', '')
    ],
    if(isNull(entry_url), [], [('entry_url', assumeNotNull(entry_url), '', '')]),
    if(isNull(entry_title), [], [('entry_title', assumeNotNull(entry_title), '', '')]),
    if(isNull(exit_url), [], [('exit_url', assumeNotNull(exit_url), '', '')]),
    if(isNull(exit_title), [], [('exit_title', assumeNotNull(exit_title), '', '')]),
    if(user_id = '', [], [('user', user_id, '', '')]),
    if(referrer_type IN (3, 7, 8), [('referrer_url', toString(referrer_type), referrer_name, referrer_url)], []),
    if(referrer_type = 6, [
        ('campaign', referrer_name, referrer_keyword, campaign['content']),
        ('campaign_source', campaign['source'], campaign['medium'], referrer_name),
        ('campaign_group', campaign['id'], campaign['group'], campaign['placement'])
    ], []),
    arrayMap((slot, variable) -> ('variable', variable.1, variable.2, toString(slot)), mapKeys(variables), mapValues(variables))
) AS pair
GROUP BY site_id, day, dimension, key_1, key_2, key_3;

-- kind: page_url, page_title, outlink, download, search, search_category, event, content, and
-- spent_url / spent_title: the time an action credits to what was before it.
CREATE TABLE IF NOT EXISTS {local:action_rollup} {on_cluster} (
    site_id UInt32,
    day Date,
    kind LowCardinality(String),
    key_1 String,
    key_2 String,
    key_3 String,
    hits SimpleAggregateFunction(sum, Int64),
    time_spent SimpleAggregateFunction(sum, Int64),
    following_search SimpleAggregateFunction(sum, Int64),
    interactions SimpleAggregateFunction(sum, Int64),
    values_count SimpleAggregateFunction(sum, Int64),
    values_sum SimpleAggregateFunction(sum, Float64),
    values_min SimpleAggregateFunction(min, Nullable(Float64)),
    values_max SimpleAggregateFunction(max, Nullable(Float64)),
    -- By timing (1 network, 2 server, 3 transfer, 4 dom processing, 5 dom completion, 6 on load): hits
    -- with it, and milliseconds. A timing that no hit has is absent; reading it gives 0.
    timings_count SimpleAggregateFunction(sumMap, Map(UInt8, UInt64)),
    timings_sum SimpleAggregateFunction(sumMap, Map(UInt8, UInt64)),
    timings_min SimpleAggregateFunction(minMap, Map(UInt8, UInt32)),
    timings_max SimpleAggregateFunction(maxMap, Map(UInt8, UInt32)),
    bandwidth_count SimpleAggregateFunction(sum, Int64),
    bandwidth_sum SimpleAggregateFunction(sum, Int64),
    visits AggregateFunction(uniqCombined64(14), UInt64),
    visitors AggregateFunction(uniqCombined64(14), UInt64)
) ENGINE = {engine:AggregatingMergeTree:}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, kind, day, key_1, key_2, key_3)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:action_rollup:rand()};

CREATE MATERIALIZED VIEW IF NOT EXISTS {local:action_rollup_view} {on_cluster} TO {local:action_rollup} AS
SELECT
    site_id,
    day,
    entry.1 AS kind,
    entry.2 AS key_1,
    entry.3 AS key_2,
    entry.4 AS key_3,
    -- entry.5 is 0 where the action only credits time to what was before it.
    toInt64(sum(entry.5)) AS hits,
    sumIf(toInt64(time_spent_before), entry.5 = 0) AS time_spent,
    countIf(entry.5 AND a.kind = 1 AND follows_search) AS following_search,
    countIf(entry.5 AND a.kind = 13 AND content_interaction != '') AS interactions,
    countIf(entry.5 AND isNotNull(event_value)) AS values_count,
    sumIf(ifNull(event_value, 0), entry.5) AS values_sum,
    minIf(event_value, entry.5) AS values_min,
    maxIf(event_value, entry.5) AS values_max,
    sumMapIf(timings_seen, entry.5) AS timings_count,
    sumMapIf(timings, entry.5) AS timings_sum,
    minMapIf(timings, entry.5) AS timings_min,
    maxMapIf(timings, entry.5) AS timings_max,
    countIf(entry.5 AND isNotNull(bandwidth)) AS bandwidth_count,
    sumIf(toInt64(ifNull(bandwidth, 0)), entry.5) AS bandwidth_sum,
    uniqCombined64IfState(14)(visit_id, entry.5) AS visits,
    uniqCombined64IfState(14)(visitor_id, entry.5) AS visitors
FROM (
    SELECT *,
        [time_network, time_server, time_transfer, time_dom_processing, time_dom_completion, time_on_load] AS times,
        if(kind = 1, arrayFilter((n, t) -> isNotNull(t), [1, 2, 3, 4, 5, 6]::Array(UInt8), times), []) AS numbers,
        mapFromArrays(numbers, arrayMap(n -> assumeNotNull(times[n]), numbers)) AS timings,
        mapFromArrays(numbers, arrayMap(n -> toUInt64(1), numbers)) AS timings_seen
    FROM {local:actions}
) AS a
ARRAY JOIN arrayConcat(
    multiIf(
        a.kind = 1, [('page_url', ifNull(url, ''), '', '', 1), ('page_title', ifNull(name, ''), '', '', 1)],
        a.kind = 2, [('outlink', ifNull(url, ''), '', '', 1)],
        a.kind = 3, [('download', ifNull(url, ''), '', '', 1)],
        a.kind = 8, [('search', ifNull(name, ''), '', '', 1), ('search_category', search_category, '', '', 1)],
        a.kind = 10, [('event', event_category, event_action, ifNull(name, ''), 1)],
        [('content', content_name, content_piece, content_target, 1)]),
    if(a.kind = 10 OR isNull(previous_url), [], [('spent_url', assumeNotNull(previous_url), '', '', 0)]),
    if(a.kind = 10 OR isNull(previous_name), [], [('spent_title', assumeNotNull(previous_name), '', '', 0)])
) AS entry
GROUP BY site_id, day, kind, key_1, key_2, key_3;

-- goal 0 orders, -1 open carts.
CREATE TABLE IF NOT EXISTS {local:conversion_rollup} {on_cluster} (
    site_id UInt32,
    day Date,
    goal Int32,
    dimension LowCardinality(String),
    key_1 String,
    key_2 String,
    key_3 String,
    conversions SimpleAggregateFunction(sum, Int64),
    revenue_e4 SimpleAggregateFunction(sum, Int64),
    subtotal_e4 SimpleAggregateFunction(sum, Int64),
    tax_e4 SimpleAggregateFunction(sum, Int64),
    shipping_e4 SimpleAggregateFunction(sum, Int64),
    discount_e4 SimpleAggregateFunction(sum, Int64),
    items SimpleAggregateFunction(sum, Int64),
    visits AggregateFunction(uniqCombined64(14), UInt64)
) ENGINE = {engine:AggregatingMergeTree:}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, dimension, day, goal, key_1, key_2, key_3)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:conversion_rollup:rand()};

CREATE MATERIALIZED VIEW IF NOT EXISTS {local:conversion_rollup_view} {on_cluster} TO {local:conversion_rollup} AS
SELECT
    site_id,
    day,
    goal,
    pair.1 AS dimension,
    pair.2 AS key_1,
    pair.3 AS key_2,
    pair.4 AS key_3,
    sum(toInt64(sign)) AS conversions,
    sum(c.revenue_e4 * sign) AS revenue_e4,
    sum(c.subtotal_e4 * sign) AS subtotal_e4,
    sum(c.tax_e4 * sign) AS tax_e4,
    sum(c.shipping_e4 * sign) AS shipping_e4,
    sum(c.discount_e4 * sign) AS discount_e4,
    sum(toInt64(c.items) * sign) AS items,
    uniqCombined64IfState(14)(visit_id, sign > 0) AS visits
FROM {local:conversions} AS c
ARRAY JOIN arrayConcat([
    ('all', '', '', ''),
    ('returning', toString(returning), '', ''),
    ('referrer', toString(referrer_type), referrer_name, referrer_keyword),
    ('country', toString(country), '', ''),
    ('city', toString(country), toString(region), city),
    ('device_type', ifNull(toString(device_type), ''), '', ''),
    ('device_model', toString(device_brand), toString(device_model), ''),
    ('browser', toString(browser), '', ''),
    ('start_hour', toString(hour), '', ''),
    ('visit_count', toString(visit_count), '', ''),
    ('days_since_first', toString(intDiv(ifNull(seconds_since_first, 0), 86400)), '', '')
],
    if(referrer_type IN (3, 7, 8), [('referrer_url', toString(referrer_type), referrer_name, referrer_url)], []),
    if(referrer_type = 6, [
        ('campaign', referrer_name, referrer_keyword, campaign['content']),
        ('campaign_source', campaign['source'], campaign['medium'], referrer_name),
        ('campaign_group', campaign['id'], campaign['group'], campaign['placement'])
    ], []),
    arrayMap((slot, variable) -> ('variable', variable.1, variable.2, toString(slot)), mapKeys(variables), mapValues(variables))
) AS pair
GROUP BY site_id, day, goal, dimension, key_1, key_2, key_3;

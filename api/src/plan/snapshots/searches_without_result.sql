-- # Actions.getSiteSearchNoResultKeywords: exact days

-- ActionSums, 1 keys
SELECT site_id, day AS bucket, key_1 AS k0, sum(hits), sum(following_search), sumMap(timings_count), sumMap(timings_sum), minMap(timings_min), maxMap(timings_max), sum(bandwidth_count), sum(bandwidth_sum) FROM action_rollup WHERE kind = 'search' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0 HAVING sum(hits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- ActionUniques, 1 keys
SELECT site_id, day AS bucket, ifNull(name, '') AS k0, uniqExact(visit_id), uniqExact(visitor_id), countIf(url_prefix = 0), countIf(url_prefix = 1), countIf(url_prefix = 2), countIf(url_prefix = 3), min(bandwidth), max(bandwidth), argMin(url_prefix, (at, action_id)), toUInt32(min(day)), tupleElement(sumMap([day], [1]), 2)[1] FROM actions WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- TimeSpent, 1 keys
SELECT site_id, day AS bucket, key_1 AS k0, sum(time_spent) FROM action_rollup WHERE kind = {kind:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND cityHash64(site_id, day, key_1) IN (SELECT cityHash64(site_id, day, key_1) FROM action_rollup WHERE kind = 'search' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND hits > 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- kind = Text("spent_title")

-- ExitSums, 1 keys
SELECT site_id, day AS bucket, key_1 AS k0, sum(visits), sum(actions), sum(total_time), sum(bounces), toUInt32(min(day)) FROM visit_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND cityHash64(site_id, day, key_1) IN (SELECT cityHash64(site_id, day, key_1) FROM action_rollup WHERE kind = 'search' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND hits > 0) GROUP BY site_id, bucket, k0 HAVING sum(visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- dimension = Text("exit_title")

-- SearchesWithoutResult, 1 keys
SELECT site_id, bucket, k0, count() FROM (SELECT site_id, day AS bucket, ifNull(name, '') AS k0 FROM actions WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, day, k0 HAVING max(search_count) = 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # Actions.getSiteSearchNoResultKeywords: sketched weeks

-- ActionSums, 1 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, sum(hits), sum(following_search), sumMap(timings_count), sumMap(timings_sum), minMap(timings_min), maxMap(timings_max), sum(bandwidth_count), sum(bandwidth_sum) FROM action_rollup WHERE kind = 'search' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0 HAVING sum(hits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- ActionUniques, 1 keys
SELECT site_id, bucket, k0, sum(day_visits), sum(day_visitors) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, uniqCombined64Merge(14)(visits) AS day_visits, uniqCombined64Merge(14)(visitors) AS day_visitors FROM action_rollup WHERE kind = 'search' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, day) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- TimeSpent, 1 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, sum(time_spent) FROM action_rollup WHERE kind = {kind:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND cityHash64(site_id, day, key_1) IN (SELECT cityHash64(site_id, day, key_1) FROM action_rollup WHERE kind = 'search' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND hits > 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- kind = Text("spent_title")

-- ExitSums, 1 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, sum(visits), sum(actions), sum(total_time), sum(bounces), toUInt32(min(day)) FROM visit_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND cityHash64(site_id, day, key_1) IN (SELECT cityHash64(site_id, day, key_1) FROM action_rollup WHERE kind = 'search' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND hits > 0) GROUP BY site_id, bucket, k0 HAVING sum(visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("exit_title")

-- SearchesWithoutResult, 1 keys
SELECT site_id, bucket, k0, count() FROM (SELECT site_id, toMonday(day) AS bucket, ifNull(name, '') AS k0 FROM actions WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, day, k0 HAVING max(search_count) = 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")


-- # Actions.getSiteSearchNoResultKeywords: a segmented range

-- ActionSums, 1 keys
SELECT site_id, {from:Date} AS bucket, k0 AS page, sum(hits), sum(following), sum(count_1), sum(count_2), sum(count_3), sum(count_4), sum(count_5), sum(count_6), sum(sum_1), sum(sum_2), sum(sum_3), sum(sum_4), sum(sum_5), sum(sum_6), min(least_1), min(least_2), min(least_3), min(least_4), min(least_5), min(least_6), max(most_1), max(most_2), max(most_3), max(most_4), max(most_5), max(most_6), sum(bandwidth_count), sum(bandwidth_sum), sum(visits), sum(visitors), sum(prefix_0), sum(prefix_1), sum(prefix_2), sum(prefix_3), min(least_bandwidth), max(most_bandwidth), argMin(first_prefix, first), toUInt32(min(day)), argMin(hits, day), sumIf(seconds, hits > 0), nullIf(sumIf(exit_title_visits, hits > 0), 0), sumIf(exit_title_actions, hits > 0), sumIf(exit_title_seconds, hits > 0), sumIf(exit_title_bounces, hits > 0), minIf(toUInt32(day), hits > 0 AND exit_title_visits != 0) FROM (SELECT site_id, day, ifNull(name, '') AS k0, count() AS hits, countIf(follows_search = 1 AND kind = 1) AS following, countIf(time_network, kind = 1) AS count_1, sumIf(time_network, kind = 1) AS sum_1, minIf(time_network, kind = 1) AS least_1, maxIf(time_network, kind = 1) AS most_1, countIf(time_server, kind = 1) AS count_2, sumIf(time_server, kind = 1) AS sum_2, minIf(time_server, kind = 1) AS least_2, maxIf(time_server, kind = 1) AS most_2, countIf(time_transfer, kind = 1) AS count_3, sumIf(time_transfer, kind = 1) AS sum_3, minIf(time_transfer, kind = 1) AS least_3, maxIf(time_transfer, kind = 1) AS most_3, countIf(time_dom_processing, kind = 1) AS count_4, sumIf(time_dom_processing, kind = 1) AS sum_4, minIf(time_dom_processing, kind = 1) AS least_4, maxIf(time_dom_processing, kind = 1) AS most_4, countIf(time_dom_completion, kind = 1) AS count_5, sumIf(time_dom_completion, kind = 1) AS sum_5, minIf(time_dom_completion, kind = 1) AS least_5, maxIf(time_dom_completion, kind = 1) AS most_5, countIf(time_on_load, kind = 1) AS count_6, sumIf(time_on_load, kind = 1) AS sum_6, minIf(time_on_load, kind = 1) AS least_6, maxIf(time_on_load, kind = 1) AS most_6, count(bandwidth) AS bandwidth_count, sum(ifNull(bandwidth, 0)) AS bandwidth_sum, uniqExact(visit_id) AS visits, uniqExact(visitor_id) AS visitors, countIf(url_prefix = 0) AS prefix_0, countIf(url_prefix = 1) AS prefix_1, countIf(url_prefix = 2) AS prefix_2, countIf(url_prefix = 3) AS prefix_3, min(bandwidth) AS least_bandwidth, max(bandwidth) AS most_bandwidth, min((at, action_id)) AS first, argMin(url_prefix, (at, action_id)) AS first_prefix FROM (SELECT * REPLACE (if(empty(late), time_network, late[1]) AS time_network, if(empty(late), time_server, late[2]) AS time_server, if(empty(late), time_transfer, late[3]) AS time_transfer, if(empty(late), time_dom_processing, late[4]) AS time_dom_processing, if(empty(late), time_dom_completion, late[5]) AS time_dom_completion, if(empty(late), time_on_load, late[6]) AS time_on_load) FROM actions LEFT ANY JOIN (SELECT action_id, argMax(after, version) AS late FROM page_timings WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY action_id) AS told USING (action_id) WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date}) WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, k0) AS seen LEFT JOIN (SELECT site_id, day, ifNull(previous_name, '') AS k0, sum(time_spent_before) AS seconds FROM actions WHERE kind != 10 AND isNotNull(previous_name) AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, k0) AS spent USING (site_id, day, k0) LEFT JOIN (SELECT site_id, day, k0, sum(own_visits) AS exit_title_visits, sum(own_actions) AS exit_title_actions, sum(own_seconds) AS exit_title_seconds, sum(own_bounces) AS exit_title_bounces, countIf(own_visits > 0) AS exit_title_visitors FROM (SELECT site_id, day, ifNull(exit_title, '') AS k0, visitor_id, sum(toInt64(sign)) AS own_visits, sum(toInt64(actions) * sign) AS own_actions, sum(toInt64(total_time) * sign) AS own_seconds, sum(if(actions <= 1, toInt64(sign), 0)) AS own_bounces FROM visits WHERE isNotNull(exit_title) AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, k0, visitor_id) GROUP BY site_id, day, k0) AS of_exit_title USING (site_id, day, k0) GROUP BY site_id, bucket, page HAVING sum(hits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- ActionUniques from number 28
-- TimeSpent from number 39
-- ExitSums from number 40

-- SearchesWithoutResult, 1 keys
SELECT site_id, bucket, k0, count() FROM (SELECT site_id, {from:Date} AS bucket, ifNull(name, '') AS k0 FROM actions WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, day, k0 HAVING max(search_count) = 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


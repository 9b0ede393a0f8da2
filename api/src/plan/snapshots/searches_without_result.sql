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
SELECT site_id, {from:Date} AS bucket, ifNull(name, '') AS k0, count(), countIf(follows_search = 1 AND kind = 1), [countIf(time_network, kind = 1), countIf(time_server, kind = 1), countIf(time_transfer, kind = 1), countIf(time_dom_processing, kind = 1), countIf(time_dom_completion, kind = 1), countIf(time_on_load, kind = 1)], [sumIf(time_network, kind = 1), sumIf(time_server, kind = 1), sumIf(time_transfer, kind = 1), sumIf(time_dom_processing, kind = 1), sumIf(time_dom_completion, kind = 1), sumIf(time_on_load, kind = 1)], [minIf(time_network, kind = 1), minIf(time_server, kind = 1), minIf(time_transfer, kind = 1), minIf(time_dom_processing, kind = 1), minIf(time_dom_completion, kind = 1), minIf(time_on_load, kind = 1)], [maxIf(time_network, kind = 1), maxIf(time_server, kind = 1), maxIf(time_transfer, kind = 1), maxIf(time_dom_processing, kind = 1), maxIf(time_dom_completion, kind = 1), maxIf(time_on_load, kind = 1)], count(bandwidth), sum(ifNull(bandwidth, 0)) FROM (SELECT * REPLACE (if(empty(late), time_network, late[1]) AS time_network, if(empty(late), time_server, late[2]) AS time_server, if(empty(late), time_transfer, late[3]) AS time_transfer, if(empty(late), time_dom_processing, late[4]) AS time_dom_processing, if(empty(late), time_dom_completion, late[5]) AS time_dom_completion, if(empty(late), time_on_load, late[6]) AS time_on_load) FROM actions LEFT ANY JOIN (SELECT action_id, argMax(after, version) AS late FROM page_timings WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY action_id) AS told USING (action_id) WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date}) WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ActionUniques, 1 keys
SELECT site_id, {from:Date} AS bucket, ifNull(name, '') AS k0, uniqExact((day, visit_id)), uniqExact((day, visitor_id)), countIf(url_prefix = 0), countIf(url_prefix = 1), countIf(url_prefix = 2), countIf(url_prefix = 3), min(bandwidth), max(bandwidth), argMin(url_prefix, (at, action_id)), toUInt32(min(day)), tupleElement(sumMap([day], [1]), 2)[1] FROM actions WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- TimeSpent, 1 keys
SELECT site_id, {from:Date} AS bucket, ifNull(previous_name, '') AS k0, sum(time_spent_before) FROM actions WHERE kind != 10 AND isNotNull(previous_name) AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) AND cityHash64(site_id, day, ifNull(previous_name, '')) IN (SELECT cityHash64(site_id, day, ifNull(name, '')) FROM actions WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0)))) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ExitSums, 1 keys
SELECT site_id, {from:Date} AS bucket, ifNull(exit_title, '') AS k0, sum(toInt64(sign)), sum(toInt64(actions) * sign), sum(toInt64(total_time) * sign), sum(if(actions <= 1, toInt64(sign), 0)), toUInt32(min(day)) FROM visits WHERE isNotNull(exit_title) AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) AND cityHash64(site_id, day, ifNull(exit_title, '')) IN (SELECT cityHash64(site_id, day, ifNull(name, '')) FROM actions WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0)))) GROUP BY site_id, bucket, k0 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- SearchesWithoutResult, 1 keys
SELECT site_id, bucket, k0, count() FROM (SELECT site_id, {from:Date} AS bucket, ifNull(name, '') AS k0 FROM actions WHERE kind = 8 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, day, k0 HAVING max(search_count) = 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


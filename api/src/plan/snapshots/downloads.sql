-- # Actions.getDownloads: exact days

-- ActionSums, 1 keys
SELECT site_id, day AS bucket, key_1 AS k0, sum(hits), sum(following_search), sumMap(timings_count), sumMap(timings_sum), minMap(timings_min), maxMap(timings_max), sum(bandwidth_count), sum(bandwidth_sum) FROM action_rollup WHERE kind = 'download' AND key_1 != '' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0 HAVING sum(hits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- ActionUniques, 1 keys
SELECT site_id, day AS bucket, ifNull(url, '') AS k0, uniqExact(visit_id), uniqExact(visitor_id), countIf(url_prefix = 0), countIf(url_prefix = 1), countIf(url_prefix = 2), countIf(url_prefix = 3), min(bandwidth), max(bandwidth), argMin(url_prefix, (at, action_id)), toUInt32(min(day)), tupleElement(sumMap([day], [1]), 2)[1] FROM actions WHERE kind = 3 AND ifNull(url, '') != '' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # Actions.getDownloads: sketched weeks

-- ActionSums, 1 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, sum(hits), sum(following_search), sumMap(timings_count), sumMap(timings_sum), minMap(timings_min), maxMap(timings_max), sum(bandwidth_count), sum(bandwidth_sum) FROM action_rollup WHERE kind = 'download' AND key_1 != '' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0 HAVING sum(hits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- ActionUniques, 1 keys
SELECT site_id, bucket, k0, sum(day_visits), sum(day_visitors) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, uniqCombined64Merge(14)(visits) AS day_visits, uniqCombined64Merge(14)(visitors) AS day_visitors FROM action_rollup WHERE kind = 'download' AND key_1 != '' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, day) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")


-- # Actions.getDownloads: a segmented range

-- ActionSums, 1 keys
SELECT site_id, {from:Date} AS bucket, ifNull(url, '') AS k0, count(), countIf(follows_search = 1 AND kind = 1), [countIf(time_network, kind = 1), countIf(time_server, kind = 1), countIf(time_transfer, kind = 1), countIf(time_dom_processing, kind = 1), countIf(time_dom_completion, kind = 1), countIf(time_on_load, kind = 1)], [sumIf(time_network, kind = 1), sumIf(time_server, kind = 1), sumIf(time_transfer, kind = 1), sumIf(time_dom_processing, kind = 1), sumIf(time_dom_completion, kind = 1), sumIf(time_on_load, kind = 1)], [minIf(time_network, kind = 1), minIf(time_server, kind = 1), minIf(time_transfer, kind = 1), minIf(time_dom_processing, kind = 1), minIf(time_dom_completion, kind = 1), minIf(time_on_load, kind = 1)], [maxIf(time_network, kind = 1), maxIf(time_server, kind = 1), maxIf(time_transfer, kind = 1), maxIf(time_dom_processing, kind = 1), maxIf(time_dom_completion, kind = 1), maxIf(time_on_load, kind = 1)], count(bandwidth), sum(ifNull(bandwidth, 0)) FROM (SELECT * REPLACE (if(empty(late), time_network, late[1]) AS time_network, if(empty(late), time_server, late[2]) AS time_server, if(empty(late), time_transfer, late[3]) AS time_transfer, if(empty(late), time_dom_processing, late[4]) AS time_dom_processing, if(empty(late), time_dom_completion, late[5]) AS time_dom_completion, if(empty(late), time_on_load, late[6]) AS time_on_load) FROM actions LEFT ANY JOIN (SELECT action_id, argMax(after, version) AS late FROM page_timings WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY action_id) AS told USING (action_id) WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date}) WHERE kind = 3 AND ifNull(url, '') != '' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ActionUniques, 1 keys
SELECT site_id, {from:Date} AS bucket, ifNull(url, '') AS k0, uniqExact((day, visit_id)), uniqExact((day, visitor_id)), countIf(url_prefix = 0), countIf(url_prefix = 1), countIf(url_prefix = 2), countIf(url_prefix = 3), min(bandwidth), max(bandwidth), argMin(url_prefix, (at, action_id)), toUInt32(min(day)), tupleElement(sumMap([day], [1]), 2)[1] FROM actions WHERE kind = 3 AND ifNull(url, '') != '' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


-- # PagePerformance.get: exact days

-- PageTimings, 0 keys
SELECT site_id, day AS bucket, sumMap(timings_count), sumMap(timings_sum) FROM action_rollup WHERE kind = 'page_url' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # PagePerformance.get: sketched weeks

-- PageTimings, 0 keys
SELECT site_id, toMonday(day) AS bucket, sumMap(timings_count), sumMap(timings_sum) FROM action_rollup WHERE kind = 'page_url' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")


-- # PagePerformance.get: a segmented range

-- PageTimings, 0 keys
SELECT site_id, {from:Date} AS bucket, count(time_network), count(time_server), count(time_transfer), count(time_dom_processing), count(time_dom_completion), count(time_on_load), sum(time_network), sum(time_server), sum(time_transfer), sum(time_dom_processing), sum(time_dom_completion), sum(time_on_load) FROM (SELECT * REPLACE (if(empty(late), time_network, late[1]) AS time_network, if(empty(late), time_server, late[2]) AS time_server, if(empty(late), time_transfer, late[3]) AS time_transfer, if(empty(late), time_dom_processing, late[4]) AS time_dom_processing, if(empty(late), time_dom_completion, late[5]) AS time_dom_completion, if(empty(late), time_on_load, late[6]) AS time_on_load) FROM actions LEFT ANY JOIN (SELECT action_id, argMax(after, version) AS late FROM page_timings WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY action_id) AS told USING (action_id) WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date}) WHERE kind = 1 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


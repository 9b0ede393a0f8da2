-- # VisitsSummary.get: exact days

-- VisitSums(0), 0 keys
SELECT site_id, day AS bucket, sum(visits), sum(actions), sum(total_time), sum(bounces), sum(converted) FROM visit_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket HAVING sum(visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- dimension = Text("all")

-- VisitUniques(0), 0 keys
SELECT site_id, bucket, uniqExact(visitor_id), uniqExactIf(user_id, user_id != ''), max(live_actions) FROM (SELECT site_id, day AS live_day, day AS bucket, visitor_id, user_id, actions AS live_actions FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, day, bucket, visitor_id, user_id, actions HAVING sum(sign) > 0) GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # VisitsSummary.get: sketched weeks

-- VisitSums(0), 0 keys
SELECT site_id, bucket, sum(n_visits), sum(n_actions), sum(n_time), sum(n_bounces), sum(n_converted), sum(n_visitors), sum(n_users), max(n_most) FROM (SELECT site_id, toMonday(day) AS bucket, sum(visits) AS n_visits, sum(actions) AS n_actions, sum(total_time) AS n_time, sum(bounces) AS n_bounces, sum(converted) AS n_converted, uniqCombined64Merge(14)(visitors) AS n_visitors, uniqCombined64Merge(14)(users) AS n_users, max(max_actions) AS n_most, max(note) AS n_note FROM visit_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket) GROUP BY site_id, bucket HAVING sum(n_visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("all")
-- VisitUniques(0) from number 5


-- # VisitsSummary.get: a segmented range

-- VisitSums(0), 0 keys
SELECT site_id, {from:Date} AS bucket, sum(toInt64(sign)), sum(toInt64(actions) * sign), sum(toInt64(total_time) * sign), sum(if(actions <= 1, toInt64(sign), 0)), sum(if(converted = 1, toInt64(sign), 0)) FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- VisitUniques(0), 0 keys
SELECT site_id, bucket, uniqExact(visitor_id), uniqExactIf(user_id, user_id != ''), max(live_actions) FROM (SELECT site_id, day AS live_day, {from:Date} AS bucket, visitor_id, user_id, actions AS live_actions FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, bucket, visitor_id, user_id, actions HAVING sum(sign) > 0) GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


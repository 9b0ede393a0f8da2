-- # Events.getCategory: exact days

-- GroupSums(None), 1 keys
SELECT site_id, day AS bucket, key_1 AS k0, sum(hits), sum(interactions), sum(values_count), sum(values_sum), min(values_min), max(values_max) FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- GroupUniques(None), 1 keys
SELECT site_id, bucket, k0, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, day AS bucket, event_category AS k0, uniqExactIf(visit_id, content_interaction = '') AS key_visits, uniqExactIf(visitor_id, content_interaction = '') AS key_visitors FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, day, event_category, event_action, ifNull(name, '')) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- GroupSums(Some(EventAction)), 2 keys
SELECT site_id, day AS bucket, key_1 AS k0, key_2 AS k1, sum(hits), sum(interactions), sum(values_count), sum(values_sum), min(values_min), max(values_max) FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- GroupUniques(Some(EventAction)), 2 keys
SELECT site_id, bucket, k0, k1, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, day AS bucket, event_category AS k0, event_action AS k1, uniqExactIf(visit_id, content_interaction = '') AS key_visits, uniqExactIf(visitor_id, content_interaction = '') AS key_visitors FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, day, event_category, event_action, ifNull(name, '')) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- GroupSums(Some(EventName)), 2 keys
SELECT site_id, day AS bucket, key_1 AS k0, key_3 AS k1, sum(hits), sum(interactions), sum(values_count), sum(values_sum), min(values_min), max(values_max) FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- GroupUniques(Some(EventName)), 2 keys
SELECT site_id, bucket, k0, k1, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, day AS bucket, event_category AS k0, ifNull(name, '') AS k1, uniqExactIf(visit_id, content_interaction = '') AS key_visits, uniqExactIf(visitor_id, content_interaction = '') AS key_visitors FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, day, event_category, event_action, ifNull(name, '')) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # Events.getCategory: sketched weeks

-- GroupSums(None), 1 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, sum(hits), sum(interactions), sum(values_count), sum(values_sum), min(values_min), max(values_max) FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- GroupUniques(None), 1 keys
SELECT site_id, bucket, k0, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, uniqCombined64Merge(14)(visits) AS key_visits, uniqCombined64Merge(14)(visitors) AS key_visitors FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, day, key_1, key_2, key_3 HAVING sum(hits) > sum(interactions)) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- GroupSums(Some(EventAction)), 2 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, key_2 AS k1, sum(hits), sum(interactions), sum(values_count), sum(values_sum), min(values_min), max(values_max) FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- GroupUniques(Some(EventAction)), 2 keys
SELECT site_id, bucket, k0, k1, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, key_2 AS k1, uniqCombined64Merge(14)(visits) AS key_visits, uniqCombined64Merge(14)(visitors) AS key_visitors FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, day, key_1, key_2, key_3 HAVING sum(hits) > sum(interactions)) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- GroupSums(Some(EventName)), 2 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, key_3 AS k1, sum(hits), sum(interactions), sum(values_count), sum(values_sum), min(values_min), max(values_max) FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- GroupUniques(Some(EventName)), 2 keys
SELECT site_id, bucket, k0, k1, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, key_3 AS k1, uniqCombined64Merge(14)(visits) AS key_visits, uniqCombined64Merge(14)(visitors) AS key_visitors FROM action_rollup WHERE kind = 'event' AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, day, key_1, key_2, key_3 HAVING sum(hits) > sum(interactions)) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")


-- # Events.getCategory: a segmented range

-- GroupSums(None), 1 keys
SELECT site_id, {from:Date} AS bucket, event_category AS k0, count(), countIf(content_interaction != ''), count(event_value), sum(ifNull(event_value, 0)), min(event_value), max(event_value) FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- GroupUniques(None), 1 keys
SELECT site_id, bucket, k0, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, {from:Date} AS bucket, event_category AS k0, uniqExactIf(visit_id, content_interaction = '') AS key_visits, uniqExactIf(visitor_id, content_interaction = '') AS key_visitors FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, day, event_category, event_action, ifNull(name, '')) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- GroupSums(Some(EventAction)), 2 keys
SELECT site_id, {from:Date} AS bucket, event_category AS k0, event_action AS k1, count(), countIf(content_interaction != ''), count(event_value), sum(ifNull(event_value, 0)), min(event_value), max(event_value) FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- GroupUniques(Some(EventAction)), 2 keys
SELECT site_id, bucket, k0, k1, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, {from:Date} AS bucket, event_category AS k0, event_action AS k1, uniqExactIf(visit_id, content_interaction = '') AS key_visits, uniqExactIf(visitor_id, content_interaction = '') AS key_visitors FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1, day, event_category, event_action, ifNull(name, '')) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- GroupSums(Some(EventName)), 2 keys
SELECT site_id, {from:Date} AS bucket, event_category AS k0, ifNull(name, '') AS k1, count(), countIf(content_interaction != ''), count(event_value), sum(ifNull(event_value, 0)), min(event_value), max(event_value) FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- GroupUniques(Some(EventName)), 2 keys
SELECT site_id, bucket, k0, k1, sum(key_visits), sum(key_visitors) FROM (SELECT site_id, {from:Date} AS bucket, event_category AS k0, ifNull(name, '') AS k1, uniqExactIf(visit_id, content_interaction = '') AS key_visits, uniqExactIf(visitor_id, content_interaction = '') AS key_visitors FROM actions WHERE kind = 10 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1, day, event_category, event_action, ifNull(name, '')) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


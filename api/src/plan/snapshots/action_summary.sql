-- # Actions.get: exact days

-- ActionTotals, 0 keys
SELECT site_id, day AS bucket, countIf(kind = 1), uniqExactIf((day, visit_id, ifNull(url, '')), kind = 1), countIf(kind = 3), uniqExactIf((day, visit_id, ifNull(url, '')), kind = 3), countIf(kind = 2), uniqExactIf((day, visit_id, ifNull(url, '')), kind = 2), countIf(kind = 8), uniqExactIf(ifNull(name, ''), kind = 8) FROM actions WHERE kind IN (1, 2, 3, 8) AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # Actions.get: sketched weeks

-- ActionTotals, 0 keys
SELECT site_id, bucket, sumIf(day_hits, day_kind = 'page_url'), sumIf(day_visits, day_kind = 'page_url'), sumIf(day_hits, day_kind = 'download'), sumIf(day_visits, day_kind = 'download'), sumIf(day_hits, day_kind = 'outlink'), sumIf(day_visits, day_kind = 'outlink'), sumIf(day_hits, day_kind = 'search'), uniqExactIf(key_1, day_kind = 'search') FROM (SELECT site_id, toMonday(day) AS bucket, toString(kind) AS day_kind, key_1, sum(hits) AS day_hits, if(kind = 'search', 0, uniqCombined64Merge(14)(visits)) AS day_visits FROM action_rollup WHERE kind IN ('page_url', 'download', 'outlink', 'search') AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, day, kind, key_1 HAVING day_hits > 0) GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")


-- # Actions.get: a segmented range

-- ActionTotals, 0 keys
SELECT site_id, {from:Date} AS bucket, countIf(kind = 1), uniqExactIf((day, visit_id, ifNull(url, '')), kind = 1), countIf(kind = 3), uniqExactIf((day, visit_id, ifNull(url, '')), kind = 3), countIf(kind = 2), uniqExactIf((day, visit_id, ifNull(url, '')), kind = 2), countIf(kind = 8), uniqExactIf(ifNull(name, ''), kind = 8) FROM actions WHERE kind IN (1, 2, 3, 8) AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


-- # Bandwidth.get: exact days

-- Bandwidth, 0 keys
SELECT site_id, day AS bucket, sum(bandwidth_sum), sumIf(bandwidth_sum, kind = 'page_url'), sumIf(bandwidth_sum, kind = 'download') FROM action_rollup WHERE kind IN ('page_url', 'outlink', 'download', 'search', 'event', 'content') AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # Bandwidth.get: sketched weeks

-- Bandwidth, 0 keys
SELECT site_id, toMonday(day) AS bucket, sum(bandwidth_sum), sumIf(bandwidth_sum, kind = 'page_url'), sumIf(bandwidth_sum, kind = 'download') FROM action_rollup WHERE kind IN ('page_url', 'outlink', 'download', 'search', 'event', 'content') AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")


-- # Bandwidth.get: a segmented range

-- Bandwidth, 0 keys
SELECT site_id, {from:Date} AS bucket, sum(ifNull(bandwidth, 0)), sumIf(ifNull(bandwidth, 0), kind = 1), sumIf(ifNull(bandwidth, 0), kind = 3) FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


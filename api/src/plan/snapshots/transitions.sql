-- PageViews
SELECT site_id, day AS bucket, count() FROM actions WHERE kind = 1 AND url = {page:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-01")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- page = Text("x.org/a")

-- Before
SELECT site_id, day AS bucket, if(follows_search = 1, '8', '1') AS k0, ifNull(if(follows_search = 1, previous_name, previous_url), '') AS k1, count() FROM actions WHERE kind = 1 AND url = {page:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) AND (isNotNull(previous_url) OR (follows_search = 1 AND (visit_id, at) NOT IN (SELECT visit_id, min(at) FROM actions WHERE kind = 1 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} GROUP BY visit_id))) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-01")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- page = Text("x.org/a")

-- After
SELECT site_id, day AS bucket, toString(kind) AS k0, ifNull(multiIf(kind = 1, url, kind = 8, name, url), '') AS k1, count() FROM actions WHERE kind IN (1, 2, 3, 8) AND previous_url = {page:String} AND follows_search = 0 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-01")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- page = Text("x.org/a")

-- EntrySums
SELECT site_id, day AS bucket, toString(referrer_type) AS k0, multiIf(referrer_type = 2, referrer_name, referrer_type = 6, trim(concat(referrer_name, ' ', referrer_keyword)), referrer_url) AS k1, sum(toInt64(sign)) FROM visits WHERE entry_url = {page:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-01")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- page = Text("x.org/a")

-- PageViews
SELECT site_id, day AS bucket, count() FROM actions WHERE kind = 1 AND name = {page:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-01")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- page = Text("A")

-- Before
SELECT site_id, day AS bucket, if(follows_search = 1, '8', '1') AS k0, ifNull(if(follows_search = 1, previous_name, previous_name), '') AS k1, count() FROM actions WHERE kind = 1 AND name = {page:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) AND (isNotNull(previous_name) OR (follows_search = 1 AND (visit_id, at) NOT IN (SELECT visit_id, min(at) FROM actions WHERE kind = 1 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} GROUP BY visit_id))) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-01")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- page = Text("A")

-- After
SELECT site_id, day AS bucket, toString(kind) AS k0, ifNull(multiIf(kind = 1, name, kind = 8, name, url), '') AS k1, count() FROM actions WHERE kind IN (1, 2, 3, 8) AND previous_name = {page:String} AND follows_search = 0 AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-01")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- page = Text("A")

-- EntrySums
SELECT site_id, day AS bucket, toString(referrer_type) AS k0, multiIf(referrer_type = 2, referrer_name, referrer_type = 6, trim(concat(referrer_name, ' ', referrer_keyword)), referrer_url) AS k1, sum(toInt64(sign)) FROM visits WHERE entry_title = {page:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-01")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")
-- page = Text("A")

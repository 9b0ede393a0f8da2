-- # Goals.get: exact days

-- VisitSums(0), 1 keys
SELECT site_id, day AS bucket, key_1 AS k0, sum(visits), sum(actions), sum(total_time), sum(bounces), sum(converted) FROM visit_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0 HAVING sum(visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- dimension = Text("returning")

-- ConversionSums(0), 2 keys
SELECT site_id, day AS bucket, key_1 AS k0, toString(goal) AS k1, sum(conversions), sum(revenue_e4), sum(subtotal_e4), sum(tax_e4), sum(shipping_e4), sum(discount_e4), sum(items) FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1 HAVING sum(conversions) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- dimension = Text("returning")

-- ConversionVisits(0), 2 keys
SELECT site_id, bucket, k0, k1, uniqExact(visit_id) FROM (SELECT site_id, day AS live_day, day AS bucket, toString(returning) AS k0, toString(goal) AS k1, visit_id FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, day, bucket, k0, k1, visit_id HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # Goals.get: sketched weeks

-- VisitSums(0), 1 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, sum(visits), sum(actions), sum(total_time), sum(bounces), sum(converted) FROM visit_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0 HAVING sum(visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("returning")

-- ConversionSums(0), 2 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, toString(goal) AS k1, sum(conversions), sum(revenue_e4), sum(subtotal_e4), sum(tax_e4), sum(shipping_e4), sum(discount_e4), sum(items) FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1 HAVING sum(conversions) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("returning")

-- ConversionVisits(0), 2 keys
SELECT site_id, bucket, k0, k1, sum(day_visits) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, toString(goal) AS k1, uniqCombined64Merge(14)(visits) AS day_visits FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, day) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("returning")


-- # Goals.get: a segmented range

-- VisitSums(0), 1 keys
SELECT site_id, {from:Date} AS bucket, toString(returning) AS k0, sum(toInt64(sign)), sum(toInt64(actions) * sign), sum(toInt64(total_time) * sign), sum(if(actions <= 1, toInt64(sign), 0)), sum(if(converted = 1, toInt64(sign), 0)) FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ConversionSums(0), 2 keys
SELECT site_id, {from:Date} AS bucket, toString(returning) AS k0, toString(goal) AS k1, sum(toInt64(sign)), sum(toInt64(revenue_e4) * sign), sum(toInt64(subtotal_e4) * sign), sum(toInt64(tax_e4) * sign), sum(toInt64(shipping_e4) * sign), sum(toInt64(discount_e4) * sign), sum(toInt64(items) * sign) FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ConversionVisits(0), 2 keys
SELECT site_id, bucket, k0, k1, uniqExact((live_day, visit_id)) FROM (SELECT site_id, day AS live_day, {from:Date} AS bucket, toString(returning) AS k0, toString(goal) AS k1, visit_id FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, bucket, k0, k1, visit_id HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


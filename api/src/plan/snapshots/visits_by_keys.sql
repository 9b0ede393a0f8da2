-- # Referrers.getReferrerType: exact days

-- VisitSums(0), 1 keys
SELECT site_id, day AS bucket, key_1 AS k0, sum(visits), sum(actions), sum(total_time), sum(bounces), sum(converted) FROM visit_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0 HAVING sum(visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- dimension = Text("referrer")

-- VisitUniques(0), 1 keys
SELECT site_id, bucket, k0, uniqExact(visitor_id, referrer_type, referrer_name, referrer_keyword, referrer_url), uniqExactIf(user_id, referrer_type, referrer_name, referrer_keyword, referrer_url, user_id != ''), max(live_actions) FROM (SELECT site_id, day AS live_day, day AS bucket, toString(referrer_type) AS k0, referrer_type, referrer_name, referrer_keyword, referrer_url, visitor_id, user_id, actions AS live_actions FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, day, bucket, k0, referrer_type, referrer_name, referrer_keyword, referrer_url, visitor_id, user_id, actions HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- ConversionSums(0), 2 keys
SELECT site_id, day AS bucket, key_1 AS k0, toString(goal) AS k1, sum(conversions), sum(revenue_e4), sum(subtotal_e4), sum(tax_e4), sum(shipping_e4), sum(discount_e4), sum(items) FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1 HAVING sum(conversions) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- dimension = Text("referrer")

-- ConversionVisits(0), 2 keys
SELECT site_id, bucket, k0, k1, uniqExact(visit_id) FROM (SELECT site_id, day AS live_day, day AS bucket, toString(referrer_type) AS k0, toString(goal) AS k1, visit_id FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, day, bucket, k0, k1, visit_id HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- VisitSums(1), 2 keys
SELECT site_id, day AS bucket, key_1 AS k0, if(key_1 = '2', key_3, key_2) AS k1, sum(visits), sum(actions), sum(total_time), sum(bounces), sum(converted) FROM visit_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1 HAVING sum(visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- dimension = Text("referrer")

-- VisitUniques(1), 2 keys
SELECT site_id, bucket, k0, k1, uniqExact(visitor_id, referrer_type, referrer_name, referrer_keyword, referrer_url), uniqExactIf(user_id, referrer_type, referrer_name, referrer_keyword, referrer_url, user_id != ''), max(live_actions) FROM (SELECT site_id, day AS live_day, day AS bucket, toString(referrer_type) AS k0, if(referrer_type = 2, referrer_keyword, referrer_name) AS k1, referrer_type, referrer_name, referrer_keyword, referrer_url, visitor_id, user_id, actions AS live_actions FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, day, bucket, k0, k1, referrer_type, referrer_name, referrer_keyword, referrer_url, visitor_id, user_id, actions HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- ConversionSums(1), 3 keys
SELECT site_id, day AS bucket, key_1 AS k0, if(key_1 = '2', key_3, key_2) AS k1, toString(goal) AS k2, sum(conversions), sum(revenue_e4), sum(subtotal_e4), sum(tax_e4), sum(shipping_e4), sum(discount_e4), sum(items) FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, k2 HAVING sum(conversions) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- dimension = Text("referrer")

-- ConversionVisits(1), 3 keys
SELECT site_id, bucket, k0, k1, k2, uniqExact(visit_id) FROM (SELECT site_id, day AS live_day, day AS bucket, toString(referrer_type) AS k0, if(referrer_type = 2, referrer_keyword, referrer_name) AS k1, toString(goal) AS k2, visit_id FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, day, bucket, k0, k1, k2, visit_id HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1, k2
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # Referrers.getReferrerType: sketched weeks

-- VisitSums(0), 1 keys
SELECT site_id, bucket, k0, sum(n_visits), sum(n_actions), sum(n_time), sum(n_bounces), sum(n_converted), sum(n_visitors), sum(n_users), max(n_most) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, sum(visits) AS n_visits, sum(actions) AS n_actions, sum(total_time) AS n_time, sum(bounces) AS n_bounces, sum(converted) AS n_converted, uniqCombined64Merge(14)(visitors) AS n_visitors, uniqCombined64Merge(14)(users) AS n_users, max(max_actions) AS n_most, max(note) AS n_note FROM (SELECT site_id, day, 'referrer' AS dimension, r.key_1 AS key_1, r.key_2 AS key_2, if(r.dimension = 'referrer_url', '', r.key_3) AS key_3, r.key_3 AS part, visits, actions, total_time, bounces, converted, visitors, users, max_actions, note FROM visit_rollup AS r WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (r.dimension = 'referrer_url' OR (r.dimension = 'referrer' AND r.key_1 NOT IN ('3', '7', '8')))) WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, day, key_1, key_2, part) GROUP BY site_id, bucket, k0 HAVING sum(n_visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("referrer")
-- VisitUniques(0) from number 5

-- ConversionSums(0), 2 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, toString(goal) AS k1, sum(conversions), sum(revenue_e4), sum(subtotal_e4), sum(tax_e4), sum(shipping_e4), sum(discount_e4), sum(items) FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1 HAVING sum(conversions) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("referrer")

-- ConversionVisits(0), 2 keys
SELECT site_id, bucket, k0, k1, sum(day_visits) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, toString(goal) AS k1, uniqCombined64Merge(14)(visits) AS day_visits FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, day) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("referrer")

-- VisitSums(1), 2 keys
SELECT site_id, bucket, k0, k1, sum(n_visits), sum(n_actions), sum(n_time), sum(n_bounces), sum(n_converted), sum(n_visitors), sum(n_users), max(n_most) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, if(key_1 = '2', key_3, key_2) AS k1, sum(visits) AS n_visits, sum(actions) AS n_actions, sum(total_time) AS n_time, sum(bounces) AS n_bounces, sum(converted) AS n_converted, uniqCombined64Merge(14)(visitors) AS n_visitors, uniqCombined64Merge(14)(users) AS n_users, max(max_actions) AS n_most, max(note) AS n_note FROM (SELECT site_id, day, 'referrer' AS dimension, r.key_1 AS key_1, r.key_2 AS key_2, if(r.dimension = 'referrer_url', '', r.key_3) AS key_3, r.key_3 AS part, visits, actions, total_time, bounces, converted, visitors, users, max_actions, note FROM visit_rollup AS r WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (r.dimension = 'referrer_url' OR (r.dimension = 'referrer' AND r.key_1 NOT IN ('3', '7', '8')))) WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, day, key_1, key_2, part) GROUP BY site_id, bucket, k0, k1 HAVING sum(n_visits) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("referrer")
-- VisitUniques(1) from number 5

-- ConversionSums(1), 3 keys
SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, if(key_1 = '2', key_3, key_2) AS k1, toString(goal) AS k2, sum(conversions), sum(revenue_e4), sum(subtotal_e4), sum(tax_e4), sum(shipping_e4), sum(discount_e4), sum(items) FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, k2 HAVING sum(conversions) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("referrer")

-- ConversionVisits(1), 3 keys
SELECT site_id, bucket, k0, k1, k2, sum(day_visits) FROM (SELECT site_id, toMonday(day) AS bucket, key_1 AS k0, if(key_1 = '2', key_3, key_2) AS k1, toString(goal) AS k2, uniqCombined64Merge(14)(visits) AS day_visits FROM conversion_rollup WHERE dimension = {dimension:String} AND site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY site_id, bucket, k0, k1, k2, day) GROUP BY site_id, bucket, k0, k1, k2
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")
-- dimension = Text("referrer")


-- # Referrers.getReferrerType: a segmented range

-- VisitSums(0), 1 keys
SELECT site_id, {from:Date} AS bucket, toString(referrer_type) AS k0, sum(toInt64(sign)), sum(toInt64(actions) * sign), sum(toInt64(total_time) * sign), sum(if(actions <= 1, toInt64(sign), 0)), sum(if(converted = 1, toInt64(sign), 0)) FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- VisitUniques(0), 1 keys
SELECT site_id, bucket, k0, uniqExact((live_day, visitor_id), referrer_type, referrer_name, referrer_keyword, referrer_url), uniqExactIf((live_day, user_id), referrer_type, referrer_name, referrer_keyword, referrer_url, user_id != ''), max(live_actions) FROM (SELECT site_id, day AS live_day, {from:Date} AS bucket, toString(referrer_type) AS k0, referrer_type, referrer_name, referrer_keyword, referrer_url, visitor_id, user_id, actions AS live_actions FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, bucket, k0, referrer_type, referrer_name, referrer_keyword, referrer_url, visitor_id, user_id, actions HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ConversionSums(0), 2 keys
SELECT site_id, {from:Date} AS bucket, toString(referrer_type) AS k0, toString(goal) AS k1, sum(toInt64(sign)), sum(toInt64(revenue_e4) * sign), sum(toInt64(subtotal_e4) * sign), sum(toInt64(tax_e4) * sign), sum(toInt64(shipping_e4) * sign), sum(toInt64(discount_e4) * sign), sum(toInt64(items) * sign) FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ConversionVisits(0), 2 keys
SELECT site_id, bucket, k0, k1, uniqExact((live_day, visit_id)) FROM (SELECT site_id, day AS live_day, {from:Date} AS bucket, toString(referrer_type) AS k0, toString(goal) AS k1, visit_id FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, bucket, k0, k1, visit_id HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- VisitSums(1), 2 keys
SELECT site_id, {from:Date} AS bucket, toString(referrer_type) AS k0, if(referrer_type = 2, referrer_keyword, referrer_name) AS k1, sum(toInt64(sign)), sum(toInt64(actions) * sign), sum(toInt64(total_time) * sign), sum(if(actions <= 1, toInt64(sign), 0)), sum(if(converted = 1, toInt64(sign), 0)) FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- VisitUniques(1), 2 keys
SELECT site_id, bucket, k0, k1, uniqExact((live_day, visitor_id), referrer_type, referrer_name, referrer_keyword, referrer_url), uniqExactIf((live_day, user_id), referrer_type, referrer_name, referrer_keyword, referrer_url, user_id != ''), max(live_actions) FROM (SELECT site_id, day AS live_day, {from:Date} AS bucket, toString(referrer_type) AS k0, if(referrer_type = 2, referrer_keyword, referrer_name) AS k1, referrer_type, referrer_name, referrer_keyword, referrer_url, visitor_id, user_id, actions AS live_actions FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, bucket, k0, k1, referrer_type, referrer_name, referrer_keyword, referrer_url, visitor_id, user_id, actions HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ConversionSums(1), 3 keys
SELECT site_id, {from:Date} AS bucket, toString(referrer_type) AS k0, if(referrer_type = 2, referrer_keyword, referrer_name) AS k1, toString(goal) AS k2, sum(toInt64(sign)), sum(toInt64(revenue_e4) * sign), sum(toInt64(subtotal_e4) * sign), sum(toInt64(tax_e4) * sign), sum(toInt64(shipping_e4) * sign), sum(toInt64(discount_e4) * sign), sum(toInt64(items) * sign) FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, bucket, k0, k1, k2 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ConversionVisits(1), 3 keys
SELECT site_id, bucket, k0, k1, k2, uniqExact((live_day, visit_id)) FROM (SELECT site_id, day AS live_day, {from:Date} AS bucket, toString(referrer_type) AS k0, if(referrer_type = 2, referrer_keyword, referrer_name) AS k1, toString(goal) AS k2, visit_id FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, bucket, k0, k1, k2, visit_id HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1, k2
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


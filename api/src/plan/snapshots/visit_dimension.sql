-- VisitSums(0), 1 keys
SELECT site_id, day AS bucket, dimensions[{custom:UInt32}] AS k0, sum(toInt64(sign)), sum(toInt64(actions) * sign), sum(toInt64(total_time) * sign), sum(if(actions <= 1, toInt64(sign), 0)), sum(if(converted = 1, toInt64(sign), 0)) FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND mapContains(dimensions, {custom:UInt32}) GROUP BY site_id, bucket, k0 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- custom = Number(3)

-- VisitUniques(0), 1 keys
SELECT site_id, bucket, k0, uniqExact(visitor_id), uniqExactIf(user_id, user_id != ''), max(live_actions) FROM (SELECT site_id, day AS live_day, day AS bucket, dimensions[{custom:UInt32}] AS k0, visitor_id, user_id, actions AS live_actions FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND mapContains(dimensions, {custom:UInt32}) GROUP BY site_id, day, bucket, k0, visitor_id, user_id, actions HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- custom = Number(3)

-- ConversionSums(0), 2 keys
SELECT site_id, day AS bucket, dimensions[{custom:UInt32}] AS k0, toString(goal) AS k1, sum(toInt64(sign)), sum(toInt64(revenue_e4) * sign), sum(toInt64(subtotal_e4) * sign), sum(toInt64(tax_e4) * sign), sum(toInt64(shipping_e4) * sign), sum(toInt64(discount_e4) * sign), sum(toInt64(items) * sign) FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND mapContains(dimensions, {custom:UInt32}) GROUP BY site_id, bucket, k0, k1 HAVING sum(toInt64(sign)) != 0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- custom = Number(3)

-- ConversionVisits(0), 2 keys
SELECT site_id, bucket, k0, k1, uniqExact(visit_id) FROM (SELECT site_id, day AS live_day, day AS bucket, dimensions[{custom:UInt32}] AS k0, toString(goal) AS k1, visit_id FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND mapContains(dimensions, {custom:UInt32}) GROUP BY site_id, day, bucket, k0, k1, visit_id HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")
-- custom = Number(3)


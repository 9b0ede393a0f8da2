-- # Goals.getItemsCategory: exact days

-- ProductSales, 2 keys
SELECT site_id, bucket, k0, k1, sum(amount), sum(pieces), sum(prices), count() FROM (SELECT site_id, day AS bucket, k0, toString(goal) AS k1, sum(price_e4 * quantity * sign) AS amount, sum(toInt64(quantity) * sign) AS pieces, sum(price_e4 * sign) AS prices FROM conversion_items ARRAY JOIN if(empty(categories), [''], categories) AS k0 WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND deleted = 0 GROUP BY site_id, day, bucket, k0, k1, visit_id, buster HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")

-- ProductViews, 1 keys
SELECT site_id, bucket, k0, sum(views), sum(visits), sum(visitors), sum(price) FROM (SELECT site_id, day AS bucket, k0, count() AS views, uniqExact(visit_id) AS visits, uniqExact(visitor_id) AS visitors, ifNull(avg(product_price), 0) AS price FROM actions ARRAY JOIN if(empty(product_categories), [''], product_categories) AS k0, arrayEnumerate(if(empty(product_categories), [''], product_categories)) AS place WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND kind = 1 AND (product_sku != '' OR product_name != '' OR notEmpty(product_categories)) GROUP BY site_id, day, bucket, k0, place) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-02")


-- # Goals.getItemsCategory: sketched weeks

-- ProductSales, 2 keys
SELECT site_id, bucket, k0, k1, sum(amount), sum(pieces), sum(prices), count() FROM (SELECT site_id, toMonday(day) AS bucket, k0, toString(goal) AS k1, sum(price_e4 * quantity * sign) AS amount, sum(toInt64(quantity) * sign) AS pieces, sum(price_e4 * sign) AS prices FROM conversion_items ARRAY JOIN if(empty(categories), [''], categories) AS k0 WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND deleted = 0 GROUP BY site_id, day, bucket, k0, k1, visit_id, buster HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")

-- ProductViews, 1 keys
SELECT site_id, bucket, k0, sum(views), sum(visits), sum(visitors), sum(price) FROM (SELECT site_id, toMonday(day) AS bucket, k0, count() AS views, uniqExact(visit_id) AS visits, uniqExact(visitor_id) AS visitors, ifNull(avg(product_price), 0) AS price FROM actions ARRAY JOIN if(empty(product_categories), [''], product_categories) AS k0, arrayEnumerate(if(empty(product_categories), [''], product_categories)) AS place WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND kind = 1 AND (product_sku != '' OR product_name != '' OR notEmpty(product_categories)) GROUP BY site_id, day, bucket, k0, place) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-02-04")


-- # Goals.getItemsCategory: a segmented range

-- ProductSales, 2 keys
SELECT site_id, bucket, k0, k1, sum(amount), sum(pieces), sum(prices), count() FROM (SELECT site_id, {from:Date} AS bucket, k0, toString(goal) AS k1, sum(price_e4 * quantity * sign) AS amount, sum(toInt64(quantity) * sign) AS pieces, sum(price_e4 * sign) AS prices FROM conversion_items ARRAY JOIN if(empty(categories), [''], categories) AS k0 WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND deleted = 0 AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, bucket, k0, k1, visit_id, buster HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")

-- ProductViews, 1 keys
SELECT site_id, bucket, k0, sum(views), sum(visits), sum(visitors), sum(price) FROM (SELECT site_id, {from:Date} AS bucket, k0, count() AS views, uniqExact(visit_id) AS visits, uniqExact(visitor_id) AS visitors, ifNull(avg(product_price), 0) AS price FROM actions ARRAY JOIN if(empty(product_categories), [''], product_categories) AS k0, arrayEnumerate(if(empty(product_categories), [''], product_categories)) AS place WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date} AND kind = 1 AND (product_sku != '' OR product_name != '' OR notEmpty(product_categories)) AND (visit_id IN (SELECT visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND lowerUTF8(country) = lowerUTF8({segment_0:String}) AND referrer_type = {segment_1:Float64} GROUP BY visit_id HAVING sum(sign) > 0) AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} - 1 AND {to:Date} + 1 AND (kind = 1 AND positionCaseInsensitiveUTF8(url, {segment_2:String}) > 0))) GROUP BY site_id, day, bucket, k0, place) GROUP BY site_id, bucket, k0
-- sites = Ids([1, 2])
-- from = Text("2024-01-01")
-- to = Text("2024-01-31")
-- segment_0 = Text("fr' OR 1")
-- segment_1 = Text("2")
-- segment_2 = Text("x")


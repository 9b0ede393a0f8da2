-- # city

SELECT toUInt32(0), '', value, sum(times) AS frequency FROM (SELECT ifNull(toString(city), '') AS value, sum(toInt64(sign)) AS times FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND NOT ifNull(city, '') IN ('', '0') GROUP BY value HAVING times > 0) GROUP BY value ORDER BY frequency DESC, value LIMIT 1000
-- sites = Ids([1])
-- since = Text("2024-03-01")

-- # visitorId

SELECT toUInt32(0), '', value, sum(times) AS frequency FROM (SELECT leftPad(lower(hex(visitor_id)), 16, '0') AS value, sum(toInt64(sign)) AS times FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND NOT ifNull(visitor_id, 0) = 0 GROUP BY value HAVING times > 0) GROUP BY value ORDER BY frequency DESC, value LIMIT 1000
-- sites = Ids([1])
-- since = Text("2024-03-01")

-- # latitude

SELECT toUInt32(0), '', value, sum(times) AS frequency FROM (SELECT ifNull(toString(round(latitude, 6)), '') AS value, sum(toInt64(sign)) AS times FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND NOT ifNull(round(latitude, 6), 0) = 0 GROUP BY value HAVING times > 0) GROUP BY value ORDER BY frequency DESC, value LIMIT 1000
-- sites = Ids([1])
-- since = Text("2024-03-01")

-- # actionUrl

SELECT toUInt32(0), '', value, sum(times) AS frequency FROM (SELECT concat(['http://', 'http://www.', 'https://', 'https://www.'][toUInt16(url_prefix) + 1], ifNull(url, '')) AS value, toInt64(count()) AS times FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND (kind = 1 AND NOT ifNull(url, '') IN ('', '0')) GROUP BY value HAVING times > 0 UNION ALL SELECT ifNull(toString(url), '') AS value, toInt64(count()) AS times FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND (kind = 3 AND NOT ifNull(url, '') IN ('', '0')) GROUP BY value HAVING times > 0 UNION ALL SELECT ifNull(toString(url), '') AS value, toInt64(count()) AS times FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND (kind = 2 AND NOT ifNull(url, '') IN ('', '0')) GROUP BY value HAVING times > 0 UNION ALL SELECT concat(['http://', 'http://www.', 'https://', 'https://www.'][toUInt16(url_prefix) + 1], ifNull(url, '')) AS value, toInt64(count()) AS times FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND (kind = 10 AND NOT ifNull(url, '') IN ('', '0')) GROUP BY value HAVING times > 0) GROUP BY value ORDER BY frequency DESC, value LIMIT 1000
-- sites = Ids([1])
-- since = Text("2024-03-01")

-- # customVariableName2

SELECT toUInt32(0), '', value, sum(times) AS frequency FROM (SELECT ifNull(toString(variables[2].1), '') AS value, sum(toInt64(sign)) AS times FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND NOT ifNull(variables[2].1, '') IN ('', '0') GROUP BY value HAVING times > 0) GROUP BY value ORDER BY frequency DESC, value LIMIT 1000
-- sites = Ids([1])
-- since = Text("2024-03-01")

-- # visitConvertedGoalId

SELECT toUInt32(0), '', value, sum(times) AS frequency FROM (SELECT ifNull(toString(goal), '') AS value, sum(toInt64(sign)) AS times FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day >= {since:Date} AND NOT ifNull(goal, 0) = 0 GROUP BY value HAVING times > 0) GROUP BY value ORDER BY frequency DESC, value LIMIT 1000
-- sites = Ids([1])
-- since = Text("2024-03-01")

SELECT sum(live), (SELECT count() FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND at >= toDateTime({since:Int64}, 'UTC')), uniqExact(visitor_id), (SELECT toInt64(sum(sign)) FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND at >= toDateTime({since:Int64}, 'UTC') AND goal >= 0) FROM (SELECT visitor_id, sum(sign) AS live FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND last_at >= toDateTime({since:Int64}, 'UTC') GROUP BY visitor_id HAVING live > 0)
-- sites = Ids([1])
-- since = Number(1704067200)

SELECT sum(live), (SELECT count() FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND at >= toDateTime({since:Int64}, 'UTC') AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND (kind = 1 AND url = {segment_0:String}))), uniqExact(visitor_id), (SELECT toInt64(sum(sign)) FROM conversions WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND at >= toDateTime({since:Int64}, 'UTC') AND goal >= 0 AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND (kind = 1 AND url = {segment_0:String}))) FROM (SELECT visitor_id, sum(sign) AS live FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND last_at >= toDateTime({since:Int64}, 'UTC') AND visit_id IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day >= toDate(toDateTime({since:Int64}, 'UTC')) - 1 AND (kind = 1 AND url = {segment_0:String})) GROUP BY visitor_id HAVING live > 0)
-- sites = Ids([1])
-- since = Number(1704067200)
-- segment_0 = Text("x.org/a")

SELECT site_id, visit_id, visitor_id, config_id, user_id, address, toUnixTimestamp(first_at), toUnixTimestamp(last_at), total_time, actions, interactions, searches, events, returning, visit_count, seconds_since_first, seconds_since_last, seconds_since_order, converted, buyer, local_time, toString(referrer_type), referrer_name, referrer_keyword, referrer_url, ifNull(toString(device_type), ''), toString(device_brand), toString(device_model), toString(os), toString(os_version), toString(browser), toString(browser_version), toString(browser_engine), toString(resolution), plugins, toString(language), toString(country), toString(region), city, latitude, longitude, dimensions, variables FROM visits FINAL WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN toDate(toDateTime(greatest({from:Int64} - 86400, 0), 'UTC')) AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 AND last_at BETWEEN toDateTime({from:Int64}, 'UTC') AND toDateTime({to:Int64}, 'UTC') AND last_at > toDateTime({after:Int64}, 'UTC') AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) AND (site_id, visit_id) IN (SELECT site_id, visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN toDate(toDateTime(greatest({from:Int64} - 86400, 0), 'UTC')) AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 AND last_at BETWEEN toDateTime({from:Int64}, 'UTC') AND toDateTime({to:Int64}, 'UTC') AND last_at > toDateTime({after:Int64}, 'UTC') AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) GROUP BY site_id, day, visit_id HAVING sum(sign) > 0 ORDER BY max(last_at) DESC, visit_id DESC LIMIT {limit:UInt64} OFFSET {offset:UInt64}) ORDER BY last_at DESC, visit_id DESC
-- sites = Ids([1])
-- after = Number(0)
-- limit = Number(10)
-- offset = Number(5)
-- from = Number(1704067200)
-- to = Number(1704240000)

SELECT site_id, visit_id, visitor_id, config_id, user_id, address, toUnixTimestamp(first_at), toUnixTimestamp(last_at), total_time, actions, interactions, searches, events, returning, visit_count, seconds_since_first, seconds_since_last, seconds_since_order, converted, buyer, local_time, toString(referrer_type), referrer_name, referrer_keyword, referrer_url, ifNull(toString(device_type), ''), toString(device_brand), toString(device_model), toString(os), toString(os_version), toString(browser), toString(browser_version), toString(browser_engine), toString(resolution), plugins, toString(language), toString(country), toString(region), city, latitude, longitude, dimensions, variables FROM visits FINAL WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN toDate(toDateTime(greatest({from:Int64} - 86400, 0), 'UTC')) AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 AND last_at BETWEEN toDateTime({from:Int64}, 'UTC') AND toDateTime({to:Int64}, 'UTC') AND last_at > toDateTime({after:Int64}, 'UTC') AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) AND (site_id, visit_id) IN (SELECT site_id, visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN toDate(toDateTime(greatest({from:Int64} - 86400, 0), 'UTC')) AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 AND last_at BETWEEN toDateTime({from:Int64}, 'UTC') AND toDateTime({to:Int64}, 'UTC') AND last_at > toDateTime({after:Int64}, 'UTC') AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) AND (actions > {segment_0:Float64} AND visit_id NOT IN (SELECT visit_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN toDate(toDateTime(greatest({from:Int64} - 172800, 0), 'UTC')) AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 AND (kind = 1 AND name = {segment_1:String}))) GROUP BY site_id, day, visit_id HAVING sum(sign) > 0 ORDER BY max(last_at) DESC, visit_id DESC LIMIT {limit:UInt64} OFFSET {offset:UInt64}) ORDER BY last_at DESC, visit_id DESC
-- sites = Ids([1])
-- after = Number(0)
-- limit = Number(10)
-- offset = Number(5)
-- segment_0 = Text("3")
-- segment_1 = Text("a")
-- from = Number(1704067200)
-- to = Number(1704240000)

SELECT site_id, visit_id, visitor_id, config_id, user_id, address, toUnixTimestamp(first_at), toUnixTimestamp(last_at), total_time, actions, interactions, searches, events, returning, visit_count, seconds_since_first, seconds_since_last, seconds_since_order, converted, buyer, local_time, toString(referrer_type), referrer_name, referrer_keyword, referrer_url, ifNull(toString(device_type), ''), toString(device_brand), toString(device_model), toString(os), toString(os_version), toString(browser), toString(browser_version), toString(browser_engine), toString(resolution), plugins, toString(language), toString(country), toString(region), city, latitude, longitude, dimensions, variables FROM visits FINAL WHERE site_id IN {sites:Array(UInt32)} AND last_at > toDateTime({after:Int64}, 'UTC') AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) AND (site_id, visit_id) IN (SELECT site_id, visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND last_at > toDateTime({after:Int64}, 'UTC') AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) GROUP BY site_id, day, visit_id HAVING sum(sign) > 0 ORDER BY max(last_at) ASC, visit_id ASC LIMIT {limit:UInt64} OFFSET {offset:UInt64}) ORDER BY last_at ASC, visit_id ASC
-- sites = Ids([1])
-- after = Number(0)
-- limit = Number(10)
-- offset = Number(5)

SELECT site_id, visit_id, visitor_id, config_id, user_id, address, toUnixTimestamp(first_at), toUnixTimestamp(last_at), total_time, actions, interactions, searches, events, returning, visit_count, seconds_since_first, seconds_since_last, seconds_since_order, converted, buyer, local_time, toString(referrer_type), referrer_name, referrer_keyword, referrer_url, ifNull(toString(device_type), ''), toString(device_brand), toString(device_model), toString(os), toString(os_version), toString(browser), toString(browser_version), toString(browser_engine), toString(resolution), plugins, toString(language), toString(country), toString(region), city, latitude, longitude, dimensions, variables FROM visits FINAL WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN toDate(toDateTime(greatest({from:Int64} - 86400, 0), 'UTC')) AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 AND last_at BETWEEN toDateTime({from:Int64}, 'UTC') AND toDateTime({to:Int64}, 'UTC') AND last_at > toDateTime({after:Int64}, 'UTC') AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) AND (last_at, visit_id) < (toDateTime({beyond_at:Int64}, 'UTC'), {beyond_id:UInt64}) AND (site_id, visit_id) IN (SELECT site_id, visit_id FROM visits WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN toDate(toDateTime(greatest({from:Int64} - 86400, 0), 'UTC')) AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 AND last_at BETWEEN toDateTime({from:Int64}, 'UTC') AND toDateTime({to:Int64}, 'UTC') AND last_at > toDateTime({after:Int64}, 'UTC') AND day >= toDate(toDateTime(greatest({after:Int64} - 86400, 0), 'UTC')) AND (last_at, visit_id) < (toDateTime({beyond_at:Int64}, 'UTC'), {beyond_id:UInt64}) GROUP BY site_id, day, visit_id HAVING sum(sign) > 0 ORDER BY max(last_at) DESC, visit_id DESC LIMIT {limit:UInt64} OFFSET {offset:UInt64}) ORDER BY last_at DESC, visit_id DESC
-- sites = Ids([1])
-- after = Number(0)
-- limit = Number(10)
-- offset = Number(5)
-- beyond_at = Number(1704067200)
-- beyond_id = Number(7)
-- from = Number(1704067200)
-- to = Number(1704240000)

SELECT visit_id, action_id, toUnixTimestamp(at), kind, ifNull(url, ''), url_prefix, ifNull(name, ''), cityHash64(kind, nullIf(url, '')), time_spent_before, position, pageview_id, search_category, search_count, event_category, event_action, event_value, content_name, content_piece, content_target, content_interaction, bandwidth, product_sku, product_name, product_categories, product_price, dimensions, variables, time_network + time_server + time_transfer + time_dom_processing + time_dom_completion + time_on_load FROM (SELECT * REPLACE (if(empty(late), time_network, late[1]) AS time_network, if(empty(late), time_server, late[2]) AS time_server, if(empty(late), time_transfer, late[3]) AS time_transfer, if(empty(late), time_dom_processing, late[4]) AS time_dom_processing, if(empty(late), time_dom_completion, late[5]) AS time_dom_completion, if(empty(late), time_on_load, late[6]) AS time_on_load) FROM actions LEFT ANY JOIN (SELECT action_id, argMax(after, version) AS late FROM page_timings WHERE site_id IN {sites:Array(UInt32)} AND visit_id IN {visits:Array(UInt64)} AND day BETWEEN toDate(toDateTime({from:Int64}, 'UTC')) - 1 AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 GROUP BY action_id) AS told USING (action_id) WHERE site_id IN {sites:Array(UInt32)} AND visit_id IN {visits:Array(UInt64)} AND day BETWEEN toDate(toDateTime({from:Int64}, 'UTC')) - 1 AND toDate(toDateTime({to:Int64}, 'UTC')) + 1) ORDER BY visit_id, at, action_id LIMIT {per_visit:UInt64} BY visit_id
-- sites = Ids([1])
-- visits = Ids([7, 9])
-- from = Number(1704067200)
-- to = Number(1704070800)
-- per_visit = Number(500)

SELECT visit_id, goal, toUnixTimestamp(at), buster, ifNull(url, ''), url_prefix, action_id, order_id, revenue_e4, subtotal_e4, tax_e4, shipping_e4, discount_e4, items, toString(referrer_type), referrer_name, referrer_keyword FROM conversions FINAL WHERE site_id IN {sites:Array(UInt32)} AND visit_id IN {visits:Array(UInt64)} AND day BETWEEN toDate(toDateTime({from:Int64}, 'UTC')) - 1 AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 ORDER BY visit_id, at, goal
-- sites = Ids([1])
-- visits = Ids([7, 9])
-- from = Number(1704067200)
-- to = Number(1704070800)

SELECT visit_id, goal, buster, sku, name, categories, price_e4, quantity FROM (SELECT *, cityHash64(5::UInt8, sku) AS sku_key FROM conversion_items FINAL WHERE site_id IN {sites:Array(UInt32)} AND visit_id IN {visits:Array(UInt64)} AND day BETWEEN toDate(toDateTime({from:Int64}, 'UTC')) - 1 AND toDate(toDateTime({to:Int64}, 'UTC')) + 1 AND deleted = 0) AS items GLOBAL LEFT ANY JOIN (SELECT key, number FROM numbers WHERE kind = 3 AND key GLOBAL IN (SELECT cityHash64(5::UInt8, sku) FROM conversion_items WHERE site_id IN {sites:Array(UInt32)} AND visit_id IN {visits:Array(UInt64)} AND day BETWEEN toDate(toDateTime({from:Int64}, 'UTC')) - 1 AND toDate(toDateTime({to:Int64}, 'UTC')) + 1)) AS told ON told.key = items.sku_key ORDER BY visit_id, goal, buster, number, line
-- sites = Ids([1])
-- visits = Ids([7, 9])
-- from = Number(1704067200)
-- to = Number(1704070800)

SELECT kind, key, number FROM numbers WHERE (kind = 1 AND key IN {visits:Array(UInt64)}) OR (kind = 2 AND key GLOBAL IN (SELECT action_id FROM actions WHERE site_id IN {sites:Array(UInt32)} AND visit_id IN {visits:Array(UInt64)} AND day BETWEEN toDate(toDateTime({from:Int64}, 'UTC')) - 1 AND toDate(toDateTime({to:Int64}, 'UTC')) + 1)) OR (kind = 3 AND key GLOBAL IN (SELECT cityHash64(kind, nullIf(url, '')) FROM actions WHERE site_id IN {sites:Array(UInt32)} AND visit_id IN {visits:Array(UInt64)} AND day BETWEEN toDate(toDateTime({from:Int64}, 'UTC')) - 1 AND toDate(toDateTime({to:Int64}, 'UTC')) + 1))
-- sites = Ids([1])
-- visits = Ids([7, 9])
-- from = Number(1704067200)
-- to = Number(1704070800)

-- Visits of a day, made of their numbers: the same number is the same visit in every table.
-- {site} is an array of the sites, the first of them hot. The day's visits are {count} from {first} on.
INSERT INTO visits (
    site_id, day, visit_id, visitor_id, config_id, first_at, last_at, start_hour, total_time, actions, interactions,
    entry_url, entry_url_prefix, entry_title, exit_url, exit_url_prefix, exit_title, returning, visit_count,
    seconds_since_first, seconds_since_last, converted, profilable, local_time, referrer_type, referrer_name,
    referrer_keyword, referrer_url, device_type, device_brand, device_model, os, os_version, browser, browser_version,
    browser_engine, resolution, plugins, language, country, region, city, sign, version)
SELECT
    site, toDate('{day}'), visit, visitor, visitor, first, first + total, toHour(first), total, count, count,
    page_of(visit, 0), 2, title_of(page_of(visit, 0)),
    page_of(visit, count - 1), 2, title_of(page_of(visit, count - 1)),
    visitor % 3 = 0, 1 + visitor % 5, 86400 * (visitor % 90), 3600 * (visitor % 200), visit % 50 = 0, 1,
    toSecond(first) + 60 * toMinute(first) + 3600 * toHour(first),
    [1, 1, 2, 2, 2, 3, 3, 6, 7, 1][1 + h3 % 10] AS origin,
    multiIf(origin = 2, ['Google', 'Bing', 'DuckDuckGo'][1 + h4 % 3], origin = 3, concat('site', toString(h4 % 400), '.example'),
        origin = 6, concat('campaign ', toString(h4 % 30)), origin = 7, ['Facebook', 'Reddit', 'Mastodon'][1 + h4 % 3], ''),
    multiIf(origin = 2, concat('word ', toString(h4 % 900)), origin = 6, concat('term ', toString(h4 % 50)), ''),
    if(origin = 3, concat('https://site', toString(h4 % 400), '.example/', toString(h4 % 1200)), ''),
    [0, 1, 1, 2][1 + h5 % 4], ['', 'AP', 'SA', 'XI'][1 + h5 % 4], concat('Model ', toString(h5 % 60)),
    ['WIN', 'MAC', 'AND', 'IOS', 'LIN'][1 + h5 % 5], toString(10 + h5 % 6), ['CH', 'FF', 'SF', 'PS'][1 + h5 % 4],
    toString(100 + h5 % 40), ['Blink', 'Gecko', 'WebKit'][1 + h5 % 3],
    ['1920x1080', '1366x768', '390x844', '2560x1440'][1 + h5 % 4], h5 % 4, ['de', 'en', 'fr', 'ja', 'es'][1 + h6 % 5],
    ['de', 'us', 'fr', 'gb', 'jp', 'in', 'br', 'es', 'it', 'ca'][1 + h6 % 10], toString(h6 % 16),
    concat('City ', toString(h6 % 700)), 1, 1
FROM (
    SELECT number + {first} AS visit, visitor_of(visit) AS visitor,
        cityHash64(visit, 2) AS h2, cityHash64(visit, 3) AS h3, cityHash64(visit, 4) AS h4,
        cityHash64(visitor, 5) AS h5, cityHash64(visitor, 6) AS h6,
        site_of(visit, {site}) AS site, count_of(visit) AS count, first_of(visit, '{day}') AS first,
        (count - 1) * 40 AS total
    FROM numbers({count}));
-- actions
INSERT INTO actions (
    site_id, day, hour, visit_id, action_id, visitor_id, at, kind, url, url_prefix, name, previous_url, previous_name,
    follows_search, time_spent_before, position, pageview_id, search_count, event_category, event_action, event_value,
    time_network, time_server, time_transfer, time_dom_processing, time_dom_completion, time_on_load)
SELECT
    site, toDate('{day}'), toHour(at), visit, visit * 8 + place, visitor, first + 40 * place AS at,
    if(place = 0, 1, [1, 1, 1, 1, 1, 1, 8, 10, 2, 3][1 + h % 10]) AS kind,
    multiIf(kind = 1, page_of(visit, place), kind = 2, concat('out', toString(h % 90), '.example/x'),
        kind = 3, concat('daily.example/files/', toString(h % 60), '.zip'), NULL), 2,
    multiIf(kind = 1, title_of(page_of(visit, place)), kind = 8, concat('find ', toString(h % 700)),
        kind = 10, concat('film ', toString(h % 50)), NULL),
    if(place = 0, NULL, page_of(visit, place - 1)), if(place = 0, NULL, title_of(page_of(visit, place - 1))),
    0, if(place = 0, 0, 40), place, toString(h % 1000000), if(kind = 8, h % 5, NULL),
    if(kind = 10, ['video', 'form', 'menu'][1 + h % 3], ''), if(kind = 10, ['open', 'play', 'send', 'close'][1 + h % 4], ''),
    if(kind = 10, toFloat64(h % 10), NULL), if(kind = 1, h % 50, NULL), if(kind = 1, 20 + h % 300, NULL),
    if(kind = 1, h % 40, NULL), if(kind = 1, 100 + h % 400, NULL), if(kind = 1, 100 + h % 600, NULL), if(kind = 1, h % 90, NULL)
FROM (
    SELECT number + {first} AS visit, visitor_of(visit) AS visitor, site_of(visit, {site}) AS site,
        first_of(visit, '{day}') AS first, arrayJoin(range(count_of(visit))) AS place, cityHash64(visit, place, 7) AS h
    FROM numbers({count}));
-- conversions
INSERT INTO conversions (
    site_id, day, hour, visit_id, goal, visitor_id, at, url, url_prefix, action_id, revenue_e4, pageviews_before,
    returning, visit_count, referrer_type, referrer_name, device_type, browser, country, region, city, sign, version)
SELECT
    site_of(visit, {site}), toDate('{day}'), toHour(first), visit, 1, visitor, first + 1 AS at, page_of(visit, 0), 2,
    visit * 8, 10000 * (h % 90), 1, visitor % 3 = 0, 1 + visitor % 5, 1, '', 1, 'CH',
    ['de', 'us', 'fr', 'gb', 'jp', 'in', 'br', 'es', 'it', 'ca'][1 + cityHash64(visitor, 6) % 10], '', '', 1, 1
FROM (
    SELECT number + {first} AS visit, visitor_of(visit) AS visitor, cityHash64(visit, 8) AS h,
        first_of(visit, '{day}') AS first
    FROM numbers({count}) WHERE visit % 50 = 0);

-- Facts: what the projector inserts. Column meanings: tracking.md §0.2, and the types of nagare-schema.
-- Texts that are unknown are empty; NULL means "does not apply". Money is in ten-thousandths (_e4),
-- so that sums over cancelling rows are exact.

CREATE TABLE IF NOT EXISTS {local:schema_migrations} {on_cluster} (
    number UInt32,
    name String,
    applied_at DateTime('UTC') DEFAULT now()
) ENGINE = {engine:MergeTree:} ORDER BY number;

{distributed:schema_migrations:rand()};

-- The archive of hits: what a rebuild reads.
CREATE TABLE IF NOT EXISTS {local:hits} {on_cluster} (
    site_id UInt32,
    hit_id UInt64,
    visit_id UInt64,
    at DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    kind LowCardinality(String),
    visitor_id UInt64,
    codec_version UInt16,
    payload String CODEC(ZSTD(3))
) ENGINE = {engine:MergeTree:}
PARTITION BY toYYYYMM(at)
ORDER BY (site_id, at, hit_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:hits:cityHash64(site_id, visit_id)};

-- One live row per visit: a change writes a row with sign -1 that cancels the old one, and a new row.
CREATE TABLE IF NOT EXISTS {local:visits} {on_cluster} (
    site_id UInt32,
    day Date,
    visit_id UInt64,
    visitor_id UInt64,
    config_id UInt64,
    user_id String,
    address String,
    first_at DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    last_at DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    start_hour UInt8,
    total_time UInt32,
    actions UInt32,
    interactions UInt32,
    searches UInt32,
    events UInt32,
    entry_url Nullable(String),
    entry_url_prefix UInt8,
    entry_title Nullable(String),
    exit_url Nullable(String),
    exit_url_prefix UInt8,
    exit_title Nullable(String),
    returning UInt8,
    visit_count UInt32,
    seconds_since_first Nullable(UInt32),
    seconds_since_last Nullable(UInt32),
    seconds_since_order Nullable(UInt32),
    converted UInt8,
    buyer UInt8,
    profilable UInt8,
    local_time UInt32,
    referrer_type UInt8,
    referrer_name String,
    referrer_keyword String,
    referrer_url String,
    campaign Map(LowCardinality(String), String),
    device_type Nullable(UInt8),
    device_brand LowCardinality(String),
    device_model LowCardinality(String),
    os LowCardinality(String),
    os_version LowCardinality(String),
    browser LowCardinality(String),
    browser_version LowCardinality(String),
    browser_engine LowCardinality(String),
    client_type Nullable(UInt8),
    resolution LowCardinality(String),
    plugins UInt8,
    language LowCardinality(String),
    country LowCardinality(String),
    region LowCardinality(String),
    city String,
    latitude Nullable(Float64),
    longitude Nullable(Float64),
    dimensions Map(UInt32, String),
    variables Map(UInt8, Tuple(String, String)),
    sign Int8,
    version UInt64
) ENGINE = {engine:VersionedCollapsingMergeTree:sign, version}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, visit_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:visits:cityHash64(site_id, visit_id)};

-- Actions never change: time spent on an action stands on the next one.
CREATE TABLE IF NOT EXISTS {local:actions} {on_cluster} (
    site_id UInt32,
    day Date,
    hour UInt8,
    visit_id UInt64,
    action_id UInt64,
    visitor_id UInt64,
    at DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    kind UInt8,
    url Nullable(String),
    url_prefix UInt8,
    name Nullable(String),
    previous_url Nullable(String),
    previous_name Nullable(String),
    follows_search UInt8,
    time_spent_before UInt32,
    position Nullable(UInt32),
    pageview_id String,
    search_category String,
    search_count Nullable(UInt32),
    event_category String,
    event_action String,
    event_value Nullable(Float64),
    content_name String,
    content_piece String,
    content_target String,
    content_interaction String,
    product_sku String,
    product_name String,
    product_categories Array(String),
    product_price Nullable(Float64),
    time_network Nullable(UInt32),
    time_server Nullable(UInt32),
    time_transfer Nullable(UInt32),
    time_dom_processing Nullable(UInt32),
    time_dom_completion Nullable(UInt32),
    time_on_load Nullable(UInt32),
    bandwidth Nullable(UInt64),
    dimensions Map(UInt32, String),
    variables Map(UInt8, Tuple(String, String))
) ENGINE = {engine:MergeTree:}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, visit_id, at, action_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:actions:cityHash64(site_id, visit_id)};

-- goal 0 is an order, -1 a cart that is still open.
CREATE TABLE IF NOT EXISTS {local:conversions} {on_cluster} (
    site_id UInt32,
    day Date,
    hour UInt8,
    visit_id UInt64,
    goal Int32,
    buster UInt64,
    visitor_id UInt64,
    at DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    url Nullable(String),
    url_prefix UInt8,
    action_id UInt64,
    order_id String,
    revenue_e4 Int64,
    subtotal_e4 Int64,
    tax_e4 Int64,
    shipping_e4 Int64,
    discount_e4 Int64,
    items UInt32,
    pageviews_before Nullable(UInt32),
    returning UInt8,
    visit_count UInt32,
    seconds_since_first Nullable(UInt32),
    seconds_since_order Nullable(UInt32),
    referrer_type UInt8,
    referrer_name String,
    referrer_keyword String,
    referrer_url String,
    campaign Map(LowCardinality(String), String),
    device_type Nullable(UInt8),
    device_brand LowCardinality(String),
    device_model LowCardinality(String),
    browser LowCardinality(String),
    client_type Nullable(UInt8),
    country LowCardinality(String),
    region LowCardinality(String),
    city String,
    latitude Nullable(Float64),
    longitude Nullable(Float64),
    dimensions Map(UInt32, String),
    variables Map(UInt8, Tuple(String, String)),
    sign Int8,
    version UInt64
) ENGINE = {engine:VersionedCollapsingMergeTree:sign, version}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, goal, visit_id, buster)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:conversions:cityHash64(site_id, visit_id)};

CREATE TABLE IF NOT EXISTS {local:conversion_items} {on_cluster} (
    site_id UInt32,
    day Date,
    visit_id UInt64,
    goal Int32,
    buster UInt64,
    line UInt16,
    visitor_id UInt64,
    at DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    order_id String,
    sku String,
    name String,
    categories Array(String),
    price_e4 Int64,
    quantity UInt32,
    deleted UInt8,
    sign Int8,
    version UInt64
) ENGINE = {engine:VersionedCollapsingMergeTree:sign, version}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, visit_id, goal, buster, line, sku)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:conversion_items:cityHash64(site_id, visit_id)};

-- What the processor asks about a returning visitor: one row by visitor, small granules.
-- `latest` compares (last action, version, cancelled), so that a visit which changed its visitor
-- leaves a cancelled row behind.
CREATE TABLE IF NOT EXISTS {local:visitors} {on_cluster} (
    site_id UInt32,
    visitor_id UInt64,
    latest AggregateFunction(argMax,
        Tuple(first_at DateTime('UTC'), last_at DateTime('UTC'), visit_count UInt32,
              seconds_since_first Nullable(UInt32), seconds_since_order Nullable(UInt32),
              returning UInt8, cancelled UInt8),
        Tuple(DateTime('UTC'), UInt64, UInt8))
) ENGINE = {engine:AggregatingMergeTree:}
ORDER BY (site_id, visitor_id)
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

{distributed:visitors:cityHash64(site_id, visitor_id)};

CREATE MATERIALIZED VIEW IF NOT EXISTS {local:visitors_view} {on_cluster} TO {local:visitors} AS
SELECT
    site_id,
    visitor_id,
    argMaxState(
        CAST((first_at, last_at, visit_count, seconds_since_first, seconds_since_order, returning, sign < 0),
            'Tuple(first_at DateTime(\'UTC\'), last_at DateTime(\'UTC\'), visit_count UInt32, seconds_since_first Nullable(UInt32), seconds_since_order Nullable(UInt32), returning UInt8, cancelled UInt8)'),
        CAST((last_at, version, sign < 0), 'Tuple(DateTime(\'UTC\'), UInt64, UInt8)')) AS latest
FROM {local:visits}
GROUP BY site_id, visitor_id;

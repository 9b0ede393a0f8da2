-- The processor asks whether a site has an order (tracking.md §7.7), whatever its day.
ALTER TABLE {local:conversions} {on_cluster}
    ADD INDEX IF NOT EXISTS order_id_index order_id TYPE bloom_filter GRANULARITY 1;

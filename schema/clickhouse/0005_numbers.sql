-- The small numbers by which clients of Matomo know things (numbers.rs): given once, in the order of the log.
-- kind: 1 a visit by its id, 2 an action by its id, 3 a text of an action by its hash.
CREATE TABLE IF NOT EXISTS {local:numbers} {on_cluster} (
    kind UInt8,
    key UInt64 CODEC(Delta, ZSTD(1)),
    number UInt64 CODEC(Delta, ZSTD(1)),
    INDEX number_index number TYPE minmax GRANULARITY 1
) ENGINE = {engine:MergeTree:}
ORDER BY (kind, key)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000;

-- On one shard: a number is given only once.
{distributed:numbers:bitAnd(kind, 0)};

-- What is new is found by id, whatever its site and day.
ALTER TABLE {local:visits} {on_cluster}
    ADD INDEX IF NOT EXISTS visit_id_index visit_id TYPE minmax GRANULARITY 1;

ALTER TABLE {local:actions} {on_cluster}
    ADD INDEX IF NOT EXISTS action_id_index action_id TYPE minmax GRANULARITY 1;

ALTER TABLE {local:conversion_items} {on_cluster}
    ADD INDEX IF NOT EXISTS version_index version TYPE minmax GRANULARITY 1;

-- Hits that a rule judged to be a robot's belong to no visit; the rule and its version say why.
ALTER TABLE {local:hits} {on_cluster}
    ADD COLUMN IF NOT EXISTS bot_rule LowCardinality(String),
    ADD COLUMN IF NOT EXISTS bot_version UInt32;

ALTER TABLE {if_distributed:hits} {on_cluster}
    ADD COLUMN IF NOT EXISTS bot_rule LowCardinality(String),
    ADD COLUMN IF NOT EXISTS bot_version UInt32;

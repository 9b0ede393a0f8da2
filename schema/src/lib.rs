#![doc = include_str!("../README.md")]

mod account;
mod bot;
mod codec;
mod config;
mod config_key;
mod dimension;
mod drop_reason;
mod entities;
mod erasure;
mod event;
mod goal;
mod hit;
mod ids;
mod live;
mod migration;
pub mod named_setting;
mod names;
mod numbers;
mod partition;
mod referrer_lists;
mod retention;
mod settings;
mod shared;
mod text;
mod time;
mod visit;

pub use account::{Grant, GrantLevel, Invitation, Scope, SecondFactor, Share, Token, User};
pub use bot::{Bot, BotRule, BotVerdicts};
pub use codec::{CodecError, Fact, HEADER_VERSION, MESSAGE_BYTES_MAX, decode, encode};
pub use config::{Config, Deployment, EXCLUDED_PARAMETERS, Entity, Site, SiteKind};
pub use config_key::ConfigKey;
pub use dimension::{CustomDimension, DimensionScope, Extraction, ExtractionSource};
pub use drop_reason::DropReason;
pub use entities::*;
pub use erasure::{ERASED_VISITS_MAX, ErasureReply, ErasureRequest, RestateReply};
pub use event::{
    Action, ActionKind, Conversion, Cursor, EventBatch, Item, PageTimed, ProducerMark, Rebuild, SearchDetail,
    VisitEvent,
};
pub use goal::{Goal, GoalAttribute, PatternKind};
pub use hit::{
    Attribution, Client, Content, EventDetail, Hit, HitBatch, HitKind, Identity, LocalTime, Order, Place, ProductView,
    Timings, Variables,
};
pub use ids::{ConfigId, GoalId, HitId, IdError, Partition, ProducerId, SiteId, VisitId, VisitorId};
pub use live::{LiveCount, LiveFrame, LivePulse, LiveVisitors};
pub use migration::{Migration, Topology, View, migrations, views};
pub use named_setting::{ALL_SETTINGS, AnySetting, NamedSetting, NamedSettings, SettingError};
pub use names::*;
pub use numbers::{ACTION_TEXT_KEY, NumberReply, NumberRequest, Numbered};
pub use partition::{PARTITIONS_MAX, partition_of};
pub use referrer_lists::{AI_ASSISTANTS, SEARCH_ENGINES, SOCIALS};
pub use retention::{Removable, Removal, RemovalRequest, Retention};
pub use settings::{MASK_BYTES_MAX, ReferrerReduction, Settings};
pub use text::Text;
pub use time::{Day, UnixMillis, UnixSeconds, ZoneClock};
pub use visit::{Device, PageUrl, Referrer, ReferrerKind, Returning, UrlPrefix, Visit, VisitCustom};

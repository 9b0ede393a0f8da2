#![doc = include_str!("../README.md")]

mod batch;
mod board;
mod conversion;
mod device;
mod dimension;
mod enrich;
mod error;
mod goal;
mod google;
mod language;
mod lookup;
mod metrics;
mod page_url;
mod pages;
mod partition;
mod pool;
mod recovery;
mod referrer;
mod rules;
mod run;
mod search_engine;
mod state;
mod visit;

pub use batch::Batch;
pub use board::Board;
pub use conversion::order_hash;
pub use enrich::{ActionInput, EnrichedHit, Enricher, Step};
pub use error::ProcessorError;
pub use page_url::{UrlRules, normalise};
pub use pages::PageSeen;
pub use pool::Pool;
pub use rules::{RuleBook, SiteRules, SiteUrls, VISIT_IDLE_S_MAX};
pub use run::{ProcessorOptions, run};
pub use search_engine::{ListError, ReferrerLists, SearchVisit};
pub use state::{KEPT_MS, State};
pub use visit::{Lookups, Previous, decide};

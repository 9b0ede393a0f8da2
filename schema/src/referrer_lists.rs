//! The community's lists of referrers, as YAML: who detects them and who shows them read the same.

/// Hosts and parameters of search engines.
pub const SEARCH_ENGINES: &str = include_str!("../data/SearchEngines.yml");
/// Hosts of social networks.
pub const SOCIALS: &str = include_str!("../data/Socials.yml");
/// Hosts of AI assistants.
pub const AI_ASSISTANTS: &str = include_str!("../data/AIAssistants.yml");

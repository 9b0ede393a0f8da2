use serde::Deserialize;

use crate::ClickHouse;

/// A live row of `visits`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VisitRow {
    /// Its id.
    pub visit_id: u64,
    /// The visitor.
    pub visitor_id: u64,
    /// Local date.
    pub day: String,
    /// Seconds.
    pub total_time: u32,
    /// `visit_total_actions`.
    pub actions: u32,
    /// `visit_total_interactions`.
    pub interactions: u32,
    /// Searches.
    pub searches: u32,
    /// Events.
    pub events: u32,
    /// 0 new, 1 returning, 2 customer.
    pub returning: u8,
    /// Ordinal of the visit of this visitor.
    pub visit_count: u32,
    /// First page without its prefix.
    pub entry_url: Option<String>,
    /// Last page without its prefix.
    pub exit_url: Option<String>,
    /// 1 direct, 2 search, 3 website, 6 campaign, 7 social.
    pub referrer_type: u8,
    /// Host, engine or campaign.
    pub referrer_name: String,
    /// A goal was met.
    pub converted: u8,
    /// Unix seconds.
    pub first: i64,
    /// Unix seconds.
    pub last: i64,
}

/// A row of `actions`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ActionRow {
    /// Matomo's number of the kind.
    pub kind: u8,
    /// Page or target.
    pub url: Option<String>,
    /// Title, keyword or event name.
    pub name: Option<String>,
    /// Its visit.
    pub visit_id: u64,
    /// Seconds spent on what was before.
    pub time_spent_before: u32,
    /// The page before.
    pub previous_url: Option<String>,
    /// Position among page views and searches.
    pub position: Option<u32>,
}

/// The visits of a site, oldest first.
///
/// # Errors
/// When ClickHouse does not answer.
pub async fn visits_of(clickhouse: &ClickHouse, site: u32) -> anyhow::Result<Vec<VisitRow>> {
    clickhouse
        .rows(&format!(
            "SELECT visit_id, visitor_id, day, total_time, actions, interactions, searches, events, returning, \
             visit_count, entry_url, exit_url, referrer_type, referrer_name, converted, \
             toUnixTimestamp(first_at) AS first, toUnixTimestamp(last_at) AS last \
             FROM visits FINAL WHERE site_id = {site} ORDER BY first_at, visit_id"
        ))
        .await
}

/// The actions of a site, oldest first.
///
/// # Errors
/// When ClickHouse does not answer.
pub async fn actions_of(clickhouse: &ClickHouse, site: u32) -> anyhow::Result<Vec<ActionRow>> {
    clickhouse
        .rows(&format!(
            "SELECT kind, url, name, visit_id, time_spent_before, previous_url, position \
             FROM actions WHERE site_id = {site} ORDER BY at, action_id"
        ))
        .await
}

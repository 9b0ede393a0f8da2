use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::ClickHouse;

/// Differences that are shown.
const SHOWN_MAX: usize = 8;

/// What `nagare load` recorded: the accepted hits of each visitor and the visits they must make.
#[derive(Debug, Default)]
pub struct Expectation {
    visitors: Vec<Recorded>,
}

#[derive(Debug, Deserialize)]
struct Recorded {
    visitor: String,
    site: u32,
    certain: bool,
    accepted: Vec<String>,
    unknown: Vec<String>,
    visits: Vec<RecordedVisit>,
}

/// A visit by the generator's own model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct RecordedVisit {
    /// Rows in `hits`.
    pub hits: u64,
    /// Actions.
    pub actions: u64,
    /// Page views and searches.
    pub interactions: u64,
    /// Searches.
    pub searches: u64,
    /// Events.
    pub events: u64,
}

/// Rows of one marker of one visitor.
type Stored = HashMap<(u32, u64), BTreeMap<String, u64>>;
/// Visits of one visitor, in order.
type StoredVisits = HashMap<(u32, u64), Vec<RecordedVisit>>;

impl Expectation {
    pub(crate) fn read(lines: &str) -> anyhow::Result<Self> {
        let read = |line| serde_json::from_str(line).context("a line of the record");
        Ok(Self { visitors: lines.lines().map(read).collect::<anyhow::Result<_>>()? })
    }

    /// Adds what another generator recorded.
    pub fn add(&mut self, other: Self) {
        self.visitors.extend(other.visitors);
    }

    /// Accepted hits.
    pub fn hits(&self) -> usize {
        self.visitors.iter().map(|visitor| visitor.accepted.len()).sum()
    }

    /// Visitors whose visits are known exactly.
    pub fn certain(&self) -> usize {
        self.visitors.iter().filter(|visitor| visitor.certain).count()
    }

    /// Compares with the tables: every accepted hit is there exactly once, a hit without an answer at
    /// most once, no other hit is, and the visits are those of the model.
    ///
    /// # Errors
    /// With the first differences.
    pub async fn check(&self, clickhouse: &ClickHouse) -> anyhow::Result<()> {
        let mut sites: Vec<u32> = self.visitors.iter().map(|visitor| visitor.site).collect();
        sites.sort_unstable();
        sites.dedup();
        let hits = stored_hits(clickhouse, &sites).await?;
        let visits = stored_visits(clickhouse, &sites).await?;
        let mut differences = Vec::new();
        for visitor in &self.visitors {
            let key = (visitor.site, u64::from_str_radix(&visitor.visitor, 16)?);
            let none = BTreeMap::new();
            differences.extend(visitor.compare_hits(hits.get(&key).unwrap_or(&none)));
            let found = visits.get(&key).map_or(&[][..], Vec::as_slice);
            differences.extend(visitor.compare_visits(found));
        }
        let known: std::collections::HashSet<u64> =
            self.visitors.iter().filter_map(|v| u64::from_str_radix(&v.visitor, 16).ok()).collect();
        let strangers = visits.keys().filter(|(_, visitor)| !known.contains(visitor)).count();
        ensure!(strangers == 0, "{strangers} visitors were never sent");
        let shown = &differences[..differences.len().min(SHOWN_MAX)];
        ensure!(differences.is_empty(), "{} differences, such as:\n{}", differences.len(), shown.join("\n"));
        Ok(())
    }
}

impl Recorded {
    fn compare_hits(&self, stored: &BTreeMap<String, u64>) -> Vec<String> {
        let mut differences = Vec::new();
        let mut differ = |marker: &str, what: String| {
            differences.push(format!("hit {marker} of visitor {} on site {}: {what}", self.visitor, self.site));
        };
        for marker in &self.accepted {
            match stored.get(marker).copied().unwrap_or(0) {
                1 => {}
                count => differ(marker, format!("was accepted, and is stored {count} times")),
            }
        }
        for (marker, count) in stored {
            if self.accepted.contains(marker) {
                continue;
            }
            if !self.unknown.contains(marker) {
                differ(marker, "was not accepted, and is stored".to_owned());
            } else if *count > 1 {
                differ(marker, format!("had no answer, and is stored {count} times"));
            }
        }
        differences
    }

    fn compare_visits(&self, found: &[RecordedVisit]) -> Vec<String> {
        if !self.certain || self.visits == found {
            return Vec::new();
        }
        vec![format!("visitor {} on site {}: expected {:?}, found {found:?}", self.visitor, self.site, self.visits)]
    }
}

async fn stored_hits(clickhouse: &ClickHouse, sites: &[u32]) -> anyhow::Result<Stored> {
    #[derive(Deserialize)]
    struct Row {
        site_id: u32,
        visitor_id: u64,
        marker: String,
        count: u64,
    }
    // A text follows its key after one byte that holds its length.
    let marker = "substring(payload, position(payload, 'pageview_id') + 12, 6)";
    let sql = format!(
        "SELECT site_id, visitor_id, {marker} AS marker, count() AS count FROM hits \
         WHERE site_id IN ({}) GROUP BY site_id, visitor_id, marker",
        list(sites)
    );
    let mut stored = Stored::new();
    for row in clickhouse.rows::<Row>(&sql).await? {
        stored.entry((row.site_id, row.visitor_id)).or_default().insert(row.marker, row.count);
    }
    Ok(stored)
}

/// Visits as the three tables together tell them; a visit whose live rows are not exactly one, or
/// whose actions differ from what it says, shows as one with impossible counts.
async fn stored_visits(clickhouse: &ClickHouse, sites: &[u32]) -> anyhow::Result<StoredVisits> {
    #[derive(Deserialize)]
    struct Row {
        site_id: u32,
        visitor_id: u64,
        live_rows: i64,
        #[serde(flatten)]
        visit: RecordedVisit,
        action_rows: u64,
        action_ids: u64,
    }
    let sites = list(sites);
    let sql = format!(
        "SELECT v.site_id AS site_id, v.visitor_id AS visitor_id, v.live_rows AS live_rows, h.hits AS hits, \
            v.actions AS actions, v.interactions AS interactions, v.searches AS searches, v.events AS events, \
            a.action_rows AS action_rows, a.action_ids AS action_ids \
         FROM (SELECT site_id, visit_id, argMax(visitor_id, version) AS visitor_id, min(first_at) AS first_at, \
                sum(sign) AS live_rows, greatest(sum(toInt64(actions) * sign), 0) AS actions, \
                greatest(sum(toInt64(interactions) * sign), 0) AS interactions, \
                greatest(sum(toInt64(searches) * sign), 0) AS searches, \
                greatest(sum(toInt64(events) * sign), 0) AS events \
             FROM visits WHERE site_id IN ({sites}) GROUP BY site_id, visit_id) AS v \
         LEFT JOIN (SELECT site_id, visit_id, count() AS hits FROM hits WHERE site_id IN ({sites}) \
             GROUP BY site_id, visit_id) AS h ON h.site_id = v.site_id AND h.visit_id = v.visit_id \
         LEFT JOIN (SELECT site_id, visit_id, count() AS action_rows, uniqExact(action_id) AS action_ids FROM actions \
             WHERE site_id IN ({sites}) GROUP BY site_id, visit_id) AS a \
             ON a.site_id = v.site_id AND a.visit_id = v.visit_id \
         ORDER BY v.first_at, v.visit_id"
    );
    let mut stored = StoredVisits::new();
    for row in clickhouse.rows::<Row>(&sql).await? {
        ensure!(row.live_rows == 1, "a visit has {} live rows", row.live_rows);
        let rows = (row.action_rows, row.action_ids);
        ensure!(rows == (row.visit.actions, row.visit.actions), "{:?} has action rows {rows:?}", row.visit);
        stored.entry((row.site_id, row.visitor_id)).or_default().push(row.visit);
    }
    Ok(stored)
}

fn list(sites: &[u32]) -> String {
    sites.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

//! Reports that are sent regularly (`reports.md` §19).

use serde::{Deserialize, Serialize};

use crate::{SiteId, UnixMillis};

/// How often a report is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportSchedule {
    /// Only when somebody asks.
    #[default]
    Never,
    /// Every day.
    Day,
    /// Every Monday.
    Week,
    /// On the first day of every month.
    Month,
}

/// How a report reaches its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportTransport {
    /// By e-mail.
    #[default]
    Email,
    /// By text message.
    Mobile,
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// A page.
    #[default]
    Html,
    /// A document.
    Pdf,
    /// Values separated by commas.
    Csv,
    /// Values separated by tabs.
    Tsv,
    /// One sentence.
    Sms,
}

/// A report that is sent regularly.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduledReport {
    /// Its id, from 1.
    pub id: u32,
    /// The site it is about.
    pub site: SiteId,
    /// Whose it is.
    pub login: String,
    /// What it is called.
    pub description: String,
    /// Stored segment; `None` for all visits.
    pub segment: Option<u32>,
    /// How often it is sent.
    pub schedule: ReportSchedule,
    /// Hour of the day in UTC.
    pub hour: u8,
    /// How it is sent.
    pub transport: ReportTransport,
    /// What it is written as.
    pub format: ReportFormat,
    /// Unique ids of the reports it holds, in order.
    pub reports: Vec<String>,
    /// Addresses besides the owner's, or phone numbers.
    pub recipients: Vec<String>,
    /// The owner receives it too.
    pub to_owner: bool,
    /// Tables, graphs or both, 1 to 4.
    pub display: u8,
    /// Graphs show how values went.
    pub evolution: bool,
    /// Graphs show each day of the period, in place of periods before.
    pub evolution_each: bool,
    /// Periods that graphs show.
    pub evolution_periods: u32,
    /// Period of the data; empty: that of the schedule.
    pub period: String,
    /// Made.
    pub created_at: UnixMillis,
    /// Sent last.
    pub sent_at: Option<UnixMillis>,
    /// No longer there.
    pub deleted: bool,
}

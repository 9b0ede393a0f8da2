//! Goals: what a site wants its visitors to do.

use serde::{Deserialize, Serialize};

/// What a goal compares (`tracking.md` §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalAttribute {
    /// Never by itself.
    #[default]
    Manually,
    /// The raw page URL.
    Url,
    /// The title.
    Title,
    /// The download URL.
    File,
    /// The outlink URL.
    ExternalWebsite,
    /// An event's category.
    EventCategory,
    /// An event's action.
    EventAction,
    /// An event's name.
    EventName,
    /// Minutes since the visit began.
    VisitDuration,
}

/// How a goal compares (`tracking.md` §7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatternKind {
    /// Substring.
    #[default]
    Contains,
    /// Whole text.
    Exact,
    /// Regular expression, unanchored.
    Regex,
    /// Number above the pattern.
    GreaterThan,
}

/// A goal of a site.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Goal {
    /// Its id in the site.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What it compares.
    pub attribute: GoalAttribute,
    /// With what.
    pub pattern: String,
    /// How.
    pub pattern_kind: PatternKind,
    /// Letters' case matters.
    pub case_sensitive: bool,
    /// Every match of a visit counts.
    pub allow_multiple: bool,
    /// Revenue of a conversion unless the hit names one.
    pub revenue: f64,
    /// The event's value is the revenue.
    pub event_value_as_revenue: bool,
    /// Deleted goals keep their id.
    pub deleted: bool,
}

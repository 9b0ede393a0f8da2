//! Robots: by which rule a hit was judged to be one's (`tracking.md` §4.1).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a robot is told by. Closed, so that it can be a metric's label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BotRule {
    /// The installed patterns of user agents.
    Pattern,
    /// The names that frequent robots give themselves, where no patterns are installed.
    Name,
    /// The networks of search engines.
    Network,
}

impl BotRule {
    /// Every rule, for registering counters.
    pub const ALL: [Self; 3] = [Self::Pattern, Self::Name, Self::Network];

    /// The label of the rule in metrics, answers and tables.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Name => "name",
            Self::Network => "network",
        }
    }
}

/// The verdict on a hit that a robot sent: it is kept, and belongs to no visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bot {
    /// The rule that judged.
    pub rule: BotRule,
    /// The version of the rule: a checksum of its list.
    pub version: u32,
}

/// Verdicts by rule, and by version where one is given: `network`, `pattern@1c291ca3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BotVerdicts {
    rule: BotRule,
    version: Option<u32>,
}

impl BotVerdicts {
    /// True of a verdict that is among them.
    pub fn include(&self, bot: Bot) -> bool {
        self.rule == bot.rule && self.version.is_none_or(|version| version == bot.version)
    }
}

impl FromStr for BotVerdicts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rule, version) = text.split_once('@').map_or((text, None), |(rule, version)| (rule, Some(version)));
        let rule = BotRule::ALL.into_iter().find(|known| known.label() == rule);
        let rule = rule.ok_or_else(|| "a rule is pattern, name or network".to_owned())?;
        let version = version.map(|version| u32::from_str_radix(version, 16)).transpose();
        Ok(Self { rule, version: version.map_err(|error| format!("a version is hexadecimal: {error}"))? })
    }
}

/// As [`BotVerdicts`] reads it.
impl fmt::Display for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{:08x}", self.rule.label(), self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_named_by_rule_and_version() {
        let bot = Bot { rule: BotRule::Network, version: 0xbeef };
        let includes = |text: &str| text.parse::<BotVerdicts>().map(|verdicts| verdicts.include(bot));
        assert_eq!(bot.to_string(), "network@0000beef");
        assert_eq!(
            [includes("network"), includes("network@beef"), includes(&bot.to_string())],
            [const { Ok(true) }; 3]
        );
        assert_eq!([includes("network@1"), includes("pattern")], [const { Ok(false) }; 2]);
        assert!(includes("google").is_err() && includes("network@").is_err());
    }
}

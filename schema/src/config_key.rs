//! Names of entities in the CONFIG bucket.

use std::{fmt, str::FromStr};

use crate::{GoalId, IdError, SiteId};

/// Name of an entity in the CONFIG bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfigKey {
    /// `deployment`
    Deployment,
    /// `settings`
    Settings,
    /// `site.<id>`
    Site(SiteId),
    /// `goal.<site>.<id>`
    Goal(SiteId, GoalId),
    /// `dimension.<site>.<id>`
    Dimension(SiteId, u32),
    /// `user.<login in hex>`
    User(String),
    /// `grant.<login in hex>.<site>`
    Grant(String, SiteId),
    /// `token.<hash>`
    Token(String),
    /// `share.<hash>`
    Share(String),
    /// `annotation.<site>.<id>`
    Annotation(SiteId, u32),
    /// `report.<id>`
    Report(u32),
    /// `segment.<id>`
    Segment(u32),
    /// `dashboard.<login in hex>.<id>`
    Dashboard(String, u32),
    /// `failure.<site>.<kind>`
    Failure(SiteId, u8),
}

impl fmt::Display for ConfigKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployment => f.write_str("deployment"),
            Self::Settings => f.write_str("settings"),
            Self::Site(site) => write!(f, "site.{site}"),
            Self::Goal(site, goal) => write!(f, "goal.{site}.{goal}"),
            Self::Dimension(site, id) => write!(f, "dimension.{site}.{id}"),
            Self::User(login) => write!(f, "user.{}", to_hex(login)),
            Self::Grant(login, site) => write!(f, "grant.{}.{site}", to_hex(login)),
            Self::Token(hash) => write!(f, "token.{hash}"),
            Self::Share(hash) => write!(f, "share.{hash}"),
            Self::Annotation(site, id) => write!(f, "annotation.{site}.{id}"),
            Self::Report(id) => write!(f, "report.{id}"),
            Self::Segment(id) => write!(f, "segment.{id}"),
            Self::Dashboard(login, id) => write!(f, "dashboard.{}.{id}", to_hex(login)),
            Self::Failure(site, kind) => write!(f, "failure.{site}.{kind}"),
        }
    }
}

impl FromStr for ConfigKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let parts: Vec<&str> = text.split('.').collect();
        Ok(match parts.as_slice() {
            ["deployment"] => Self::Deployment,
            ["settings"] => Self::Settings,
            ["site", site] => Self::Site(site.parse()?),
            ["goal", site, goal] => Self::Goal(site.parse()?, goal.parse()?),
            ["dimension", site, id] => Self::Dimension(site.parse()?, number(id)?),
            ["user", login] => Self::User(from_hex(login)?),
            ["grant", login, site] => Self::Grant(from_hex(login)?, site.parse()?),
            ["token", hash] => Self::Token((*hash).to_owned()),
            ["share", hash] => Self::Share((*hash).to_owned()),
            ["annotation", site, id] => Self::Annotation(site.parse()?, number(id)?),
            ["report", id] => Self::Report(number(id)?),
            ["segment", id] => Self::Segment(number(id)?),
            ["dashboard", login, id] => Self::Dashboard(from_hex(login)?, number(id)?),
            ["failure", site, kind] => Self::Failure(site.parse()?, number(kind)?),
            _ => return Err(IdError),
        })
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, IdError> {
    text.parse().map_err(|_| IdError)
}

fn to_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(hex: &str) -> Result<String, IdError> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) || !hex.is_ascii() {
        return Err(IdError);
    }
    let bytes: Result<Vec<u8>, _> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16)).collect();
    String::from_utf8(bytes.map_err(|_| IdError)?).map_err(|_| IdError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_back_from_its_text() {
        let keys = [
            ConfigKey::Deployment,
            ConfigKey::Settings,
            ConfigKey::Site(SiteId(7)),
            ConfigKey::Goal(SiteId(7), GoalId(2)),
            ConfigKey::Dimension(SiteId(7), 3),
            ConfigKey::User("jé.doe@x".to_owned()),
            ConfigKey::Grant("a.b".to_owned(), SiteId(1)),
            ConfigKey::Token("00ff".to_owned()),
            ConfigKey::Share("00ff".to_owned()),
            ConfigKey::Annotation(SiteId(7), 0),
            ConfigKey::Report(4),
            ConfigKey::Segment(5),
            ConfigKey::Dashboard("a.b".to_owned(), 1),
            ConfigKey::Failure(SiteId(7), 2),
        ];
        for key in keys {
            assert_eq!(key.to_string().parse::<ConfigKey>(), Ok(key));
        }
        for bad in ["", "site", "site.x", "user.zz", "user.€a", "other.1"] {
            assert_eq!(bad.parse::<ConfigKey>(), Err(IdError), "{bad}");
        }
    }
}

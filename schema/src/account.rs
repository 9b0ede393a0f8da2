//! Who may do what: users, their access, and what stands in for them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{SiteId, UnixMillis};

/// A user account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// The login; unique.
    pub login: String,
    /// E-mail address.
    pub email: String,
    /// Argon2id hash in PHC form.
    pub password_hash: String,
    /// May do everything.
    pub superuser: bool,
    /// Registered.
    pub created_at: UnixMillis,
    /// Invited and not yet come.
    pub invitation: Option<Invitation>,
    /// What the user prefers, by name: `language`, `defaultReport`, …
    pub preferences: BTreeMap<String, String>,
    /// Issuer and subject of the OpenID provider's user who signs in to the account; empty: nobody yet.
    pub openid_subject: String,
    /// The second factor of signing in, when there is one.
    pub second_factor: Option<SecondFactor>,
}

/// Codes by time (TOTP), and codes for who has lost the device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondFactor {
    /// The shared secret, sealed under the master key.
    pub sealed_secret: String,
    /// A code of it was shown once, so that it is asked for at sign-in.
    pub confirmed: bool,
    /// Step of the newest code that was accepted: no code is accepted twice.
    pub last_step: u64,
    /// SHA-256 of the recovery codes that are left.
    pub recovery: Vec<String>,
}

/// An invitation that was not followed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who invited.
    pub by: String,
    /// Until when it can be followed.
    pub expires_at: UnixMillis,
}

/// Levels of access to a site, each including those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantLevel {
    /// Read reports.
    View,
    /// Change goals and the like.
    Write,
    /// Change the site and its users.
    Admin,
}

/// A user's access to one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The user.
    pub login: String,
    /// The site.
    pub site: SiteId,
    /// The level.
    pub level: GrantLevel,
}

/// An API token; its key is the SHA-256 of the token, which is not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// SHA-256 of the token, 64 hexadecimal digits.
    pub hash: String,
    /// Whose it is.
    pub login: String,
    /// What for.
    pub description: String,
    /// Created.
    pub created_at: UnixMillis,
    /// Valid until; `None` for ever.
    #[serde(default)]
    pub expires_at: Option<UnixMillis>,
    /// Accepted only in a body or header, never in a URL.
    #[serde(default)]
    pub secure_only: bool,
    /// What of its user's rights it has.
    #[serde(default, skip_serializing_if = "Scope::is_whole")]
    pub scope: Scope,
}

/// What of its user's rights a token has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// Only these sites; empty: all of its user.
    pub sites: Vec<SiteId>,
    /// Only to read reports.
    pub read_only: bool,
    /// Only these methods; empty: all.
    pub methods: Vec<String>,
}

impl Scope {
    /// All that its user may do.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// What is left of a level on a site.
    pub fn narrowed(&self, site: SiteId, level: GrantLevel) -> Option<GrantLevel> {
        if !self.sites.is_empty() && !self.sites.contains(&site) {
            return None;
        }
        Some(if self.read_only { GrantLevel::View } else { level })
    }
}

/// A link by which anybody reads reports of one site; its key is the SHA-256 of its secret, which is not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// SHA-256 of the secret, 64 hexadecimal digits.
    pub hash: String,
    /// The site.
    pub site: SiteId,
    /// Methods that it answers.
    pub reports: Vec<String>,
    /// Argon2id hash of its password; empty: none.
    pub password_hash: String,
    /// What for.
    pub description: String,
    /// Who made it; it ends with their access to the site.
    pub created_by: String,
    /// Made.
    pub created_at: UnixMillis,
    /// Valid until; `None` for ever.
    #[serde(default)]
    pub expires_at: Option<UnixMillis>,
}

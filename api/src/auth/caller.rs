use std::{collections::BTreeSet, sync::Arc};

use axum::http::{HeaderMap, header};
use nagare_schema::{Config, GrantLevel, Scope, SiteId, Token, UnixMillis};

use super::{KnownSessions, Purpose, Signer, token_hash};
use crate::request::Params;

/// The pseudo user of requests without a token; it has what is granted to it.
const ANONYMOUS: &str = "anonymous";

/// How a request says who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// Not at all.
    None,
    /// By a secret in the URL.
    Url(String),
    /// By a secret in the body or a header.
    Secure(String),
}

impl Credentials {
    /// Header before body before URL. `query` and `body` are read apart, since the place matters.
    pub(crate) fn of(headers: &HeaderMap, query: &Params, body: &Params) -> Self {
        if let Some(secret) = bearer(headers) {
            return Self::Secure(secret);
        }
        if let Some(token) = body.filled("token_auth") {
            return Self::Secure(token.to_owned());
        }
        query.filled("token_auth").map_or(Self::None, |token| Self::Url(token.to_owned()))
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// No token: what is granted to `anonymous`.
    Anonymous,
    /// A token that is not valid: no access at all.
    Unknown,
    /// A user.
    User(String),
}

/// Finds out who asks.
#[derive(Clone)]
pub(crate) struct Authenticator {
    pub(crate) signer: Signer,
    pub(crate) sessions: KnownSessions,
}

impl Authenticator {
    /// Who asks, and the token that says so.
    pub(crate) fn identify(
        &self,
        config: &Arc<Config>,
        credentials: &Credentials,
        now: UnixMillis,
    ) -> (Caller, Option<Arc<Token>>) {
        let with = |identity, session, scope| Caller { identity, session, scope, config: config.clone() };
        let (secret, in_url) = match credentials {
            Credentials::None => return (with(Identity::Anonymous, None, Scope::default()), None),
            Credentials::Url(secret) => (secret, true),
            Credentials::Secure(secret) => (secret, false),
        };
        if secret == ANONYMOUS {
            return (with(Identity::Anonymous, None, Scope::default()), None);
        }
        let user = |login: &String| config.users.contains_key(login).then(|| Identity::User(login.clone()));
        let valid =
            |token: &&Arc<Token>| token.expires_at.is_none_or(|expiry| expiry > now) && !(token.secure_only && in_url);
        if let Some(token) = config.tokens.get(&token_hash(secret)).filter(valid) {
            let identity = user(&token.login).unwrap_or(Identity::Unknown);
            return (with(identity, None, token.scope.clone()), Some(token.clone()));
        }
        // What is signed is never taken from a URL, where it would end in logs.
        if in_url {
            return (with(Identity::Unknown, None, Scope::default()), None);
        }
        if let Some((login, session)) = self.session(secret, now) {
            let identity = user(&login).unwrap_or(Identity::Unknown);
            return (with(identity, Some(session), Scope::default()), None);
        }
        let shared = self.share(config, secret, now);
        let (identity, scope) = shared.unwrap_or((Identity::Unknown, Scope::default()));
        (with(identity, None, scope), None)
    }

    /// The caller of before, by the directory as it is now: what a socket was opened with outlives an access
    /// token, but neither its session nor its rights.
    pub(crate) fn again(
        &self,
        before: &Caller,
        config: &Arc<Config>,
        credentials: &Credentials,
        now: UnixMillis,
    ) -> Caller {
        let (Some(session), Some(login)) = (&before.session, before.login()) else {
            return self.identify(config, credentials, now).0;
        };
        let goes_on = config.users.contains_key(login) && self.sessions.has(session, now);
        let identity = if goes_on { before.identity.clone() } else { Identity::Unknown };
        Caller { identity, config: config.clone(), ..before.clone() }
    }

    /// Login and id of a session that has not ended.
    fn session(&self, secret: &str, now: UnixMillis) -> Option<(String, String)> {
        const MILLIS: i64 = 1000;
        let claims = self.signer.read(Purpose::Access, secret, now.into())?;
        let issued_at = UnixMillis(claims.iat.saturating_mul(MILLIS));
        self.sessions.allows(&claims.sid, &claims.sub, issued_at, now).then_some((claims.sub, claims.sid))
    }

    /// What a share link allows: what its maker may, of some reports of a site, to read.
    fn share(&self, config: &Config, secret: &str, now: UnixMillis) -> Option<(Identity, Scope)> {
        let claims = self.signer.read(Purpose::Share, secret, now.into())?;
        let share = config.shares.get(&claims.sub)?;
        let fresh = share.expires_at.is_none_or(|expiry| expiry > now);
        let maker = config.users.get(&share.created_by).filter(|_| fresh)?;
        let scope = Scope { sites: vec![share.site], read_only: true, methods: share.reports.clone() };
        Some((Identity::User(maker.login.clone()), scope))
    }
}

/// Who asks, and what the directory says about them.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    /// The session by which they ask, if it is one.
    pub(crate) session: Option<String>,
    /// What of the rights of the identity may be used.
    pub(crate) scope: Scope,
    pub(crate) config: Arc<Config>,
}

impl Caller {
    pub(crate) fn login(&self) -> Option<&str> {
        match &self.identity {
            Identity::Anonymous => Some(ANONYMOUS),
            Identity::User(login) => Some(login),
            Identity::Unknown => None,
        }
    }

    pub(crate) fn is_user(&self) -> bool {
        matches!(self.identity, Identity::User(_))
    }

    pub(crate) fn is_superuser(&self) -> bool {
        // A part of a superuser's rights makes no superuser.
        self.is_user()
            && self.scope.is_whole()
            && self.login().and_then(|login| self.config.users.get(login)).is_some_and(|user| user.superuser)
    }

    /// What the caller may do on a site; nothing on a site that does not exist.
    pub(crate) fn level_of(&self, site: SiteId) -> Option<GrantLevel> {
        if !self.config.sites.contains_key(&site) {
            return None;
        }
        self.scope.narrowed(site, self.config.level_of(self.login()?, site)?)
    }

    /// True unless the caller's token is for other methods, or for reading and the method changes something.
    pub(crate) fn may_call(&self, method: &str, changes: bool) -> bool {
        let methods = &self.scope.methods;
        (methods.is_empty() || methods.iter().any(|known| known == method)) && !(self.scope.read_only && changes)
    }

    pub(crate) fn may(&self, level: GrantLevel, site: SiteId) -> bool {
        self.level_of(site).is_some_and(|has| has >= level)
    }

    /// Sites on which the caller has at least `level`, by id.
    pub(crate) fn sites_with(&self, level: GrantLevel) -> BTreeSet<SiteId> {
        self.config.sites.keys().copied().filter(|site| self.may(level, *site)).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use nagare_schema::{Entity, Grant, Site, Token, UnixSeconds, User};

    use super::*;

    /// Sites 1 to 3; `root` is superuser, `viewer`, `writer` and `admin` have their level on site 1.
    pub(crate) fn directory() -> Arc<Config> {
        let mut config = Config::default();
        let mut put = |entity: Entity| config.apply(1, &entity.key(), Some(entity));
        for id in 1..=3 {
            let urls = vec![format!("http://site{id}.example")];
            put(Entity::Site(Site { id: SiteId(id), name: format!("Site {id}"), urls, ..Site::default() }));
        }
        for (login, level) in
            [("viewer", GrantLevel::View), ("writer", GrantLevel::Write), ("admin", GrantLevel::Admin)]
        {
            put(Entity::User(User { login: login.to_owned(), ..User::default() }));
            put(Entity::Grant(Grant { login: login.to_owned(), site: SiteId(1), level }));
        }
        put(Entity::User(User { login: "root".to_owned(), superuser: true, ..User::default() }));
        for (secret, secure_only, expires_at) in
            [("open", false, None), ("secure", true, None), ("old", false, Some(UnixMillis(5)))]
        {
            put(Entity::Token(Token {
                hash: token_hash(secret),
                login: "viewer".to_owned(),
                description: String::new(),
                created_at: UnixMillis(0),
                expires_at,
                secure_only,
                scope: Scope::default(),
            }));
        }
        Arc::new(config)
    }

    pub(crate) fn caller(login: &str) -> Caller {
        let identity = match login {
            "anonymous" => Identity::Anonymous,
            "" => Identity::Unknown,
            login => Identity::User(login.to_owned()),
        };
        Caller { identity, session: None, scope: Scope::default(), config: directory() }
    }

    fn check(credentials: &Credentials, expected: &Identity) {
        let authenticator = Authenticator { signer: Signer::new("secret"), sessions: KnownSessions::default() };
        let (caller, _) = authenticator.identify(&directory(), credentials, UnixMillis(10));
        assert_eq!(caller.identity, *expected, "{credentials:?}");
    }

    #[test]
    fn tokens_and_sessions_identify() {
        let viewer = Identity::User("viewer".to_owned());
        let session = Signer::new("secret").issue(Purpose::Access, "root", "s1", UnixSeconds(0)).unwrap();
        check(&Credentials::None, &Identity::Anonymous);
        check(&Credentials::Url("anonymous".to_owned()), &Identity::Anonymous);
        check(&Credentials::Url("open".to_owned()), &viewer);
        check(&Credentials::Url("secure".to_owned()), &Identity::Unknown);
        check(&Credentials::Secure("secure".to_owned()), &viewer);
        check(&Credentials::Secure("old".to_owned()), &Identity::Unknown);
        check(&Credentials::Secure("wrong".to_owned()), &Identity::Unknown);
        check(&Credentials::Secure(session.clone()), &Identity::User("root".to_owned()));
        check(&Credentials::Url(session), &Identity::Unknown);
    }

    #[test]
    fn a_superuser_has_no_level_on_a_site_that_does_not_exist() {
        assert_eq!(caller("root").level_of(SiteId(9)), None);
        assert!(caller("root").may(GrantLevel::Admin, SiteId(3)));
        assert_eq!(caller("").sites_with(GrantLevel::View).len(), 0);
    }
}

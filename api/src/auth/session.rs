use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use nagare_schema::UnixSeconds;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// What a signed token is good for; one that is for something else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To act in a session.
    Access,
    /// To choose a new password.
    Reset,
    /// To set up the second factor that signing in requires.
    Enrol,
    /// To read what a link shares.
    Share,
    /// To refuse to be measured.
    OptOut,
    /// To come back from an OpenID provider.
    OpenId,
}

impl Purpose {
    fn audience(self) -> &'static str {
        match self {
            Self::Access => "nagare",
            Self::Reset => "nagare.reset",
            Self::Enrol => "nagare.enrol",
            Self::Share => "nagare.share",
            Self::OptOut => "nagare.opt-out",
            Self::OpenId => "nagare.openid",
        }
    }

    /// Seconds that a token of this purpose is good for.
    pub(crate) fn seconds(self) -> i64 {
        match self {
            Self::Access => 10 * 60,
            Self::Reset | Self::Share | Self::OptOut => 60 * 60,
            Self::Enrol | Self::OpenId => 15 * 60,
        }
    }
}

/// What a signed token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// Whose: a login, or the hash of a share link.
    pub(crate) sub: String,
    /// The session, or what must not have changed since.
    pub(crate) sid: String,
    /// Issued.
    pub(crate) iat: i64,
    exp: i64,
    aud: String,
}

/// Signs and reads tokens: JWTs with HS256 and a key derived from the deployment's secret.
#[derive(Clone)]
pub(crate) struct Signer {
    signing: EncodingKey,
    reading: DecodingKey,
}

impl Signer {
    pub(crate) fn new(secret: &str) -> Self {
        let key = Sha256::new().chain_update(b"nagare session key\0").chain_update(secret.as_bytes()).finalize();
        Self { signing: EncodingKey::from_secret(&key), reading: DecodingKey::from_secret(&key) }
    }

    /// A token from `now` on; `None` when it cannot be signed.
    pub(crate) fn issue(&self, purpose: Purpose, sub: &str, sid: &str, now: UnixSeconds) -> Option<String> {
        let claims = Claims {
            sub: sub.to_owned(),
            sid: sid.to_owned(),
            iat: now.0,
            exp: now.0 + purpose.seconds(),
            aud: purpose.audience().to_owned(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing).ok()
    }

    /// What a token says, if it is for `purpose` and valid at `now`.
    pub(crate) fn read(&self, purpose: Purpose, token: &str, now: UnixSeconds) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[purpose.audience()]);
        validation.set_required_spec_claims(&["exp", "aud", "sub"]);
        // By the clock that the reader is given.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.reading, &validation).ok()?.claims;
        (claims.exp > now.0).then_some(claims)
    }

    /// A document that stays good, and names its audience in `aud`; `None` when it cannot be signed.
    pub(crate) fn sign(&self, document: &impl Serialize) -> Option<String> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), document, &self.signing).ok()
    }

    /// A document that was signed for `audience`.
    pub(crate) fn verify<T: DeserializeOwned>(&self, audience: &str, signed: &str) -> Option<T> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["aud"]);
        validation.validate_exp = false;
        Some(jsonwebtoken::decode::<T>(signed, &self.reading, &validation).ok()?.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

    fn issued(signer: &Signer, purpose: Purpose) -> String {
        signer.issue(purpose, "root", "s1", NOW).unwrap()
    }

    #[test]
    fn a_token_is_read_back_by_the_same_secret_only() {
        let token = issued(&Signer::new("one"), Purpose::Access);
        let read = |secret: &str| Signer::new(secret).read(Purpose::Access, &token, NOW).map(|claims| claims.sub);
        assert_eq!(read("one"), Some("root".to_owned()));
        assert_eq!(read("two"), None);
    }

    #[test]
    fn expired_foreign_and_unsigned_tokens_are_refused() {
        let signer = Signer::new("one");
        let token = issued(&signer, Purpose::Access);
        let expired = UnixSeconds(NOW.0 + Purpose::Access.seconds());
        assert_eq!(signer.read(Purpose::Access, &token, expired), None);
        for purpose in [Purpose::Reset, Purpose::Enrol, Purpose::Share, Purpose::OptOut, Purpose::OpenId] {
            assert_eq!(signer.read(Purpose::Access, &issued(&signer, purpose), NOW), None, "{purpose:?}");
            assert_eq!(signer.read(purpose, &token, NOW), None, "{purpose:?}");
        }
        // {"alg":"none"}, with and without the signature of another header.
        let parts: Vec<&str> = token.split('.').collect();
        for signature in ["", parts[2]] {
            let unsigned = format!("eyJhbGciOiJub25lIn0.{}.{signature}", parts[1]);
            assert_eq!(signer.read(Purpose::Access, &unsigned, NOW), None);
        }
    }
}

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use nagare_schema::UnixSeconds;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Seconds a session lasts.
pub(crate) const SESSION_SECONDS: i64 = 8 * 3600;
/// Whom a session is for.
const AUDIENCE: &str = "nagare";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
    aud: String,
}

/// Signs and reads sessions: JWTs with HS256 and a key derived from the deployment's secret.
#[derive(Clone)]
pub(crate) struct Sessions {
    signing: EncodingKey,
    reading: DecodingKey,
    validation: Validation,
}

impl Sessions {
    pub(crate) fn new(secret: &str) -> Self {
        let key = Sha256::new().chain_update(b"nagare session key\0").chain_update(secret.as_bytes()).finalize();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud", "sub"]);
        // By the clock that the reader is given.
        validation.validate_exp = false;
        Self { signing: EncodingKey::from_secret(&key), reading: DecodingKey::from_secret(&key), validation }
    }

    /// A session of `login` from `now` on; `None` when it cannot be signed.
    pub(crate) fn issue(&self, login: &str, now: UnixSeconds) -> Option<String> {
        let claims =
            Claims { sub: login.to_owned(), iat: now.0, exp: now.0 + SESSION_SECONDS, aud: AUDIENCE.to_owned() };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing).ok()
    }

    /// The login of a session that is valid at `now`.
    pub(crate) fn read(&self, session: &str, now: UnixSeconds) -> Option<String> {
        let data = jsonwebtoken::decode::<Claims>(session, &self.reading, &self.validation).ok()?;
        (data.claims.exp > now.0).then_some(data.claims.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> UnixSeconds {
        UnixSeconds(jiff::Timestamp::now().as_second())
    }

    #[test]
    fn a_session_is_read_back_by_the_same_secret_only() {
        let session = Sessions::new("one").issue("root", now()).unwrap();
        assert_eq!(Sessions::new("one").read(&session, now()), Some("root".to_owned()));
        assert_eq!(Sessions::new("two").read(&session, now()), None);
    }

    #[test]
    fn expired_foreign_and_unsigned_sessions_are_refused() {
        let sessions = Sessions::new("one");
        let old = sessions.issue("root", UnixSeconds(now().0 - SESSION_SECONDS - 1)).unwrap();
        assert_eq!(sessions.read(&old, now()), None);
        let claims = serde_json::json!({"sub": "root", "iat": 0, "exp": now().0 + 60, "aud": "other"});
        let foreign = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &sessions.signing).unwrap();
        assert_eq!(sessions.read(&foreign, now()), None);
        // {"alg":"none"}
        let payload = session_part(&sessions.issue("root", now()).unwrap());
        assert_eq!(sessions.read(&format!("eyJhbGciOiJub25lIn0.{payload}."), now()), None);
    }

    fn session_part(session: &str) -> String {
        session.split('.').nth(1).unwrap().to_owned()
    }
}

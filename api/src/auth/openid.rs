//! Sign-in with OpenID Connect: the authorisation code flow with PKCE, with any provider that can be
//! discovered. What the provider tells is asked for anew at each sign-in: keys change, sign-ins are few.

use std::{path::PathBuf, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use clap::Args;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Request, StatusCode, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use nagare_schema::UnixSeconds;
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use url::{Host, Url, form_urlencoded};

use super::generate_token;

/// Time that an answer of the provider may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Bytes of such an answer.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Seconds that the provider's clock may differ.
const CLOCKS_DIFFER_S: i64 = 60;
/// How identity tokens may be signed: by a key of which the provider alone has the secret part.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Where people may sign in instead.
#[derive(Debug, Clone, Default, Args)]
pub struct OpenIdOptions {
    /// OpenID provider whose users may sign in: its issuer, an URL. Empty: none.
    #[arg(long, env = "NAGARE_OPENID_ISSUER", default_value = "", requires = "openid_client_id")]
    pub openid_issuer: String,
    /// Name of this installation at the provider, whose redirection is `/api/v1/session/openid/callback`.
    #[arg(long, env = "NAGARE_OPENID_CLIENT_ID", default_value = "")]
    pub openid_client_id: String,
    /// File with the secret of that name; none: PKCE alone proves who asks.
    #[arg(long, env = "NAGARE_OPENID_CLIENT_SECRET_FILE")]
    pub openid_client_secret_file: Option<PathBuf>,
    /// What the sign-in page calls the provider.
    #[arg(long, env = "NAGARE_OPENID_NAME", default_value = "OpenID Connect")]
    pub openid_name: String,
}

/// Why somebody cannot sign in this way.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdError {
    /// The options are not those of a provider.
    #[error("the OpenID provider cannot be used: {0}")]
    Unusable(String),
    /// It does not answer as it should.
    #[error("the OpenID provider cannot be asked: {0}")]
    Unanswered(String),
    /// What it says of the person cannot be believed.
    #[error("the OpenID provider's word is refused: {0}")]
    Unproven(String),
}

/// A provider.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) name: String,
    issuer: String,
    client_id: String,
    client_secret: String,
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What a browser was sent to the provider with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Comes back in the address: the answer is to this browser.
    pub(crate) state: String,
    /// Comes back in the identity token: it was made for this attempt.
    pub(crate) nonce: String,
    /// Proves that who shows the code is who began.
    pub(crate) verifier: String,
}

impl Attempt {
    fn new() -> Self {
        Self { state: generate_token(), nonce: generate_token(), verifier: generate_token() + &generate_token() }
    }
}

/// Who it is, as the provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Issuer and subject: what never changes.
    pub(crate) subject: String,
    /// The address, where the provider has verified that it is theirs.
    pub(crate) email: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    #[serde(default)]
    nonce: String,
    #[serde(default)]
    aud: serde_json::Value,
    #[serde(default)]
    azp: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    email_verified: serde_json::Value,
}

impl Provider {
    /// The provider of the options; `None` when there is none.
    pub(crate) fn open(options: &OpenIdOptions) -> Result<Option<Self>, OpenIdError> {
        if options.openid_issuer.is_empty() {
            return Ok(None);
        }
        let unusable = |error: &dyn std::error::Error| OpenIdError::Unusable(error.to_string());
        if !is_safe(&options.openid_issuer) {
            return Err(OpenIdError::Unusable("its issuer is not an https URL".to_owned()));
        }
        let client_secret = match &options.openid_client_secret_file {
            Some(file) => std::fs::read_to_string(file).map_err(|error| unusable(&error))?.trim().to_owned(),
            None => String::new(),
        };
        let roots = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(|error| unusable(&error))?;
        let connector = roots.https_or_http().enable_http1().build();
        Ok(Some(Self {
            name: options.openid_name.clone(),
            issuer: options.openid_issuer.clone(),
            client_id: options.openid_client_id.clone(),
            client_secret,
            http: Client::builder(TokioExecutor::new()).build(connector),
        }))
    }

    /// Where to send a browser that is to come back to `redirect`, and what it must come back with.
    pub(crate) async fn begin(&self, redirect: &str) -> Result<(String, Attempt), OpenIdError> {
        let metadata = self.discover().await?;
        let attempt = Attempt::new();
        let mut url = Url::parse(&metadata.authorization_endpoint).map_err(unanswered)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("scope", "openid email")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &challenge(&attempt.verifier))
            .append_pair("code_challenge_method", "S256");
        Ok((url.into(), attempt))
    }

    /// Who came back with a code.
    pub(crate) async fn finish(
        &self,
        (attempt, code): (&Attempt, &str),
        redirect: &str,
        now: UnixSeconds,
    ) -> Result<Person, OpenIdError> {
        let metadata = self.discover().await?;
        let tokens: Tokens = self.ask(self.exchange(&metadata, (attempt, code), redirect)?).await?;
        let keys: JwkSet = self.get(&metadata.jwks_uri).await?;
        let expected = Expected { issuer: &metadata.issuer, client_id: &self.client_id, nonce: &attempt.nonce, now };
        expected.person(&tokens.id_token, &keys)
    }

    async fn discover(&self) -> Result<Metadata, OpenIdError> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let metadata: Metadata = self.get(&url).await?;
        // Who answers for another issuer may speak for its users.
        if metadata.issuer.trim_end_matches('/') != self.issuer.trim_end_matches('/') {
            return Err(OpenIdError::Unproven(format!("it says to be {}", metadata.issuer)));
        }
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        if let Some(endpoint) = endpoints.into_iter().find(|endpoint| !is_safe(endpoint)) {
            return Err(OpenIdError::Unproven(format!("{endpoint} is not an https URL")));
        }
        Ok(metadata)
    }

    /// Asks for the tokens that a code stands for.
    fn exchange(
        &self,
        metadata: &Metadata,
        (attempt, code): (&Attempt, &str),
        redirect: &str,
    ) -> Result<Request<Full<Bytes>>, OpenIdError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect)
            .append_pair("client_id", &self.client_id)
            .append_pair("code_verifier", &attempt.verifier);
        let mut request =
            Request::post(&metadata.token_endpoint).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let methods = &metadata.token_endpoint_auth_methods_supported;
        if !self.client_secret.is_empty() {
            // Without a list it is the header (OpenID Connect Discovery 1.0 §3).
            if methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic") {
                let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", encoded(&self.client_id), encoded(&self.client_secret));
                request = request.header(header::AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(pair)));
            } else {
                form.append_pair("client_secret", &self.client_secret);
            }
        }
        request.body(Full::from(form.finish())).map_err(unanswered)
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, OpenIdError> {
        self.ask(Request::get(url).body(Full::default()).map_err(unanswered)?).await
    }

    async fn ask<T: DeserializeOwned>(&self, mut request: Request<Full<Bytes>>) -> Result<T, OpenIdError> {
        request.headers_mut().insert(header::ACCEPT, header::HeaderValue::from_static("application/json"));
        let asked = async {
            let answer = self.http.request(request).await.map_err(unanswered)?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(unanswered)?.to_bytes();
            if status != StatusCode::OK {
                return Err(OpenIdError::Unanswered(format!("it answers {status}")));
            }
            serde_json::from_slice(&body).map_err(unanswered)
        };
        tokio::time::timeout(ANSWER_WITHIN, asked).await.map_err(unanswered)?
    }
}

fn unanswered(error: impl std::fmt::Display) -> OpenIdError {
    OpenIdError::Unanswered(error.to_string())
}

/// Spoken to over TLS, or on this machine.
fn is_safe(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_local)
}

/// What shows later that the verifier was known from the beginning (RFC 7636 §4.2).
fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// What an identity token must say.
struct Expected<'a> {
    issuer: &'a str,
    client_id: &'a str,
    nonce: &'a str,
    now: UnixSeconds,
}

impl Expected<'_> {
    fn person(&self, token: &str, keys: &JwkSet) -> Result<Person, OpenIdError> {
        let unproven = |why: &dyn std::fmt::Display| OpenIdError::Unproven(why.to_string());
        let header = jsonwebtoken::decode_header(token).map_err(|error| unproven(&error))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(unproven(&"its algorithm is none of a key pair"));
        }
        let key = match &header.kid {
            Some(id) => keys.find(id),
            None => keys.keys.first().filter(|_| keys.keys.len() == 1),
        };
        let key = key.ok_or_else(|| unproven(&"it is signed by no key of the provider"))?;
        let key = DecodingKey::from_jwk(key).map_err(|error| unproven(&error))?;
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&[self.client_id]);
        validation.set_issuer(&[self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // By the clock that is given.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|error| unproven(&error))?.claims;
        if claims.exp + CLOCKS_DIFFER_S <= self.now.0 {
            return Err(unproven(&"it has expired"));
        }
        if claims.nonce != self.nonce {
            return Err(unproven(&"it was made for another attempt"));
        }
        let is_shared = claims.aud.as_array().is_some_and(|several| several.len() > 1);
        if (is_shared || !claims.azp.is_empty()) && claims.azp != self.client_id {
            return Err(unproven(&"it was made for somebody else"));
        }
        let is_verified = claims.email_verified == true || claims.email_verified == "true";
        let email = Some(claims.email).filter(|email| is_verified && !email.is_empty());
        Ok(Person { subject: format!("{} {}", self.issuer, claims.sub), email })
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, jwk::Jwk};
    use serde_json::{Value, json};

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
    const EXPECTED: Expected<'_> =
        Expected { issuer: "https://id.example", client_id: "nagare", nonce: "n1", now: NOW };

    /// A key pair of the provider.
    struct Keys {
        signing: EncodingKey,
        published: JwkSet,
    }

    fn keys() -> Keys {
        let pair = rcgen::KeyPair::generate().unwrap();
        let signing = EncodingKey::from_ec_der(&pair.serialize_der());
        let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some("k1".to_owned());
        Keys { signing, published: JwkSet { keys: vec![jwk] } }
    }

    fn token(keys: &Keys, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = json!({
            "iss": EXPECTED.issuer, "aud": EXPECTED.client_id, "sub": "jane", "nonce": "n1", "exp": NOW.0 + 60,
            "email": "jane@example.org", "email_verified": true,
        });
        change(&mut claims);
        let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &keys.signing).unwrap()
    }

    #[test]
    fn who_the_provider_vouches_for_is_known_by_subject_and_verified_address() {
        let keys = keys();
        let person = |change: fn(&mut Value)| EXPECTED.person(&token(&keys, change), &keys.published).unwrap();
        let jane = person(|_| {});
        assert_eq!(
            (jane.subject.as_str(), jane.email.as_deref()),
            ("https://id.example jane", Some("jane@example.org"))
        );
        for unverified in [json!(false), json!("false"), Value::Null] {
            let claims = |claims: &mut Value| claims["email_verified"] = unverified.clone();
            assert_eq!(EXPECTED.person(&token(&keys, claims), &keys.published).unwrap().email, None, "{unverified}");
        }
        assert!(person(|claims| claims["aud"] = json!(["nagare"])).email.is_some());
    }

    #[test]
    fn what_was_made_for_others_or_by_others_is_refused() {
        let known = keys();
        let refused = |change: fn(&mut Value)| EXPECTED.person(&token(&known, change), &known.published).is_err();
        assert!(refused(|claims| claims["iss"] = json!("https://evil.example")));
        assert!(refused(|claims| claims["aud"] = json!("another")));
        assert!(refused(|claims| claims["aud"] = json!(["nagare", "another"])));
        assert!(refused(|claims| claims["azp"] = json!("another")));
        assert!(refused(|claims| claims["nonce"] = json!("n2")));
        assert!(refused(|claims| claims["exp"] = json!(NOW.0 - 61)));
        assert!(EXPECTED.person(&token(&keys(), |_| {}), &known.published).is_err(), "another key");
        // Signed with what everybody knows.
        let claims = json!({"iss": EXPECTED.issuer, "aud": "nagare", "sub": "jane", "nonce": "n1", "exp": NOW.0 + 60});
        let secret = EncodingKey::from_secret(b"nagare");
        let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::HS256) };
        let symmetric = jsonwebtoken::encode(&header, &claims, &secret).unwrap();
        assert!(EXPECTED.person(&symmetric, &known.published).is_err(), "a shared secret");
    }

    /// RFC 7636, appendix B
    #[test]
    fn the_challenge_is_the_hash_of_the_verifier() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn providers_are_spoken_to_over_tls_or_on_this_machine() {
        for (url, expected) in [
            ("https://id.example", true),
            ("http://127.0.0.1:9400", true),
            ("http://[::1]:9400", true),
            ("http://id.example", false),
            ("ftp://localhost", false),
            ("id.example", false),
        ] {
            assert_eq!(is_safe(url), expected, "{url}");
        }
    }
}

//! Requests within a second of one address, one token and about one site: who asks for more is told to wait.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Extension,
    extract::{ConnectInfo, Request},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use nagare_runtime::{RateLimit, client_network};
use nagare_schema::SiteId;

use crate::{
    auth::{Credentials, token_hash},
    options::ApiOptions,
};

/// All bounds of this process.
#[derive(Clone)]
pub(crate) struct Limits {
    addresses: RateLimit<IpAddr>,
    tokens: RateLimit<String>,
    sites: RateLimit<SiteId>,
}

impl Limits {
    pub(crate) fn new(options: &ApiOptions) -> Self {
        Self {
            addresses: RateLimit::new(options.address_requests_per_second),
            tokens: RateLimit::new(options.token_requests_per_second),
            sites: RateLimit::new(options.site_requests_per_second),
        }
    }

    /// Counts a request by what it shows and the sites that the caller may view of those it names; the
    /// answer when it is one too many.
    pub(crate) fn refuse(&self, credentials: &Credentials, sites: &[SiteId]) -> Option<Response> {
        let token = match credentials {
            Credentials::Url(secret) | Credentials::Secure(secret) => Some(token_hash(secret)),
            Credentials::None => None,
        };
        if token.is_some_and(|token| !self.tokens.allows(&token)) {
            return Some(too_many("too many requests of this token\n"));
        }
        let is_over = sites.iter().any(|site| !self.sites.allows(site));
        is_over.then(|| too_many("too many requests about this site\n"))
    }
}

fn too_many(why: &'static str) -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], why).into_response()
}

/// Answers 429 to addresses beyond their bound.
pub(crate) async fn limit_address(
    Extension(limits): Extension<Limits>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    request: Request,
    next: Next,
) -> Response {
    match connection {
        Some(Extension(ConnectInfo(address))) if !limits.addresses.allows(&client_network(address.ip())) => {
            too_many("too many requests of this address\n")
        }
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_and_a_site_have_their_own_bounds() {
        let options =
            ApiOptions { token_requests_per_second: 5, site_requests_per_second: 10, ..ApiOptions::default() };
        let limits = Limits::new(&options);
        let answered = |credentials: &Credentials, site: u32, times: usize| {
            (0..times).filter(|_| limits.refuse(credentials, &[SiteId(site)]).is_none()).count()
        };
        let token = |secret: &str| Credentials::Secure(secret.to_owned());
        assert_eq!(answered(&token("one"), 1, 30), 10);
        assert_eq!(answered(&Credentials::Url("one".to_owned()), 2, 1), 0, "the same token in another place");
        assert_eq!(answered(&token("two"), 1, 10), 10);
        assert_eq!(answered(&Credentials::None, 1, 1), 0, "the site has had its share");
        assert_eq!(answered(&Credentials::None, 3, 30), 20);
    }
}

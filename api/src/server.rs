//! The role's requests: who answers which path, and with what limits.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    BoxError, Extension, Router,
    body::Bytes,
    error_handling::HandleErrorLayer,
    extract::{ConnectInfo, DefaultBodyLimit, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};
use nagare_runtime::{Audit, Context, HealthHandle, Removals};
use nagare_schema::{GrantLevel, SiteId};
use tower::ServiceBuilder;
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer, timeout::RequestBodyTimeoutLayer};

use crate::{
    account,
    auth::{
        Accounts, Authenticator, Caller, Credentials, PasswordChecker, Provider, SessionStore, Signer, Throttle,
        TokenUse,
    },
    dashboard, delivery,
    endpoint::Endpoint,
    error::ApiError,
    limit::{Limits, limit_address},
    live::Hub,
    methods::Origin,
    metrics::Metrics,
    opt_out,
    options::ApiOptions,
    request::Params,
    rest,
};

/// Bytes of a request's body.
const BODY_BYTES_MAX: usize = 2 << 20;

/// Longest pause within a request's body.
const BODY_PAUSE_MAX: Duration = Duration::from_secs(10);

/// What every handler is given.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) context: Context,
    pub(crate) authenticator: Authenticator,
    pub(crate) sessions: SessionStore,
    pub(crate) openid: Option<Provider>,
    pub(crate) accounts: Accounts,
    pub(crate) token_use: TokenUse,
    pub(crate) audit: Audit,
    pub(crate) removals: Removals,
    pub(crate) options: ApiOptions,
    pub(crate) endpoint: Endpoint,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Metrics,
    pub(crate) limits: Limits,
}

impl Shared {
    /// Who asks, by the directory as it is now.
    pub(crate) fn caller(&self, credentials: &Credentials) -> Caller {
        let config = self.context.directory.snapshot();
        let now = self.context.clock.now();
        let (caller, token) = self.authenticator.identify(&config, credentials, now);
        if let Some(token) = token {
            self.token_use.note(&token, now);
        }
        caller
    }
}

/// The API role.
pub struct Api {
    shared: Shared,
    _ready: HealthHandle,
}

impl Api {
    /// Begins once the deployment is initialised.
    ///
    /// # Errors
    /// When the process stops first, or a metric's name is taken.
    pub async fn start(context: &Context, options: ApiOptions) -> Result<Self, ApiError> {
        let ready = context.health.register("api");
        let mut changes = context.directory.changes();
        let deployed = tokio::select! {
            () = context.stop.cancelled() => return Err(ApiError::NotInitialised),
            config = changes.wait_for(|config| config.deployment.is_some()) => config.map(|config| config.clone()),
        };
        let deployment = deployed.ok().and_then(|config| config.deployment.clone()).ok_or(ApiError::NotInitialised)?;
        let metrics = Metrics::new(&context.registry)?;
        let audit = Audit::open(&context.jetstream, context.log.replicas()).await?;
        let removals = Removals::open(context).await?;
        let sessions = SessionStore::open(context).await?;
        let accounts = Accounts {
            passwords: PasswordChecker::new()?,
            throttle: Throttle::open(context).await?,
            vault: options.vault.open(&deployment.secret)?,
            directory: context.directory.clone(),
        };
        let signer = Signer::new(&deployment.secret);
        let known = (audit.clone(), removals.clone(), signer.clone());
        tokio::spawn(removals.clone().follow(context.stop.clone()));
        let shared = Shared {
            authenticator: Authenticator { signer: signer.clone(), sessions: sessions.known.clone() },
            sessions,
            openid: Provider::open(&options.openid)?,
            token_use: TokenUse::open(context, audit.clone()).await?,
            endpoint: Endpoint::new(context, &options, accounts.clone(), known, &metrics)?,
            accounts,
            audit,
            removals,
            hub: Arc::new(Hub::new(context.nats.clone(), context.clock.clone())),
            context: context.clone(),
            limits: Limits::new(&options),
            metrics,
            options,
        };
        tokio::spawn(delivery::deliver(context.clone(), shared.endpoint.clone()));
        ready.set(true);
        Ok(Self { shared, _ready: ready })
    }

    /// All paths of the role; paths that nobody knows belong to the dashboard.
    pub fn router(&self) -> Router {
        let overload = ServiceBuilder::new()
            .layer(HandleErrorLayer::new(overloaded))
            .load_shed()
            .concurrency_limit(self.shared.options.requests_max);
        let requests = Router::new()
            .route("/", get(matomo).post(matomo))
            .route("/index.php", get(matomo).post(matomo))
            .merge(rest::router())
            .merge(account::router())
            .layer(overload)
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE_MAX))
            .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .layer(CompressionLayer::new())
            .layer(from_fn(limit_address))
            .layer(Extension(self.shared.limits.clone()));
        Router::new()
            .merge(requests)
            .route("/live", get(crate::live::upgrade))
            .merge(dashboard::router())
            .with_state(self.shared.clone())
    }
}

async fn overloaded(_: BoxError) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "too many requests at once\n").into_response()
}

/// Matomo's Reporting API; without `module=API` the dashboard.
async fn matomo(
    State(shared): State<Shared>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let body = String::from_utf8_lossy(&body);
    let read = (Params::parse(&query), Params::parse(&body), Params::read(&query, &body));
    let (Ok(in_query), Ok(in_body), Ok(params)) = read else {
        return (StatusCode::BAD_REQUEST, "too many parameters\n").into_response();
    };
    if let Some(asked) = opt_out::Asked::of(&params) {
        let now = shared.context.clock.now().into();
        return opt_out::answer(asked, &shared.authenticator.signer, &headers, &in_body, now);
    }
    if params.text("module") != Some("API") {
        return dashboard::index();
    }
    let credentials = Credentials::of(&headers, &in_query, &in_body);
    let caller = shared.caller(&credentials);
    if let Some(refusal) = shared.limits.refuse(&credentials, &sites_of(&params, &caller)) {
        return refusal;
    }
    let origin = Origin { url: url_of(&headers), address: address_of(connection) };
    Box::pin(shared.endpoint.answer(&caller, &params, shared.context.clock.now(), &origin)).await
}

/// The sites that a request names, of those that the caller may view: others take nothing of their share.
fn sites_of(params: &Params, caller: &Caller) -> Vec<SiteId> {
    let named = params.list("idSite").unwrap_or_default();
    let sites: BTreeSet<SiteId> = named.iter().filter_map(|id| id.parse().ok()).map(SiteId).collect();
    sites.into_iter().filter(|site| caller.may(GrantLevel::View, *site)).collect()
}

/// Where the client found this server, with a slash at the end.
pub(crate) fn url_of(headers: &HeaderMap) -> String {
    let scheme = if is_secure(headers) { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("{scheme}://{host}/")
}

/// True when the client speaks HTTPS, to this server or to a proxy before it.
pub(crate) fn is_secure(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
}

/// The address of a connection, where the listener tells it.
pub(crate) fn address_of(connection: Option<Extension<ConnectInfo<SocketAddr>>>) -> Option<IpAddr> {
    connection.map(|Extension(ConnectInfo(address))| address.ip())
}
